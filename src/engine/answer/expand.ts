import { parseQuery } from '../search/query.ts'

/** More by rule would say little and cost a search each. */
const expandedMax = 6

const questionWords = new Set('a an the is are was were be do does did of for to in on at by with from as it its this that these those what which who whom whose when where why how can could should would will i we you me my our your there any some best way please tell about'.split(' '))
const asciiOnly = /^[\p{ASCII}’‘“”–—]*$/u

/** Facets that suit most things one can ask about in English. */
const facets = ['overview', 'comparison', 'examples', 'problems']

/** Sub-queries without a model: the question itself, its parts, what is compared in it, its bare words, then facets. At least two where two are allowed. */
export const expanded = (question: string, max: number, now: Date): string[] => {
  const whole = question.replace(/\s+/g, ' ').trim()
  const operators = (whole.match(/(?<!\S)-?site:\S+/giu) ?? []).join(' ')
  const bare = whole.replace(/(?<!\S)-?site:\S+/giu, '').replace(/\s+/g, ' ').trim()
  const found = new Map<string, string>()
  const add = (text: string): void => {
    const query = `${text.replace(/^[\s,;:]+|[\s,;:?!.]+$/g, '')} ${operators}`.trim()
    const key = query.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim()
    if (key !== '' && !found.has(key)) found.set(key, query)
  }
  found.set(whole.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim(), whole)
  const isPlain = asciiOnly.test(bare)
  for (const part of partsOf(bare)) add(part)
  if (isPlain) for (const part of comparedIn(bare)) add(part)
  if (isPlain) add(bareWords(bare))
  const core = bareWords(bare) || bare
  if (isPlain && found.size < 3) for (const facet of facets) if (found.size < 4) add(`${core.slice(0, 450)} ${facet}`)
  // Of any language, and of one word too.
  if (found.size < 2) add(`${(bare || whole).slice(0, 450)} ${now.getUTCFullYear()}`)
  return [...new Set([...found.values()].map((query) => query.slice(0, 500).toWellFormed()))].slice(0, Math.min(max, expandedMax))
}

const wordsMin = 2

/** Sentences, and clauses that can stand by themselves. */
const partsOf = (text: string): string[] => {
  const sentences = text.split(/(?<=[.?!;。？！；])\s*/u).map((part) => part.trim()).filter(isLongEnough)
  if (sentences.length > 1) return sentences
  const clauses = text.split(/,?\s+(?:and|or|und|oder|et|ou|y|o)\s+(?=(?:what|who|when|where|why|how|which|was|wer|wann|wo|warum|wie|quoi|qui|quand|où|pourquoi|comment|qué|quién|cuándo|dónde|cómo)\b)/iu).filter(isLongEnough)
  return clauses.length > 1 ? clauses : []
}

const isLongEnough = (text: string): boolean => text.split(/\s+/).length >= wordsMin || !/\s/.test(text.trim()) && Array.from(text).length >= 6

/** `A vs B for C` → `A for C`, `B for C`. */
const comparedIn = (text: string): string[] => {
  const [left, right, ...more] = text.replace(/^(?:compare|comparison of|difference between)\s+/i, '').split(/\s+(?:vs\.?|versus|compared (?:to|with)|or)\s+/i)
  if (left === undefined || right === undefined || more.length > 2) {
    const between = /^(?:compare|comparison of|differences? between)\s+(.+?)\s+(?:and|with|to)\s+(.+)$/i.exec(text)
    return between ? [between[1] ?? '', between[2] ?? ''] : []
  }
  const last = more.at(-1) ?? right
  const purpose = /\s(?:for|in|on|when|regarding)\s.+$/i.exec(last)?.[0] ?? ''
  const strip = (side: string): string => (purpose !== '' && side.endsWith(purpose) ? side.slice(0, -purpose.length) : side)
  return [left, right, ...more].map((side) => `${strip(side)}${purpose}`)
}

/** The words that say what it is about; phrases stay together. */
const bareWords = (text: string): string => {
  const { words, phrases, prefixes, without } = parseQuery(text)
  return [
    ...words.map((word) => word.replace(/[?!.,;:]+$/, '')).filter((word) => !questionWords.has(word.toLowerCase())),
    ...prefixes.map((word) => `${word}*`), ...phrases.map((phrase) => `"${phrase}"`), ...without.map((word) => `-${/\s/.test(word) ? `"${word}"` : word}`),
  ].join(' ')
}
