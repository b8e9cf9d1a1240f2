import assert from 'node:assert/strict'
import type { TestApp, TestKey } from '../harness.ts'

export interface Refusal {
  request_id: string
  error: { code: string; message: string; new_code: string; details?: string[]; diagnostics?: Record<string, string> }
  diagnostics?: { outcome: string; retryable: boolean; blocked?: boolean; timed_out?: boolean; reason: string }
}

export interface Fetched {
  request_id: string
  mode: string
  status: string
  outputs: { html?: string; markdown?: string; json?: Record<string, unknown>; screenshot?: { url: string } }
  usage: { credits: number }
  url: string
  final_url: string
  status_code: number
  diagnostics?: { outcome: string; output_failures: { output: string; code: string; message: string }[] }
}

type Init = NonNullable<Parameters<TestApp['request']>[1]>

/** A request with a key, or without one. */
export const call = (app: TestApp, key: Pick<TestKey, 'secret'> | null, path: string, init: Init = {}): Promise<Response> =>
  app.request(`/scrapio${path}`, { ...init, headers: { ...(key ? { authorization: `Bearer ${key.secret}` } : {}), ...init.headers } })

export const fetchPage = (app: TestApp, key: Pick<TestKey, 'secret'> | null, json: object, headers: Record<string, string> = {}): Promise<Response> =>
  call(app, key, '/v1/fetch', { json, headers })

/** A reply of POST /v1/fetch with status 200. */
export const fetched = async (reply: Response): Promise<Fetched> => {
  const body = await reply.json() as Fetched
  assert.equal(reply.status, 200, JSON.stringify(body))
  return body
}

/** A refusal in the vendor's envelope; `code` is the one of its first error page. */
export const failsWith = async (reply: Response, status: number, code: string, more: { message?: string | RegExp; newCode?: string; diagnostics?: object } = {}): Promise<Refusal> => {
  assert.equal(reply.headers.get('content-type'), 'application/json; charset=utf-8')
  const body = JSON.parse(await reply.text()) as Refusal
  assert.deepEqual([reply.status, body.error.code], [status, code], body.error.message)
  assert.equal(body.error.new_code, more.newCode ?? code)
  assert.equal(body.request_id, reply.headers.get('x-request-id'))
  assert.notEqual(body.error.message, '')
  if (typeof more.message === 'string') assert.equal(body.error.message, more.message)
  if (more.message instanceof RegExp) assert.match(body.error.message, more.message)
  if (more.diagnostics) assert.partialDeepStrictEqual(body.diagnostics, { outcome: 'failed', ...more.diagnostics })
  return body
}
