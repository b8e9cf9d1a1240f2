import assert from 'node:assert/strict'
import { codes, failureBody, type ReaderCode } from '../../src/dialects/reader/failure.ts'
import type { TestApp, TestKey } from '../harness.ts'
import { checkSuccess } from './reader.python.ts'

export interface Answer {
  status: number
  headers: Headers
  body: Record<string, unknown>
}

export interface Told {
  code: string
  message: string
  details: Record<string, unknown>
  docsUrl: string
}

interface Call {
  method?: string
  json?: unknown
  body?: string
  headers?: Record<string, string>
}

/** One call as Reader's clients make it: the key in x-api-key, and JSON announced even where there is none. Every success is checked as the strictest client would. */
export const call = async (app: TestApp, key: string | undefined, path: string, init: Call = {}): Promise<Answer> => {
  const headers = { 'content-type': 'application/json', ...(key === undefined ? {} : { 'x-api-key': key }), ...init.headers }
  const reply = await app.request(`/reader${path}`, { ...init, headers })
  assert.match(reply.headers.get('content-type') ?? '', /^application\/json/)
  const body: unknown = await reply.json()
  assert.ok(typeof body === 'object' && body !== null)
  if (reply.status < 400) checkSuccess(init.method ?? 'GET', path, body as Record<string, unknown>)
  return { status: reply.status, headers: reply.headers, body: body as Record<string, unknown> }
}

export const read = (app: TestApp, key: TestKey, json: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  call(app, key.secret, '/v1/read', { method: 'POST', json, headers })

/** Asserts the whole shape of a failure: status, code, envelope, address of the documentation, request id. */
export const failedWith = (answer: Answer, code: ReaderCode): Told => {
  const { success, error } = failureBody.parse(answer.body)
  assert.equal(error.code, code, error.message)
  assert.equal(answer.status, codes[code])
  assert.equal(success, false)
  assert.deepEqual(Object.keys(answer.body), ['success', 'error'])
  assert.ok(error.message.length > 0)
  assert.equal(error.docsUrl, `http://lyrebird.test/docs/reader/errors#${code.replaceAll('_', '-')}`)
  assert.match(answer.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/)
  return { ...error, details: error.details ?? {} }
}

export const dataOf = (answer: Answer, status = 200): Record<string, unknown> => {
  assert.equal(answer.status, status, JSON.stringify(answer.body))
  assert.equal(answer.body.success, true)
  assert.match(answer.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/)
  return answer.body.data as Record<string, unknown>
}

export interface Entry {
  url: string
  finalUrl?: string
  markdown?: string
  html?: string
  screenshot?: string
  statusCode?: number
  proxyMode?: string
  credits?: number
  error?: string
  metadata?: Record<string, unknown>
}

export interface Job {
  id: string
  status: string
  mode: string
  total: number
  completed: number
  creditsUsed: number
  error: string | null
  results: Entry[]
  startedAt: string | null
  completedAt: string | null
}

/** The jobs of one key, asked after as the clients do. */
export const jobsOf = (app: TestApp, key: TestKey) => {
  const get = async (id: string, query = ''): Promise<{ job: Job; pagination: Record<string, unknown> }> => {
    const answer = await call(app, key.secret, `/v1/jobs/${id}${query}`)
    return { job: dataOf(answer) as unknown as Job, pagination: answer.body.pagination as Record<string, unknown> }
  }
  return {
    get,
    submit: async (json: unknown): Promise<Job> => dataOf(await read(app, key, json), 201) as unknown as Job,
    /** The first look that `until` accepts. */
    wait: async (id: string, until: (job: Job) => boolean = (job) => ['completed', 'failed', 'cancelled'].includes(job.status)): Promise<Job> => {
      for (;;) {
        const { job } = await get(id, '?limit=1')
        if (until(job)) return job
        await new Promise((resolve) => setTimeout(resolve, 25))
      }
    },
    /** All results, by `skip` as the JavaScript client counts. */
    results: async (id: string, limit = 100): Promise<Entry[]> => {
      const all: Entry[] = []
      for (let more = true; more;) {
        const { job, pagination } = await get(id, `?skip=${all.length}&limit=${limit}`)
        all.push(...job.results)
        more = pagination.hasMore === true
      }
      return all
    },
  }
}

export const notBilled = async (key: TestKey): Promise<void> => assert.equal(await key.used(), 0)

/** Fills the only place of a key until `release`. */
export const occupied = async (app: TestApp) => {
  const key = await app.key({ mode: 'live', monthlyCredits: 100, concurrency: 1 })
  const lab = await app.app.lab()
  const path = `/delay?headers_ms=600000&for=${key.id}`
  const hanging = new AbortController()
  const first = app.app.fetch(new Request('http://lyrebird.test/reader/v1/read', {
    method: 'POST', signal: hanging.signal, headers: { 'content-type': 'application/json', 'x-api-key': key.secret },
    body: JSON.stringify({ url: `https://any.lab.test${path}`, timeoutMs: 120_000 }),
  }))
  while (!lab.seen.some((seen) => seen.url === path)) await new Promise((resolve) => setImmediate(resolve))
  const release = async (): Promise<void> => {
    hanging.abort()
    await first.catch(() => undefined)
  }
  return { key, release }
}
