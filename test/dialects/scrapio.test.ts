import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rowFor } from '../../src/dialects/dialect.ts'
import { errorOf, failureBody, failureMap } from '../../src/dialects/scrapio/failure.ts'
import { scrapio } from '../../src/dialects/scrapio/index.ts'
import { failureCodes } from '../../src/failure/catalog.ts'
import { exampleFactsOf } from '../../src/failure/facts.ts'
import { failHost } from '../../src/failure/fail-test.ts'
import { Failure } from '../../src/failure/failure.ts'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { call, failsWith, fetched, fetchPage } from './scrapio.client.ts'
import { rows } from './scrapio.rows.ts'

let app: TestApp
let key: TestKey

beforeAll(async () => {
  app = await startTestApp({ labForLive: true, browser: 'off', bodyLimitBytes: '100000', fetchLimitBytes: '1000000' })
  key = await app.key()
})
afterAll(() => app.close())

const url = 'https://article.lab.test/'
const page = async (json: object, as: TestKey = key) => fetched(await fetchPage(app, as, { url, ...json }))
const invalid = async (json: object, message: string | RegExp) => failsWith(await fetchPage(app, key, { url, ...json }), 400, 'invalid_request', { message })

describe('every row of the vendor’s error page', () => {
  for (const row of rows) {
    if (row.run) it(`${row.table}: ${row.row}`, () => row.run?.(app))
    else it(`${row.table}: ${row.row} waits for ${row.pending}`, () => expect(row.pending).toBeTruthy())
  }
})

describe('POST /v1/fetch', () => {
  it('gives the page as it was served where no output is named, with what old clients need', async () => {
    const reply = await fetchPage(app, key, { url })
    const body = await fetched(reply)
    expect(body).toEqual({
      request_id: reply.headers.get('x-request-id'), mode: 'inline', status: 'completed',
      outputs: { html: expect.stringMatching(/^<!doctype html>/i) },
      usage: { credits: 0 }, url, final_url: url, status_code: 200,
    })
  })

  it('tells where a redirect led, under the URL that was asked for', async () => {
    const start = 'https://any.lab.test/redirect/2'
    const body = await page({ url: start })
    expect(body.url).toBe(start)
    expect(body.final_url).not.toBe(start)
    expect(body.status_code).toBe(200)
  })

  it('gives each output once, in the order asked for', async () => {
    const { outputs } = await page({ output: ['json', 'markdown', 'html', 'markdown'], extract: { mode: 'page' } })
    expect(Object.keys(outputs)).toEqual(['json', 'markdown', 'html'])
    expect(outputs.markdown).toMatch(/^# The lighthouse keeper/m)
    expect(outputs.json).toEqual({ content: expect.stringContaining('four hundred and twelve') })
    expect((await page({ output: ['json'] })).outputs.json).toEqual(outputs.json)
  })

  it('is partial where an output cannot be had beside others, and fails where none can', async () => {
    const body = await page({ output: ['screenshot', 'markdown'] })
    expect(body.status).toBe('partial')
    expect(Object.keys(body.outputs)).toEqual(['markdown'])
    expect(body.diagnostics).toEqual({ outcome: 'partial', output_failures: [{ output: 'screenshot', code: 'browser_unavailable', message: 'No browser is available on this server.' }] })
    await failsWith(await fetchPage(app, key, { url, output: ['screenshot'] }), 503, 'browser_unavailable')
  })

  it('takes every documented field, and those that newer clients send', async () => {
    const all = {
      render_js: false, device: 'mobile', output: ['html', 'json'], extract: { mode: 'page' }, wait_for: { network_idle: true }, timeout_ms: 20_000, use_proxy: false, proxy: 'auto',
    }
    expect((await page(all)).status).toBe('completed')
    for (const device of ['desktop', 'tablet']) expect((await page({ device, wait_for: {} })).status).toBe('completed')
  })

  it('says what it cannot do instead of leaving it out', async () => {
    const refused = (json: object) => fetchPage(app, key, { url, ...json })
    await failsWith(await refused({ render_js: true }), 503, 'browser_unavailable')
    await failsWith(await refused({ session: { id: 's-1' } }), 501, 'not_available', { message: /LYREBIRD_PROFILE_KEY/ })
    await failsWith(await refused({ use_proxy: true }), 503, 'proxy_unavailable')
  })

  it('names every field that is wrong', async () => {
    await invalid({ url: '' }, 'url must not be empty')
    for (const bad of ['article.lab.test', 'ftp://article.lab.test/', 'https://', '//article.lab.test/', 'javascript:alert(1)']) await invalid({ url: bad }, 'url must be an http or https URL')
    await invalid({ url: 7 }, 'url must be a string')
    await invalid({ url: null }, 'url must be a string')
    await invalid({ output: [] }, 'output must not be empty')
    await invalid({ output: 'html' }, 'output must be an array')
    await invalid({ output: ['html', 'pdf'] }, 'output[1] must be one of html, markdown, json, screenshot')
    await invalid({ device: 'tv', render_js: 'yes' }, 'render_js must be true or false; device must be one of desktop, mobile, tablet')
    for (const [timeout_ms, problem] of [[0, 'at least 1'], [300_001, 'at most 300000'], [1.5, 'an integer'], ['10', 'a number']] as const) await invalid({ timeout_ms }, `timeout_ms must be ${problem}`)
    await invalid({ session: {} }, 'session.id is required')
    await invalid({ extract: { mode: 'page' } }, 'output must include json where extract is set')
    await invalid({ output: ['json'], extract: { mode: 'xpath' } }, 'extract.mode must be one of page, selectors, schema, instruction')
    await invalid({ output: ['json'], extract: { mode: 'selectors', fields: { a: { selector: '', type: 'text' }, b: { selector: 'a', type: 'attr' } } } }, 'extract.fields.a.selector must not be empty; extract.fields.b.attribute is required')
  })

  it('takes no field that it does not know', async () => {
    await invalid({ outputs: ['html'] }, 'Unknown field "outputs". Did you mean "output"?')
    for (const old of [{ actions: [] }, { timeout: 5 }, { country: 'us' }]) await invalid(old, /^Unknown field /)
    await invalid({ wait_for: { selector: 'h1' } }, /^Unknown field "selector"/)
  })

  it('keeps the message of a body with thousands of mistakes short', async () => {
    const { error } = await invalid({ output: Array.from({ length: 5000 }, () => 'pdf') }, /^output\[0\]/)
    expect(error.message.length).toBeLessThan(1500)
    const named = await invalid({ ['x'.repeat(50_000)]: 1, output: ['json'], extract: { mode: 'schema', schema: { ['y'.repeat(40_000)]: 1 } } }, /…; /)
    expect(named.error.message.length).toBeLessThan(500)
  })

  it('bills 1, with json 2, and no failure', async () => {
    const own = await app.key({ mode: 'live', monthlyCredits: 100 })
    expect((await page({}, own)).usage).toEqual({ credits: 1 })
    expect((await page({ output: ['html', 'markdown', 'screenshot'] }, own)).usage).toEqual({ credits: 1 })
    expect((await page({ output: ['html', 'json'] }, own)).usage).toEqual({ credits: 2 })
    expect(await own.used()).toBe(4)
    for (const bad of ['https://any.lab.test/status/500', 'https://any.lab.test/redirect-loop', 'http://10.0.0.1/', 'https://walls.lab.test/amazon']) {
      expect((await fetchPage(app, own, { url: bad })).status).toBeGreaterThanOrEqual(400)
    }
    expect(await own.used()).toBe(4)
  })

  it('replays the reply of the same idempotency key and body', async () => {
    const headers = { 'idempotency-key': 'again-1' }
    const first = await fetched(await fetchPage(app, key, { url, output: ['markdown'] }, headers))
    const again = await fetchPage(app, key, { output: ['markdown'], url }, headers)
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(await fetched(again)).toEqual(first)
  })
})

describe('POST /v1/fetch in a browser', () => {
  let own: TestApp
  let live: TestKey
  beforeAll(async () => {
    own = await startTestApp({ labForLive: true })
    live = await own.key({ mode: 'live' })
  })
  afterAll(() => own.close())

  const boats = { url: 'https://spa.lab.test/', output: ['markdown'], timeout_ms: 60_000 }

  it('draws the page by its scripts, for 5 credits, whether it was asked for or found needful', async () => {
    for (const render_js of [true, false]) {
      const body = await fetched(await fetchPage(own, live, { ...boats, render_js, device: 'tablet' }))
      expect(body.outputs.markdown).toContain('Klara II')
      expect(body.usage).toEqual({ credits: 5 })
    }
    expect(await live.used()).toBe(10)
  }, 90_000)

  it('opens none where plain HTTP will do', async () => {
    expect((await fetched(await fetchPage(own, live, { url, device: 'mobile' }))).usage).toEqual({ credits: 1 })
  })
})

describe('every failure of the catalogue', () => {
  for (const code of failureCodes) {
    it(`${code} by ${failHost(code)}`, async () => {
      const failure = new Failure(code, exampleFactsOf(code))
      const { code: expected, new_code: newCode } = errorOf(failure)
      const body = await failsWith(await fetchPage(app, key, { url: `https://${failHost(code)}/`, timeout_ms: 1000 }), statusOf(failure), expected, { newCode })
      expect(failureBody.safeParse(body).error).toBeUndefined()
      expect(body.diagnostics?.reason ?? code).toBe(code)
    })
  }

  // Without a model the request fails as an extraction, whatever the row of other settings says.
  const statusOf = (failure: Failure) => (failure.code === 'platform.not_configured' ? 422 : rowFor(failureMap, failure).status)
})

describe('what a caller can get wrong', () => {
  const json = { 'content-type': 'application/json' }
  const post = (init: object) => call(app, key, '/v1/fetch', { method: 'POST', ...init })

  it('answers bad JSON, no body, a wrong type and a large body in the vendor’s shape', async () => {
    await failsWith(await post({ body: '{"url":', headers: json }), 400, 'invalid_request', { message: 'The body is not valid JSON' })
    await failsWith(await post({ headers: json }), 400, 'invalid_request', { message: 'url is required' })
    await failsWith(await post({ body: '[]', headers: json }), 400, 'invalid_request', { message: 'the body must be an object' })
    await failsWith(await post({ body: 'url=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } }), 415, 'invalid_request')
    await failsWith(await post({ json: { url: 'x'.repeat(100_001) } }), 413, 'invalid_request', { message: /100000 bytes/ })
    await failsWith(await post({ json: { url }, headers: { 'idempotency-key': 'x'.repeat(256) } }), 400, 'invalid_request', { message: /1 to 255 characters/ })
  })

  it('answers an unknown route and a wrong method in the vendor’s shape', async () => {
    for (const path of ['', '/', '/v1', '/v1/fetches', '/v2/fetch', '/fetch', '/v1/jobs/1/2/3', '/v1/link-in-bio']) await failsWith(await call(app, key, path), 404, 'not_found')
    const wrong = await call(app, key, '/v1/fetch')
    expect(wrong.headers.get('allow')).toBe('POST')
    await failsWith(wrong, 405, 'method_not_allowed')
  })

  it('forbids what the key may not do', async () => {
    const readOnly = await app.key({ scopes: ['read'] })
    await failsWith(await fetchPage(app, readOnly, { url }), 403, 'forbidden', { message: /scope/ })
    await failsWith(await fetchPage(app, key, { url: 'https://example.com/' }), 403, 'forbidden', { message: /live key/ })
  })

  it('answers at doubled slashes and at the root of a host', async () => {
    expect((await call(app, key, '//v1/fetch', { json: { url } })).status).toBe(200)
    const voiced = await startTestApp({ voiceHosts: 'scrapio=lyrebird.test' })
    try {
      const own = await voiced.key()
      for (const path of ['/v1/me', '//v1/me', '/scrapio/v1/me']) expect((await voiced.request(path, { headers: { authorization: `Bearer ${own.secret}` } })).status, path).toBe(200)
      await failsWith(await voiced.request('/v1/nowhere'), 404, 'not_found')
    } finally {
      await voiced.close()
    }
  })
})

describe('the account', () => {
  it('GET /v1/me: a free check of the key, whatever is left of its credits', async () => {
    const own = await app.key({ mode: 'live', monthlyCredits: 1 })
    await page({}, own)
    expect(await (await call(app, own, '/v1/me')).json()).toEqual({
      request_id: expect.any(String), tenant_id: own.workspaceId, plan: 'self-hosted',
      key: { id: own.id, name: 'test', mode: 'live', scopes: ['scrape', 'read'], expires_at: null },
      credits: { balance: 0, used: 1, limit: 1, reset_at: expect.any(String) },
    })
    expect(await (await call(app, key, '/v1/me')).json()).toMatchObject({ credits: { balance: null, limit: null } })
    await failsWith(await call(app, null, '/v1/me'), 401, 'missing_api_key', { newCode: 'unauthorized' })
    expect(await own.used()).toBe(1)
  })

  it('GET /health: open to all', async () => {
    const reply = await call(app, null, '/health')
    expect([reply.status, await reply.json()]).toEqual([200, { ok: true }])
  })
})

describe('routes of features that are not there', () => {
  const missing: [method: string, path: string, json: object | undefined, message: string][] = [
    ['POST', '/v1/booking/monitors', { name: 'n', cron: '0 * * * *', property_id: '1' }, 'Monitoring Booking.com'],
    ['GET', '/v1/booking/search?location=Oslo&check_in=2026-12-01&check_out=2026-12-02&min_price=10.5', undefined, 'Booking.com'],
    ['GET', '/v1/youtube/videos/abc_DEF-123', undefined, 'YouTube'],
    ['POST', '/v1/youtube/search/crawl', { query: 'tea', page: 1 }, 'YouTube'],
    ['GET', '/v1/hacker-news/search?query=x&tags=story&tags=comment', undefined, 'Hacker News'],
    ['GET', '/v1/instagram/trending-reels', undefined, 'Instagram'],
    ['GET', '/v1/link-in-bio/linktree?username=a', undefined, 'Link in bio'],
  ]

  for (const [method, path, json, feature] of missing) {
    it(`${method} ${path.split('?', 1)[0]} says so: ${feature}`, async () => {
      const init = { method, ...(json ? { json } : {}) }
      await failsWith(await call(app, key, path, init), 501, 'not_available', { message: `${feature} is not available on this server.`, diagnostics: { retryable: false } })
      await failsWith(await call(app, null, path, init), 401, 'missing_api_key', { newCode: 'unauthorized' })
    })
  }

  it('say first what is wrong with the request', async () => {
    const seeds = [url]
    const wrong: [path: string, json: object | undefined, message: string | RegExp][] = [
      ['/v1/crawl', { seeds: [], max_pages: 51 }, 'seeds must not be empty; max_pages must be at most 50'],
      ['/v1/crawl', { seeds, output: ['screenshot'] }, 'output[0] must be one of html, markdown, json'],
      ['/v1/map', { seeds, extract: { mode: 'page' } }, /^Unknown field "extract"/],
      ['/v1/interact', { url }, 'actions is required'],
      ['/v1/interact', { url, actions: [], prompt: 'x' }, 'actions must not be empty; prompt excludes actions'],
      ['/v1/interact', { url, actions: [{ type: 'goto' }], prompt: 'x' }, 'prompt excludes actions'],
      ['/v1/interact', { url, prompt: 'x', output: ['markdown'] }, 'output has only html and screenshot where prompt is set'],
      ['/v1/interact', { url, actions: [{ type: 'wait_for', selector: 'a', timeout_ms: 30_001 }] }, 'actions[0].timeout_ms must be at most 30000'],
      ['/v1/search', { query: 'x', output: ['html'] }, 'output needs fetch_results'],
      ['/v1/search', { query: '', max_results: 11 }, 'query must not be empty; max_results must be at most 10'],
      ['/v1/jobs', { kind: 'fetch', input: {} }, 'input.url is required'],
      ['/v1/jobs', { input: {} }, 'kind must be one of fetch, interact, search, crawl, map'],
      ['/v1/monitors', { url }, 'name is required; cron is required'],
      ['/v1/amazon/product', undefined, 'asin or query is required'],
      ['/v1/amazon/search/crawl?search=x&end_page=two', undefined, 'end_page must be a whole number'],
      ['/v1/agoda/property?url=hotel', undefined, 'url must be an http or https URL; check_in is required; check_out is required'],
      ['/v1/reddit/post?url=https://a.test/&url=https://b.test/', undefined, 'url must be a string'],
    ]
    for (const [path, json, message] of wrong) await failsWith(await call(app, key, path, json ? { json } : {}), 400, 'invalid_request', { message })
  })

  it('know no monitor and no webhook endpoint', async () => {
    for (const base of ['/v1', '/v1/booking', '/v1/agoda', '/v1/product-hunt', '/v1/reddit', '/v1/hacker-news']) {
      for (const [method, tail] of [['GET', ''], ['DELETE', ''], ['POST', '/trigger'], ['GET', '/runs?limit=5'], ['GET', '/runs/latest'], ['GET', '/changes'], ['GET', '/changes/latest']] as const) {
        await failsWith(await call(app, key, `${base}/monitors/sch_1${tail}`, { method }), 404, 'monitor_not_found')
      }
    }
    await failsWith(await call(app, key, '/v1/monitors/sch_1', { method: 'PATCH', json: { active: false } }), 404, 'monitor_not_found')
    // One client sends a content type with no body.
    await failsWith(await call(app, key, '/v1/monitors/sch_1/trigger', { method: 'POST', headers: { 'content-type': 'application/json' } }), 404, 'monitor_not_found')
    for (const method of ['GET', 'DELETE']) await failsWith(await call(app, key, '/v1/webhooks/endpoints/whe_1', { method }), 404, 'webhook_endpoint_not_found', { message: 'The webhook endpoint does not exist or has expired.' })
  })

  it('put details where the two routes of result pages have them', async () => {
    const google = await failsWith(await call(app, key, '/v1/google/search?search=tea&search_type=ads'), 501, 'not_available')
    expect(google.diagnostics).toBeUndefined()
    expect(google.error.diagnostics).toEqual({ outcome: 'failed', retryable: 'false', reason: 'platform.not_configured' })
    const bad = await failsWith(await call(app, key, '/v1/google/search?search_type=maps'), 400, 'invalid_request')
    expect(bad.error.details).toEqual(['search is required', 'search_type must be one of classic, news, images, lens, ai_mode, ads'])
    const fast = await failsWith(await call(app, key, '/v1/fast-search?search=platform-search-unavailable.fail.test'), 503, 'search_unavailable')
    expect([fast.diagnostics, fast.error.diagnostics]).toEqual([undefined, undefined])
  })

  it('answer one and all in the vendor’s shape', async () => {
    const working = ['/v1/me', '/health', '/v1/monitors', '/v1/webhooks/endpoints']
    for (const { method, path } of scrapio.routes.filter((route) => !working.includes(route.path))) {
      const reply = await call(app, key, path.replaceAll(/:\w+/g, 'x'), { method, ...(method === 'POST' || method === 'PATCH' ? { json: {} } : {}) })
      expect(failureBody.safeParse(await reply.json()).error, `${method} ${path}`).toBeUndefined()
      expect([400, 404, 501], `${method} ${path}`).toContain(reply.status)
    }
  })
})

describe('the documentation', () => {
  it('has every route', async () => {
    const { paths } = await (await app.request('/docs/scrapio/openapi.json')).json() as { paths: Record<string, Record<string, { parameters: { name: string }[] }>> }
    expect(Object.keys(paths).length).toBe(new Set(scrapio.routes.map((route) => route.path)).size)
    expect(paths['/v1/amazon/product']?.get?.parameters.map(({ name }) => name)).toEqual(expect.arrayContaining(['asin', 'query', 'country']))
    expect((await app.request('/docs/scrapio')).status).toBe(200)
  })
})
