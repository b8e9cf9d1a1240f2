import { stopWords } from './vocabulary.ts'

/** What one piece of text is made of, counted in one pass over its characters. */
export interface TextMeasure {
  words: number
  letters: number
  digits: number
  upper: number
  /** Words that begin with a capital letter. */
  capitalised: number
  stops: number
  /** Sentence ends: a stop followed by a space or the end. */
  sentences: number
  commas: number
  separators: number
  currency: number
  longestWord: number
}

export const emptyMeasure = (): TextMeasure => ({
  words: 0, letters: 0, digits: 0, upper: 0, capitalised: 0, stops: 0,
  sentences: 0, commas: 0, separators: 0, currency: 0, longestWord: 0,
})

/** Scripts written without spaces: two characters stand for one word. */
const isIdeographic = (code: number): boolean =>
  (code >= 0x3040 && code <= 0x30ff) || (code >= 0x3400 && code <= 0x9fff) || (code >= 0xf900 && code <= 0xfaff)
  || (code >= 0x0e00 && code <= 0x0eff) || (code >= 0x1000 && code <= 0x109f) || (code >= 0x1780 && code <= 0x17ff)

const isUpper = (code: number): boolean =>
  (code >= 65 && code <= 90) || (code >= 0xc0 && code <= 0xde && code !== 0xd7) || (code >= 0x410 && code <= 0x42f) || (code >= 0x391 && code <= 0x3a9)

const isDigit = (code: number): boolean => code >= 48 && code <= 57

const isLetter = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code === 0xaa || code === 0xb5 || code === 0xba
  || (code >= 0xc0 && code !== 0xd7 && code !== 0xf7 && code < 0x2000) || (code >= 0x2c00 && code < 0x2e00)
  || (code >= 0x3040 && code < 0xe000) || (code >= 0xf900 && code <= 0xfdff) || (code >= 0xfe70 && code < 0xff00)

/** Adds the counts of `text` to `into`. */
export const measure = (text: string, into: TextMeasure): TextMeasure => {
  let start = -1
  let ideographs = 0
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : 32
    const digit = isDigit(code)
    if (digit || isLetter(code)) {
      if (digit) into.digits++
      else into.letters++
      if (isIdeographic(code)) ideographs++
      if (isUpper(code)) {
        into.upper++
        if (start < 0) into.capitalised++
      }
      if (start < 0) start = i
      continue
    }
    if (start >= 0) {
      const length = i - start
      into.words += ideographs === 0 ? 1 : Math.max(1, Math.round(ideographs / 2))
      if (length > into.longestWord) into.longestWord = length
      if (length < 7 && stopWords.has(text.slice(start, i).toLowerCase())) into.stops++
      start = -1
      ideographs = 0
    }
    switch (code) {
      case 46: case 33: case 63: { // . ! ?
        const next = i + 1 < text.length ? text.charCodeAt(i + 1) : 32
        if (next <= 32 || next === 0xa0 || next === 34 || next === 0x201d || next === 41) into.sentences++
        break
      }
      case 0x3002: case 0xff01: case 0xff1f: case 0x964: case 0x61f: into.sentences++; break
      case 44: case 59: case 0xff0c: case 0x3001: case 0x60c: into.commas++; break
      case 124: case 0xb7: case 0x2022: case 0xbb: case 0x203a: case 62: case 47: into.separators++; break
      case 36: case 0xa3: case 0xa5: case 0x20ac: case 0x20b9: into.currency++; break
    }
  }
  return into
}
