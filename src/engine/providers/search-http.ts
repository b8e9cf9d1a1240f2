import type { Egress } from '../../egress/index.ts'
import { fail } from '../../failure/failure.ts'
import type { Deadline } from '../../lib/deadline.ts'
import type { Candidate } from '../search/candidate.ts'
import type { Answer, Question, SearchProvider } from '../search/searcher.ts'

/** A search engine with an HTTP API, as data and pure functions. */
export interface ProviderSpec {
  name: string
  /** Results of one page of answers. */
  pageSize: number
  pagesMax: number
  request(question: Question, page: number): { url: string; method?: string; headers: Record<string, string>; body?: string }
  /** Results in the order given; what is none is left out. */
  read(answer: unknown, question: Question): Candidate[]
}

const answerBytesMax = 4 * 1024 * 1024

/** Pages of answers one after the other, until there are enough or time runs out. */
export const overHttp = (spec: ProviderSpec, egress: () => Promise<Egress>): SearchProvider => ({
  name: spec.name,
  async search(question, deadline): Promise<Answer> {
    const way = await egress()
    const candidates: Candidate[] = []
    for (let page = 0; page < spec.pagesMax && candidates.length < question.limit; page++) {
      try {
        const found = spec.read(await answerOf(way, spec, question, page, deadline), question)
        candidates.push(...found)
        if (found.length < spec.pageSize / 2) break
      } catch (error) {
        // What came before is an answer.
        if (page === 0 || candidates.length === 0) throw error
        break
      }
    }
    return { candidates: candidates.slice(0, question.limit), attempts: [] }
  },
})

const answerOf = async (egress: Egress, spec: ProviderSpec, question: Question, page: number, deadline: Deadline): Promise<unknown> => {
  const { url, method = 'GET', headers, body } = spec.request(question, page)
  const response = await egress.request({
    url, method, headers: { accept: 'application/json', ...headers }, ...(body === undefined ? {} : { body }),
    signal: deadline.signal, deadline, trust: 'operator', maxBytes: answerBytesMax, maxRedirects: 0,
  })
  if (response.status === 429) throw fail('target.rate_limited', { status: 429, retryAfterSeconds: null }, { evidence: response.attempts })
  if (response.status < 200 || response.status > 299) throw fail('target.http_error', { status: response.status }, { evidence: response.attempts })
  try {
    return JSON.parse(new TextDecoder().decode(response.body)) as unknown
  } catch (cause) {
    throw fail('content.parse_failed', {}, { cause, evidence: response.attempts })
  }
}

/** A member of whatever came; undefined where it is not there. */
export const at = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((inner, name) => (typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[name] : undefined), value)

export const listAt = (value: unknown, ...path: string[]): unknown[] => {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
}

export const textAt = (value: unknown, ...path: string[]): string | undefined => {
  const found = at(value, ...path)
  return typeof found === 'string' && found.trim() !== '' ? plainText(found).slice(0, 10_000) : undefined
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'", nbsp: ' ' }

/** Engines mark words with tags. */
const plainText = (text: string): string => text.replace(/<\/?(?:strong|b|em|i|mark|span)\b[^<>]{0,200}>/gi, '').replace(/&(amp|lt|gt|quot|#39|#x27|nbsp);/gi, (whole, name: string) => entities[name.toLowerCase()] ?? whole).trim()

/** ISO 8601 of an absolute date, or of one that counts back from now: `3 days ago`. */
export const dateAt = (value: unknown, ...path: string[]): string | undefined => {
  const text = textAt(value, ...path)
  if (text === undefined) return undefined
  const back = /^(\d{1,4})\s+(second|minute|hour|day|week|month|year)s?\s+ago$/i.exec(text)
  const moment = back ? Date.now() - Number(back[1]) * (unitMs[back[2]?.toLowerCase() ?? ''] ?? 0) : Date.parse(text)
  return Number.isNaN(moment) || Math.abs(moment) > 253_402_300_799_000 ? undefined : new Date(moment).toISOString()
}

const dayMs = 86_400_000
const unitMs: Record<string, number> = { second: 1000, minute: 60_000, hour: 3_600_000, day: dayMs, week: 7 * dayMs, month: 30 * dayMs, year: 365 * dayMs }

const quoted = (text: string): string => `"${text.replaceAll(/["“”„]/g, ' ').trim()}"`
const sitesMax = 8

/** The query in the operators that most engines know; hosts only where the engine has no fields for them. */
export const queryText = ({ parsed, includeDomains, excludeDomains, includeText, excludeText }: Question, { sites }: { sites: boolean }): string => {
  const parts = [
    ...parsed.words, ...parsed.prefixes, ...parsed.phrases.map(quoted), ...includeText.map(quoted),
    ...[...parsed.without, ...excludeText].map((text) => `-${/\s/.test(text) ? quoted(text) : text}`),
    ...(sites && includeDomains.length > 0 && includeDomains.length <= sitesMax ? [includeDomains.map((domain) => `site:${domain}`).join(' OR ')] : []),
    ...(sites ? excludeDomains.slice(0, sitesMax).map((domain) => `-site:${domain}`) : []),
  ]
  return parts.join(' ')
}

/** The narrowest of the ranges, counted back from now, that holds the window; undefined where none is asked for. */
export const rangeOf = ({ time }: Question): 'day' | 'week' | 'month' | 'year' | undefined => {
  if (time?.from === undefined || time.basis === 'crawled') return undefined
  const days = (Date.now() - Date.parse(time.from)) / dayMs
  if (days <= 1.01) return 'day'
  if (days <= 7.01) return 'week'
  if (days <= 31.01) return 'month'
  return days <= 366.01 ? 'year' : undefined
}

/** Bounds as days (YYYY-MM-DD), where dates of publication are asked for. */
export const daysOf = ({ time }: Question): { from: string; to: string } | undefined => {
  if (!time || time.basis === 'crawled' || (time.from === undefined && time.to === undefined)) return undefined
  const day = (text: string | undefined, otherwise: string): string => (text === undefined ? otherwise : new Date(text).toISOString().slice(0, 10))
  return { from: day(time.from, '1990-01-01'), to: day(time.to, new Date(Date.now() + dayMs).toISOString().slice(0, 10)) }
}

/** An address below the provider's own. */
export const below = (base: string, path: string): URL => new URL(`${base.replace(/\/+$/, '')}${path}`)
