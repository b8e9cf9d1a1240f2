import type { Actor } from '../contract/actor.ts'
import type { Document } from '../contract/document.ts'
import { failed, succeeded, type Outcome } from '../contract/outcome.ts'
import type { ExtractOptions } from '../contract/extract.ts'
import { scrapeIntent } from '../contract/intent.ts'
import { costOf, reserveFor, type PriceList } from '../contract/price.ts'
import type { SearchIntent, SearchResult, SearchValue } from '../contract/search.ts'
import { exampleFactsOf } from '../failure/facts.ts'
import { failsWholeRequest, failureOfHost } from '../failure/fail-test.ts'
import { Failure, fail } from '../failure/failure.ts'
import { Deadline } from '../lib/deadline.ts'
import { highlightsOf } from '../lib/highlights.ts'
import { truncated, withinBudget } from '../engine/search/highlights.ts'
import { isBlocklisted } from './blocklist.ts'
import type { VerbDeps } from './deps.ts'
import { inOrder, onePage } from './scrape.ts'
import type { Metered, Plain } from './table.ts'

/** Pages of results that are fetched at a time. */
const pagesAtOnce = 5
/** What is left of the deadline to answer after the last page was given up. */
const replyMs = 250
/** What the pages may take of it where they are read for an answer afterwards. */
const extractShare = 0.6

const priceOf = (prices: PriceList): number => prices.search ?? prices.page
const extractCost = (isMade: boolean, prices: PriceList): number => (isMade ? (prices.searchExtract ?? 0) : 0)
const pageOf = (intent: SearchIntent) => intent.content && { ...intent.content.page, url: '' }

export const search: Metered<'search'> = {
  scope: 'scrape',
  reserve: (intent, prices) => {
    const page = pageOf(intent)
    return priceOf(prices) + (page ? intent.limit * (reserveFor(page, prices) + extractCost(intent.extract !== undefined, prices)) : 0)
  },
  cost: ({ results, extract }, intent, prices) => {
    const page = pageOf(intent)
    return results.reduce((sum, { content }) => sum + (page && content?.ok ? costOf(page, content.value, prices) + extractCost(extract?.ok === true, prices) : 0), priceOf(prices))
  },
  url: () => null,
  run: (deps, visit, actor, intent) => oneSearch(deps, actor, intent, visit.signal),
}

export type SearchDeps = Pick<VerbDeps, 'engine' | 'cacheOf' | 'pages' | 'searcher'>

/** One search with the pages that it asks for. Throws what a test key asks for by name. */
export const oneSearch = async (deps: SearchDeps, actor: Actor, intent: SearchIntent, signal: AbortSignal): Promise<Outcome<SearchValue>> => {
  refuseByName(intent, actor)
  const deadline = new Deadline(intent.timeoutMs, signal)
  try {
    const own = deps.pages?.of(actor.workspaceId, actor.mode)
    const found = await deps.searcher.search(intent, { mode: actor.mode, signal: deadline.signal, own, allowed: (url) => !isBlocklisted(url, actor.urlBlocklist) })
    if (!found.ok || !intent.content) return found
    const read = await withContent(deps, actor, { ...intent, content: intent.content }, found, deadline)
    return read.ok && intent.extract ? await withExtract(deps, actor, intent.extract, read, deadline) : read
  } finally {
    deadline.clear()
  }
}

/** All the pages read as one document. That they say nothing about it is told beside them; what is wrong with this server or the key ends the whole. */
const withExtract = async (deps: SearchDeps, actor: Actor, extract: ExtractOptions, found: Outcome<SearchValue> & { ok: true }, deadline: Deadline): Promise<Outcome<SearchValue>> => {
  const parts = found.value.results.flatMap(({ title, url, content }) => (content?.ok ? [`# ${title}\n\n<${url}>\n\n${content.value.formats.markdown ?? ''}`] : []))
  if (parts.length === 0) return found
  const made = await onePage(deps, actor, scrapeIntent({
    url: 'about:blank', formats: [{ kind: 'json', extract }], content: { type: 'text/markdown', body: parts.join('\n\n') }, timeoutMs: Math.max(1, deadline.remainingMs() - replyMs),
  }), deadline.signal)
  if (!made.ok && (made.failure.class === 'platform' || made.failure.class === 'account' || made.failure.class === 'caller')) return failed(made.failure, [...found.evidence, ...made.evidence], found.timings)
  return succeeded({ ...found.value, extract: made }, [...found.evidence, ...made.evidence], found.timings)
}

type WithContent = SearchIntent & { content: NonNullable<SearchIntent['content']> }

/** The pages of the results, each with its own outcome: one that is slow or refuses holds up no answer. */
const withContent = async (deps: SearchDeps, actor: Actor, intent: WithContent, found: Outcome<SearchValue> & { ok: true }, deadline: Deadline): Promise<Outcome<SearchValue>> => {
  const left = deadline.remainingMs() - replyMs
  const share = new Deadline(Math.max(1, intent.extract ? left * extractShare : left), deadline.signal)
  try {
    const results = await inOrder(found.value.results, pagesAtOnce, async (result): Promise<SearchResult> => {
      const remaining = share.remainingMs()
      const outcome: Outcome<Document> = remaining < 1
        ? failed(fail('target.timeout', { stage: 'search', afterMs: intent.timeoutMs }))
        : await onePage(deps, actor, { ...intent.content.page, url: result.url, timeoutMs: Math.min(intent.content.page.timeoutMs, remaining) }, deadline.signal)
      return outcome.ok ? readResult(result, outcome, intent) : { ...result, content: outcome }
    })
    return succeeded({ ...found.value, results }, [...found.evidence, ...results.flatMap(({ content }) => content?.evidence ?? [])], found.timings)
  } finally {
    share.clear()
  }
}

/** The page tells more about itself than a search engine does. */
const readResult = (result: SearchResult, outcome: Outcome<Document> & { ok: true }, intent: WithContent): SearchResult => {
  const { formats, metadata, fetchedAt } = outcome.value
  const text = formats.markdown ?? formats.text ?? ''
  const cut = { ...formats }
  let isTruncated = false
  for (const kind of ['markdown', 'text'] as const) {
    const whole = formats[kind]
    if (whole === undefined) continue
    const part = truncated(whole, intent.content.maxTokens)
    isTruncated ||= part.length < whole.length
    cut[kind] = part
  }
  const highlights = intent.highlights && text !== '' ? withinBudget(highlightsOf(text, intent.query), intent.highlights.maxTokens) : []
  return {
    ...result,
    title: result.title || (metadata.title ?? ''),
    ...(highlights.length > 0 ? { highlights } : {}),
    ...(result.publishedAt === undefined && metadata.published_at !== undefined ? { publishedAt: metadata.published_at } : {}),
    ...(result.favicon === undefined && metadata.favicon !== undefined ? { favicon: metadata.favicon } : {}),
    ...(result.author === undefined && metadata.author !== undefined ? { author: metadata.author } : {}),
    ...(result.siteName === undefined && metadata.site_name !== undefined ? { siteName: metadata.site_name } : {}),
    ...(result.language === undefined && metadata.language !== undefined ? { language: metadata.language } : {}),
    crawledAt: fetchedAt,
    content: { ...outcome, value: { ...outcome.value, formats: cut }, truncated: isTruncated },
  }
}

/** A test key that searches for `platform-search-unavailable.fail.test` gets that failure. */
export const refuseByName = ({ query }: SearchIntent, actor: Actor): void => {
  const named = actor.mode === 'test' ? failureOfHost(URL.parse(query.trim())?.hostname ?? query.trim()) : undefined
  if (named && failsWholeRequest(named.code)) throw new Failure(named.code, exampleFactsOf(named.code))
}

const off = (): Failure => fail('platform.not_configured', { setting: 'LYREBIRD_INDEX' })

export const indexVerbs = {
  index_state: {
    scope: 'read', recorded: false,
    run: (deps, _visit, actor) => {
      if (!deps.pages || !actor) throw off()
      return deps.pages.state(actor.workspaceId, actor.mode)
    },
  } satisfies Plain<'index_state'>,
  index_delete: {
    scope: 'scrape', recorded: true,
    run: async (deps, _visit, actor, selection) => {
      if (!deps.pages || !actor) throw off()
      return { deleted: await deps.pages.delete(actor.workspaceId, actor.mode, selection) }
    },
  } satisfies Plain<'index_delete'>,
}
