import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { openRaw } from '../support/cdp.ts'
import { call, dataOf, failedWith, jobsOf, occupied, read, type Answer } from './reader.client.ts'
import { isJob } from './reader.python.ts'
import { startReceiver } from './reader.receiver.ts'
import { framesOf } from './reader.stream.ts'

let app: TestApp
let key: TestKey
let jobs: ReturnType<typeof jobsOf>
let receiver: Awaited<ReturnType<typeof startReceiver>>

beforeAll(async () => {
  receiver = await startReceiver()
  app = await startTestApp({
    labForLive: true, publicUrl: 'http://lyrebird.test', sessions: '2', webhookHttp: 'true', egressAllow: `127.0.0.1:${receiver.port}`, voiceHosts: 'reader=api.reader.example',
  })
  key = await app.key({ mode: 'live', monthlyCredits: 1000, scopes: ['scrape', 'read', 'admin'] })
  jobs = jobsOf(app, key)
})
afterAll(async () => {
  await app.close()
  await receiver.close()
})

const article = 'https://article.lab.test/'
const missing = 'https://any.lab.test/status/404'

/** One success of every route that answers with JSON. */
const everySuccess = async (): Promise<Answer[]> => {
  const ask = (method: string, path: string, json?: unknown) => call(app, key.secret, path, { method, ...(json === undefined ? {} : { json }) })
  const all: Answer[] = []
  const keep = async (answer: Promise<Answer>, status = 200): Promise<Record<string, unknown>> => {
    const one = await answer
    all.push(one)
    return dataOf(one, status)
  }
  await keep(ask('POST', '/v1/read', { url: article, formats: ['markdown', 'html'], extract: { schema: { headline: 'string' } } }))
  const batch = await keep(ask('POST', '/v1/read', { urls: [article, missing] }), 201)
  await jobs.wait(String(batch.id))
  await keep(ask('GET', `/v1/jobs/${String(batch.id)}`))
  await keep(ask('POST', `/v1/jobs/${String(batch.id)}/retry`))
  await jobs.wait(String(batch.id))
  const crawl = await keep(ask('POST', '/v1/read', { url: 'https://big.lab.test/n/1?pages=5000', maxPages: 5000, maxDepth: 10, maxConcurrency: 1 }), 201)
  await keep(ask('DELETE', `/v1/jobs/${String(crawl.id)}`))
  const webhook = await keep(ask('POST', '/v1/webhooks', { url: `${receiver.base}/every`, name: 'every', events: ['credit.low'] }), 201)
  await keep(ask('GET', '/v1/webhooks'))
  await keep(ask('PATCH', `/v1/webhooks/${String(webhook.id)}`, { active: false }))
  await keep(ask('DELETE', `/v1/webhooks/${String(webhook.id)}`))
  const session = await keep(ask('POST', '/v1/sessions', {}), 201)
  await keep(ask('GET', '/v1/sessions'))
  await keep(ask('GET', `/v1/sessions/${String(session.sessionId)}`))
  await keep(ask('DELETE', `/v1/sessions/${String(session.sessionId)}`))
  await keep(ask('GET', '/v1/usage/credits'))
  await keep(ask('GET', '/v1/usage/history'))
  await keep(ask('GET', '/v1/queue/status'))
  const made = await keep(ask('POST', '/v1/api-keys', { name: 'x' }), 201)
  await keep(ask('GET', '/v1/api-keys'))
  await keep(ask('DELETE', `/v1/api-keys/${String(made.id)}`))
  return all
}

const each = (value: unknown, look: (name: string, value: unknown) => void, name = ''): void => {
  look(name, value)
  if (Array.isArray(value)) for (const one of value) each(one, look, name)
  else if (typeof value === 'object' && value !== null) for (const [own, one] of Object.entries(value)) each(one, look, own)
}

describe('what a compatible server must do', () => {
  it('1: takes x-api-key and nothing else, answers 401 to a stranger, and x-request-id is on every reply', async () => {
    failedWith(await call(app, 'rdr_dummy', '/v1/usage/credits'), 'unauthenticated')
    failedWith(await call(app, undefined, '/v1/usage/credits', { headers: { authorization: `Bearer ${key.secret}` } }), 'unauthenticated')
    failedWith(await call(app, undefined, `/v1/usage/credits?apiKey=${key.secret}`), 'unauthenticated')
    const { id } = await jobs.submit({ urls: [article] })
    const stream = await app.request(`/reader/v1/jobs/${id}/stream`, { headers: { 'x-api-key': key.secret } })
    expect(stream.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    expect((await framesOf(stream)).at(-1)?.event).toBe('done')
    expect((await call(app, key.secret, '/nowhere', { headers: { 'x-request-id': 'mine-12345' } })).headers.get('x-request-id')).toBe('mine-12345')
  })

  it('2: takes fields that it does not know, no formats, pollTimeout and all four words for a proxy, for pages and for jobs', async () => {
    for (const proxyMode of ['standard', 'premium', 'stealth', 'auto']) {
      const more = { formats: [], pollTimeout: 5000, proxyMode, novelty: { deep: [1] } }
      dataOf(await read(app, key, { url: article, ...more }))
      const batch = await jobs.submit({ urls: [article], ...more })
      await jobs.wait(batch.id)
      const { job } = await jobs.get(batch.id)
      expect(job.results[0]?.proxyMode).toBe(proxyMode === 'auto' ? 'standard' : proxyMode)
      const crawl = await jobs.submit({ url: article, maxPages: 1, ...more })
      await jobs.wait(crawl.id)
    }
  })

  it('3: answers a page with 200 and a job with 201, each with the keys that clients tell them by', async () => {
    const page = dataOf(await read(app, key, { url: article, formats: [] }))
    expect([isJob(page), 'metadata' in page]).toEqual([false, true])
    for (const body of [{ urls: [article] }, { url: article, maxDepth: 1, maxPages: 1 }, { url: article, maxPages: 1, scrape: false }]) {
      const made = dataOf(await read(app, key, body), 201)
      expect(isJob(made)).toBe(true)
      expect(Object.keys(made).toSorted()).toEqual(['completed', 'createdAt', 'creditsUsed', 'id', 'mode', 'status', 'total'])
    }
  })

  it('4 and 6: has JSON in every success, whole numbers alone, ISO instants, and a word where clients want one', async () => {
    const all = await everySuccess()
    expect(all).toHaveLength(20)
    for (const { body } of all) {
      each(body, (name, value) => {
        if (typeof value === 'number') expect(Number.isInteger(value), name).toBe(true)
        if (name.endsWith('At') && value !== null) expect(typeof value === 'string' && new Date(value).toISOString(), name).toBe(value)
        if (name === 'tier' || name === 'resetAt') expect(value, name).toEqual(expect.any(String))
      })
    }
  })

  it('5: has pagination on every look at a job, 20 results unless told otherwise and 100 at most, in one order', async () => {
    const { id } = await jobs.submit({ urls: Array.from({ length: 25 }, (_, i) => `https://big.lab.test/n/${i + 1}`), formats: [] })
    const early = await jobs.get(id)
    expect(early.pagination).toMatchObject({ total: 25, skip: 0, limit: 20 })
    await jobs.wait(id)
    expect((await jobs.get(id)).job.results).toHaveLength(20)
    failedWith(await call(app, key.secret, `/v1/jobs/${id}?limit=101`), 'invalid_request')
    expect(await jobs.results(id, 10)).toEqual(await jobs.results(id, 100))
  })

  it('7: tells retryAfterSeconds in the body and in the header', async () => {
    const own = await app.key({ mode: 'live', rpm: 1 })
    dataOf(await read(app, own, { url: article }))
    const answer = await read(app, own, { url: article })
    const { details } = failedWith(answer, 'rate_limited')
    expect(answer.headers.get('retry-after')).toBe(String(details.retryAfterSeconds))
    expect(details.retryAfterSeconds).toBeGreaterThanOrEqual(1)
  })

  it('8: does not count looks at a job', async () => {
    const own = await app.key({ mode: 'live', rpm: 1 })
    const { id } = await jobsOf(app, own).submit({ urls: [article] })
    for (let i = 0; i < 40; i++) dataOf(await call(app, own.secret, `/v1/jobs/${id}?limit=1`))
  })

  it('9: gives address and token with every session, and the socket takes the token alone', async () => {
    const { url } = await app.app.listen()
    const made = dataOf(await call(app, key.secret, '/v1/sessions', { method: 'POST', json: {} }), 201)
    const [listed] = (await call(app, key.secret, '/v1/sessions')).body.data as Record<string, unknown>[]
    const shown = dataOf(await call(app, key.secret, `/v1/sessions/${String(made.sessionId)}`))
    for (const one of [made, listed, shown]) expect([one?.wsEndpoint, one?.token]).toEqual([made.wsEndpoint, made.token])
    const address = String(made.wsEndpoint).replace('ws://lyrebird.test', url.replace('http', 'ws'))
    await expect(openRaw(address.replace(/\?.*/, `?token=${key.secret}`))).rejects.toThrow('status 404')
    const client = await openRaw(address)
    expect((await client.call('Browser.getVersion')).result).toBeDefined()
    client.close()
    dataOf(await call(app, key.secret, `/v1/sessions/${String(made.sessionId)}`, { method: 'DELETE' }))
  })

  it('10: streams bare names, and done last', async () => {
    const { id } = await jobs.submit({ urls: [article, missing] })
    const frames = await framesOf(await app.request(`/reader/v1/jobs/${id}/stream`, { headers: { 'x-api-key': key.secret } }))
    expect(frames.every(({ event }) => ['progress', 'page', 'error', 'done'].includes(event))).toBe(true)
    expect(frames.findIndex(({ event }) => event === 'done')).toBe(frames.length - 1)
  })

  it('11: echoes the address that was asked for, letter by letter', async () => {
    for (const url of ['https://article.lab.test', 'https://ARTICLE.lab.test/?b=2&a=1#part', 'https://any.lab.test/redirect/1']) {
      expect(dataOf(await read(app, key, { url })).url).toBe(url)
      const { id } = await jobs.submit({ urls: [url] })
      await jobs.wait(id)
      expect((await jobs.results(id))[0]?.url).toBe(url)
    }
  })

  it('12: has exactly the documented details with each code', async () => {
    const detailsOf = (answer: Answer, code: Parameters<typeof failedWith>[1]) => Object.keys(failedWith(answer, code).details).toSorted()
    expect(detailsOf(await read(app, key, {}), 'invalid_request')).toEqual(['issues'])
    expect(detailsOf(await call(app, undefined, '/v1/usage/credits'), 'unauthenticated')).toEqual([])
    expect(detailsOf(await read(app, await app.key({ mode: 'live', monthlyCredits: 0 }), { url: article }), 'insufficient_credits')).toEqual(['available', 'required', 'resetAt'])
    expect(detailsOf(await read(app, key, { url: 'http://10.0.0.1/' }), 'url_blocked')).toEqual(['reason', 'url'])
    expect(detailsOf(await call(app, key.secret, '/v1/jobs/job_none'), 'not_found')).toEqual([])
    const { id } = await jobs.submit({ urls: [article] })
    await jobs.wait(id)
    expect(failedWith(await call(app, key.secret, `/v1/jobs/${id}`, { method: 'DELETE' }), 'conflict').details).toEqual({ status: 'completed' })
    const own = await app.key({ mode: 'live', rpm: 1 })
    dataOf(await read(app, own, { url: article }))
    expect(detailsOf(await read(app, own, { url: article }), 'rate_limited')).toEqual(['limit', 'retryAfterSeconds', 'windowSeconds'])
    const busy = await occupied(app)
    expect(failedWith(await read(app, busy.key, { url: article }), 'concurrency_limited').details).toEqual({ active: 1, max: 1 })
    await busy.release()
    const test = await app.key()
    expect(detailsOf(await read(app, test, { url: 'https://platform-internal.fail.test/' }), 'internal_error')).toEqual([])
    expect(failedWith(await read(app, key, { url: 'https://any.lab.test/hang', timeoutMs: 1000 }), 'scrape_timeout').details).toEqual({ timeoutMs: 1000 })
    // Beside the contract: which of this server's causes stands behind the one code.
    expect(detailsOf(await read(app, key, { url: missing }), 'upstream_unavailable')).toEqual(['cause', 'status'])
    for (const [method, path] of [['GET', ''], ['DELETE', '']] as const) expect(detailsOf(await call(app, key.secret, `/v1/sessions/ses_none${path}`, { method }), 'session_not_found')).toEqual([])
  })

  it('13: signs webhooks', async () => {
    const made = dataOf(await call(app, key.secret, '/v1/webhooks', { method: 'POST', json: { url: `${receiver.base}/signed`, name: 'signed', events: ['job.completed'], secret: 'sixteen characters' } }), 201)
    await jobs.submit({ urls: [article] })
    const [arrival] = await receiver.arrived('/signed', 1)
    expect(arrival?.headers).toMatchObject({ 'x-reader-event': 'job.completed', 'x-reader-signature': expect.stringMatching(/^sha256=[0-9a-f]{64}$/), 'x-reader-timestamp': expect.stringMatching(/^\d{10}$/) })
    dataOf(await call(app, key.secret, `/v1/webhooks/${String(made.id)}`, { method: 'DELETE' }))
  })

  it('14: is there below its prefix, and at the root of a host name of its own', async () => {
    dataOf(await call(app, key.secret, '/v1/usage/credits'))
    const rooted = await app.app.fetch(new Request('http://api.reader.example/v1/usage/credits', { headers: { 'x-api-key': key.secret } }))
    expect(await rooted.json()).toMatchObject({ success: true })
  })
})
