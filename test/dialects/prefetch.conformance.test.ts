import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { afterWaiting, article, concurrencyOf, endpoints, failedBody, failsWith, get, inFlight } from './prefetch.client.ts'
import { readOf } from './prefetch.strict.ts'

const company = 'https://service.lab.test/'
const allowed = 'https://app.example'
const defaultKey = 'lb_live_conformance_first_party_key'

let app: TestApp
let key: TestKey

beforeAll(async () => {
  app = await startTestApp({ labForLive: true, prefetchAllowedOrigins: allowed, prefetchDefaultKey: defaultKey })
  key = await app.key({ mode: 'live' })
})
afterAll(() => app.close())
afterEach(() => {
  vi.useRealTimers()
})

/** What any client of the contract may hold the server to, seen from outside. */
describe('the black-box list', () => {
  it('1: /health and /ready have no envelope and need no key; /ready tells a store that is down', async () => {
    for (const path of ['/health', '/ready']) {
      const reply = await get(app, path)
      expect([reply.status, await reply.json()]).toEqual([200, { status: 'ok' }])
    }
    const broken = await startTestApp()
    await broken.app.store.close()
    const reply = await get(broken, '/ready')
    expect([reply.status, await reply.json()]).toEqual([503, { status: 'error', message: 'Redis connection failed' }])
    await broken.close().catch(() => undefined)
  })

  it('2: no key is 401; wrong, revoked, expired and exhausted are 403, in that order', async () => {
    await failsWith(await get(app, '/company', undefined, { url: company }), 401, 'Missing API key')
    await failsWith(await get(app, '/company', undefined, { url: company }, { 'x-api-key': 'nobody' }), 403, 'Invalid API key')
    const all = await app.key({ mode: 'live', expiresAt: '2020-01-01T00:00:00.000Z', creditLimit: 0 })
    await failsWith(await get(app, '/company', all, { url: company }), 403, 'API key has expired')
    await all.revoke()
    await failsWith(await get(app, '/company', all, { url: company }), 403, 'API key has been revoked')
    await failsWith(await get(app, '/company', await app.key({ mode: 'live', creditLimit: 0 }), { url: company }), 403, 'Credit limit exceeded')
  })

  it('3: every error has success, error and meta, and no data', async () => {
    for (const reply of [await get(app, '/brand'), await get(app, '/nowhere', key), await get(app, '/brand', key), await get(app, '/brand', key, { url: 'https://any.lab.test/status/500' })]) {
      expect(await failedBody(reply)).not.toHaveProperty('data')
    }
  })

  it('4: parameters are checked at their borders', async () => {
    const cases: [Record<string, string | number>, string][] = [
      [{ url: company, width: 319 }, 'width must be between 320 and 5000'], [{ url: company, width: 5001 }, 'width must be between 320 and 5000'],
      [{ url: company, height: 319 }, 'height must be between 320 and 5000'], [{ url: company, height: 5001 }, 'height must be between 320 and 5000'],
      [{ url: company, screenshotColors: 1 }, 'screenshotColors must be between 2 and 12'], [{ url: company, screenshotColors: 13 }, 'screenshotColors must be between 2 and 12'],
      [{ url: `https://a.example/${'x'.repeat(2049 - 18)}` }, 'URL exceeds maximum length'], [{}, 'url parameter is required'],
      [{ url: 'http://10.0.0.1' }, 'Invalid URL'], [{ url: 'http://x.local' }, 'Invalid URL'], [{ url: 'http://localhost' }, 'Invalid URL'],
    ]
    for (const [query, error] of cases) await failsWith(await get(app, '/screenshot', key, query), 400, error)
  })

  it('5 and 6: 300 a minute for an address even with a bad key; the window of a key slides', async () => {
    const limited = await startTestApp({ ipRpm: '300' })
    try {
      vi.useFakeTimers({ toFake: ['Date'] })
      const noon = Math.ceil(Date.now() / 60_000) * 60_000 + 60_000
      vi.setSystemTime(noon)
      const from = () => limited.request('/prefetch/enrich?url=a.example', { ip: '203.0.113.9', headers: { 'x-api-key': 'bad' } })
      for (let i = 0; i < 300; i++) expect((await from()).status).toBe(403)
      await failsWith(await from(), 429, 'Too many requests')
      const three = await limited.key({ rpm: 3 })
      vi.setSystemTime(noon + 59_000)
      for (let i = 0; i < 3; i++) await failsWith(await get(limited, '/brand', three), 400, 'url parameter is required')
      vi.setSystemTime(noon + 61_000)
      await failsWith(await get(limited, '/brand', three), 429, 'Rate limit exceeded for this API key')
    } finally {
      vi.useRealTimers()
      await limited.close()
    }
  })

  it('7: a second request at once is refused at once, with both headers', async () => {
    const single = await app.key({ mode: 'live', concurrency: 1 })
    const first = await inFlight(app, '/classify', single, 'https://any.lab.test/hang')
    const refused = await get(app, '/classify', single, { url: company })
    expect(concurrencyOf(refused)).toEqual(['1', '1'])
    await failsWith(refused, 429, 'Concurrency limit exceeded for this API key')
    void first.settled.catch(() => undefined)
  })

  it('8: credits change after 200 and never else', async () => {
    const paying = await app.key({ mode: 'live' })
    for (const query of [{}, { url: 'nonsense' }, { url: 'https://any.lab.test/status/404' }, { url: 'https://target-dns-failed.fail.test/' }]) await failedBody(await get(app, '/classify', paying, query))
    expect(await paying.used()).toBe(0)
    await readOf('/classify', await get(app, '/classify', paying, { url: company }))
    expect(await paying.used()).toBe(5)
  })

  it('9: a key that is one credit short still gets its /enrich, and nothing after it', async () => {
    const short = await app.key({ mode: 'live', creditLimit: 6 })
    await readOf('/company', await get(app, '/company', short, { url: company }))
    const { brand, company: facts, classification } = await readOf('/enrich', await get(app, '/enrich', short, { url: company }))
    expect(brand).not.toBeNull()
    expect(facts).toMatchObject({ name: 'Northlight Surveying', emails: ['hello@northlight.example'], phones: ['+493012345678'] })
    expect(classification).toMatchObject({ iab_id: expect.stringMatching(/^IAB\d/), description: expect.stringMatching(/Westmere/) })
    expect(await short.used()).toBe(25)
    await failsWith(await get(app, '/screenshot', short, { url: company }), 403, 'Credit limit exceeded')
  })

  it('10: what goes wrong with a target has its status', async () => {
    const told: [string, number, string][] = [
      ['https://target-dns-failed.fail.test/', 422, 'Could not resolve hostname'],
      ['https://target-connection-refused.fail.test/', 502, 'Connection refused'],
      ['https://self-signed.tls.lab.test/', 502, 'SSL certificate error'],
      ['https://any.lab.test/status/404', 500, 'Page not accessible'],
      ['https://any.lab.test/status/500', 500, 'Page not accessible'],
    ]
    for (const path of endpoints) for (const [url, status, error] of told) await failsWith(await get(app, path, key, { url }), status, error)
    await failsWith(await afterWaiting(app, '/company', key, 'https://any.lab.test/hang', 55_000) as Response, 504, 'Request timed out')
  })

  it('11: a listed origin needs no key, another does, and a bad key is bad everywhere', async () => {
    await readOf('/classify', await get(app, '/classify', undefined, { url: company }, { origin: allowed }))
    await failsWith(await get(app, '/classify', undefined, { url: company }, { origin: 'https://other.example' }), 401, 'Missing API key')
    await failsWith(await get(app, '/classify', undefined, { url: company }, { origin: allowed, 'x-api-key': 'bad' }), 403, 'Invalid API key')
  })

  it('12: /brand and /enrich keep the two paths that a client of the live service reads', async () => {
    const { brand } = await readOf('/brand', await get(app, '/brand', key, { url: company, screenshotColors: 3 }))
    expect(brand.colors.brand_colors[0]?.hex).toMatch(/^#[0-9A-F]{6}$/)
    expect(brand.fonts.families[0]).toEqual(expect.any(String))
    const enriched = await readOf('/enrich', await get(app, '/enrich', key, { url: company, screenshotColors: 3 }))
    expect(enriched.brand).toEqual(brand)
    expect(brand.colors.screenshot_colors.length).toBeLessThanOrEqual(3)
  })
})

describe('beside it', () => {
  it('a picture can be fetched under its address by anyone, for a while', async () => {
    const { screenshot_url: address, format } = await readOf('/screenshot', await get(app, '/screenshot', key, { url: article, width: 320, height: 320, format: 'webp' }))
    expect(format).toBe('webp')
    const { pathname, search, origin } = new URL(address)
    const picture = await app.request(`${pathname}${search}`)
    expect([origin, picture.status, picture.headers.get('content-type')]).toEqual(['http://lyrebird.test', 200, 'image/webp'])
    const bytes = Buffer.from(await picture.arrayBuffer())
    expect([bytes.toString('latin1', 0, 4), bytes.toString('latin1', 8, 12)]).toEqual(['RIFF', 'WEBP'])
    expect((await app.request(pathname)).status).toBe(404)
  })

  it('a stored answer costs the same and says so; no-cache asks anew', async () => {
    const paying = await app.key({ mode: 'live' })
    const hits: (string | null)[] = []
    for (const headers of [{}, {}, { 'cache-control': 'no-cache' }]) hits.push((await get(app, '/company', paying, { url: company }, headers)).headers.get('x-cache'))
    expect(hits).toEqual(['MISS', 'HIT', 'MISS'])
    expect(await paying.used()).toBe(15)
  })
})
