import { z } from 'zod'
import type { JobRecord, MapIntent, MapResult } from '../../contract/jobs.ts'
import { route } from '../dialect.ts'
import { briefly, envelope, envelopeReply } from './envelope.ts'
import { inlineMs, queuedReply, refuseProxy } from './fetch.ts'
import { metadataOf, queuedBody } from './metadata.ts'
import { mapPrices } from './prices.ts'
import { mapBody } from './surfaces.ts'

export type MapBody = z.output<typeof mapBody>

const urlsDefault = 100
const depthDefault = 2
/** Short enough to answer with what was found before the caller is put off. */
const timeoutMsDefault = 14_000

export const mapIntent = (wish: MapBody, timeoutMs = timeoutMsDefault): MapIntent => {
  refuseProxy(wish)
  return {
    seeds: [...new Set(wish.seeds)], limit: wish.max_urls ?? urlsDefault, maxDepth: wish.max_depth ?? depthDefault, include: [], exclude: [],
    scope: wish.same_domain_only === false ? 'any' : 'host',
    // What a sitemap lists has no titles, and might leave no room for what has.
    sitemap: wish.include_metadata ? 'skip' : 'include', query: 'sort', respectRobots: true, search: null,
    timeoutMs: Math.max(1000, wish.timeout_ms ?? timeoutMs), pace: {}, metadata: metadataOf({ kind: 'map', input: wish }),
  }
}

export const mapResult = z.object({
  seeds: z.array(z.string()),
  urls: z.array(z.object({ url: z.string(), depth: z.int(), discovered_from: z.string().nullable(), metadata: z.looseObject({ title: z.string().optional(), description: z.string().optional() }).optional() })),
  summary: z.object({ urls_discovered: z.int(), urls_returned: z.int(), urls_skipped: z.int(), frontier_exhausted: z.boolean() }),
})

export const mapped = (job: JobRecord, wish: MapBody): z.output<typeof mapResult> => {
  const found = job.result as MapResult | null
  const urls = found?.urls ?? []
  const discovered = Math.max(found?.discovered ?? 0, urls.length)
  return {
    seeds: wish.seeds,
    urls: urls.map(({ url, depth, from, title, description }) => ({
      url, depth, discovered_from: from,
      ...(wish.include_metadata ? { metadata: { ...(title === undefined ? {} : { title }), ...(description === undefined ? {} : { description }) } } : {}),
    })),
    summary: { urls_discovered: discovered, urls_returned: urls.length, urls_skipped: discovered - urls.length, frontier_exhausted: found?.exhausted ?? false },
  }
}

export const mapStatus = (job: JobRecord): 'completed' | 'partial' | 'failed' =>
  job.state === 'failed' ? 'failed' : ((job.result as MapResult | null)?.failures.length ?? 0) > 0 || job.state !== 'completed' ? 'partial' : 'completed'

const renderMap = (job: JobRecord, wish: MapBody, requestId: string) => {
  const status = mapStatus(job)
  const failures = (job.result as MapResult | null)?.failures ?? []
  return envelope('map', requestId, {
    status,
    steps: [{
      step_id: 'step_map_discover', type: 'map_discover', status: status === 'failed' ? 'failed' : 'completed',
      started_at: job.startedAt ?? job.createdAt, completed_at: job.finishedAt ?? job.createdAt, ...(job.failure ? { error: briefly(job.failure) } : {}),
    }],
    result: mapped(job, wish),
    stepErrors: [
      ...failures.map(({ url, failure }) => ({ step_id: 'step_map_discover', ...briefly(failure), url })),
      ...(job.failure ? [{ step_id: 'step_map_discover', ...briefly(job.failure) }] : []),
    ],
  })
}

export const mapRoutes = [
  route({
    method: 'POST', path: '/v1/map', verb: 'submit_and_wait', prices: mapPrices,
    summary: 'URLs that can be reached from the seeds; 202 with a job where that takes longer than 15 s',
    body: mapBody, response: z.union([envelopeReply('map', mapResult), queuedReply]),
    toIntent: ({ body }) => ({ job: { kind: 'map', map: mapIntent(body) }, waitMs: inlineMs }),
    render: ({ job, pages }, _, info) => (pages
      // Safe: the server has read the body with this row's schema.
      ? { status: 200, body: renderMap(job, (info.input as { body: MapBody }).body, info.requestId) }
      : { status: 202, body: queuedBody(job, info.requestId, `the map takes longer than ${inlineMs} ms`) }),
  }),
]
