import { z } from 'zod'
import type { Document } from '../../contract/document.ts'
import { workKinds, type PastWork, type WorkKind } from '../../contract/history.ts'
import type { FormatRequest } from '../../contract/intent.ts'
import type { CrawlIntent } from '../../contract/jobs.ts'
import type { Outcome } from '../../contract/outcome.ts'
import type { SearchValue } from '../../contract/search.ts'
import { Failure, type FailureJson } from '../../failure/failure.ts'
import { uuidOf } from '../../lib/ids.ts'
import { route } from '../dialect.ts'
import { formatsOf, pageRef, renderCrawl, states } from './crawl.ts'
import { renderExtract } from './extract.ts'
import { errorOf } from './failure.ts'
import { idParams, services, type FormatEntry } from './fields.ts'
import { elapsedOf, isChanged, optionsOf, renderDiffs } from './monitor.ts'
import { entryOf, renderPage } from './results.ts'
import { renderSearch } from './search.ts'

export const historyQuery = z.object({
  page: z.coerce.number().int().positive().default(1),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  service: z.enum(services).optional(),
})

const entry = z.looseObject({
  id: z.string(),
  service: z.enum(services),
  status: z.enum(['completed', 'failed', 'running', 'paused']),
  params: z.looseObject({}),
  result: z.looseObject({}),
  error: z.looseObject({ type: z.string(), message: z.string() }).nullable(),
  elapsedMs: z.int(),
  requestParentId: z.string().nullable(),
  createdAt: z.string(),
})
type Entry = z.output<typeof entry>

const dialect = 'scrapegraphai'
const formatList = z.array(z.custom<FormatRequest>((value) => typeof value === 'object' && value !== null)).catch([])
const text = z.string().catch('')
const extractOptions = z.object({ prompt: z.string().optional(), schema: z.record(z.string(), z.unknown()).optional() }).catch({})

/** What is read of stored intents; secrets in them were redacted before they were stored. */
const pageIntent = z.object({ url: text, formats: formatList, mode: text, content: z.object({ type: z.string() }).optional().catch(undefined) })
const empty = { url: '', formats: [], mode: 'normal' }
const extractIntent = z.object({ pages: z.array(pageIntent).catch([]) }).catch({ pages: [] })
const searchIntent = z.object({
  query: text, limit: z.int().catch(3), extract: extractOptions.optional(),
  content: z.object({ page: pageIntent }).catch({ page: empty }),
}).catch({ query: '', limit: 3, content: { page: empty } })

const params = (options: z.output<typeof extractOptions> | undefined) => ({ ...(options?.prompt === undefined ? {} : { prompt: options.prompt }), ...(options?.schema ? { schema: options.schema } : {}) })
/** Clients read into the result, and one of them refuses null. */
const nothing = { results: {}, metadata: { contentType: '' } }

type Told = Pick<Entry, 'service' | 'params' | 'result'>
type Request = PastWork & { of: 'request' }

const scraped = ({ record, value }: Request, origin: string): Told => {
  const { url, formats } = pageIntent.catch(empty).parse(record.intent)
  // Safe: `entryOf` makes the entries that the formats came from.
  const entries = formats.map(entryOf) as FormatEntry[]
  return {
    service: 'scrape',
    params: { url: url || (record.url ?? ''), formats: entries.length > 0 ? entries : [{ type: 'markdown', mode: 'normal' }] },
    result: value ? renderPage(value as Document, { formats: entries, elapsedMs: record.durationMs, origin, evidence: record.evidence }) : nothing,
  }
}

const extracted = ({ record, value }: Request): Told => {
  const { url, content, mode, formats } = extractIntent.parse(record.intent).pages[0] ?? { ...empty, content: undefined }
  const outcome = (value as { results: Outcome<Document>[] } | undefined)?.results[0]
  return {
    service: 'extract',
    params: { ...(content ? { [content.type === 'text/html' ? 'html' : 'markdown']: '[redacted]' } : { url }), mode, ...params(formats[0]?.extract) },
    result: renderExtract(outcome?.ok ? outcome.value : undefined, content === undefined),
  }
}

const searched = ({ record, value }: Request): Told => {
  const { query, limit, extract, content: { page: { formats, mode } } } = searchIntent.parse(record.intent)
  const format = formats.some(({ kind }) => kind === 'html' || kind === 'raw_html') ? 'html' : 'markdown'
  const none: SearchValue = { query, parsed: { words: [], prefixes: [], phrases: [], without: [], sites: [], notSites: [] }, results: [], sources: [], warnings: [] }
  return {
    service: 'search',
    params: { query, numResults: limit, format, mode, ...params(extract) },
    result: renderSearch((value as SearchValue | undefined) ?? none, { format, extract: extract !== undefined }),
  }
}

const told = (work: Request, origin: string): Told => (work.record.verb === 'extract' ? extracted(work) : work.record.verb === 'search' ? searched(work) : scraped(work, origin))

const errorFrom = (failure: FailureJson | null): Entry['error'] => (failure ? errorOf(Failure.fromJSON(failure)) : null)
const between = (from: string, to: string | null): number => (to === null ? 0 : Math.max(0, Date.parse(to) - Date.parse(from)))

const renderEntry = (work: PastWork, origin: string): Entry => {
  const { id } = work
  switch (work.of) {
    case 'request': {
      const { failure, durationMs, at } = work.record
      return { id, ...told(work, origin), status: failure ? 'failed' : 'completed', error: errorFrom(failure), elapsedMs: Math.round(durationMs), requestParentId: null, createdAt: at }
    }
    case 'job': {
      const { job, pages } = work
      const { seeds, limit } = job.intent as unknown as CrawlIntent
      return {
        id, service: 'crawl', status: states[job.state], params: { url: seeds[0] ?? '', maxPages: limit }, result: renderCrawl(job, pages, origin),
        error: errorFrom(job.failure), elapsedMs: between(job.createdAt, job.finishedAt), requestParentId: null, createdAt: job.createdAt,
      }
    }
    case 'page': {
      const { job, page } = work
      const formats = formatsOf(job)
      return {
        id: pageRef(job.id, page), service: 'scrape', status: page.state === 'done' ? 'completed' : 'failed', params: { url: page.url, formats },
        result: page.document ? renderPage(page.document, { formats, elapsedMs: page.durationMs ?? 0, origin }) : nothing,
        error: errorFrom(page.failure), elapsedMs: Math.round(page.durationMs ?? 0), requestParentId: uuidOf(job.id), createdAt: page.finishedAt ?? job.createdAt,
      }
    }
    case 'run': {
      const { monitor, run } = work
      const { target } = monitor.intent
      return {
        id, service: 'monitor', status: run.state === 'completed' ? 'completed' : run.state === 'running' ? 'running' : 'failed',
        params: { cronId: uuidOf(monitor.id), url: target.kind === 'page' ? target.url : '' },
        // What was seen stands under the tick's own id.
        result: { changed: isChanged(run), diffs: renderDiffs(run.diff), refs: Object.fromEntries(optionsOf(monitor).formats.map(({ type }) => [type, id])) },
        error: errorFrom(run.failure), elapsedMs: elapsedOf(run), requestParentId: null, createdAt: run.dueAt,
      }
    }
  }
}

export const historyRoutes = [
  route({
    method: 'GET', path: '/api/history', verb: 'work_list',
    summary: 'Requests, crawls, their pages and ticks of monitors, newest first',
    query: historyQuery,
    response: z.object({ data: z.array(entry), pagination: z.object({ page: z.int(), limit: z.int(), total: z.int() }) }),
    toIntent: ({ query: { page, limit, service } }) => ({ dialect, kinds: service ? [service satisfies WorkKind] : workKinds, limit, skip: Math.min((page - 1) * limit, Number.MAX_SAFE_INTEGER) }),
    render: ({ items, total }, _, info) => {
      // Safe: the server has read the query with this very schema.
      const { page, limit } = (info.input as { query: z.output<typeof historyQuery> }).query
      return { status: 200, body: { data: items.map((work) => renderEntry(work, info.origin)), pagination: { page, limit, total } } }
    },
  }),
  route({
    method: 'GET', path: '/api/history/:id', verb: 'work_get',
    summary: 'One of them: by the id of a reply, a crawl, a tick or the scrapeRefId of a page',
    params: idParams, response: entry,
    toIntent: ({ params: { id } }) => ({ id, dialect }),
    render: (work, _, info) => ({ status: 200, body: renderEntry(work, info.origin) }),
  }),
]
