import type { CrawlIntent, JobRecord, JobWebhook, SitemapUse } from '../../contract/jobs.ts'
import { route, type ReplyInfo } from '../dialect.ts'
import { envelope, ok } from './envelope.ts'
import { jobCreated, renderCreated } from './job-fields.ts'
import { discoverPrices, prices } from './prices.ts'
import { jobPage, readBody, type ReadBody } from './read-body.ts'
import { canonicalEvents } from './webhook-events.ts'

const depthDefault = 2
const pagesDefault = 20

const webhookOf = ({ url, events, secret }: NonNullable<ReadBody['webhook']>): JobWebhook =>
  ({ url, events: canonicalEvents(events), options: { events }, ...(secret === undefined ? {} : { secret }) })

/** What every job of this contract is asked with. */
const submitted = (body: ReadBody, info: ReplyInfo) => {
  const asked = [body.batchConcurrency, body.maxConcurrency].filter((one) => one !== undefined)
  const most = info.account.concurrency?.limit ?? undefined
  return {
    pace: asked.length === 0 ? {} : { pagesAtOnce: Math.min(1000, ...asked) },
    funded: true,
    ...(most === undefined ? {} : { jobsMax: most }),
    ...(body.webhook === undefined ? {} : { webhook: webhookOf(body.webhook) }),
    metadata: { formats: body.formats, proxyMode: body.proxyMode },
  }
}

const common = { method: 'POST', path: '/v1/read', body: readBody, response: envelope(jobCreated) } as const
const render = (job: JobRecord) => ok(renderCreated(job), 201)

export const batchRow = route({
  ...common, verb: 'batch', summary: 'Several pages as a job', prices,
  toIntent: ({ body }, info) => ({ pages: (body.urls ?? []).map((url) => jobPage(url, body)), ...submitted(body, info) }),
  render,
})

const crawlIntent = (body: ReadBody, info: ReplyInfo, sitemap: SitemapUse): CrawlIntent => {
  const { url, ...page } = jobPage(body.url ?? '', body)
  return {
    seeds: [url],
    limit: body.maxPages ?? pagesDefault,
    maxDepth: body.maxDepth ?? depthDefault,
    include: [],
    exclude: [],
    scope: 'host',
    query: 'sort',
    sitemap,
    respectRobots: true,
    followNofollow: false,
    linksPerPage: null,
    page,
    ...submitted(body, info),
  }
}

export const crawlRow = route({
  ...common, verb: 'crawl', summary: 'A site as a job: its seed, and what is linked from there', prices: { ...prices, proxies: {} },
  toIntent: ({ body }, info) => crawlIntent(body, info, 'skip'),
  render,
})

/** Every page is looked at for its title and its links, and nothing of it is kept. */
export const discoverRow = route({
  ...common, verb: 'crawl', summary: 'The addresses of a site as a job', prices: discoverPrices,
  toIntent: ({ body }, info) => crawlIntent({ ...body, formats: [] }, info, 'include'),
  render,
})
