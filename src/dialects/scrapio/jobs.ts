import { z } from 'zod'
import type { JobWebhook } from '../../contract/jobs.ts'
import type { PriceList } from '../../contract/price.ts'
import type { VerbName } from '../../contract/verbs.ts'
import { route, type Route } from '../dialect.ts'
import { crawlIntent } from './crawl.ts'
import { fetchBody, fetchIntent, queuedReply } from './fetch.ts'
import { body, choice, closed, httpUrl, oneOf, text } from './fields.ts'
import { interactIntent } from './interact.ts'
import { resultReply, renderResult, renderStatus, statusReply } from './job-state.ts'
import { mapIntent } from './map.ts'
import { askedOf, metadataOf, queuedBody, type Kind } from './metadata.ts'
import { crawlPrices, fetchPrices, interactPrices, mapPrices, promptPrices, searchPrices } from './prices.ts'
import { promptIntent } from './prompt.ts'
import { bodyIntent } from './search.ts'
import { crawlBody, interactBody, mapBody, searchBody } from './surfaces.ts'

const webhook = closed({ url: httpUrl }).optional()

const job = choice('kind', ['fetch', 'interact', 'search', 'crawl', 'map'], [
  closed({ kind: oneOf(['fetch']), input: fetchBody, webhook }),
  closed({ kind: oneOf(['interact']), input: interactBody, webhook }),
  closed({ kind: oneOf(['search']), input: searchBody, webhook }),
  closed({ kind: oneOf(['crawl']), input: crawlBody, webhook }),
  closed({ kind: oneOf(['map']), input: mapBody, webhook }),
])

/** The body of clients from before July 2026, in today's words. */
const today = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || !('job_type' in value) || 'kind' in value) return value
  const { job_type: kind, payload: input, webhook_url: url, ...rest } = value as Record<string, unknown>
  return { kind, input, ...(url === undefined || url === null ? {} : { webhook: { url } }), ...rest }
}

export const jobBody = body(z.preprocess(today, job))
type JobBody = z.output<typeof jobBody>
type Of<K extends JobBody['kind']> = Extract<JobBody, { kind: K }>

/** Nobody waits for the answer: there is more time than inline. */
const timeoutMsDefault = 60_000

const hook = (wish: JobBody): { webhook?: JobWebhook } =>
  (wish.webhook ? { webhook: { url: wish.webhook.url, events: ['job.completed', 'job.partial', 'job.failed', 'job.cancelled'], options: { jobType: wish.kind } } } : {})

const askedFor = (wish: JobBody) => ({
  ...hook(wish), metadata: metadataOf({ kind: wish.kind, input: wish.input, ...(wish.webhook ? { webhook: wish.webhook.url } : {}) }),
})

const common = { method: 'POST', path: '/v1/jobs', summary: 'Queues a fetch, interact, search, crawl or map', body: jobBody, response: queuedReply } as const

/** One kind: its verb, its prices. */
const queuing = <V extends 'batch' | 'crawl' | 'map_submit' | 'search_submit'>(verb: V, prices: PriceList, toIntent: (wish: JobBody) => unknown): Route =>
  route<VerbName, typeof jobBody>({
    ...common, verb, prices,
    // Safe: each intent below is built by the function of its own surface.
    toIntent: ({ body: wish }) => toIntent(wish) as never,
    render: (value, _, info) => ({ status: 202, body: queuedBody(value as never, info.requestId) }),
  })

const rows: Record<JobBody['kind'] | 'prompt', Route> = {
  fetch: queuing('batch', fetchPrices, (wish) => ({ pages: [fetchIntent((wish as Of<'fetch'>).input, timeoutMsDefault)], pace: {}, ...askedFor(wish) })),
  // What was clicked once is not to be clicked twice.
  interact: queuing('batch', interactPrices, (wish) => ({ pages: [interactIntent((wish as Of<'interact'>).input)], pace: { triesMax: 1 }, ...askedFor(wish) })),
  prompt: queuing('batch', promptPrices, (wish) => ({ pages: [promptIntent((wish as Of<'interact'>).input)], pace: { triesMax: 1 }, ...askedFor(wish) })),
  search: queuing('search_submit', searchPrices, (wish) => ({ search: bodyIntent((wish as Of<'search'>).input), pace: {}, ...askedFor(wish) })),
  crawl: queuing('crawl', crawlPrices, (wish) => ({ ...crawlIntent((wish as Of<'crawl'>).input), ...askedFor(wish) })),
  map: queuing('map_submit', mapPrices, (wish) => ({ ...mapIntent((wish as Of<'map'>).input, timeoutMsDefault), ...askedFor(wish) })),
}

/** Jobs of other voices have no shape here. */
const ours = { dialect: 'scrapio' } as const

const params = z.object({ id: text(200) })

const cancelReply = z.object({ request_id: z.string(), job_id: z.string(), job_type: z.string(), status: z.string(), mode: z.literal('async') })

/** The most that a job of this voice has: a crawl of fifty pages with the links that it did not follow. */
const pagesMax = 1000

export const jobRoutes: Route[] = [
  route({
    ...common, verb: 'batch',
    instead: ({ body: wish }) => (wish.kind === 'interact' && wish.input.prompt !== undefined ? rows.prompt : rows[wish.kind]),
    // Never reached: every kind has its row.
    toIntent: () => ({ pages: [], pace: {} }),
    render: (record, _, info) => ({ status: 202, body: queuedBody(record, info.requestId) }),
  }),
  route({
    method: 'GET', path: '/v1/jobs/:id', verb: 'jobs_results', throttled: false, summary: 'State of a job', params, response: statusReply,
    toIntent: ({ params: { id } }) => ({ id, of: ours, limit: 1, documents: true }),
    render: ({ job: record, items }, _, info) => ({ status: 200, body: renderStatus(record, items, info) }),
  }),
  route({
    method: 'GET', path: '/v1/jobs/:id/result', verb: 'jobs_results', throttled: false, summary: 'What came of a job; of a failed one, why', params, response: resultReply,
    toIntent: ({ params: { id } }) => ({ id, of: ours, limit: pagesMax, documents: true }),
    render: ({ job: record, items }, _, info) => ({ status: 200, body: renderResult(record, items, info) }),
  }),
  route({
    method: 'POST', path: '/v1/jobs/:id/cancel', verb: 'jobs_stop', summary: 'Cancels a job: 202 where it was not over, 200 where it was', params, response: cancelReply,
    toIntent: ({ params: { id } }) => ({ id, of: ours }),
    render: ({ job: record, stopped }, _, info) => ({
      status: stopped ? 202 : 200,
      body: { request_id: info.requestId, job_id: record.id, job_type: askedOf(record).kind satisfies Kind, status: record.state, mode: 'async' },
    }),
  }),
]
