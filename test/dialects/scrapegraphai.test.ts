import * as published from 'scrapegraph-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorBody, failureMap } from '../../src/dialects/scrapegraphai/failure.ts'
import { rowFor } from '../../src/dialects/dialect.ts'
import { failureCodes } from '../../src/failure/catalog.ts'
import { exampleFactsOf } from '../../src/failure/facts.ts'
import { failHost } from '../../src/failure/fail-test.ts'
import { Failure } from '../../src/failure/failure.ts'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { rows } from './scrapegraphai.rows.ts'

let app: TestApp
let key: TestKey

beforeAll(async () => {
  app = await startTestApp({ labForLive: true, bodyLimitBytes: '100000', fetchLimitBytes: '1000000' })
  key = await app.key()
})
afterAll(() => app.close())

const page = 'https://article.lab.test/'
const base = '/scrapegraphai'

type Init = NonNullable<Parameters<TestApp['request']>[1]> & { as?: Pick<TestKey, 'secret'> | null }

const call = (path: string, { as = key, ...init }: Init = {}) =>
  app.request(base + path, { ...init, headers: { ...(as ? { 'SGAI-APIKEY': as.secret } : {}), ...init.headers } })

interface Scraped {
  id: string
  results: Record<string, { data: string[]; metadata?: { count?: number } }>
  metadata: { contentType: string; provider: string; elapsedMs: number; warnings?: unknown }
  errors?: Record<string, { code: string; error: string }>
}

const scrape = async (json: object, as?: TestKey): Promise<Scraped> => {
  const reply = await call('/api/scrape', { json, ...(as ? { as } : {}) })
  expect(reply.status).toBe(200)
  return await reply.json() as Scraped
}

/** A refusal in the vendor's envelope. */
const refusal = async (reply: Response) => {
  expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8')
  const body = errorBody.parse(await reply.json())
  return { status: reply.status, ...body.error, detail: body.detail }
}

describe('every row of the vendor’s error page', () => {
  for (const row of rows) {
    if (row.run) it(`${row.table}: ${row.row}`, () => row.run?.(app))
    else it(`${row.table}: ${row.row} waits for ${row.pending}`, () => expect(row.pending).toBeTruthy())
  }
})

describe('POST /api/scrape', () => {
  it('gives Markdown where no format is named, under an id of its own', async () => {
    const body = await scrape({ url: page })
    expect(Object.keys(body)).toEqual(['id', 'results', 'metadata'])
    expect(body.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/)
    expect(Object.keys(body.results)).toEqual(['markdown'])
    expect(body.results.markdown?.data[0]).toMatch(/^# /m)
    expect(body.metadata.contentType).toBe('text/html')
    expect(published.scrapeResponseSchema.safeParse(body).error).toBeUndefined()
  })

  it('gives the formats asked for in the order asked for, each in its own shape', async () => {
    const body = await scrape({ url: page, formats: [{ type: 'links' }, { type: 'html' }, { type: 'images' }, { type: 'markdown', mode: 'reader' }] })
    expect(Object.keys(body.results)).toEqual(['links', 'html', 'images', 'markdown'])
    for (const name of ['links', 'images']) {
      const section = body.results[name]!
      expect(section.metadata).toEqual({ count: section.data.length })
      expect(section.data.length).toBeGreaterThan(0)
      expect(new Set(section.data).size).toBe(section.data.length)
      expect(section.data.every((url) => URL.canParse(url))).toBe(true)
    }
    expect(published.scrapeResponseSchema.safeParse(body).error).toBeUndefined()
  })

  it('takes the mode of each format for that format alone', async () => {
    const modes = async (markdown: string, html: string) => (await scrape({ url: page, formats: [{ type: 'markdown', mode: markdown }, { type: 'html', mode: html }] })).results
    const whole = await modes('normal', 'normal')
    const main = await modes('reader', 'reader')
    expect(whole.html?.data[0]).toMatch(/^<!doctype html>/i)
    expect(whole.html?.data[0]).toContain('<script')
    expect(main.html?.data[0]).not.toContain('<script')
    expect(main.markdown?.data[0]?.length).toBeLessThan(whole.markdown?.data[0]?.length ?? 0)
    const mixed = await modes('reader', 'normal')
    expect(mixed.markdown).toEqual(main.markdown)
    expect(mixed.html).toEqual(whole.html)
  })

  it('puts https:// in front of a bare host', async () => {
    expect((await scrape({ url: ' article.lab.test ' })).results.markdown?.data[0]).toMatch(/^# /m)
  })

  it('lists the formats that need a model beside those that do not', async () => {
    const body = await scrape({ url: page, formats: [{ type: 'summary' }, { type: 'markdown' }, { type: 'json', prompt: 'x' }] })
    expect(Object.keys(body.results)).toEqual(['markdown'])
    expect(body.errors).toEqual({
      summary: { code: 'not_configured', error: expect.stringContaining('LYREBIRD_MODEL_BASE_URL') },
      json: { code: 'not_configured', error: expect.stringContaining('LYREBIRD_MODEL_BASE_URL') },
    })
  })

  it('fails the request where it can give none of the formats', async () => {
    const live = await app.key({ mode: 'live', monthlyCredits: 10 })
    expect(await refusal(await call('/api/scrape', { as: live, json: { url: page, formats: [{ type: 'json', prompt: 'x' }, { type: 'summary' }] } })))
      .toMatchObject({ status: 501, type: 'internal_error', message: expect.stringContaining('LYREBIRD_MODEL_BASE_URL') })
    expect(await live.used()).toBe(0)
  })

  it('bills each format that it gives, and no failure', async () => {
    const live = await app.key({ mode: 'live', monthlyCredits: 10 })
    await scrape({ url: page }, live)
    expect(await live.used()).toBe(1)
    await scrape({ url: page, formats: [{ type: 'markdown' }, { type: 'html' }, { type: 'links' }, { type: 'images' }, { type: 'summary' }] }, live)
    expect(await live.used()).toBe(5)
    for (const url of ['https://any.lab.test/status/500', 'https://any.lab.test/redirect-loop', 'http://10.0.0.1/', 'https://']) {
      expect((await call('/api/scrape', { json: { url }, as: live })).status).toBeGreaterThanOrEqual(400)
    }
    expect(await live.used()).toBe(5)
  })

  describe('fetchConfig', () => {
    const withConfig = (fetchConfig: object, url = page) => call('/api/scrape', { json: { url, fetchConfig } })

    it('sends headers and cookies to the page', async () => {
      const body = await scrape({ url: 'https://any.lab.test/headers', formats: [{ type: 'html' }], fetchConfig: { headers: { 'X-Probe': 'seen' }, cookies: { session: 'abc' } } })
      expect(body.results.html?.data[0]).toContain('seen')
      expect(body.results.html?.data[0]).toContain('session=abc')
    })

    it('names the header that cannot be sent', async () => {
      const { status, details } = await refusal(await withConfig({ headers: { 'a b': 'x' } }))
      expect({ status, details }).toEqual({ status: 400, details: [{ code: 'custom', path: ['fetchConfig', 'headers', 'a b'], message: expect.any(String) }] })
    })

    it('gives up when its time is over', async () => {
      expect(await refusal(await withConfig({ timeout: 1000 }, 'https://any.lab.test/delay?headers_ms=20000')))
        .toMatchObject({ status: 504, type: 'upstream_failed', message: expect.stringContaining('1000 ms') })
    })

    it('reads a page in every mode', async () => {
      expect((await withConfig({ mode: 'fast' })).status).toBe(200)
      expect((await withConfig({ mode: 'js' })).status).toBe(200)
    })

    it('takes all that the Python client sends', async () => {
      expect((await withConfig({ mode: 'auto', stealth: false, timeout: 30_000, wait: 0, scrolls: 0, mock: false, country: 'US' })).status).toBe(200)
    })
  })

  it('refuses a page of another type than allowed', async () => {
    expect((await call('/api/scrape', { json: { url: page, allowedTypes: ['text/html'] } })).status).toBe(200)
    expect(await refusal(await call('/api/scrape', { json: { url: page, allowedTypes: ['application/pdf'] } })))
      .toMatchObject({ status: 422, type: 'upstream_failed', message: expect.stringContaining('text/html') })
  })

  it('replays a reply for the same idempotency key', async () => {
    const headers = { 'idempotency-key': 'again-1' }
    const first = await (await call('/api/scrape', { json: { url: page }, headers })).json()
    const again = await call('/api/scrape', { json: { url: page }, headers })
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(await again.json()).toEqual(first)
    expect(await refusal(await call('/api/scrape', { json: { url: `${page}x` }, headers }))).toMatchObject({ status: 409, type: 'conflict' })
  })
})

describe('every failure of the catalogue', () => {
  // This contract has no way to ask for robots.txt to be honoured.
  for (const code of failureCodes.filter((name) => name !== 'policy.robots_disallowed')) {
    it(`${code} by ${failHost(code)}`, async () => {
      const reply = await call('/api/scrape', { json: { url: `https://${failHost(code)}/`, fetchConfig: { timeout: 1500 } } })
      const row = rowFor(failureMap, new Failure(code, exampleFactsOf(code)))
      expect(await refusal(reply)).toMatchObject({ status: row.status, type: row.type })
    })
  }
})

describe('what a caller can get wrong', () => {
  const json = { 'content-type': 'application/json' }
  const post = (init: Init) => call('/api/scrape', { method: 'POST', ...init })

  it('answers bad JSON, no body, a wrong type and a large body in the vendor’s shape', async () => {
    expect(await refusal(await post({ body: '{"url":', headers: json }))).toMatchObject({ status: 400, type: 'validation', details: [{ code: 'custom', path: [], message: 'The body is not valid JSON' }] })
    expect(await refusal(await post({ headers: json }))).toMatchObject({ status: 400, details: [{ expected: 'object', code: 'invalid_type', path: [] }] })
    expect(await refusal(await post({ body: 'url=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } }))).toMatchObject({ status: 415, type: 'validation' })
    expect(await refusal(await post({ json: { url: 'x'.repeat(100_001) } }))).toMatchObject({ status: 413, type: 'validation', detail: expect.stringContaining('100000 bytes') })
  })

  it('answers an unknown route and a wrong method in the vendor’s shape', async () => {
    for (const path of ['', '/', '/api', '/api/scrapes', '/v1/scrape', '/api/crawl/1/2/3']) expect(await refusal(await call(path)), path).toMatchObject({ status: 404, type: 'not_found' })
    const wrong = await call('/api/monitor', { method: 'PUT' })
    expect(wrong.headers.get('allow')).toBe('POST, GET, HEAD')
    expect(await refusal(wrong)).toMatchObject({ status: 405, type: 'method_not_allowed' })
  })

  it('reports every wrong field at once, and at most a hundred', async () => {
    const { details } = await refusal(await post({ json: { contentType: 'x', formats: [{ type: 'pptx' }], fetchConfig: { mode: 'fast', stealth: 1 } } }))
    expect(details?.map(({ path }) => path.join('.'))).toEqual(['url', 'contentType', 'fetchConfig.stealth', 'formats.0.type'])
    const flood = await refusal(await post({ json: { url: page, fetchConfig: { headers: Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`h${i}`, i])) } } }))
    expect(flood.details).toHaveLength(100)
  })

  it('says no more of a key than that it is not good', async () => {
    const readOnly = await app.key({ scopes: ['read'] })
    expect(await refusal(await call('/api/scrape', { json: { url: page }, as: readOnly }))).toMatchObject({ status: 403, type: 'auth_invalid_key', detail: expect.stringContaining('scope') })
    expect(await refusal(await call('/api/scrape', { json: { url: 'https://example.com/' } }))).toMatchObject({ status: 403, type: 'auth_invalid_key', detail: expect.stringContaining('live key') })
  })
})

describe('paths', () => {
  it('answers without /api too, with doubled slashes, and with a trailing query', async () => {
    for (const path of ['/credits', '//credits', '/api//credits', '//api//credits', '/api/credits?x=1']) expect((await call(path)).status, path).toBe(200)
  })

  it('answers at the root of a host', async () => {
    const voiced = await startTestApp({ voiceHosts: 'scrapegraphai=lyrebird.test' })
    try {
      const own = await voiced.key()
      for (const path of ['/api/credits', '/credits', '/api//credits', '//credits', '/scrapegraphai/api/credits']) {
        expect((await voiced.request(path, { headers: { 'sgai-apikey': own.secret } })).status, path).toBe(200)
      }
      expect(errorBody.safeParse(await (await voiced.request('/nowhere')).json()).success).toBe(true)
    } finally {
      await voiced.close()
    }
  })

  it('leads /api/openapi.json to a document of all its routes', async () => {
    const reply = await call('/api/openapi.json', { as: null })
    expect(reply.status).toBe(302)
    const document = await (await app.request(new URL(reply.headers.get('location') ?? '').pathname)).json() as { paths: Record<string, object> }
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/api/scrape', '/scrape', '/api/history/{id}', '/api/monitor/{cronId}/activity']))
  })
})

describe('the account', () => {
  it('GET /api/credits: what is left of the workspace or of the key, in whole numbers', async () => {
    const credits = async (as: TestKey) => {
      const body = await (await call('/api/credits', { as })).json()
      expect(published.creditsResponseSchema.safeParse(body).error).toBeUndefined()
      return body
    }
    const jobs = { crawl: { used: 0, limit: 2_147_483_647 }, monitor: { used: 0, limit: 2_147_483_647 } }
    const live = await app.key({ mode: 'live', monthlyCredits: 10 })
    await scrape({ url: page, formats: [{ type: 'markdown' }, { type: 'links' }] }, live)
    expect(await credits(live)).toEqual({ remaining: 8, used: 2, plan: 'Self-hosted', jobs })
    expect(await credits(await app.key({ monthlyCredits: 10, creditLimit: 4 }))).toMatchObject({ remaining: 4, used: 0 })
    expect(await credits(await app.key())).toMatchObject({ remaining: 2_147_483_647, used: 0 })
  })

  it('GET /api/validate: an address that names the workspace', async () => {
    const body = await (await call('/api/validate')).json()
    expect(published.validateResponseSchema.safeParse(body).error).toBeUndefined()
    expect(body).toEqual({ email: `${key.workspaceId}@lyrebird.invalid` })
  })

  it('GET /api/health: open to all, and a check of the key that is sent', async () => {
    for (const as of [null, key]) {
      const reply = await call('/api/health', { as })
      expect(reply.status).toBe(200)
      const body = await reply.json()
      expect(body).toEqual({ status: 'ok', uptime: expect.any(Number), services: { redis: 'ok', db: 'ok' } })
      expect(published.healthResponseSchema.safeParse(body).error).toBeUndefined()
    }
    expect(await refusal(await call('/api/health', { as: { secret: 'nonsense' } }))).toMatchObject({ status: 403, type: 'auth_invalid_key' })
  })

  it('counts every call but polling against the rate, and shows the rate on each reply', async () => {
    const slow = await app.key({ rpm: 2 })
    const first = await call('/api/credits', { as: slow })
    expect([first.headers.get('x-ratelimit-limit'), first.headers.get('x-ratelimit-remaining')]).toEqual(['2', '1'])
    expect(Number(first.headers.get('x-ratelimit-reset'))).toBeGreaterThan(1_700_000_000)
    for (let i = 0; i < 3; i++) expect((await call('/api/crawl/7bc67b9e-e539-4d7f-b378-ceb4d86910bc', { as: slow })).status).toBe(404)
    expect((await call('/api/history', { as: slow })).status).toBe(200)
    expect((await call('/api/history', { as: slow })).status).toBe(429)
  })
})

describe('GET /api/history', () => {
  interface Entry {
    id: string
    service: string
    status: string
    params: unknown
    error: unknown
  }
  const list = async (query: string, as: TestKey) => {
    const reply = await call(`/api/history${query}`, { as })
    expect(reply.status).toBe(200)
    const body = await reply.json() as { data: Entry[]; pagination: object }
    expect(published.historyPageSchema.safeParse(body).error).toBeUndefined()
    return body
  }

  it('lists scrapes newest first, by pages that are numbered and counted', async () => {
    const own = await app.key()
    const first = await scrape({ url: page, formats: [{ type: 'html' }, { type: 'markdown', mode: 'prune' }, { type: 'links' }] }, own)
    await call('/api/scrape', { json: { url: 'https://target-dns-failed.fail.test/' }, as: own })
    const last = await scrape({ url: page }, own)
    await call('/api/scrape', { json: { url: 'nope nope' }, as: own })
    await app.request('/v1/scrape', { json: { url: page }, headers: { 'x-api-key': own.secret } })

    const all = await list('', own)
    expect(all.pagination).toEqual({ page: 1, limit: 20, total: 3 })
    expect(all.data.map((entry) => entry.status)).toEqual(['completed', 'failed', 'completed'])
    expect(all.data.map((entry) => entry.id)).toEqual([last.id, expect.any(String), first.id])
    expect(all.data[1]).toMatchObject({ service: 'scrape', error: { type: 'upstream_failed' }, requestParentId: null })
    expect(all.data[2]).toMatchObject({ params: { url: page, formats: [{ type: 'html', mode: 'normal' }, { type: 'markdown', mode: 'prune' }, { type: 'links' }] }, error: null })

    const second = await list('?page=2&limit=2&service=scrape', own)
    expect(second).toEqual({ data: [all.data[2]], pagination: { page: 2, limit: 2, total: 3 } })
    expect(await list('?page=90071992547409&limit=100', own)).toMatchObject({ data: [], pagination: { total: 3 } })
    expect(await list('?service=crawl', own)).toMatchObject({ data: [], pagination: { total: 0 } })
    expect(await (await call(`/api/history/${first.id}`, { as: own })).json()).toEqual(all.data[2])
  })

  it('does not show requests of other contracts', async () => {
    const native = await app.request('/v1/scrape', { json: { url: page }, headers: { 'x-api-key': key.secret, 'x-request-id': '7bc67b9e-e539-4d7f-b378-ceb4d86910bd' } })
    expect(native.status).toBe(200)
    expect((await call('/api/history/7bc67b9e-e539-4d7f-b378-ceb4d86910bd')).status).toBe(404)
  })

  it('refuses a page, a limit and a service that it has not', async () => {
    for (const query of ['page=0', 'page=x', 'limit=0', 'limit=101', 'service=schema', 'limit=1&limit=2']) {
      expect(await refusal(await call(`/api/history?${query}`)), query).toMatchObject({ status: 400, type: 'validation' })
    }
  })
})

describe('routes of one crawl or one monitor', () => {
  const id = '7bc67b9e-e539-4d7f-b378-ceb4d86910bc'

  it('know no crawl and no monitor', async () => {
    const rows: [string, string][] = [
      ...['', '/pages?cursor=0'].map((tail): [string, string] => ['GET', `/api/crawl/${id}${tail}`]),
      ...['/stop', '/resume'].map((tail): [string, string] => ['POST', `/api/crawl/${id}${tail}`]),
      ['DELETE', `/api/crawl/${id}`], ['GET', `/api/monitor/${id}`], ['DELETE', `/api/monitor/${id}`], ['GET', `/api/monitor/${id}/activity`],
      ...['/pause', '/resume'].map((tail): [string, string] => ['POST', `/api/monitor/${id}${tail}`]),
    ]
    for (const [method, path] of rows) expect(await refusal(await call(path, { method })), path).toMatchObject({ status: 404, type: 'not_found', message: 'Request not found' })
    // One client sends a content type with no body.
    expect((await call(`/api/crawl/${id}/stop`, { method: 'POST', headers: { 'content-type': 'application/json' } })).status).toBe(404)
    expect(await refusal(await call(`/api/monitor/${id}`, { method: 'PATCH', json: { webhookUrl: null } }))).toMatchObject({ status: 404 })
    expect(await refusal(await call(`/api/monitor/${id}`, { method: 'PATCH', json: { webhookUrl: '' } }))).toMatchObject({ status: 400 })
    expect(await refusal(await call(`/api/monitor/${id}/activity?cursor=yesterday`))).toMatchObject({ status: 400, details: [{ code: 'invalid_format', format: 'datetime' }] })
  })
})
