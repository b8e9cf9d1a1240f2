import type { Actor } from '../contract/actor.ts'
import type { ExtractOptions } from '../contract/extract.ts'
import { scrapeIntent } from '../contract/intent.ts'
import { failed, succeeded, type Outcome } from '../contract/outcome.ts'
import { costOf, reserveFor, type PriceList } from '../contract/price.ts'
import type { SearchEvent, SearchIntent, SearchValue } from '../contract/search.ts'
import { eventsOf } from '../engine/search/events.ts'
import { exampleFactsOf } from '../failure/facts.ts'
import { failsWholeRequest, failureOfHost } from '../failure/fail-test.ts'
import { Failure, fail } from '../failure/failure.ts'
import { Deadline } from '../lib/deadline.ts'
import { isBlocklisted } from './blocklist.ts'
import type { SearchDeps } from './deps.ts'
import { replyMs, withContent, withReading } from './search-pages.ts'
import { onePage, sum } from './scrape.ts'
import type { Metered, Plain } from './table.ts'

/** Results that are looked through for events. */
const eventResults = 50

/** What one search costs without the pages of its results. */
export const searchPrice = (prices: PriceList): number => prices.search ?? prices.page

/** The most that the pages of one search's results can cost. */
export const reserveResultPages = ({ content, limit, extract }: Pick<SearchIntent, 'content' | 'limit' | 'extract'>, prices: PriceList): number => {
  if (!content) return 0
  if (prices.resultPages) return Math.max(0, limit - prices.resultPages.free) * prices.resultPages.each
  return limit * (reserveFor(content.page, prices) + extractCost(extract !== undefined, prices))
}

export const costOfResultPages = ({ results, extract }: Pick<SearchValue, 'results' | 'extract'>, { content: asked }: Pick<SearchIntent, 'content'>, prices: PriceList): number => {
  if (!asked) return 0
  const read = results.flatMap(({ content }) => (content?.ok ? [content.value] : []))
  return prices.resultPages ? Math.max(0, read.length - prices.resultPages.free) * prices.resultPages.each : sum(read, (document) => costOf(asked.page, document, prices) + extractCost(extract?.ok === true, prices))
}

const extractCost = (isMade: boolean, prices: PriceList): number => (isMade ? (prices.searchExtract ?? 0) : 0)

export const search: Metered<'search'> = {
  scope: 'scrape',
  reserve: (intent, prices) => searchPrice(prices) + reserveResultPages(intent, prices),
  cost: (value, intent, prices) => searchPrice(prices) + costOfResultPages(value, intent, prices),
  url: () => null,
  run: (deps, visit, actor, intent) => oneSearch(deps, actor, intent, visit.signal),
}

/** One search with the pages that it asks for. Throws what a test key asks for by name. */
export const oneSearch = async (deps: SearchDeps, actor: Actor, intent: SearchIntent, signal: AbortSignal): Promise<Outcome<SearchValue>> => {
  refuseByName(intent.query, actor)
  if (intent.content) deps.engine.check({ ...intent.content.page, url: '' }, actor.mode)
  if (intent.extract) deps.engine.check(scrapeIntent({ url: '', formats: [{ kind: 'json', extract: intent.extract }] }), actor.mode)
  const deadline = new Deadline(intent.timeoutMs, signal)
  try {
    const [found, events] = await Promise.all([ask(deps, actor, intent, deadline), intent.events ? askEvents(deps, actor, intent, intent.events, deadline) : undefined])
    if (!found.ok) return found
    const whole = events ? { ...found, value: { ...found.value, events } } : found
    if (intent.content) {
      const read = await withContent(deps, actor, { ...intent, content: intent.content }, whole, deadline)
      return intent.extract ? await withExtract(deps, actor, intent.extract, read, deadline) : read
    }
    return intent.reading ? await withReading(deps, actor, intent, intent.reading, whole, deadline) : whole
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

const ask = (deps: SearchDeps, actor: Actor, intent: SearchIntent, { signal }: Deadline): Promise<Outcome<SearchValue>> =>
  deps.searcher.search(intent, { mode: actor.mode, signal, own: deps.pages?.of(actor.workspaceId, actor.mode), allowed: (url) => !isBlocklisted(url, actor.urlBlocklist) })

/** Who reports an event is not for the caller's list of hosts to say. */
const askEvents = async (deps: SearchDeps, actor: Actor, { content: _content, reading: _reading, extract: _extract, ...intent }: SearchIntent, wanted: NonNullable<SearchIntent['events']>, deadline: Deadline): Promise<SearchEvent[]> => {
  const found = await ask(deps, actor, { ...intent, includeDomains: [], excludeDomains: [], limit: eventResults, skip: 0 }, deadline)
  return found.ok ? eventsOf(found.value.results, wanted) : []
}

/** A test key that searches for `platform-search-unavailable.fail.test` gets that failure. */
export const refuseByName = (query: string, actor: Actor): void => {
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
