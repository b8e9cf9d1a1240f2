import { foreign, synonyms } from './synonyms.ts'
import { categories, namesBelow } from './taxonomy.ts'
import { wordsOf } from './words.ts'

/** What a term says: how much for which categories. */
export interface Term {
  weights: ReadonlyMap<string, number>
}

export interface Lexicon {
  /** By its words, joined with spaces. */
  terms: ReadonlyMap<string, Term>
  /** Words that a term of more than one word begins with, with the most words of one. */
  heads: ReadonlyMap<string, number>
}

/** In so many names that they tell nothing, or meant otherwise than pages mean them. */
const empty = new Set(wordsOf(
  'general other and or of the a an in for with by to non specific standard content industry issue advice style support service resource medium product art technology interest support information and large power single net portable entertaining engine comparison option windows space radio book getting published national international local special sale internal luxury hybrid coupe wagon crossover beginner commentary society studying buying selling private people online application system home work activity free party day birthday green sexual',
))

const clear = 1.6
const usual = 1
const faint = 0.35
const phrase = 1.35

let built: Lexicon | undefined

/** Names, names of what lies below, and synonyms, in one table; made by the first that asks. */
export const lexicon = (): Lexicon => (built ??= build())

const build = (): Lexicon => {
  const weights = new Map<string, Map<string, number>>()
  const add = (term: readonly string[], id: string, weight: number): void => {
    const key = term.join(' ')
    if (key === '' || term.length > 4) return
    const known = weights.get(key) ?? new Map<string, number>()
    known.set(id, Math.max(known.get(id) ?? 0, weight * (term.length > 1 ? phrase : 1)))
    weights.set(key, known)
  }
  for (const [id, { name }] of categories) {
    if (unnamed.has(id.replace(/-.*$/, ''))) continue
    for (const part of partsOf(name)) add(part, id, usual)
  }
  for (const [id] of categories) if (!unnamed.has(id) && !shared.has(id)) for (const name of namesBelow(id)) for (const part of partsOf(name)) add(part, id, 0.7)
  for (const table of [synonyms, foreign]) {
    for (const [id, list] of Object.entries(table)) {
      for (const entry of list.split(', ')) add(wordsOf(entry), id, entry.startsWith('+') ? clear : entry.startsWith('-') ? faint : usual)
    }
  }
  const heads = new Map<string, number>()
  for (const key of weights.keys()) {
    const words = key.split(' ')
    const head = words[0] as string
    heads.set(head, Math.max(heads.get(head) ?? 1, words.length))
  }
  return { terms: new Map([...weights].map(([key, list]) => [key, { weights: shareOut(list) }])), heads }
}

/** Their names are words for anything (Law, Gov't & Politics shares its later place with the news). */
const unnamed = new Set(['IAB24', 'IAB25', 'IAB26'])
const shared = new Set(['IAB11', 'IAB12', 'IAB14', 'IAB3'])

const partsOf = (name: string): string[][] => {
  const parts = name.replace(/\(.*?\)/g, '').split(/\s*(?:[&,/]|\band\b)\s*/).map(wordsOf)
  return [wordsOf(name), ...parts].filter((words) => words.length > 0 && !words.every((word) => empty.has(word)))
}

/** A word of many categories says less for each; a category and one below it are no two. */
const shareOut = (list: ReadonlyMap<string, number>): Map<string, number> => {
  const tops = new Set([...list.keys()].map((id) => id.replace(/-.*$/, '')))
  return new Map([...list].map(([id, weight]) => [id, weight / tops.size ** 0.7]))
}
