import { z } from 'zod'
import type { FormatRequest } from '../../contract/intent.ts'
import type { RequestRecord } from '../../contract/usage.ts'
import { Failure, fail } from '../../failure/failure.ts'
import { route } from '../dialect.ts'
import { errorOf } from './failure.ts'
import { idParams, services } from './fields.ts'
import { entryOf } from './results.ts'

export const historyQuery = z.object({
  page: z.coerce.number().int().positive().default(1),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  service: z.enum(services).optional(),
})

const entry = z.looseObject({
  id: z.string(),
  service: z.enum(services),
  status: z.enum(['completed', 'failed']),
  params: z.looseObject({ url: z.string() }),
  result: z.looseObject({}),
  error: z.looseObject({ type: z.string(), message: z.string() }).nullable(),
  elapsedMs: z.int(),
  requestParentId: z.string().nullable(),
  createdAt: z.string(),
})

/** What is read of a stored intent; secrets in it were redacted before it was stored. */
const intent = z.object({
  url: z.string().catch(''),
  formats: z.array(z.custom<FormatRequest>((value) => typeof value === 'object' && value !== null)).catch([]),
}).catch({ url: '', formats: [] })

const isService = (verb: string | null): verb is (typeof services)[number] => services.some((service) => service === verb)

const renderEntry = (record: RequestRecord): z.output<typeof entry> => {
  const { url, formats } = intent.parse(record.intent)
  return {
    id: record.id,
    service: isService(record.verb) ? record.verb : 'scrape',
    status: record.failure ? 'failed' : 'completed',
    params: { url: url || (record.url ?? ''), formats: formats.map(entryOf) },
    // The history keeps no contents; clients read into this object, and one of them refuses null.
    result: { results: {}, metadata: { contentType: '' } },
    error: record.failure ? errorOf(Failure.fromJSON(record.failure)) : null,
    elapsedMs: Math.round(record.durationMs),
    requestParentId: null,
    createdAt: record.at,
  }
}

export const historyRoutes = [
  route({
    method: 'GET', path: '/api/history', verb: 'requests_list',
    summary: 'Past requests, newest first',
    query: historyQuery,
    response: z.object({ data: z.array(entry), pagination: z.object({ page: z.int(), limit: z.int(), total: z.int() }) }),
    toIntent: ({ query: { page, limit, service } }) => ({ dialect: 'scrapegraphai', verb: service ?? 'scrape', limit, skip: Math.min((page - 1) * limit, Number.MAX_SAFE_INTEGER), counted: true }),
    render: ({ items, total }, _, info) => {
      // Safe: the server has read the query with this very schema.
      const { page, limit } = (info.input as { query: z.output<typeof historyQuery> }).query
      return { status: 200, body: { data: items.map(renderEntry), pagination: { page, limit, total: total ?? items.length } } }
    },
  }),
  route({
    method: 'GET', path: '/api/history/:id', verb: 'requests_get',
    summary: 'One past request',
    params: idParams, response: entry,
    toIntent: ({ params }) => params,
    render: (record) => {
      if (record.dialect !== 'scrapegraphai' || !isService(record.verb)) throw fail('caller.not_found', { kind: 'request', id: record.id })
      return { status: 200, body: renderEntry(record) }
    },
  }),
]
