import assert from 'node:assert/strict'
import { mock } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { TestApp, TestKey } from '../harness.ts'

export interface Failed {
  success: false
  error: string
  meta: { requestId: string; durationMs: number }
}

export const endpoints = ['/enrich', '/brand', '/company', '/classify', '/screenshot'] as const
export const article = 'https://article.lab.test/'

export type Query = Record<string, string | number | boolean>

/** A path of the dialect with its query. */
export const pathOf = (path: string, query: Query = {}): string => {
  const text = new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)])).toString()
  return `/prefetch${path}${text === '' ? '' : `?${text}`}`
}

export const get = (app: TestApp, path: string, key?: TestKey, query?: Query, headers: Record<string, string> = {}): Promise<Response> =>
  app.request(pathOf(path, query), { headers: { ...(key ? { 'X-API-Key': key.secret } : {}), ...headers } })

const uuid4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Exactly the vendor's envelope of failure: JSON, a plain string, no data. */
export const failedBody = async (reply: Response): Promise<Failed> => {
  assert.match(reply.headers.get('content-type') ?? '', /^application\/json/)
  const body = JSON.parse(await reply.text()) as Failed
  assert.deepEqual(Object.keys(body), ['success', 'error', 'meta'])
  assert.equal(body.success, false)
  assert.ok(typeof body.error === 'string' && body.error !== '')
  assert.deepEqual(Object.keys(body.meta), ['requestId', 'durationMs'])
  assert.match(body.meta.requestId, uuid4)
  assert.ok(Number.isInteger(body.meta.durationMs) && body.meta.durationMs >= 0)
  return body
}

export const failsWith = async (reply: Response, status: number, error: string | RegExp): Promise<Failed> => {
  const body = await failedBody(reply)
  if (typeof error === 'string') assert.equal(body.error, error)
  else assert.match(body.error, error)
  assert.equal(reply.status, status)
  return body
}

/** `X-Concurrency-Limit` and `X-Concurrency-Running`, as sent. */
export const concurrencyOf = (reply: Response): [limit: string | null, running: string | null] =>
  [reply.headers.get('x-concurrency-limit'), reply.headers.get('x-concurrency-running')]

/** A request to `path`, started and seen by the lab; `settled` is its reply. */
export const inFlight = async (app: TestApp, path: string, key: TestKey, url = 'https://any.lab.test/delay?headers_ms=400'): Promise<{ settled: Promise<Response> }> => {
  const lab = await app.app.lab()
  const before = lab.seen.length
  const settled = get(app, path, key, { url })
  while (lab.seen.length === before) await turn()
  return { settled }
}

/** The reply to a request for a page that never answers, with the clock of timeouts moved on by `ms` once the page was asked for. */
export const afterWaiting = async (app: TestApp, path: string, key: TestKey, url: string, ms: number): Promise<Response | 'still waiting'> => {
  const lab = await app.app.lab()
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    const { settled } = await inFlight(app, path, key, url)
    mock.timers.tick(ms)
    // The reply is written by other turns and by the database; a busy machine takes its time for both.
    let reply: Response | 'still waiting' = 'still waiting'
    const patience = performance.now() + 1500
    while (reply === 'still waiting' && performance.now() < patience) reply = await Promise.race([settled, turn('still waiting' as const)])
    if (reply === 'still waiting') {
      mock.timers.tick(600_000)
      await settled
    }
    return reply
  } finally {
    mock.timers.reset()
    lab.seen.length = 0
  }
}
