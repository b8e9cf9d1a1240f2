import type { Description } from './block-features.ts'

/** Leanings learned from pages: above zero where a word or a class name tends to stand in main content, below where it does not. */
export interface Lexicon {
  text: (key: string) => number
  markup: (key: string) => number
}

/** As stored: keys to leanings in sixteenths. */
export interface PackedLexicon { text: Record<string, number>; markup: Record<string, number> }

export const leaningScale = 16

export const unpackLexicon = (packed: PackedLexicon): Lexicon => {
  const table = (entries: Record<string, number>): ((key: string) => number) => {
    const map = new Map(Object.entries(entries).map(([key, value]) => [key, value / leaningScale]))
    return (key) => map.get(key) ?? 0
  }
  return { text: table(packed.text), markup: table(packed.markup) }
}

const wordsMax = 20

/** The words of a text's beginning, digits made alike; and, for a text of up to four words, the whole of it. */
export const textKeys = (text: string): { words: string[]; phrase: string } => {
  const cut = text.length > 160 ? text.slice(0, 160) : text
  const words = (cut.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, wordsMax).map((word) => (/^\d+$/.test(word) ? '#' : word))
  return { words, phrase: words.length > 0 && words.length <= 4 && cut.length === text.length ? `=${words.join(' ')}` : '' }
}

/** The names in a class or id attribute, whole and in parts. */
export const markupKeys = (value: string): string[] => {
  const keys: string[] = []
  for (const name of value.slice(0, 300).replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase().split(/\s+/, 16)) {
    const parts = name.split(/[^a-z]+/).filter((part) => part.length > 1 && part.length < 20)
    if (parts.length > 1 && name.length < 32 && !/\d/.test(name)) keys.push(`.${name}`)
    keys.push(...parts.slice(0, 6))
  }
  return keys
}

export const lexiconFeatureNames: string[] = [
  'word:mean', 'word:min', 'word:max', 'phrase', 'heading:mean', 'heading:phrase',
  'name:mean', 'name:min', 'name:max', 'path:min', 'path:max', 'path:sum', 'near:min', 'near:max',
]
export const lexiconFeatureCount = lexiconFeatureNames.length

interface Leaning { mean: number; min: number; max: number; sum: number }
const neutral: Leaning = { mean: 0, min: 0, max: 0, sum: 0 }

const combine = (values: readonly number[]): Leaning => {
  if (values.length === 0) return neutral
  let min = 0, max = 0, sum = 0
  for (const value of values) {
    if (value < min) min = value
    if (value > max) max = value
    sum += value
  }
  return { mean: sum / values.length, min, max, sum }
}

/** Leanings of every element of a page, inherited downwards, and a function that writes those of a block. */
export const lexiconWriter = (d: Description, lexicon: Lexicon): ((i: number, into: Float32Array, offset: number) => void) => {
  const { page } = d
  const n = page.elements.length
  const own: Leaning[] = []
  const pathMin = new Float32Array(n)
  const pathMax = new Float32Array(n)
  const pathSum = new Float32Array(n)
  const seen = new Map<string, Leaning>()
  const leaningOf = (value: string): Leaning => {
    const known = seen.get(value)
    if (known !== undefined) return known
    const made = combine(markupKeys(value).map((key) => lexicon.markup(key)))
    if (seen.size < 20_000) seen.set(value, made)
    return made
  }
  for (let i = 0; i < n; i++) {
    const element = page.elements[i]
    const top = element === undefined || element.name === 'body' || element.name === 'html'
    const value = top ? '' : `${element.attribs.class ?? ''} ${element.attribs.id ?? ''}`
    const leaning = value.length > 1 ? leaningOf(value) : neutral
    const parent = page.parent[i] ?? -1
    own.push(leaning)
    pathMin[i] = Math.min(leaning.min, parent < 0 ? 0 : pathMin[parent] ?? 0)
    pathMax[i] = Math.max(leaning.max, parent < 0 ? 0 : pathMax[parent] ?? 0)
    pathSum[i] = leaning.sum + (parent < 0 ? 0 : pathSum[parent] ?? 0)
  }
  const texts = new Map<number, { words: Leaning; phrase: number }>()
  const textOf = (i: number): { words: Leaning; phrase: number } => {
    const known = texts.get(i)
    if (known !== undefined) return known
    const { words, phrase } = textKeys(page.blocks[i]?.text ?? '')
    const made = { words: combine(words.map((word) => lexicon.text(word))), phrase: phrase === '' ? 0 : lexicon.text(phrase) }
    texts.set(i, made)
    return made
  }
  return (i, into, offset) => {
    const element = page.blocks[i]?.element ?? -1
    const parent = page.parent[element] ?? -1
    const above = page.parent[parent] ?? -1
    const text = textOf(i)
    const heading = d.headingAt[i] ?? -1
    const under = heading < 0 ? undefined : textOf(heading)
    const mine = own[element] ?? neutral
    const up = own[parent] ?? neutral
    const top = own[above] ?? neutral
    into.set([
      text.words.mean, text.words.min, text.words.max, text.phrase, under?.words.mean ?? 0, under?.phrase ?? 0,
      mine.mean, mine.min, mine.max, pathMin[element] ?? 0, pathMax[element] ?? 0, pathSum[element] ?? 0,
      Math.min(mine.min, up.min, top.min), Math.max(mine.max, up.max, top.max),
    ], offset)
  }
}
