import type { Actor } from '../contract/actor.ts'
import type { Document } from '../contract/document.ts'
import type { ScrapeIntent } from '../contract/intent.ts'
import { failed, succeeded, type Outcome } from '../contract/outcome.ts'
import type { Reading, SearchIntent, SearchResult, SearchValue } from '../contract/search.ts'
import { truncated, withinBudget } from '../engine/search/highlights.ts'
import { fail } from '../failure/failure.ts'
import { Deadline } from '../lib/deadline.ts'
import { highlightsOf } from '../lib/highlights.ts'
import type { SearchDeps } from './deps.ts'
import { inOrder, onePage } from './scrape.ts'

/** Pages of results that are fetched at a time. */
const pagesAtOnce = 5
/** What is left of the deadline to answer after the last page was given up. */
export const replyMs = 250
/** What the pages may take of it where they are read for an answer afterwards. */
const extractShare = 0.6
/** Results, from the best, whose pages are read for their passages. */
const readMax = 10

type Found = Outcome<SearchValue> & { ok: true }
type WithContent = SearchIntent & { content: NonNullable<SearchIntent['content']> }

/** The pages of the results, each with its own outcome: one that is slow or refuses holds up no answer. */
export const withContent = (deps: SearchDeps, actor: Actor, intent: WithContent, found: Found, deadline: Deadline): Promise<Found> =>
  eachPage(deps, actor, intent, found, deadline, async (result, fetchPage) => {
    const outcome = await fetchPage(intent.content.page)
    if (!outcome.ok) return { ...result, content: outcome }
    return { ...told(result, outcome.value, intent), content: cut(outcome, intent.content.maxTokens) }
  })

/** Reads pages for what they say about the query. A page that cannot be had leaves its result as the sources gave it. */
export const withReading = async (deps: SearchDeps, actor: Actor, intent: SearchIntent, reading: Reading, found: Found, deadline: Deadline): Promise<Found> => {
  const wanted = new Set(found.value.results.slice(0, readMax).filter((result) => reading.all || result.crawledAt === undefined))
  let unread = 0
  const read = await eachPage(deps, actor, intent, found, deadline, async (result, fetchPage) => {
    if (!wanted.has(result)) return result
    const outcome = await fetchPage(reading.page)
    if (outcome.ok) return told(result, outcome.value, intent)
    unread++
    return result
  })
  if (unread === 0) return read
  return { ...read, value: { ...read.value, warnings: [...read.value.warnings, `${unread} of the pages could not be read: what search engines say of them stands in their place.`] } }
}

type FetchPage = (page: Omit<ScrapeIntent, 'url'>) => Promise<Outcome<Document>>

const eachPage = async (deps: SearchDeps, actor: Actor, intent: SearchIntent, found: Found, deadline: Deadline, map: (result: SearchResult, fetchPage: FetchPage) => Promise<SearchResult>): Promise<Found> => {
  const share = new Deadline(Math.max(1, (deadline.remainingMs() - replyMs) * (intent.extract ? extractShare : 1)), deadline.signal)
  const evidence = [...found.evidence]
  try {
    const results = await inOrder(found.value.results, pagesAtOnce, (result) => map(result, async (page) => {
      const left = share.remainingMs()
      const outcome: Outcome<Document> = left < 1
        ? failed(fail('target.timeout', { stage: 'search', afterMs: intent.timeoutMs }))
        : await onePage(deps, actor, { ...page, url: result.url, timeoutMs: Math.min(page.timeoutMs, left) }, deadline.signal)
      evidence.push(...outcome.evidence)
      return outcome
    }))
    return succeeded({ ...found.value, results }, evidence, found.timings)
  } finally {
    share.clear()
  }
}

const cut = (outcome: Outcome<Document> & { ok: true }, maxTokens: number): NonNullable<SearchResult['content']> => {
  const formats = { ...outcome.value.formats }
  let isCut = false
  for (const kind of ['markdown', 'text'] as const) {
    const whole = formats[kind]
    if (whole === undefined) continue
    const part = truncated(whole, maxTokens)
    isCut ||= part.length < whole.length
    formats[kind] = part
  }
  return { ...outcome, value: { ...outcome.value, formats }, truncated: isCut }
}

/** The page tells more about itself than a search engine does. */
const told = (result: SearchResult, { formats, metadata, fetchedAt }: Document, intent: SearchIntent): SearchResult => {
  const text = formats.markdown ?? formats.text ?? ''
  const highlights = intent.highlights && text !== '' ? withinBudget(highlightsOf(text, intent.query), intent.highlights.maxTokens) : []
  return {
    ...result,
    title: result.title || (metadata.title ?? ''),
    ...(highlights.length > 0 ? { highlights } : {}),
    ...(result.publishedAt === undefined && metadata.published_at !== undefined ? { publishedAt: metadata.published_at } : {}),
    ...(result.favicon === undefined && metadata.favicon !== undefined ? { favicon: metadata.favicon } : {}),
    ...(result.image === undefined && metadata.image !== undefined ? { image: metadata.image } : {}),
    ...(formats.images === undefined ? {} : { images: formats.images }),
    ...(result.author === undefined && metadata.author !== undefined ? { author: metadata.author } : {}),
    ...(result.siteName === undefined && metadata.site_name !== undefined ? { siteName: metadata.site_name } : {}),
    ...(result.language === undefined && metadata.language !== undefined ? { language: metadata.language } : {}),
    crawledAt: fetchedAt,
  }
}
