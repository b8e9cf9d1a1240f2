import { lexicon } from './lexicon.ts'
import { wordsOf } from './words.ts'
import type { Zones } from './zones.ts'

export interface Hit {
  zone: keyof Zones
  term: string
  /** Of the whole score of its category. */
  part: number
}

export interface Scored {
  id: string
  score: number
  hits: Hit[]
}

/** How much a place counts, and how much it must hold to count in full. */
const places: Record<keyof Zones, { weight: number; enough: number }> = {
  title: { weight: 3.5, enough: 0.6 },
  h1: { weight: 2.5, enough: 0.6 },
  description: { weight: 2.5, enough: 0.8 },
  keywords: { weight: 1, enough: 1.5 },
  breadcrumbs: { weight: 2, enough: 0.8 },
  url: { weight: 1.8, enough: 0.6 },
  host: { weight: 1, enough: 0.8 },
  site: { weight: 1, enough: 0.8 },
  headings: { weight: 2, enough: 3 },
  navigation: { weight: 1, enough: 4 },
  footer: { weight: 0.5, enough: 5 },
  body: { weight: 4, enough: 8 },
}

/** Scores by category, those of tier 1 with what lies below them. */
export const scoresOf = (zones: Zones): Map<string, Scored> => {
  const scores = new Map<string, Scored>()
  for (const [zone, { weight, enough }] of Object.entries(places) as [keyof Zones, { weight: number; enough: number }][]) {
    const found = termsIn(zones[zone])
    let mass = 0
    const shares: { id: string; term: string; value: number }[] = []
    for (const [term, { count, weights }] of found) {
      const amount = Math.log2(1 + count)
      for (const [id, value] of weights) {
        mass += value * amount
        shares.push({ id, term, value: value * amount })
      }
    }
    if (mass === 0) continue
    const scale = weight / (mass + enough)
    for (const { id, term, value } of shares) add(scores, id, { zone, term, part: value * scale })
  }
  return scores
}

export const add = (scores: Map<string, Scored>, id: string, hit: Hit): void => {
  const own = scores.get(id) ?? { id, score: 0, hits: [] }
  own.score += hit.part
  own.hits.push(hit)
  scores.set(id, own)
}

/** The longest terms, none of them inside of another. */
const termsIn = (text: string): Map<string, { count: number; weights: ReadonlyMap<string, number> }> => {
  const { terms, heads } = lexicon()
  const words = wordsOf(text)
  const found = new Map<string, { count: number; weights: ReadonlyMap<string, number> }>()
  for (let at = 0; at < words.length; ) {
    const most = Math.min(heads.get(words[at] as string) ?? 0, words.length - at)
    let taken = 0
    for (let size = most; size > 0 && taken === 0; size--) {
      const key = size === 1 ? (words[at] as string) : words.slice(at, at + size).join(' ')
      const term = terms.get(key)
      if (!term) continue
      const known = found.get(key)
      if (known) known.count++
      else found.set(key, { count: 1, weights: term.weights })
      taken = size
    }
    at += Math.max(1, taken)
  }
  return found
}
