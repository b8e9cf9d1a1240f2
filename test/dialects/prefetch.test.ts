import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { failureCodes } from '../../src/failure/catalog.ts'
import { failHost } from '../../src/failure/fail-test.ts'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { afterWaiting, article, concurrencyOf, endpoints, failedBody, failsWith, get, inFlight } from './prefetch.client.ts'
import { rows } from './prefetch.rows.ts'
import { readOf } from './prefetch.strict.ts'

let app: TestApp
let key: TestKey

beforeAll(async () => {
  app = await startTestApp({ labForLive: true, fetchLimitBytes: '1000000' })
  key = await app.key()
})
afterAll(() => app.close())
afterEach(() => {
  vi.useRealTimers()
})

describe('the vendor\'s error page', () => {
  for (const row of rows) {
    if (row.run) it(`${row.table}: ${row.row}`, () => row.run?.(app))
    else it(`${row.table}: ${row.row} waits for ${row.pending}`, () => expect(row.pending).toBeTruthy())
  }
})

describe('/health and /ready', () => {
  it('need no key and have no envelope', async () => {
    for (const path of ['/health', '/ready']) {
      const reply = await get(app, path)
      expect(reply.status).toBe(200)
      expect(await reply.json()).toEqual({ status: 'ok' })
      expect(concurrencyOf(reply)).toEqual([null, null])
    }
  })

  it('tell a database that is down, /ready with 503 in the vendor\'s words', async () => {
    const broken = await startTestApp()
    await broken.app.store.close()
    try {
      expect((await get(broken, '/health')).status).toBe(200)
      const reply = await get(broken, '/ready')
      expect(reply.status).toBe(503)
      expect(await reply.json()).toEqual({ status: 'error', message: 'Redis connection failed' })
    } finally {
      await broken.close().catch(() => undefined)
    }
  })
})

describe('the order of checks', () => {
  it('looks at the key: there, known, revoked, expired, exhausted', async () => {
    const gone = await app.key({ mode: 'live', expiresAt: '2020-01-01T00:00:00.000Z', creditLimit: 0 })
    await failsWith(await get(app, '/brand', gone), 403, 'API key has expired')
    await gone.revoke()
    await failsWith(await get(app, '/brand', gone), 403, 'API key has been revoked')
  })

  it('looks at the credits before the window, and counts nothing that they refuse', async () => {
    const both = await app.key({ mode: 'live', creditLimit: 0, rpm: 1, concurrency: 1 })
    for (let i = 0; i < 3; i++) {
      const reply = await get(app, '/brand', both)
      expect(concurrencyOf(reply)).toEqual(['1', '0'])
      await failsWith(reply, 403, 'Credit limit exceeded')
    }
  })

  it('looks at the window before the running requests, and at both before the parameters', async () => {
    const one = await app.key({ mode: 'live', rpm: 1, concurrency: 1 })
    const first = await inFlight(app, '/brand', one)
    const refused = await get(app, '/brand', one)
    expect(concurrencyOf(refused)).toEqual(['1', '1'])
    await failsWith(refused, 429, 'Rate limit exceeded for this API key')
    await first.settled
    const single = await app.key({ mode: 'live', concurrency: 1 })
    const second = await inFlight(app, '/brand', single)
    await failsWith(await get(app, '/brand', single), 429, 'Concurrency limit exceeded for this API key')
    await second.settled
  })

  it('looks at the parameters before the blocklist, and at that before the name', async () => {
    const listed = await app.key({ mode: 'live', urlBlocklist: ['target-dns-failed.fail.test'] })
    const url = 'https://target-dns-failed.fail.test/'
    await failsWith(await get(app, '/screenshot', listed, { url, width: 1 }), 400, 'width must be between 320 and 5000')
    await failsWith(await get(app, '/screenshot', listed, { url }), 403, 'URL is blocklisted for this API key')
    await failsWith(await get(app, '/screenshot', key, { url }), 422, 'Could not resolve hostname')
  })
})

describe('windows', () => {
  let timed: TestApp
  const noon = Math.ceil(Date.now() / 60_000) * 60_000
  const at = (seconds: number) => vi.setSystemTime(noon + seconds * 1000)

  beforeAll(async () => {
    timed = await startTestApp({ ipRpm: '300' })
  })
  afterAll(() => timed.close())

  it('of an address: the 301st request in a minute is refused, whatever its key, until the minute ends', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    at(1)
    const from = (ip: string) => timed.request('/prefetch/brand', { ip, headers: { 'x-api-key': 'pf_wrong_key' } })
    for (let i = 0; i < 300; i++) expect((await from('203.0.113.7')).status).toBe(403)
    await failsWith(await from('203.0.113.7'), 429, 'Too many requests')
    expect((await from('203.0.113.8')).status).toBe(403)
    at(60)
    await failsWith(await from('203.0.113.7'), 403, 'Invalid API key')
  })

  it('of a key slide: three at 59 s leave no place at 61 s', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    at(120)
    const three = await timed.key({ rpm: 3 })
    at(179)
    for (let i = 0; i < 3; i++) await failsWith(await get(timed, '/brand', three), 400, 'url parameter is required')
    at(181)
    const refused = await get(timed, '/brand', three)
    expect(refused.headers.get('retry-after')).toBe('58')
    await failsWith(refused, 429, 'Rate limit exceeded for this API key')
    at(239)
    await failsWith(await get(timed, '/brand', three), 400, 'url parameter is required')
  })
})

describe('running requests', () => {
  it('refuse at once what is too much, with both headers on every reply', async () => {
    const single = await app.key({ mode: 'live', concurrency: 1 })
    const replies = await Promise.all(Array.from({ length: 5 }, () => get(app, '/brand', single, { url: 'https://any.lab.test/delay?headers_ms=200' })))
    expect(replies.map(concurrencyOf)).toEqual(Array.from({ length: 5 }, () => ['1', '1']))
    expect(replies.filter((reply) => reply.status === 429)).toHaveLength(4)
  })

  it('are told with every reply to a known key, and to nobody else', async () => {
    const known = await app.key({ concurrency: 7 })
    for (const query of [{}, { url: article }, { url: 'http://10.0.0.1/' }]) expect(concurrencyOf(await get(app, '/brand', known, query))).toEqual(['7', '1'])
    expect(concurrencyOf(await get(app, '/brand', key))).toEqual([null, '1'])
    for (const reply of [await get(app, '/brand'), await get(app, '/brand', undefined, {}, { 'x-api-key': 'wrong' }), await get(app, '/nowhere', known)]) {
      expect(concurrencyOf(reply)).toEqual([null, null])
    }
  })
})

describe('parameters', () => {
  it('take what is in range, both spellings, and ignore the unknown', async () => {
    const usual = { viewport: { width: 1440, height: 900 }, format: 'jpeg', full_page: false }
    const good: [Record<string, string | number | boolean>, Record<string, unknown>][] = [
      [{}, usual],
      [{ width: 320, height: 400, screenshotColors: 2 }, { ...usual, viewport: { width: 320, height: 400 } }],
      [{ full_page: 'True', width: 400, format: 'png', screenshot_colors: 12 }, { viewport: { width: 400, height: 900 }, format: 'png', full_page: true }],
      [{ fullPage: '1', full_page: 'false', format: 'webp', nonsense: 'x' }, { ...usual, format: 'webp', full_page: true }],
    ]
    for (const [query, expected] of good) expect(await readOf('/screenshot', await get(app, '/screenshot', key, { url: article, ...query }))).toMatchObject({ url: article, ...expected })
    for (const query of [{ screenshotColors: 2 }, { screenshotColors: 12 }, { screenshot_colors: 6 }]) await readOf('/classify', await get(app, '/classify', key, { url: article, ...query }))
  })

  it('refuse what is out of it', async () => {
    const bad: [Record<string, string | number>, string][] = [
      [{ format: 'gif' }, 'format must be one of: jpeg, png, webp'],
      [{ full_page: 'maybe' }, 'full_page must be true or false'],
      [{ fullPage: 'maybe' }, 'full_page must be true or false'],
      [{ screenshot_colors: 13 }, 'screenshotColors must be between 2 and 12'],
      [{ width: 1, height: 1, format: 'gif' }, 'width must be between 320 and 5000'],
    ]
    for (const [query, error] of bad) await failsWith(await get(app, '/screenshot', key, { url: article, ...query }), 400, error)
    await failsWith(await get(app, '/screenshot', key, { url: 'nonsense', width: 1 }), 400, 'Invalid URL')
    await failsWith(await app.request('/prefetch/brand?url=a.example&url=b.example', { headers: { 'x-api-key': key.secret } }), 400, 'Invalid URL')
  })

  it('take a bare host, and 2048 characters', async () => {
    const classified = async (url: string) => (await readOf('/classify', await get(app, '/classify', key, { url }))).url
    expect(await classified(' article.lab.test ')).toBe('https://article.lab.test')
    const longest = (size: number) => `https://article.lab.test/?q=${'x'.repeat(size - 28)}`
    expect(await classified(longest(2048))).toBe(longest(2048))
    await failsWith(await get(app, '/brand', key, { url: longest(2049) }), 400, 'URL exceeds maximum length')
    expect(await classified(longest(2048).slice(8))).toBe(longest(2048))
    await failsWith(await get(app, '/brand', key, { url: longest(2049).slice(8) }), 400, 'URL exceeds maximum length')
  })
})

describe('what a page is judged by', () => {
  it('answers the same on every endpoint, for live and for test keys, and costs nothing', async () => {
    const paying = await app.key({ mode: 'live', creditLimit: 1 })
    for (const path of endpoints) {
      for (const by of [key, paying]) await failsWith(await get(app, path, by, { url: 'https://any.lab.test/status/404' }), 500, 'Page not accessible')
    }
    expect(await paying.used()).toBe(0)
  })

  it('is kept once in history, with what was tried', async () => {
    const keeping = await app.key({ mode: 'live' })
    const { meta } = await failsWith(await get(app, '/classify', keeping, { url: 'https://any.lab.test/status/404' }), 500, 'Page not accessible')
    const list = await app.request('/v1/requests', { headers: { 'x-api-key': keeping.secret } })
    const { data } = await list.json() as { data: { request_id: string; status: number; code: string; credits: number; evidence: unknown[] }[] }
    expect(data).toHaveLength(1)
    expect(data[0]).toMatchObject({ request_id: meta.requestId, dialect: 'prefetch', path: '/classify', status: 500, code: 'target.http_error', credits: 0, evidence: [{ tier: 'http', status: 404 }] })
  })

  it('is a broken page where a redirect leads nowhere', async () => {
    for (const to of ['mailto:a@b.example', 'https://user:secret@article.lab.test/', 'http://[']) {
      await failsWith(await get(app, '/company', key, { url: `https://any.lab.test/redirect-to?url=${encodeURIComponent(to)}` }), 500, 'Page not accessible')
    }
  })

  it('keeps a test key in the lab, and says so', async () => {
    await failsWith(await get(app, '/brand', key, { url: 'https://example.com/' }), 403, /a live key: a test key reaches only/)
    const reader = await app.key({ scopes: ['read'] })
    await failsWith(await get(app, '/brand', reader, { url: article }), 403, /it needs the scope "scrape"$/)
  })
})

describe('the envelope around everything else', () => {
  it('answers 404 for paths that the vendor does not have', async () => {
    for (const path of ['', '/', '/v1/brand', '/brands', '/brand/more', '/metrics']) await failsWith(await get(app, path, key), 404, 'Not found')
  })

  it('answers 405 with Allow for another method, whatever its body', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      for (const path of ['/brand', '/health']) {
        const reply = await app.request(`/prefetch${path}`, { method, headers: { 'x-api-key': key.secret }, ...(method === 'POST' ? { body: '{"url":' } : {}) })
        expect(reply.headers.get('allow')).toBe('GET, HEAD')
        await failsWith(reply, 405, 'Method not allowed')
      }
    }
  })

  it('takes the key from X-API-Key in any case, and from nowhere else', async () => {
    for (const name of ['x-api-key', 'X-API-Key', 'X-Api-Key']) await failsWith(await get(app, '/brand', undefined, {}, { [name]: ` ${key.secret} ` }), 400, 'url parameter is required')
    for (const headers of [{ authorization: `Bearer ${key.secret}` }, { 'x-api-key': '' }, { 'api-key': key.secret }]) await failsWith(await get(app, '/brand', undefined, {}, headers), 401, 'Missing API key')
    await failsWith(await get(app, '/brand', undefined, { api_key: key.secret }), 401, 'Missing API key')
  })

  it('promises a UUID v4, and carries one that the client sent', async () => {
    const sent = '5f0c3c58-7d0f-4a55-a7c7-1f2c33c0a111'
    expect((await failedBody(await get(app, '/brand', key, {}, { 'x-request-id': sent }))).meta.requestId).toBe(sent)
    const other = await get(app, '/brand', key, {}, { 'x-request-id': 'order-000017' })
    expect(other.headers.get('x-request-id')).toBe('order-000017')
    const { meta } = await failedBody(other)
    expect((await app.request(`/v1/requests/${meta.requestId}`, { headers: { 'x-api-key': key.secret } })).status).toBe(200)
    const plain = await get(app, '/brand', key)
    expect((await failedBody(plain)).meta.requestId).toBe(plain.headers.get('x-request-id'))
  })

  it('folds doubled slashes and speaks at the root where it is the voice', async () => {
    const headers = { 'x-api-key': key.secret }
    for (const path of ['/prefetch//brand', '//prefetch/brand']) await failsWith(await app.request(path, { headers }), 400, 'url parameter is required')
    const voiced = await startTestApp({ voice: 'prefetch' })
    try {
      const mine = { 'x-api-key': (await voiced.key()).secret }
      await readOf('/classify', await voiced.request('/classify?url=article.lab.test', { headers: mine }))
      await failsWith(await voiced.request('//brand', { headers: mine }), 400, 'url parameter is required')
      expect(await (await voiced.request('/health')).json()).toEqual({ status: 'ok' })
      await failsWith(await voiced.request('/nowhere', { headers: mine }), 404, 'Not found')
    } finally {
      await voiced.close()
    }
  })
})

describe('*.fail.test', () => {
  for (const code of failureCodes.filter((name) => name !== 'target.timeout')) {
    it(`${code} fails in the vendor's envelope`, async () => {
      const reply = await get(app, '/classify', key, { url: `https://${failHost(code)}/` })
      await failedBody(reply)
      expect(reply.status).toBeGreaterThanOrEqual(400)
      if (reply.status === 429 || reply.status === 503) expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0)
    })
  }

  it('target.timeout takes its 55 seconds', async () => {
    const reply = await afterWaiting(app, '/classify', key, `https://${failHost('target.timeout')}/`, 55_000)
    await failsWith(reply as Response, 504, 'Request timed out')
  })
})
