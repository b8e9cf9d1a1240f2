/**
 * About how many tokens a language model makes of a text: words by their length, numbers by threes, marks and breaks by runs,
 * other scripts by character. An estimate that is the same everywhere and linear; see docs/reference/output.md for how near it comes.
 */
export const countTokens = (text: string): number => {
  let tokens = 0
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at)
    const start = at
    if (isLetter(code)) {
      let wide = false
      while (at < text.length && isLetter(text.charCodeAt(at))) wide = text.charCodeAt(at++) > 0x7f || wide
      tokens += wide ? Math.max(1, (at - start) * 0.34) : wordTokens(at - start)
    } else if (code >= 48 && code <= 57) {
      while (at < text.length && text.charCodeAt(at) >= 48 && text.charCodeAt(at) <= 57) at++
      tokens += Math.ceil((at - start) / 3)
    } else if (code === 32 || code === 0xa0) {
      while (at < text.length && text.charCodeAt(at) === 32) at++
      // One space belongs to the word behind it.
      if (at - start > 1) tokens++
    } else if (code < 33) {
      while (at < text.length && text.charCodeAt(at) < 33) at++
      tokens++
    } else if (code < 0x80) {
      while (at < text.length && isMark(text.charCodeAt(at))) at++
      tokens += 1 + Math.floor((at - start - 1) / 3)
    } else {
      // Ideographs, syllables, emoji (two units each).
      at++
      tokens += code >= 0xd800 && code <= 0xdfff ? 1 : code >= 0xac00 && code <= 0xd7a3 ? 0.65 : 0.88
    }
  }
  return Math.ceil(tokens)
}

const wordTokens = (letters: number): number => (letters <= 8 ? 1 : letters <= 13 ? 1.3 : letters / 6)

/** Letters of alphabets: Latin, Greek, Cyrillic, Hebrew, Arabic. */
const isLetter = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 0xc0 && code < 0x700 && code !== 0xd7 && code !== 0xf7)

const isMark = (code: number): boolean => code > 32 && code < 0x7f && !(code >= 48 && code <= 57) && !isLetter(code)
