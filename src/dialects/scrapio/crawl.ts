import { z } from 'zod'
import { scrapeIntent } from '../../contract/intent.ts'
import type { CrawlIntent, JobPage, JobRecord } from '../../contract/jobs.ts'
import { route } from '../dialect.ts'
import { briefly, envelope, envelopeReply, pageErrorReply, type StepError } from './envelope.ts'
import { inlineMs, queuedReply, proxyOf } from './fetch.ts'
import { metadataOf, queuedBody } from './metadata.ts'
import { formatsOf, outputsReply, readOutputs } from './outputs.ts'
import { crawlPrices } from './prices.ts'
import { crawlBody } from './surfaces.ts'

export type CrawlBody = z.output<typeof crawlBody>

const pagesDefault = 25
/** More are always a job. */
const pagesInline = 25
const depthDefault = 2
const pageMs = 30_000

export const crawlIntent = (wish: CrawlBody): CrawlIntent => {
  const { url: _url, ...page } = scrapeIntent({ url: '', formats: formatsOf(wish, 'markdown'), timeoutMs: wish.timeout_ms ?? pageMs, ...proxyOf(wish) })
  return {
    seeds: [...new Set(wish.seeds)], limit: wish.max_pages ?? pagesDefault, maxDepth: wish.max_depth ?? depthDefault,
    include: [], exclude: [], scope: wish.same_domain_only === false ? 'any' : 'host', sitemap: 'skip', query: 'sort',
    respectRobots: true, followNofollow: false, linksPerPage: null, page, pace: {}, metadata: metadataOf({ kind: 'crawl', input: wish }),
  }
}

export const crawlResult = z.object({
  seeds: z.array(z.string()),
  pages: z.array(z.object({
    url: z.string(), depth: z.int(), discovered_from: z.string().optional(), status: z.enum(['completed', 'partial', 'failed']),
    outputs: outputsReply.optional(), error: pageErrorReply.optional(),
  })),
  summary: z.object({ pages_discovered: z.int(), pages_fetched: z.int(), pages_succeeded: z.int(), pages_failed: z.int(), pages_skipped: z.int() }),
})

/** The pages that were fetched, in the order in which they were found. */
export const crawled = (job: JobRecord, pages: readonly JobPage[], wish: CrawlBody, origin: string): z.output<typeof crawlResult> => ({
  seeds: wish.seeds,
  pages: pages.filter(({ state }) => state === 'done' || state === 'failed').toSorted((a, b) => a.n - b.n).map((page) => crawledPage(page, wish, origin)),
  summary: {
    pages_discovered: job.counts.discovered, pages_fetched: job.counts.done + job.counts.failed,
    pages_succeeded: job.counts.done, pages_failed: job.counts.failed, pages_skipped: job.counts.skipped,
  },
})

const crawledPage = (page: JobPage, wish: CrawlBody, origin: string) => {
  const about = { url: page.url, depth: page.depth, ...(page.parentUrl === null ? {} : { discovered_from: page.parentUrl }) }
  if (!page.document) return { ...about, status: 'failed' as const, ...(page.failure ? { error: briefly(page.failure) } : {}) }
  const { outputs, failures } = readOutputs(page.document, wish, 'markdown', origin)
  const [first] = failures
  if (!first) return { ...about, status: 'completed' as const, outputs }
  return { ...about, status: Object.keys(outputs).length > 0 ? ('partial' as const) : ('failed' as const), outputs, error: { code: first.code, message: `${first.output}: ${first.message}` } }
}

/** Partial where any page failed. */
export const crawlStatus = (job: JobRecord): 'completed' | 'partial' | 'failed' => (job.state === 'failed' ? 'failed' : job.counts.failed > 0 || job.state !== 'completed' ? 'partial' : 'completed')

const renderCrawl = (job: JobRecord, pages: readonly JobPage[], wish: CrawlBody, requestId: string, origin: string) => {
  const stepErrors = pages.flatMap(({ failure, url }): StepError[] => (failure ? [{ step_id: 'step_crawl_fetch', ...briefly(failure), url }] : []))
  const status = crawlStatus(job)
  return envelope('crawl', requestId, {
    status,
    steps: [{
      step_id: 'step_crawl_fetch', type: 'crawl_fetch', status: status === 'failed' ? 'failed' : 'completed',
      started_at: job.startedAt ?? job.createdAt, completed_at: job.finishedAt ?? job.createdAt, ...(job.failure ? { error: briefly(job.failure) } : {}),
    }],
    result: crawled(job, pages, wish, origin),
    stepErrors,
  })
}

export const crawlRoutes = [
  route({
    method: 'POST', path: '/v1/crawl', verb: 'submit_and_wait', prices: crawlPrices,
    summary: `Pages of a site, breadth first; 202 with a job beyond ${pagesInline} pages or 15 s`,
    body: crawlBody, response: z.union([envelopeReply('crawl', crawlResult), queuedReply]),
    toIntent: ({ body }) => ({ job: { kind: 'crawl', crawl: crawlIntent(body) }, waitMs: (body.max_pages ?? pagesDefault) > pagesInline ? 0 : inlineMs }),
    render: ({ job, pages }, _, info) => {
      // Safe: the server has read the body with this row's schema.
      const wish = (info.input as { body: CrawlBody }).body
      if (pages) return { status: 200, body: renderCrawl(job, pages, wish, info.requestId, info.origin) }
      const reason = (wish.max_pages ?? pagesDefault) > pagesInline ? `max_pages is above ${pagesInline}` : `the crawl takes longer than ${inlineMs} ms`
      return { status: 202, body: queuedBody(job, info.requestId, reason) }
    },
  }),
]
