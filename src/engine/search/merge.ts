import { canonicalUrl } from '../../lib/canonical-url.ts'
import { wordsOf } from '../../lib/words.ts'
import type { Candidate } from './candidate.ts'
import { isUnder } from './query.ts'
import type { Question } from './searcher.ts'
import { isNearDuplicate } from './simhash.ts'

export interface Found {
  candidate: Candidate
  /** 1 for the best. */
  score: number
  sources: string[]
}

/** The usual constant of reciprocal-rank fusion: how slowly lower ranks lose. */
const flatness = 60

/** One list from those of all sources: the same page once, what was not asked for left out, ranks fused. */
export const merged = (question: Question, lists: readonly { name: string; candidates: readonly Candidate[] }[], allowed: (url: string) => boolean): Found[] => {
  const byUrl = new Map<string, Found>()
  for (const { name, candidates } of lists) {
    const seen = new Set<string>()
    for (const candidate of candidates) {
      const url = canonicalUrl(candidate.url)?.url
      if (url === undefined || !allowed(url) || !isWanted(candidate, url, question)) continue
      const key = keyOf(url)
      if (seen.has(key)) continue
      seen.add(key)
      const score = 1 / (flatness + seen.size)
      const known = byUrl.get(key)
      if (known) {
        known.score += score
        known.sources.push(name)
        known.candidate = joined(known.candidate, candidate)
      } else byUrl.set(key, { candidate: { ...candidate, url }, score, sources: [name] })
    }
  }
  // Sorting is stable: at the same score the operator's order of sources stands.
  const ranked = folded([...byUrl.values()].toSorted((a, b) => b.score - a.score))
  const best = ranked[0]?.score ?? 1
  return ranked.map((found) => ({ ...found, score: Math.round((found.score / best) * 10_000) / 10_000 }))
}

/** http or https, with or without `www.`: one result. */
const keyOf = (url: string): string => canonicalUrl(url.replace(/^https?:\/\/(www\.)?/, 'https://'))?.key ?? url

/** What the first source says, completed by the second; passages of the page itself go before both. */
const joined = (first: Candidate, second: Candidate): Candidate => ({
  ...second,
  ...first,
  title: first.title || second.title,
  snippet: first.snippet || second.snippet,
})

/** The better one of pages with the same text. */
const folded = (ranked: readonly Found[]): Found[] => {
  const kept: Found[] = []
  for (const found of ranked) {
    const { contentHash = '', simhash = '' } = found.candidate
    const same = kept.find(({ candidate }) => (contentHash !== '' && candidate.contentHash === contentHash) || isNearDuplicate(candidate.simhash ?? '', simhash))
    if (!same) kept.push(found)
  }
  return kept
}

/** Sources are told what is wanted; what they do not know or do not heed is decided here. */
const isWanted = (candidate: Candidate, url: string, question: Question): boolean => {
  const { hostname } = new URL(url)
  if (question.includeDomains.length > 0 && !isUnder(hostname, question.includeDomains)) return false
  if (isUnder(hostname, question.excludeDomains)) return false
  if (question.languages.length > 0 && candidate.language !== undefined && !question.languages.includes(candidate.language.slice(0, 2).toLowerCase())) return false
  return isWithinTime(candidate, question) && !hasExcluded(candidate, question)
}

const isWithinTime = ({ publishedAt, crawledAt }: Candidate, { time }: Question): boolean => {
  if (!time || (time.from === undefined && time.to === undefined)) return true
  const moment = time.basis === 'published' ? publishedAt : time.basis === 'crawled' ? crawledAt : (publishedAt ?? crawledAt)
  // A source that tells no dates was told the bounds: dropped only where the date itself was asked for.
  if (moment === undefined) return time.basis === 'auto'
  const at = Date.parse(moment)
  return (time.from === undefined || at >= Date.parse(time.from)) && (time.to === undefined || at <= Date.parse(time.to))
}

const hasExcluded = ({ title, snippet, passages = [] }: Candidate, { parsed, excludeText }: Question): boolean => {
  const unwanted = [...parsed.without, ...excludeText].map((text) => wordsOf(text).join(' ')).filter((text) => text !== '')
  if (unwanted.length === 0) return false
  const text = ` ${wordsOf([title, snippet, ...passages].join(' · ')).join(' ')} `
  return unwanted.some((phrase) => text.includes(` ${phrase} `))
}
