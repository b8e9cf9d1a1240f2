import type { Category as Named, Classification } from '../../contract/classification.ts'
import type { Proof } from '../../contract/proof.ts'
import type { ReadPage } from '../enrich/parts.ts'
import { add, scoresOf, type Scored } from './score.ts'
import { schemaTypes } from './synonyms.ts'
import { categories, uncategorized } from './taxonomy.ts'
import { typesIn } from './types-in.ts'
import { zonesOf, type Zones } from './zones.ts'

/** Less than this of evidence is none. */
const scoreMin = 0.5
const typeWeight = 3
const alternativesMax = 4

/** The category that a page's own words and structured data speak for most. Without any, `IAB24`. */
export const classify = (page: ReadPage): Classification => {
  const zones = zonesOf(page)
  const scores = scoresOf(zones)
  for (const type of typesIn(page.metadata)) {
    const id = schemaTypes[type]
    if (id !== undefined) add(scores, id, { zone: 'body', term: `@type ${type}`, part: typeWeight })
  }
  return ranked(scores)
}

const ranked = (scores: ReadonlyMap<string, Scored>): Classification => {
  const tops = new Map<string, Scored>()
  for (const { id, score, hits } of scores.values()) {
    const top = id.replace(/-.*$/, '')
    const sum = tops.get(top) ?? { id: top, score: 0, hits: [] }
    sum.score += score
    sum.hits.push(...hits)
    tops.set(top, sum)
  }
  const order = [...tops.values()].toSorted((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
  const total = order.reduce((sum, { score }) => sum + score, 0)
  const [best] = order
  if (!best || best.score < scoreMin) return { ...named(uncategorized), ...later(uncategorized), confidence: 0, evidence: [], alternatives: [], method: 'lexical' }
  const id = finest(best, scores)
  return {
    ...named(id),
    ...later(id),
    confidence: confidenceOf(best.score, order[1]?.score ?? 0, total),
    evidence: evidenceOf(best.hits),
    alternatives: order.slice(1, 1 + alternativesMax).filter(({ score }) => score > best.score * 0.15).map((one) => ({ ...named(finest(one, scores)), confidence: round(one.score / total) })),
    method: 'lexical',
  }
}

/** The second tier where it is clearly one of them. */
const finest = (top: Scored, scores: ReadonlyMap<string, Scored>): string => {
  const below = [...scores.values()].filter(({ id }) => id.startsWith(`${top.id}-`)).toSorted((a, b) => b.score - a.score)
  const [first, second] = below
  if (!first || first.score < scoreMin || first.score < top.score * 0.2) return top.id
  return first.score >= (second?.score ?? 0) * 1.15 ? first.id : top.id
}

/** A category by its id, which must be one. */
export const named = (id: string): Named => {
  const category = categories.get(id)
  const parent = categories.get(category?.parentId ?? uncategorized)
  if (!category || !parent) throw new Error(`no category ${id}`)
  return { iab_id: category.id, iab_parent_id: parent.id, category: parent.name, subcategory: category === parent ? null : category.name }
}

/** Its places in the later taxonomies. */
export const later = (id: string): Pick<Classification, 'iab_v2' | 'iab_v3'> => {
  const { v2, v3 } = categories.get(id) ?? { v2: null, v3: null }
  return { ...(v2 ? { iab_v2: v2 } : {}), ...(v3 ? { iab_v3: v3 } : {}) }
}

/** How far ahead the best is, and on how much. */
const confidenceOf = (best: number, next: number, total: number): number => {
  const lead = (best - next) / best
  const share = best / total
  const enough = best / (best + 1.5)
  return round(Math.min(0.99, (0.35 + 0.4 * lead + 0.45 * share) * enough))
}

const round = (value: number): number => Math.round(value * 100) / 100

const sources: Partial<Record<keyof Zones, Proof['source']>> = { title: 'title', description: 'meta', keywords: 'meta', site: 'open_graph', url: 'url', host: 'url' }

const evidenceOf = (hits: Scored['hits']): Proof[] =>
  hits.toSorted((a, b) => b.part - a.part).slice(0, 8).map(({ zone, term }) => (term.startsWith('@') ? { source: 'json_ld', at: term } : { source: sources[zone] ?? 'text', at: `${zone}: ${term}` }))
