import { z } from 'zod'
import type { CrawlIntent, JobPage, JobRecord, JobState, UrlPattern } from '../../contract/jobs.ts'
import { idOf, uuidOf } from '../../lib/ids.ts'
import { route, type ReplyInfo } from '../dialect.ts'
import { allowedTypes, contentTypeList, fetchConfig, formats, idParams, processors, type FormatEntry } from './fields.ts'
import { addressOf, pageIntent, pageReply, renderPage } from './results.ts'
import { prices } from './prices.ts'
import { urlField } from './url.ts'

export const crawlBody = z.object({
  url: urlField,
  formats,
  maxDepth: z.coerce.number().int().min(0).default(2),
  maxPages: z.coerce.number().int().min(1).max(1000).default(50),
  maxLinksPerPage: z.coerce.number().int().min(1).default(10),
  allowExternal: z.boolean().default(false),
  includePatterns: z.array(z.string()).optional(),
  excludePatterns: z.array(z.string()).optional(),
  contentTypes: contentTypeList.optional(),
  allowedTypes: allowedTypes.optional(),
  processors: processors.optional(),
  fetchConfig: fetchConfig.optional(),
})
type Body = z.output<typeof crawlBody>

export const crawlPagesQuery = z.object({
  cursor: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(100).default(50),
})

const pagesMax = 1000
/** Only what was begun in this contract: its pages have the formats that it knows. */
const of = { kind: 'crawl', dialect: 'scrapegraphai' } as const

const page = z.object({
  url: z.string(), status: z.enum(['completed', 'failed', 'skipped']), depth: z.int(), parentUrl: z.string().nullable(), links: z.array(z.string()),
  scrapeRefId: z.uuid(), title: z.string(), contentType: z.string(), screenshotUrl: z.string().optional(), reason: z.string().optional(), error: z.string().optional(),
  scrape: pageReply.optional(),
})
const crawl = z.object({
  id: z.uuid(), status: z.enum(['running', 'completed', 'failed', 'paused', 'deleted']), reason: z.string().optional(), total: z.int(), finished: z.int(), pages: z.array(page),
})
const done = z.object({ ok: z.literal(true) })

/** Globs are what is documented; one client's help shows regular expressions, and they are told apart by what no glob has. */
const patternOf = (value: string): UrlPattern => {
  if (/^\^|\$$|\.[*+]|\\|\(|\[/.test(value)) return { kind: 'regex', value }
  // One level below the root.
  return { kind: 'glob', value: value.replace(/^\*\/(?!\*)/, '/') }
}

const toIntent = (body: Body): CrawlIntent => {
  const allowed = body.allowedTypes ?? (body.contentTypes?.length ? body.contentTypes : undefined)
  const { url, ...options } = pageIntent({ ...body, allowedTypes: allowed })
  return {
    seeds: [url],
    limit: body.maxPages,
    maxDepth: body.maxDepth,
    include: (body.includePatterns ?? []).map(patternOf),
    exclude: (body.excludePatterns ?? []).map(patternOf),
    scope: body.allowExternal ? 'any' : 'host',
    sitemap: 'skip',
    query: 'sort',
    // Of a mock page nothing is fetched, robots.txt neither.
    respectRobots: options.content === undefined,
    followNofollow: false,
    linksPerPage: body.maxLinksPerPage,
    pace: {},
    funded: true,
    page: options,
    metadata: { formats: body.formats },
  }
}

export const states: Record<JobState, Exclude<z.output<typeof crawl>['status'], 'deleted'>> = {
  queued: 'running', running: 'running', paused: 'paused', completed: 'completed', partial: 'completed', failed: 'failed', cancelled: 'failed',
}

// Safe: `toIntent` wrote them.
export const formatsOf = ({ intent }: JobRecord): FormatEntry[] => (intent as unknown as CrawlIntent).metadata?.formats as FormatEntry[]

const reasonOf = ({ state, failure, skippedByReason }: JobRecord): string | undefined => {
  if (failure) return failure.message
  if (state === 'cancelled') return 'The crawl was cancelled.'
  return skippedByReason.robots ? `robots.txt forbids ${skippedByReason.robots} of the pages.` : undefined
}

/** The id under which the page stands in the history. */
export const pageRef = (jobId: string, { n }: Pick<JobPage, 'n'>): string => uuidOf(jobId, n)

export const renderCrawlPage = (job: JobRecord, it: JobPage, origin: string): z.output<typeof page> => {
  const shot = it.document?.formats.screenshot
  return {
    url: it.url,
    status: it.state === 'done' ? 'completed' : 'failed',
    depth: it.depth,
    parentUrl: it.parentUrl,
    links: it.links,
    scrapeRefId: pageRef(job.id, it),
    title: it.title ?? '',
    contentType: it.contentType?.split(';', 1)[0]?.trim() ?? '',
    ...(shot ? { screenshotUrl: addressOf(shot, origin) } : {}),
    ...(it.failure ? { reason: it.failure.code, error: it.failure.message } : {}),
    ...(it.document ? { scrape: renderPage(it.document, { formats: formatsOf(job), elapsedMs: it.durationMs ?? 0, origin }) } : {}),
  }
}

/** Without its id: as it stands in the history. */
export const renderCrawl = (job: JobRecord, pages: readonly JobPage[], origin: string): Omit<z.output<typeof crawl>, 'id'> => {
  const reason = reasonOf(job)
  const finished = job.counts.done + job.counts.failed
  return {
    status: states[job.state],
    ...(reason === undefined ? {} : { reason }),
    total: Math.max(finished, Math.min(job.limit ?? pagesMax, job.counts.discovered - job.counts.skipped)),
    finished,
    pages: pages.map((it) => renderCrawlPage(job, it, origin)),
  }
}

const query = ({ id }: { id: string }) => ({ id: idOf('job', id), of })

const steer = (path: 'stop' | 'resume', verb: 'jobs_pause' | 'jobs_resume', summary: string) => route({
  method: 'POST', path: `/api/crawl/:id/${path}`, verb, summary,
  params: idParams, response: done,
  toIntent: ({ params }) => query(params),
  render: () => ({ status: 200, body: { ok: true } }),
})

const pagesQueryOf = (info: ReplyInfo) => (info.input as { query: z.output<typeof crawlPagesQuery> }).query

export const crawlRoutes = [
  route({
    method: 'POST', path: '/api/crawl', verb: 'crawl', summary: 'Starts a crawl',
    prices: { ...prices, seed: 2 },
    body: crawlBody, response: crawl,
    toIntent: ({ body }) => toIntent(body),
    render: (job, _, info) => ({ status: 200, body: { id: uuidOf(job.id), ...renderCrawl(job, [], info.origin) } }),
  }),
  route({
    method: 'GET', path: '/api/crawl', verb: 'jobs_list', throttled: false, summary: 'Crawls, newest first',
    response: z.object({ crawls: z.array(z.looseObject({ id: z.uuid(), url: z.string(), status: z.string() })) }),
    toIntent: () => ({ limit: 100, ...of }),
    render: ({ items }) => ({
      status: 200,
      body: { crawls: items.map((job) => ({ id: uuidOf(job.id), url: (job.intent as unknown as CrawlIntent).seeds[0] ?? '', status: states[job.state], createdAt: job.createdAt })) },
    }),
  }),
  route({
    method: 'GET', path: '/api/crawl/:id', verb: 'jobs_results', throttled: false, summary: 'State of a crawl and its pages, in the order of their end',
    params: idParams, response: crawl,
    toIntent: ({ params }) => ({ ...query(params), limit: pagesMax, documents: false }),
    render: ({ job, items }, _, info) => ({ status: 200, body: { id: uuidOf(job.id), ...renderCrawl(job, items, info.origin) } }),
  }),
  route({
    method: 'DELETE', path: '/api/crawl/:id', verb: 'jobs_delete', summary: 'Deletes a crawl with its pages',
    params: idParams, response: done,
    toIntent: ({ params }) => query(params),
    render: () => ({ status: 200, body: { ok: true } }),
  }),
  route({
    method: 'GET', path: '/api/crawl/:id/pages', verb: 'jobs_results', throttled: false, summary: 'Pages of a crawl with their content; a cursor is the number of pages before it',
    params: idParams, query: crawlPagesQuery,
    response: z.object({ data: z.array(page), pagination: z.object({ limit: z.int(), nextCursor: z.string().nullable() }) }),
    toIntent: ({ params, query: { cursor, limit } }) => ({ ...query(params), limit, skip: cursor, documents: true }),
    render: ({ job, items, nextCursor }, _, info) => {
      const { cursor, limit } = pagesQueryOf(info)
      return {
        status: 200,
        body: { data: items.map((it) => renderCrawlPage(job, it, info.origin)), pagination: { limit, nextCursor: nextCursor === null ? null : String(cursor + items.length) } },
      }
    },
  }),
  steer('stop', 'jobs_pause', 'Pauses a crawl; what was fetched stays'),
  steer('resume', 'jobs_resume', 'Continues a paused crawl'),
]
