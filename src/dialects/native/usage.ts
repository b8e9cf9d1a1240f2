import { z } from 'zod'
import type { CreditState, RequestRecord } from '../../contract/usage.ts'
import { route } from '../dialect.ts'

const creditState = z.object({
  unlimited: z.boolean(),
  balance: z.number().nullable(),
  used: z.number(),
  limit: z.number().nullable(),
  reset_at: z.string().nullable(),
})

const record = z.looseObject({ id: z.string(), request_id: z.string(), at: z.string(), dialect: z.string(), status: z.int(), credits: z.number(), code: z.string().nullable() })

const flag = z.enum(['true', 'false']).transform((value) => value === 'true')

const historyQuery = z.strictObject({
  limit: z.coerce.number().pipe(z.int().min(1).max(200)).default(50),
  cursor: z.string().max(500).optional(),
  dialect: z.string().optional(),
  verb: z.string().optional(),
  failed: flag.optional(),
})

const renderCredits = (state: CreditState) => ({ unlimited: state.unlimited, balance: state.balance, used: state.used, limit: state.limit, reset_at: state.resetAt })

const renderRecord = (item: RequestRecord) => ({
  id: item.id,
  request_id: item.requestId,
  at: item.at,
  dialect: item.dialect,
  method: item.method,
  path: item.path,
  verb: item.verb,
  key: { id: item.keyId, name: item.keyName, mode: item.mode },
  url: item.url,
  status: item.status,
  code: item.failure?.code ?? null,
  credits: item.credits,
  duration_ms: item.durationMs,
  intent: item.intent,
  failure: item.failure,
  evidence: item.evidence,
  timings: item.timings,
})

const defined = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> }

const list = z.object({ data: z.array(record), next_cursor: z.string().nullable() })

export const usageRoutes = [
  route({
    method: 'GET', path: '/v1/usage/credits', verb: 'credits', throttled: false,
    summary: 'Credits of the workspace; balance and limit are null where it is unlimited',
    response: z.object({ data: creditState }),
    toIntent: () => ({}),
    render: (state) => ({ status: 200, body: { data: renderCredits(state) } }),
  }),
  route({
    method: 'POST', path: '/v1/usage/credits', verb: 'top_up',
    summary: 'Adds credits to the workspace (scope `admin`)',
    body: z.strictObject({ credits: z.int().min(1).max(1_000_000_000), note: z.string().max(200).optional() }),
    response: z.object({ data: creditState }),
    toIntent: ({ body }) => defined(body),
    render: (state) => ({ status: 200, body: { data: renderCredits(state) } }),
  }),
  route({
    method: 'PUT', path: '/v1/usage/limit', verb: 'set_credit_limit',
    summary: 'Sets the credits that the workspace gets each month; null makes it unlimited (scope `admin`)',
    body: z.strictObject({ monthly_credits: z.int().min(0).max(1_000_000_000).nullable() }),
    response: z.object({ data: creditState }),
    toIntent: ({ body }) => ({ monthlyCredits: body.monthly_credits }),
    render: (state) => ({ status: 200, body: { data: renderCredits(state) } }),
  }),
  route({
    method: 'GET', path: '/v1/usage/history', verb: 'usage_days', throttled: false,
    summary: 'Billed requests and their credits by day and key, oldest first; the last 30 days by default',
    query: z.strictObject({ since: z.iso.date().optional() }),
    response: z.object({ data: z.array(z.object({ day: z.string(), key_id: z.string(), credits: z.number(), requests: z.int() })) }),
    toIntent: ({ query }, info) => ({ since: query.since ?? new Date(info.now.getTime() - 30 * 86_400_000).toISOString().slice(0, 10) }),
    render: (days) => ({ status: 200, body: { data: days.map((day) => ({ day: day.day, key_id: day.keyId, credits: day.credits, requests: day.requests })) } }),
  }),
  route({
    method: 'GET', path: '/v1/usage/ledger', verb: 'ledger_list', throttled: false,
    summary: 'The ledger, newest first: its amounts sum up to the balance',
    query: z.strictObject({ limit: z.coerce.number().pipe(z.int().min(1).max(200)).default(50), cursor: z.string().max(100).optional() }),
    response: z.object({ data: z.array(z.looseObject({ id: z.int(), at: z.string(), kind: z.string(), amount: z.number() })), next_cursor: z.string().nullable() }),
    toIntent: ({ query }) => defined(query) as { limit: number },
    render: (page) => ({ status: 200, body: { data: page.items.map((line) => ({ id: line.id, at: line.at, kind: line.kind, amount: line.amount, used: line.used, key_id: line.keyId, request_id: line.requestId, note: line.note })), next_cursor: page.nextCursor } }),
  }),
  route({
    method: 'GET', path: '/v1/requests', verb: 'requests_list', throttled: false,
    summary: 'Past requests, newest first, each with its outcome, evidence and credits',
    query: historyQuery, response: list,
    toIntent: ({ query }) => defined(query) as { limit: number },
    render: (page) => ({ status: 200, body: { data: page.items.map(renderRecord), next_cursor: page.nextCursor } }),
  }),
  route({
    method: 'GET', path: '/v1/requests/:id', verb: 'requests_get', throttled: false,
    summary: 'One past request, by its id or by the X-Request-Id of its reply',
    params: z.object({ id: z.string().max(200) }),
    response: z.object({ data: record }),
    toIntent: ({ params }) => params,
    render: (item) => ({ status: 200, body: { data: renderRecord(item) } }),
  }),
]
