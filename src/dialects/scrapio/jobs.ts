import { z } from 'zod'
import { fetchBody } from './fetch.ts'
import { body, choice, closed, httpUrl, oneOf } from './fields.ts'
import { crawlBody, interactBody, mapBody, searchBody } from './surfaces.ts'
import { nothing, unavailable } from './unavailable.ts'

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

export const jobRoutes = [
  unavailable('Background work', { method: 'POST', path: '/v1/jobs', body: jobBody, summary: 'Queues a fetch, interact, search, crawl or map' }),
  nothing('job', { method: 'GET', path: '/v1/jobs/:id', summary: 'State of a job' }),
  nothing('job', { method: 'GET', path: '/v1/jobs/:id/result', summary: 'What came of a job' }),
  nothing('job', { method: 'POST', path: '/v1/jobs/:id/cancel', summary: 'Cancels a job' }),
]
