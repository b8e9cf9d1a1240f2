import { z } from 'zod'
import { queryPolicies, siteScopes, sitemapUses, type CrawlIntent, type JobRecord, type MapIntent } from '../../contract/jobs.ts'
import { route, type Reply } from '../dialect.ts'
import { browserAllowed } from './browser-fields.ts'
import { created, jobFields, patternField, patternsOf, submittedOf, renderMap } from './job-fields.ts'
import { profileField, toProfile } from './profiles.ts'
import { pageFields, toIntent, urlField } from './scrape.ts'

const { respect_robots: _, ...crawledPage } = pageFields

const entry = z.union([urlField, z.strictObject({ url: urlField, ...partial(pageFields) })])

/** Fields that may be left out: those of the whole batch stand in for them. */
function partial<T extends Record<string, z.ZodType>>(fields: T): { [K in keyof T]: z.ZodOptional<T[K]> } {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, (field instanceof z.ZodDefault ? (field.unwrap() as z.ZodType) : field).optional()])) as { [K in keyof T]: z.ZodOptional<T[K]> }
}

const batchBody = z.strictObject({
  urls: z.array(entry).min(1).max(10_000).describe('URLs, or objects of a URL with options of its own'),
  ...pageFields,
  ...jobFields,
}).superRefine(browserAllowed)

const siteFields = {
  url: urlField.optional().describe('The seed; `seeds` takes several'),
  seeds: z.array(urlField).min(1).max(100).optional(),
  include: patternField,
  exclude: patternField,
  scope: z.enum(siteScopes).default('host').describe('`host` the seeds’ own hosts, `domain` their subdomains too, `any` every site'),
  query: z.enum(queryPolicies).default('sort').describe('`drop` takes URLs that differ in their query for one page'),
  respect_robots: z.boolean().default(true),
}

const oneSeed = <T extends { url?: string | undefined; seeds?: string[] | undefined }>(body: T): boolean => body.url !== undefined || body.seeds !== undefined
const seedMissing = { error: 'Give url or seeds', path: ['url'] }
const seedsOf = (body: { url?: string | undefined; seeds?: string[] | undefined }): string[] => [...new Set([...(body.url === undefined ? [] : [body.url]), ...(body.seeds ?? [])])]

const crawlBody = z.strictObject({
  ...siteFields,
  limit: z.int().min(1).max(1_000_000).default(100).describe('Most pages that are fetched, failed ones included'),
  max_depth: z.int().min(0).max(100).default(10).describe('0 fetches the seeds only'),
  sitemap: z.enum(sitemapUses).default('include'),
  follow_nofollow: z.boolean().default(false),
  links_per_page: z.int().min(1).max(10_000).optional().describe('Most links that are followed from one page'),
  ...crawledPage,
  ...jobFields,
}).superRefine(browserAllowed).refine(oneSeed, seedMissing)

export const mapFields = {
  ...siteFields,
  limit: z.int().min(1).max(100_000).default(5_000),
  max_depth: z.int().min(0).max(5).default(1).describe('How many links from a seed pages are looked for'),
  sitemap: z.enum(sitemapUses).default('include'),
  search: z.string().min(1).max(500).optional().describe('Words; URLs that fit come first'),
  timeout_ms: z.int().min(1000).max(300_000).default(30_000),
  profile: profileField.optional(),
  ...jobFields,
}

const mapBody = z.strictObject(mapFields).refine(oneSeed, seedMissing)

const toCrawl = (body: z.output<typeof crawlBody>): CrawlIntent => {
  const { url: __, ...page } = toIntent({ ...body, url: '', respect_robots: body.respect_robots })
  return {
    ...submittedOf(body),
    seeds: seedsOf(body),
    limit: body.limit,
    maxDepth: body.max_depth,
    include: patternsOf(body.include),
    exclude: patternsOf(body.exclude),
    scope: body.scope,
    sitemap: body.sitemap,
    query: body.query,
    respectRobots: body.respect_robots,
    followNofollow: body.follow_nofollow,
    linksPerPage: body.links_per_page ?? null,
    page,
  }
}

export const toMap = (body: z.output<typeof mapBody>): MapIntent => ({
  ...submittedOf(body),
  seeds: seedsOf(body),
  limit: body.limit,
  maxDepth: body.max_depth,
  include: patternsOf(body.include),
  exclude: patternsOf(body.exclude),
  scope: body.scope,
  sitemap: body.sitemap,
  query: body.query,
  respectRobots: body.respect_robots,
  search: body.search ?? null,
  timeoutMs: body.timeout_ms,
  ...(body.profile === undefined ? {} : { profile: toProfile(body.profile) }),
})

const accepted = (job: JobRecord): Reply => ({
  status: 202,
  headers: { location: `/v1/jobs/${job.id}` },
  body: { data: { id: job.id, kind: job.kind, state: job.state, counts: job.counts, created_at: job.createdAt } },
})

export const submitRoutes = [
  route({
    method: 'POST', path: '/v1/batch', verb: 'batch', bodyLimitBytes: 64 * 1024 * 1024,
    summary: 'Up to 10,000 pages as a job; each may have options of its own',
    body: batchBody, response: created,
    toIntent: ({ body }) => ({
      ...submittedOf(body),
      pages: body.urls.map((one) => {
        const own = typeof one === 'string' ? { url: one } : Object.fromEntries(Object.entries(one).filter(([, value]) => value !== undefined)) as { url: string }
        return toIntent({ ...body, ...own })
      }),
    }),
    render: accepted,
  }),
  route({
    method: 'POST', path: '/v1/crawl', verb: 'crawl',
    summary: 'The pages of a site as a job: from seeds and sitemaps along links, each page once',
    body: crawlBody, response: created,
    toIntent: ({ body }) => toCrawl(body),
    render: accepted,
  }),
  route({
    method: 'POST', path: '/v1/map', verb: 'map',
    summary: 'The URLs of a site: sitemaps, robots.txt, feeds and links',
    body: mapBody, response: z.object({ data: z.looseObject({ urls: z.array(z.looseObject({ url: z.string(), depth: z.int() })) }), usage: z.object({ credits: z.number() }), request_id: z.string() }),
    toIntent: ({ body }) => toMap(body),
    render: (map, _outcome, info) => ({ status: 200, body: { data: renderMap(map), usage: { credits: info.account.creditsBilled }, request_id: info.requestId } }),
  }),
  route({
    method: 'POST', path: '/v1/map/jobs', verb: 'map_submit',
    summary: 'The same as a job; its result is in `result` of the job',
    body: mapBody, response: created,
    toIntent: ({ body }) => toMap(body),
    render: accepted,
  }),
]
