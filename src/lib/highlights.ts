import { passagesOf, type Passage } from './passages.ts'

const highlightsMax = 5
/** Scoring is work of this process for the caller's text: what lies further down a very long page is not looked at. */
const charsMax = 300_000
const passagesMax = 5000
/** Passages that score less than this share of the best one are noise. */
const shareMin = 0.25
const saturation = 1.2
const lengthWeight = 0.75
const headingWeight = 0.5

/** Passages of the text that the query is about, best first; none where no word of it occurs. */
export const highlightsOf = (content: string, query: string): string[] => {
  const terms = [...new Set(wordsOf(query))]
  const passages = passagesOf(content.slice(0, charsMax)).slice(0, passagesMax).map(counted)
  const rarity = new Map(terms.map((term) => [term, inverseFrequency(passages.filter((passage) => passage.counts.has(term)).length, passages.length)]))
  const meanLength = passages.reduce((sum, passage) => sum + passage.length, 0) / Math.max(1, passages.length)
  const scored = passages
    .map((passage) => ({ text: passage.text, score: scoreOf(passage, rarity, meanLength) }))
    .filter((passage) => passage.score > 0)
    .sort((a, b) => b.score - a.score)
  const least = (scored[0]?.score ?? 0) * shareMin
  return scored.filter((passage) => passage.score >= least).slice(0, highlightsMax).map((passage) => passage.text.trim())
}

interface Counted {
  text: string
  length: number
  counts: Map<string, number>
}

const counted = (passage: Passage): Counted => {
  const counts = new Map<string, number>()
  const words = wordsOf(passage.text)
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  for (const word of wordsOf(passage.heading)) counts.set(word, (counts.get(word) ?? 0) + headingWeight)
  return { text: passage.text, length: words.length, counts }
}

/** Okapi BM25. */
const scoreOf = (passage: Counted, rarity: ReadonlyMap<string, number>, meanLength: number): number => {
  const norm = saturation * (1 - lengthWeight + (lengthWeight * passage.length) / Math.max(1, meanLength))
  let score = 0
  for (const [term, weight] of rarity) {
    const count = passage.counts.get(term) ?? 0
    score += (weight * count * (saturation + 1)) / (count + norm)
  }
  return score
}

const inverseFrequency = (holding: number, all: number): number => Math.log(1 + (all - holding + 0.5) / (holding + 0.5))

const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u

/** Lower-case words without accents and plural s; pairs of characters where a script puts no spaces. */
const wordsOf = (text: string): string[] =>
  (text.normalize('NFKD').replace(/\p{Mn}/gu, '').toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])
    .flatMap((word) => (unspaced.test(word) ? pairs(word) : [word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word]))

const pairs = (word: string): string[] => {
  const characters = Array.from(word)
  return characters.length === 1 ? characters : characters.slice(1).map((character, i) => `${characters[i] ?? ''}${character}`)
}
