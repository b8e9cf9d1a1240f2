import assert from 'node:assert/strict'
import { z } from 'zod'
import { reader } from '../../src/dialects/reader/index.ts'

/** Of the Python client's two generations, each of which refuses the other's words for a resolved proxy mode. */
const generations = { '0.3': z.enum(['standard', 'premium']), '0.2': z.enum(['standard', 'stealth']) } as const

const jobStatus = z.enum(['queued', 'processing', 'completed', 'failed', 'cancelled'])
const count = z.int()
/** Keys that its models own. */
const ownKeys = z.object({ kind: z.undefined().optional() })

/** What the Python client validates before it hands anything on. It takes further fields, nulls for optional ones, and no fraction for an integer. */
const models = (mode: z.ZodEnum<Record<string, string>>) => {
  const scrape = ownKeys.extend({
    url: z.string(), finalUrl: z.string().nullish(), markdown: z.string().nullish(), html: z.string().nullish(),
    metadata: z.object({
      title: z.string().nullish(), description: z.string().nullish(), statusCode: count.nullish(), duration: count, cached: z.boolean(),
      proxyMode: mode.nullish(), scrapedAt: z.string(),
    }),
  })
  const page = ownKeys.extend({
    url: z.string(), markdown: z.string().nullish(), html: z.string().nullish(), statusCode: count.nullish(), proxyMode: mode.nullish(),
    credits: count.nullish(), metadata: z.record(z.string(), z.unknown()).nullish(), error: z.string().nullish(),
  })
  const job = ownKeys.extend({
    id: z.string(), status: jobStatus, mode: z.enum(['scrape', 'batch', 'crawl']), completed: count, total: count, creditsUsed: count,
    error: z.string().nullish(), results: z.array(page).optional(), startedAt: z.string().nullish(), completedAt: z.string().nullish(), createdAt: z.string().nullish(),
  })
  const entry = z.object({
    id: z.string(), url: z.string(), duration: count, status: z.enum(['success', 'error']), cached: z.boolean(),
    proxyMode: mode.nullish(), credits: count, error: z.string().nullish(), createdAt: z.string(),
  })
  return { scrape, page, job, entry }
}

const pagination = z.object({ total: count, skip: count, limit: count, hasMore: z.boolean(), next: z.string().optional() })
const credits = z.object({ balance: count, limit: count, used: count, tier: z.string(), resetAt: z.string() })
const session = z.object({ sessionId: z.string(), wsEndpoint: z.string(), token: z.string(), status: z.enum(['active', 'stopped', 'expired']), createdAt: z.string(), expiresAt: z.string() })
const stopped = z.object({ sessionId: z.string(), status: z.literal('stopped'), durationMs: count, creditsCharged: count })

export const python = { ...models(generations['0.3']), pagination, credits, session, stopped }

/** The rule by which the Python client, and that by which the JavaScript client knows a job. */
export const isJob = (data: Record<string, unknown>): boolean => {
  const py = 'status' in data && 'mode' in data && !('metadata' in data)
  const js = 'status' in data && 'mode' in data && !('markdown' in data) && !('metadata' in data)
  assert.equal(py, js)
  return py
}

type Check = (data: Record<string, unknown>, model: ReturnType<typeof models>) => unknown

const checks: [method: string, path: RegExp, check: Check][] = [
  ['POST', /^\/v1\/read$/, (data, model) => (isJob(data) ? model.job.parse(data) : model.scrape.parse(data))],
  ['GET', /^\/v1\/jobs\/[^/]+$/, (data, model) => model.job.parse(data)],
  ['GET', /^\/v1\/usage\/credits$/, (data) => credits.parse(data)],
  ['GET', /^\/v1\/usage\/history$/, (data, model) => z.array(model.entry).parse(data)],
  ['POST', /^\/v1\/sessions$/, (data) => session.parse(data)],
  ['GET', /^\/v1\/sessions$/, (data) => z.array(session).parse(data)],
  ['GET', /^\/v1\/sessions\/[^/]+$/, (data) => session.parse(data)],
  ['DELETE', /^\/v1\/sessions\/[^/]+$/, (data) => stopped.parse(data)],
]

const parametersIn = (path: string): RegExp => new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+')}$`)

/** Asserts of any success of this dialect that it is what its route declares and nothing beside, and that the Python client takes it. */
export const checkSuccess = (method: string, target: string, body: Record<string, unknown>): void => {
  const path = (target.split('?', 1)[0] ?? '').replace(/^\/{2,}/, '/')
  const row = reader.routes.find((one) => one.method === method && parametersIn(one.path).test(path))
  assert.ok(row, `${method} ${path} is a route`)
  assert.deepEqual(row.response.parse(body), body)
  assert.equal(body.success, true)
  if ('pagination' in body) pagination.parse(body.pagination)
  const model = models(JSON.stringify(body).includes('"proxyMode":"stealth"') ? generations['0.2'] : generations['0.3'])
  checks.find(([of, pattern]) => of === method && pattern.test(path))?.[2](body.data as Record<string, unknown>, model)
}
