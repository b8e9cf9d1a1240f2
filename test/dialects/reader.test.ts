import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { reader } from '../../src/dialects/reader/index.ts'
import { codes, readerCode } from '../../src/dialects/reader/failure.ts'
import { exampleFactsOf } from '../../src/failure/facts.ts'
import { failureCodes } from '../../src/failure/catalog.ts'
import { failHost } from '../../src/failure/fail-test.ts'
import { Failure } from '../../src/failure/failure.ts'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { startProxy } from '../support/proxy.ts'
import { call, dataOf, failedWith, jobsOf, occupied, read } from './reader.client.ts'
import { python } from './reader.python.ts'
import { rows } from './reader.rows.ts'

let app: TestApp
let key: TestKey

beforeAll(async () => {
  app = await startTestApp({ labForLive: true, publicUrl: 'http://lyrebird.test' })
  key = await app.key({ mode: 'live', monthlyCredits: 1000 })
})
afterAll(() => app.close())

const page = 'https://article.lab.test/'
const liveKey = (limits: Parameters<TestApp['key']>[0] = {}) => app.key({ mode: 'live', monthlyCredits: 100, ...limits })
const issuePaths = (details: Record<string, unknown>) => (details.issues as { path: (string | number)[] }[]).map((issue) => issue.path.join('.'))

describe('the error page of Reader, row by row', () => {
  for (const row of rows) {
    if (row.run) it(`${row.table}: ${row.row}`, () => row.run?.(app))
  }

  it('has a test or a reason to wait for every row', () => {
    for (const row of rows) expect(row.run === undefined, row.row).toBe(row.pending !== undefined)
  })
})

describe('POST /v1/read', () => {
  it('gives a page in the shape that the clients parse', async () => {
    const own = await liveKey()
    const answer = await read(app, own, { url: page, formats: ['markdown', 'html'] })
    const data = dataOf(answer)
    expect(data.url).toBe(page)
    expect(data.markdown).toMatch(/lighthouse/i)
    expect(data.html).toContain('<p')
    expect(data.rawHtml).toContain('<!doctype html>')
    expect(data.metadata).toMatchObject({ title: expect.stringMatching(/lighthouse/i), statusCode: 200, cached: false, proxyMode: 'standard' })
    expect(await own.used()).toBe(1)
  })

  it('is told from a job by the rules of both clients', async () => {
    const data = dataOf(await read(app, key, { url: page }))
    expect(data).toHaveProperty('metadata')
    expect(data).not.toHaveProperty('status')
    expect(data).not.toHaveProperty('mode')
    expect(data).not.toHaveProperty('kind')
  })

  it('echoes the address as it was sent, and tells where a redirect led', async () => {
    expect(dataOf(await read(app, key, { url: 'https://article.lab.test' }))).toMatchObject({ url: 'https://article.lab.test' })
    expect(dataOf(await read(app, key, { url: 'https://article.lab.test' }))).not.toHaveProperty('finalUrl')
    expect(dataOf(await read(app, key, { url: 'https://any.lab.test/redirect/2' }))).toMatchObject({ url: 'https://any.lab.test/redirect/2', finalUrl: 'https://any.lab.test/redirect/0' })
  })

  it('keeps main content unless told otherwise', async () => {
    const main = dataOf(await read(app, key, { url: page }))
    const whole = dataOf(await read(app, key, { url: page, onlyMainContent: false }))
    expect(String(whole.markdown).length).toBeGreaterThan(String(main.markdown).length)
    expect(dataOf(await read(app, key, { url: 'https://product.lab.test/' })).markdown).toContain('# Fernhill Tarn')
  })

  it('keeps includeTags and drops excludeTags', async () => {
    const some = dataOf(await read(app, key, { url: 'https://docs.lab.test/', onlyMainContent: false, includeTags: ['h1'] }))
    const none = dataOf(await read(app, key, { url: 'https://docs.lab.test/', onlyMainContent: false, excludeTags: ['h1'] }))
    expect(String(some.markdown).trim()).toMatch(/^# .+$/)
    expect(String(none.markdown)).not.toContain(String(some.markdown).trim())
  })

  it('has no content where no format is asked for', async () => {
    const data = dataOf(await read(app, key, { url: page, formats: [] }))
    expect(data).not.toHaveProperty('markdown')
    expect(data).not.toHaveProperty('html')
  })

  it('takes all that the clients send, known or not', async () => {
    dataOf(await read(app, key, {
      url: page, formats: ['markdown'], onlyMainContent: true, waitForSelector: 'main', timeoutMs: 30_000, proxyMode: 'standard', cache: true,
      scrape: true, batchConcurrency: 5, maxConcurrency: 5, pollTimeout: 600_000, webhook: { url: 'https://hooks.example.com/x', events: ['job.completed'], secret: 'sixteen characters' }, novelty: [1],
    }))
  })

  it.each(['standard', 'premium', 'stealth', 'auto'])('takes proxyMode %s', async (proxyMode) => {
    const { metadata } = dataOf(await read(app, key, { url: page, proxyMode, cache: false })) as { metadata: { proxyMode: string } }
    expect(metadata.proxyMode).toBe(proxyMode === 'auto' ? 'standard' : proxyMode)
  })

  it('serves a page of the last 24 hours from the store for nothing, in any format', async () => {
    const own = await liveKey()
    const url = 'https://changes.lab.test/'
    const first = dataOf(await read(app, own, { url })) as { markdown: string; metadata: { scrapedAt: string } }
    const again = dataOf(await read(app, own, { url, formats: ['markdown', 'html'], proxyMode: 'premium' })) as { markdown: string; html: string; metadata: Record<string, unknown> }
    expect(again.metadata).toMatchObject({ cached: true, scrapedAt: first.metadata.scrapedAt })
    expect(again.metadata).not.toHaveProperty('proxyMode')
    expect(again.markdown).toBe(first.markdown)
    expect(again.html.length).toBeGreaterThan(0)
    expect(await own.used()).toBe(1)
    const fresh = dataOf(await read(app, own, { url, cache: false })) as { markdown: string; metadata: { cached: boolean } }
    expect(fresh.metadata.cached).toBe(false)
    expect(fresh.markdown).not.toBe(first.markdown)
    expect(await own.used()).toBe(2)
  })

  it('honours timeoutMs', async () => {
    const { details } = failedWith(await read(app, key, { url: 'https://any.lab.test/hang?after=body', timeoutMs: 1000 }), 'scrape_timeout')
    expect(details).toEqual({ timeoutMs: 1000 })
  })

  it('keeps the key to itself when it asks the page', async () => {
    const { rawHtml } = dataOf(await read(app, key, { url: 'https://any.lab.test/headers', cache: false }))
    expect(rawHtml).toMatch(/user-agent/i)
    expect(rawHtml).not.toMatch(/x-api-key/i)
    expect(rawHtml).not.toContain(key.secret)
  })

  it('repeats the stored reply for the same idempotency key', async () => {
    const own = await liveKey()
    const headers = { 'x-idempotency-key': 'order-4711' }
    const first = await read(app, own, { url: page, cache: false }, headers)
    const second = await read(app, own, { url: page, cache: false }, headers)
    expect(second.body).toEqual(first.body)
    expect(second.headers.get('idempotency-replayed')).toBe('true')
    expect(await own.used()).toBe(1)
  })
})

describe('proxy tiers', () => {
  it('are used where there are any, told in the words of the request, and premium costs three', async () => {
    const [cheap, dear] = await Promise.all([startProxy(), startProxy()])
    const own = await startTestApp({ labForLive: true, proxiesStandard: cheap.url, proxiesPremium: dear.url })
    try {
      const payer = await own.key({ mode: 'live', monthlyCredits: 100 })
      for (const [proxyMode, credits] of [['standard', 1], ['premium', 3], ['stealth', 3]] as const) {
        const before = await payer.used()
        expect(dataOf(await read(own, payer, { url: page, proxyMode, cache: false })).metadata).toMatchObject({ proxyMode })
        expect(await payer.used() - before).toBe(credits)
      }
      // The connection is kept for the second of them.
      expect([cheap.asked.length, dear.asked.length]).toEqual([1, 1])
      expect(dataOf(await read(own, payer, { url: page, proxyMode: 'auto', cache: false })).metadata).toMatchObject({ proxyMode: 'standard', proxyEscalated: false })
      const jobs = jobsOf(own, payer)
      const { id } = await jobs.submit({ urls: [page], proxyMode: 'premium' })
      expect(await jobs.wait(id)).toMatchObject({ creditsUsed: 3 })
      expect((await jobs.results(id))[0]).toMatchObject({ proxyMode: 'premium', credits: 3 })
    } finally {
      await own.close()
      await Promise.all([cheap.close(), dear.close()])
    }
  })
})

describe('extract', () => {
  const product = 'https://product.lab.test/'

  it('fills a map of names to types, with null for what the page does not hold, for two credits more', async () => {
    const own = await liveKey()
    const data = dataOf(await read(app, own, { url: product, extract: { schema: { name: 'string', price: 'number', warranty: 'string' } } }))
    expect(data.extracted).toEqual({ name: 'Fernhill Tarn 45 Trekking Pack', price: 149.9, warranty: null })
    expect(data.markdown).toContain('Four spare buckles')
    expect(data.metadata).not.toHaveProperty('extraction')
    expect(await own.used()).toBe(3)
  })

  it('takes a JSON Schema, of which nothing is required of the page, and is fresh each time', async () => {
    const own = await liveKey()
    const schema = { type: 'object', properties: { name: { type: 'string' }, warranty: { type: 'string' } }, required: ['name', 'warranty'] }
    for (let i = 0; i < 2; i++) {
      const data = dataOf(await read(app, own, { url: product, formats: [], extract: { schema } }))
      expect(data.extracted).toEqual({ name: 'Fernhill Tarn 45 Trekking Pack', warranty: null })
      expect(data.metadata).toMatchObject({ cached: false })
    }
    expect(await own.used()).toBe(6)
    expect(dataOf(await read(app, own, { url: product }))).not.toHaveProperty('extracted')
  })

  it('that fails does not fail the page, and is not paid for', async () => {
    const own = await liveKey()
    const data = dataOf(await read(app, own, { url: product, extract: { prompt: 'What is it for?' } }))
    expect(data.extracted).toBeNull()
    expect(data.markdown).toContain('Four spare buckles')
    expect(data.metadata).toMatchObject({ extraction: { extractionError: expect.any(String) } })
    expect(await own.used()).toBe(1)
  })

  it('refuses a schema that is none, at its field', async () => {
    const { details } = failedWith(await read(app, key, { url: product, extract: { schema: { type: 'object', properties: { a: { type: 'text' } } } } }), 'invalid_request')
    expect(issuePaths(details)).toEqual(['extract.schema'])
  })
})

describe('requests that never get to a page', () => {
  it('looks for the key in x-api-key and nowhere else', async () => {
    failedWith(await call(app, undefined, '/v1/usage/credits', { headers: { authorization: `Bearer ${key.secret}` } }), 'unauthenticated')
    failedWith(await call(app, undefined, `/v1/usage/credits?api_key=${key.secret}`), 'unauthenticated')
  })

  it('answers unknown paths and wrong methods as not found', async () => {
    failedWith(await call(app, key.secret, '/v1/scrape', { method: 'POST', json: { url: page } }), 'not_found')
    failedWith(await call(app, key.secret, '/'), 'not_found')
    const wrong = await call(app, key.secret, '/v1/read')
    failedWith(wrong, 'not_found')
    expect(wrong.headers.get('allow')).toBe('POST')
  })

  it.each([
    ['bad JSON', { body: '{"url":' }], ['an empty body', {}], ['a body that is a list', { json: [] }], ['a body that is null', { json: null }],
    ['another content type', { body: 'url=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    ['a body that is too large', { body: JSON.stringify({ url: page, padding: 'x'.repeat(10_485_760) }) }],
    ['bytes that are no UTF-8', { body: '{"url":"\ud800"}' }],
  ])('answers %s as an invalid request', async (_, init) => {
    const { details } = failedWith(await call(app, key.secret, '/v1/read', { method: 'POST', ...init }), 'invalid_request')
    expect(issuePaths(details).length).toBeGreaterThan(0)
  })

  it.each([
    [{ url: 5 }, 'url'], [{ url: '' }, 'url'], [{ url: null }, 'url'], [{ url: 'example.com' }, 'url'], [{ urls: [] }, 'urls'], [{ urls: ['x'] }, 'urls.0'],
    [{ url: page, urls: [page] }, 'urls'], [{ url: page, formats: ['pdf'] }, 'formats.0'], [{ url: page, timeoutMs: 120_001 }, 'timeoutMs'],
    [{ url: page, timeoutMs: '5000' }, 'timeoutMs'], [{ url: page, proxyMode: 'datacenter' }, 'proxyMode'], [{ url: page, webhook: { url: page, secret: 'short' } }, 'webhook.secret'],
  ])('names the field: %j', async (body, path) => {
    const { message, details } = failedWith(await read(app, key, body), 'invalid_request')
    expect(message).toBe('Invalid request body')
    expect(issuePaths(details)).toEqual([path])
  })

  it('folds the doubled slash of a base URL that ends in one', async () => {
    dataOf(await call(app, key.secret, '//v1/usage/credits'))
  })

  it.each(reader.routes.map((row) => [row.method, row.path]))('asks %s %s for a key', async (method, path) => {
    failedWith(await call(app, undefined, path.replace(':id', 'x_1'), { method }), 'unauthenticated')
  })
})

describe('usage', () => {
  it('tells the credits in integers', async () => {
    const own = await liveKey({ monthlyCredits: 10 })
    dataOf(await read(app, own, { url: page }))
    const answer = await call(app, own.secret, '/v1/usage/credits')
    const data = dataOf(answer)
    expect(data).toMatchObject({ balance: 9, limit: 10, used: 1, tier: 'free' })
    expect(new Date(String(data.resetAt)).getTime()).toBeGreaterThan(Date.now())
  })

  it('tells a workspace without a limit in integers too', async () => {
    const own = await app.key({ mode: 'live' })
    const data = python.credits.parse(dataOf(await call(app, own.secret, '/v1/usage/credits')))
    expect(data.balance).toBe(data.limit - data.used)
  })

  it('lists past reads by skip and limit, with a next address that works', async () => {
    const own = await liveKey()
    dataOf(await read(app, own, { url: page }))
    dataOf(await read(app, own, { url: page }))
    failedWith(await read(app, own, { url: 'https://any.lab.test/status/500' }), 'upstream_unavailable')
    dataOf(await call(app, own.secret, '/v1/usage/credits'))

    const first = await call(app, own.secret, '/v1/usage/history?limit=2')
    const items = z.array(python.entry).parse(dataOf(first))
    expect(items.map(({ url, status, cached, credits, proxyMode }) => ({ url, status, cached, credits, proxyMode }))).toEqual([
      { url: 'https://any.lab.test/status/500', status: 'error', cached: false, credits: 0, proxyMode: null },
      { url: page, status: 'success', cached: true, credits: 0, proxyMode: null },
    ])
    expect(items[0]?.error).toMatch(/500/)
    const pagination = python.pagination.parse(first.body.pagination)
    expect(pagination).toEqual({ total: 3, skip: 0, limit: 2, hasMore: true, next: 'http://lyrebird.test/reader/v1/usage/history?skip=2&limit=2' })

    const second = await call(app, own.secret, new URL(String(pagination.next)).pathname.replace('/reader', '') + new URL(String(pagination.next)).search)
    expect(z.array(python.entry).parse(dataOf(second))).toMatchObject([{ url: page, status: 'success', cached: false, credits: 1, proxyMode: 'standard' }])
    expect(second.body.pagination).toEqual({ total: 3, skip: 2, limit: 2, hasMore: false })
  })

  it('has nothing of another workspace', async () => {
    const own = await liveKey()
    const answer = await call(app, own.secret, '/v1/usage/history')
    expect(answer.body).toMatchObject({ data: [], pagination: { total: 0, skip: 0, limit: 20, hasMore: false } })
  })

  it.each([['limit=0', 'limit'], ['limit=101', 'limit'], ['limit=x', 'limit'], ['skip=-1', 'skip'], ['skip=1.5', 'skip'], ['limit=5&limit=6', 'limit']])('refuses ?%s', async (query, path) => {
    const { message, details } = failedWith(await call(app, key.secret, `/v1/usage/history?${query}`), 'invalid_request')
    expect(message).toBe('Invalid query parameters')
    expect(issuePaths(details)).toEqual([path])
  })

  it('tells how many requests are running, without counting itself', async () => {
    const own = await liveKey({ concurrency: 3 })
    const idle = await call(app, own.secret, '/v1/queue/status')
    expect(dataOf(idle)).toEqual({ activeJobs: 0, waitingJobs: 0, maxConcurrency: 3 })
    const busy = await occupied(app)
    expect(dataOf(await call(app, busy.key.secret, '/v1/queue/status'))).toEqual({ activeJobs: 1, waitingJobs: 0, maxConcurrency: 1 })
    await busy.release()
  })

  it('does not count looks against the rate of reads', async () => {
    const own = await liveKey({ rpm: 1 })
    for (let i = 0; i < 3; i++) dataOf(await call(app, own.secret, '/v1/usage/credits'))
    dataOf(await read(app, own, { url: page }))
  })
})

describe('api keys', () => {
  it('are made, listed and revoked by a key that may manage keys', async () => {
    const admin = await liveKey({ scopes: ['scrape', 'read', 'admin'] })
    const made = await call(app, admin.secret, '/v1/api-keys', { method: 'POST', json: { name: 'ci' } })
    const { id, key: secret, last4 } = dataOf(made, 201) as { id: string; key: string; last4: string }
    expect(secret.endsWith(last4)).toBe(true)
    expect(last4).toHaveLength(4)
    dataOf(await call(app, secret, '/v1/read', { method: 'POST', json: { url: page } }))

    const list = await call(app, admin.secret, '/v1/api-keys')
    expect(list.body.data).toContainEqual(expect.objectContaining({ id, name: 'ci', last4, active: true, rateLimit: null, expiresAt: null }))
    expect(JSON.stringify(list.body)).not.toContain(secret)

    expect(dataOf(await call(app, admin.secret, `/v1/api-keys/${id}`, { method: 'DELETE' }))).toEqual({ id })
    failedWith(await call(app, secret, '/v1/usage/credits'), 'unauthenticated')
    expect((await call(app, admin.secret, '/v1/api-keys')).body.data).toContainEqual(expect.objectContaining({ id, active: false }))
  })

  it('are not for an ordinary key, nor for one that it made', async () => {
    const { message } = failedWith(await call(app, key.secret, '/v1/api-keys'), 'unauthenticated')
    expect(message).toContain('admin')
    failedWith(await call(app, key.secret, '/v1/api-keys', { method: 'POST', json: { name: 'x' } }), 'unauthenticated')
    const admin = await liveKey({ scopes: ['admin'] })
    const made = dataOf(await call(app, admin.secret, '/v1/api-keys', { method: 'POST', json: { name: 'ci' } }), 201)
    failedWith(await call(app, String(made.key), '/v1/api-keys'), 'unauthenticated')
  })

  it('that a test key makes do not leave the lab either', async () => {
    const admin = await app.key({ scopes: ['scrape', 'read', 'admin'] })
    const made = dataOf(await call(app, admin.secret, '/v1/api-keys', { method: 'POST', json: { name: 'ci' } }), 201)
    const { message } = failedWith(await call(app, String(made.key), '/v1/read', { method: 'POST', json: { url: 'https://example.com/' } }), 'unauthenticated')
    expect(message).toContain('test key')
  })

  it.each([[{}, 'name'], [{ name: '' }, 'name'], [{ name: 'x'.repeat(101) }, 'name']])('have a name: %j', async (json, path) => {
    const admin = await liveKey({ scopes: ['admin'] })
    expect(issuePaths(failedWith(await call(app, admin.secret, '/v1/api-keys', { method: 'POST', json }), 'invalid_request').details)).toEqual([path])
  })
})

describe('*.fail.test with a test key', () => {
  it.each(failureCodes)('%s', async (code) => {
    const own = await app.key()
    const expected = readerCode(new Failure(code, exampleFactsOf(code)))
    failedWith(await read(app, own, { url: `https://${failHost(code)}/`, timeoutMs: code === 'target.timeout' ? 1000 : 30_000, cache: false }), expected)
    expect(await own.used()).toBe(0)
  })
})

describe('the documentation of the dialect', () => {
  it('has a section for each of the thirteen codes', async () => {
    const html = await (await app.request('/docs/reader/errors')).text()
    for (const code of Object.keys(codes)) expect(html).toContain(`<h2 id="${code.replaceAll('_', '-')}">`)
  })

  it('has such a page for the native dialect, and none for a stranger', async () => {
    expect(await (await app.request('/docs/native/errors')).text()).toContain('<h2 id="target-blocked">')
    expect((await app.request('/docs/nobody/errors')).status).toBe(404)
  })

  it('describes every route', async () => {
    const api = await (await app.request('/docs/reader/openapi.json')).json() as { paths: Record<string, object>; servers: { url: string }[] }
    expect(Object.keys(api.paths)).toEqual(expect.arrayContaining(['/v1/read', '/v1/jobs/{id}', '/v1/jobs/{id}/retry', '/v1/jobs/{id}/stream', '/v1/events', '/v1/webhooks', '/v1/webhooks/{id}', '/v1/usage/credits', '/v1/usage/history', '/v1/queue/status', '/v1/api-keys', '/v1/api-keys/{id}']))
    expect(api.servers[0]?.url).toBe('http://lyrebird.test/reader')
  })
})
