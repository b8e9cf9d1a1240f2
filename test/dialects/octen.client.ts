import assert from 'node:assert/strict'
import { octen } from '../../src/dialects/octen/index.ts'
import type { TestApp, TestKey } from '../harness.ts'

export interface Envelope {
  code: number
  msg: string
  request_id: string
  data: Record<string, unknown>
  meta: Record<string, unknown>
  [more: string]: unknown
}

export interface Entry {
  url: string
  status: 'success' | 'failed'
  error_message?: string
  [field: string]: unknown
}

export interface Extracted {
  results: Entry[]
  usage: { total_urls: number; successful_urls: number; successful_by_mode: { standard_urls: number; advanced_urls: number } }
  warning: string
  body: Envelope
}

export const post = (app: TestApp, path: string, key: TestKey | undefined, json: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  app.request(`/octen${path}`, { method: 'POST', json, headers: { ...(key ? { 'x-api-key': key.secret } : {}), ...headers } })

/** The body of any reply: JSON with a numeric code, never HTML and never empty. */
export const envelopeOf = async (reply: Response): Promise<Envelope> => {
  assert.match(reply.headers.get('content-type') ?? '', /^application\/json/)
  const body = JSON.parse(await reply.text()) as Envelope
  assert.equal(typeof body.code, 'number')
  assert.equal(typeof body.msg, 'string')
  assert.notEqual(body.msg, '')
  assert.ok(body.request_id)
  assert.equal(body.request_id, reply.headers.get('x-request-id'))
  return body
}

/** A failure of the whole request, in exactly the vendor's envelope. */
export const failsWith = async (reply: Response, status: number, msg?: string | RegExp): Promise<Envelope> => {
  const body = await envelopeOf(reply)
  assert.equal(reply.status, status, body.msg)
  assert.equal(body.code, status)
  if (typeof msg === 'string') assert.equal(body.msg, msg)
  if (msg instanceof RegExp) assert.match(body.msg, msg)
  assert.deepEqual(body.data, {})
  assert.deepEqual(body.meta, {})
  return body
}

/** A reply of POST /extract with status 200, its usage in order. */
export const extracted = async (reply: Response): Promise<Extracted> => {
  const body = await envelopeOf(reply)
  assert.equal(reply.status, 200, body.msg)
  assert.equal(body.code, 0)
  assert.equal(body.msg, 'success')
  const { results } = body.data as { results: Entry[] }
  const { usage, warning, latency } = body.meta as { usage: Extracted['usage']; warning: string; latency: number }
  assert.equal(typeof latency, 'number')
  const successful = results.filter((entry) => entry.status === 'success').length
  assert.equal(usage.total_urls, results.length)
  assert.equal(usage.successful_urls, successful)
  assert.equal(usage.successful_by_mode.standard_urls + usage.successful_by_mode.advanced_urls, successful)
  assert.equal(warning, successful === results.length ? '' : `${results.length - successful} URL(s) failed and were not billed`)
  return { results, usage, warning, body }
}

/** One URL that fails under 200 with this message and is not billed. */
export const urlFailsWith = async (app: TestApp, key: TestKey, url: string, message: string | RegExp, more: object = {}): Promise<void> => {
  const { results } = await extracted(await post(app, '/extract', key, { urls: [url], ...more }))
  const [entry] = results
  assert.ok(entry)
  assert.deepEqual(Object.keys(entry), ['url', 'status', 'error_message'])
  assert.equal(entry.url, url)
  assert.equal(entry.status, 'failed')
  if (typeof message === 'string') assert.equal(entry.error_message, message)
  else assert.match(entry.error_message ?? '', message)
  assert.equal(await key.used(), 0)
}

/** A reply as a strictly typed client parses it: by the schema that the route publishes. */
export const checkReply = (path: string, body: unknown): void => {
  const route = octen.routes.find((row) => row.path === path)
  assert.ok(route)
  const parsed = route.response.safeParse(body)
  assert.deepEqual(parsed.error?.issues ?? [], [])
}
