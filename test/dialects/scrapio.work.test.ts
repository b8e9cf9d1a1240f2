import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { call, failsWith, fetchPage } from './scrapio.client.ts'
import * as strict from './scrapio.strict.ts'

let app: TestApp
let key: TestKey
let engine: Server
let answer: unknown = { results: [] }
const asked: URL[] = []

beforeAll(async () => {
  engine = createServer((req, res) => {
    asked.push(new URL(req.url ?? '/', 'http://engine.test'))
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  engine.listen(0, '127.0.0.1')
  await once(engine, 'listening')
  app = await startTestApp({ labForLive: true, searxngUrl: `http://127.0.0.1:${(engine.address() as AddressInfo).port}`, searchProviders: 'searxng' })
  key = await app.key({ mode: 'live' })
})
afterAll(async () => {
  await app.close()
  engine.close()
})

const url = 'https://article.lab.test/'

const read = async <T extends z.ZodType>(reply: Response, status: number, shape: T): Promise<z.output<T>> => {
  const body: unknown = await reply.json()
  expect({ status: reply.status, body }).toMatchObject({ status })
  return shape.parse(body)
}
const post = async <T extends z.ZodType>(path: string, json: object, shape: T, status = 200, as: TestKey = key) => read(await call(app, as, path, { json }), status, shape)
const get = async <T extends z.ZodType>(path: string, shape: T, status = 200) => read(await call(app, key, path), status, shape)
const fetching = (json: object, as: TestKey = key) => post('/v1/fetch', { url, ...json }, strict.fetchReply, 200, as)

const finished = async (id: string) => {
  for (;;) {
    const job = await get(`/v1/jobs/${id}`, strict.jobStatus)
    if (!['queued', 'running'].includes(job.status)) return job
    await new Promise((resolve) => { setTimeout(resolve, 25) })
  }
}
const submit = async (kind: string, input: object, more: object = {}) => (await post('/v1/jobs', { kind, input, ...more }, strict.queuedReply, 202)).job_id

describe('extract', () => {
  const shop = 'https://marketplace.lab.test/dp/B0LAB00042'

  it('by selectors: text, markup and attributes, null for what is not there', async () => {
    const body = await fetching({
      url: shop, output: ['json', 'markdown'],
      extract: { mode: 'selectors', fields: { title: { selector: '#productTitle', type: 'text' }, by: { selector: '#bylineInfo', type: 'attr', attribute: 'href' }, stock: { selector: '#availability', type: 'html' }, none: { selector: '#nowhere', type: 'text' } } },
    })
    expect(body.outputs.json).toMatchObject({ title: expect.stringMatching(/^Tidewatch Brass/), by: 'https://marketplace.lab.test/stores/tidewatch', stock: expect.stringContaining('<span'), none: null })
    expect(body.extraction_engine).toBe('heuristic')
  })

  it('by schema: what the page says under those names, with types where they are words for types', async () => {
    const { outputs, extraction_engine } = await fetching({ url: shop, output: ['json'], extract: { mode: 'schema', schema: { price: 'number', title: 'the name of the product', brand: 'string', warranty: 'how long' } } })
    expect(outputs.json).toMatchObject({ price: 64.95, brand: 'Tidewatch', title: expect.stringMatching(/^Tidewatch/), warranty: null })
    expect(extraction_engine).toBe('heuristic')
  })

  it('by instruction, without a model only where the caller asks for no model', async () => {
    const { outputs } = await fetching({ url: shop, output: ['json'], extract: { mode: 'instruction', instruction: 'the product', engine: 'heuristic' } })
    expect(outputs.json).toMatchObject({ name: expect.stringMatching(/^Tidewatch/) })
    const json = { url, output: ['json'] }
    await failsWith(await fetchPage(app, key, { ...json, extract: { mode: 'instruction', instruction: 'the author' } }), 422, 'extraction_failed', { newCode: 'llm_unavailable' })
    await failsWith(await fetchPage(app, key, { ...json, extract: { mode: 'schema', schema: { a: 'b' }, engine: 'llm' } }), 422, 'extraction_failed', { newCode: 'llm_unavailable' })
    await failsWith(await fetchPage(app, key, { ...json, extract: { mode: 'instruction', instruction: 'x'.repeat(10_001) } }), 422, 'invalid_request', { newCode: 'instruction_limits_exceeded' })
  })

  it('tells the newest codes apart by what was asked', async () => {
    const failing = async (extract: object, newCode: string) => failsWith(await fetchPage(app, key, { url: 'https://any.lab.test/delay', output: ['json'], extract }), 422, 'extraction_failed', { newCode, diagnostics: { retryable: false } })
    await failing({ mode: 'selectors', fields: { a: { selector: '#nowhere', type: 'text' } } }, 'selectors_unsupported')
    await failing({ mode: 'schema', schema: { warranty: 'how long' }, engine: 'heuristic' }, 'schema_validation_failed')
    const partial = await fetching({ output: ['json', 'markdown'], extract: { mode: 'selectors', fields: { a: { selector: '#nowhere', type: 'text' } } } })
    expect(partial).toMatchObject({ status: 'partial', diagnostics: { output_failures: [{ output: 'json', code: 'extraction_failed' }] } })
    await failsWith(await fetchPage(app, key, { url, output: ['json'], extract: { mode: 'selectors', fields: { a: { selector: 'p::(', type: 'text' } } } }), 400, 'invalid_request', { message: /Not a CSS selector/ })
  })

  it('costs 2, whatever else is made of the page', async () => {
    const own = await app.key({ mode: 'live' })
    const extract = { mode: 'selectors', fields: { h: { selector: 'h1', type: 'text' } } }
    expect((await fetching({ output: ['json', 'html'], extract }, own)).usage).toEqual({ credits: 2 })
    expect((await fetching({ output: ['json'], extract, render_js: true }, own)).usage).toEqual({ credits: 2 })
    expect(await own.used()).toBe(4)
  }, 60_000)
})

describe('a fetch', () => {
  it('gives a picture of the page at an address that answers', async () => {
    const { outputs, usage } = await fetching({ output: ['screenshot', 'markdown'], device: 'tablet' })
    const shot = await app.request(new URL(outputs.screenshot?.url ?? '').pathname + new URL(outputs.screenshot?.url ?? '').search)
    expect([shot.status, shot.headers.get('content-type')]).toEqual([200, 'image/png'])
    expect(usage.credits).toBe(5)
  }, 60_000)

  it('that takes longer than 15 s goes on as a job, without beginning anew, and bills once', async () => {
    const own = await app.key({ mode: 'live' })
    const slow = 'https://promoted.lab.test/delay?headers_ms=16500'
    const { job_id: id, job_type: type } = await post('/v1/fetch', { url: slow, output: ['markdown'], timeout_ms: 60_000 }, strict.queuedReply, 202, own)
    expect(type).toBe('fetch')
    expect(await own.used()).toBe(0)
    const status = async () => read(await call(app, own, `/v1/jobs/${id}`), 200, strict.jobStatus)
    await failsWith(await call(app, own, `/v1/jobs/${id}/result`), 409, 'job_not_ready', { diagnostics: { retryable: true } })
    for (;;) {
      const job = await status()
      if (job.status === 'completed') break
      expect(['queued', 'running']).toContain(job.status)
      await new Promise((resolve) => { setTimeout(resolve, 50) })
    }
    const result = await read(await call(app, own, `/v1/jobs/${id}/result`), 200, strict.jobResult)
    expect(result.outputs?.markdown).toContain('slowly, a few bytes at a time')
    expect(result.result).toEqual(result.outputs)
    expect(await own.used()).toBe(1)
    expect((await app.app.lab()).seen.filter(({ host }) => host === 'promoted.lab.test')).toHaveLength(1)
  }, 60_000)
})

describe('POST /v1/crawl', () => {
  it('answers with pages, breadth first, and bills 2 for each', async () => {
    const own = await app.key({ mode: 'live' })
    const body = await post('/v1/crawl', { seeds: ['https://site.lab.test/'], max_pages: 5, max_depth: 1 }, strict.crawlReply, 200, own)
    expect(body.result.pages.length).toBe(5)
    expect(body.result.summary).toMatchObject({ pages_fetched: 5 })
    expect(body.result.pages[0]).toMatchObject({ url: 'https://site.lab.test/', depth: 0, status: 'completed' })
    expect(body.result.pages[0]).not.toHaveProperty('discovered_from')
    expect(body.result.pages[1]).toMatchObject({ depth: 1, discovered_from: 'https://site.lab.test/' })
    expect(Object.keys(body.result.pages[0]?.outputs ?? {})).toEqual(['markdown'])
    expect(await own.used()).toBe(2 * body.result.summary.pages_succeeded)
  })

  it('keeps to its seeds at depth 0, and extracts', async () => {
    const body = await post('/v1/crawl', { seeds: [url, 'https://any.lab.test/status/404'], max_depth: 0, output: ['json', 'html'], extract: { mode: 'selectors', fields: { h: { selector: 'h1', type: 'text' } } } }, strict.crawlReply)
    expect(body.status).toBe('partial')
    expect(body.result.pages.map(({ status }) => status)).toEqual(['completed', 'failed'])
    expect(body.result.pages[0]?.outputs).toMatchObject({ html: expect.any(String), json: { h: expect.stringMatching(/lighthouse/i) } })
    expect(body.result.pages[1]?.error).toMatchObject({ code: 'target_blocked' })
    expect(body.diagnostics?.step_errors).toMatchObject([{ url: 'https://any.lab.test/status/404', code: 'target_blocked' }])
  })

  it('is failed where no page could be had, and costs nothing', async () => {
    const own = await app.key({ mode: 'live' })
    const body = await post('/v1/crawl', { seeds: ['https://any.lab.test/status/404'] }, strict.crawlReply, 200, own)
    expect([body.status, await own.used()]).toEqual(['failed', 0])
  })

  it('beyond 25 pages is a job', async () => {
    const { job_id: id, reason } = await post('/v1/crawl', { seeds: ['https://site.lab.test/'], max_pages: 26, max_depth: 0 }, strict.queuedReply, 202)
    expect(reason).toMatch(/max_pages/)
    expect(await finished(id)).toMatchObject({ job_type: 'crawl', status: 'completed', result_available: true })
    const { result } = await get(`/v1/jobs/${id}/result`, strict.jobResult)
    expect(strict.crawlResult.parse(result).pages).toHaveLength(1)
  })
})

describe('POST /v1/map', () => {
  it('lists URLs with where they were found', async () => {
    const own = await app.key({ mode: 'live' })
    const { result, status } = await post('/v1/map', { seeds: ['https://site.lab.test/'], max_urls: 10, max_depth: 1, include_metadata: true }, strict.mapReply, 200, own)
    expect(result.urls).toHaveLength(10)
    expect(result.urls[0]).toMatchObject({ url: 'https://site.lab.test/', depth: 0, discovered_from: null, metadata: { title: expect.any(String) } })
    expect(result.summary).toMatchObject({ urls_returned: 10, frontier_exhausted: false })
    expect(['completed', 'partial']).toContain(status)
    expect(await own.used()).toBe(20)
  })

  it('is failed where the seed cannot be read', async () => {
    expect(await post('/v1/map', { seeds: ['https://any.lab.test/status/404'] }, strict.mapReply)).toMatchObject({ status: 'failed', result: { urls: [] }, diagnostics: { step_errors: [{ code: 'target_blocked' }] } })
  })
})

describe('POST /v1/interact', () => {
  const at = 'https://actions.lab.test/'

  it('takes every action, step by step, for 3 credits', async () => {
    const own = await app.key({ mode: 'live' })
    const actions = [
      { type: 'click', selector: '#counter', settle_ms: 10 }, { type: 'click', selector: '#counter' }, { type: 'type', selector: '#name', value: 'Ada' }, { type: 'select', selector: '#size', value: 'm' },
      { type: 'press', key: 'Tab' }, { type: 'scroll', direction: 'down', amount: 600 }, { type: 'scroll', until_stable: true }, { type: 'wait_for', selector: '#nowhere', timeout_ms: 50, optional: true },
      { type: 'wait_for', selector: '#counter' }, { type: 'wait_ms', duration_ms: 5 },
    ]
    const body = await post('/v1/interact', { url: at, actions, output: ['html', 'screenshot'] }, strict.interactReply, 200, own)
    expect(body.steps.map(({ step_id: id, type }) => `${id} ${type}`)).toEqual(actions.map(({ type }, i) => `step_${i + 1} ${type}`))
    expect(body.result.outputs.html).toContain('Clicked 2')
    expect(body.outputs).toEqual(body.result.outputs)
    expect([body.status, body.result.final_url, body.usage]).toEqual(['completed', at, { credits: 3 }])
    expect(await own.used()).toBe(3)
  }, 60_000)

  it('goes elsewhere and back to the same page', async () => {
    const body = await post('/v1/interact', { url: at, actions: [{ type: 'click', selector: '#counter' }, { type: 'goto' }, { type: 'goto', url }] }, strict.interactReply)
    expect(body.result.final_url).toBe(url)
  }, 60_000)

  it('fails at the action that fails, with a hint for sites that have routes of their own', async () => {
    const actions = [{ type: 'click', selector: '#nowhere' }]
    const missing = await failsWith(await call(app, key, '/v1/interact', { json: { url: at, actions, timeout_ms: 20_000 } }), 422, 'selector_not_found', { message: /Action 0/ })
    expect(missing).not.toHaveProperty('hint')
    const amazon = await failsWith(await call(app, await app.key(), '/v1/interact', { json: { url: 'https://www.amazon.de/', actions } }), 403, 'forbidden')
    expect(amazon).toMatchObject({ hint: expect.stringContaining('www.amazon.de') })
    await failsWith(await call(app, key, '/v1/interact', { json: { url: at, actions, use_proxy: true } }), 503, 'proxy_unavailable')
  }, 60_000)
})

describe('search', () => {
  const hit = (page: string, title: string) => ({ url: page, title, content: `About ${title}.`, engines: ['x'] })

  it('POST /v1/search: hits, and their pages where asked for', async () => {
    const own = await app.key({ mode: 'live' })
    answer = { results: [hit(url, 'Lighthouse'), hit('https://any.lab.test/status/404', 'Gone')] }
    const plain = await post('/v1/search', { query: 'lighthouse', max_results: 5 }, strict.searchReply, 200, own)
    expect(plain.result.results).toEqual([{ rank: 1, title: 'Lighthouse', url, snippet: 'About Lighthouse.' }, expect.objectContaining({ rank: 2 })])
    expect(await own.used()).toBe(15)
    const whole = await post('/v1/search', { query: 'lighthouse', fetch_results: true, output: ['markdown', 'json'], extract: { mode: 'page' } }, strict.searchReply, 200, own)
    expect(whole).toMatchObject({ status: 'partial', result: { results: [{ status: 'completed', outputs: { markdown: expect.any(String), json: { content: expect.any(String) } } }, { status: 'failed', error: { code: 'target_blocked' } }] } })
    expect(await own.used()).toBe(15 + 15 + 2)
  })

  it('GET /v1/google/search and /v1/fast-search: pages of results in their shapes', async () => {
    answer = { results: Array.from({ length: 30 }, (_, i) => hit(`https://site.lab.test/p/${i}`, `Tea ${i}`)) }
    const first = await get('/v1/google/search?search=tea&country_code=GB&language=en&page=2&date_range=past_week&light_request=true&nfpr=false', strict.googleReply)
    expect(first.organic_results?.[0]).toMatchObject({ position: 11, title: 'Tea 10', link: 'https://site.lab.test/p/10' })
    expect(first.results).toEqual(first.organic_results)
    expect(first.pagination).toEqual({ current_page: 2, next_page: 3 })
    expect(asked.at(-1)?.searchParams.get('q')).toBe('tea')
    const news = await get('/v1/google/search?search=tea&search_type=news', strict.googleReply)
    expect([news.news_results?.length, news.organic_results]).toEqual([10, undefined])
    expect((await get('/v1/fast-search?search=tea&page=1', strict.fastReply)).organic_results).toHaveLength(10)
    for (const type of ['images', 'lens', 'ai_mode', 'ads']) await failsWith(await call(app, key, `/v1/google/search?search=tea&search_type=${type}`), 501, 'not_available', { message: `search_type ${type} is not available on this server.` })
    await failsWith(await call(app, key, '/v1/google/search?search=tea&page=0'), 400, 'invalid_request', { message: 'page must be a whole number from 1 to 10' })
  })
})

describe('jobs', () => {
  const inputs: Record<string, object> = {
    fetch: { url, output: ['markdown', 'html'] }, crawl: { seeds: [url], max_pages: 1 }, map: { seeds: [url], max_depth: 0 },
    interact: { url: 'https://actions.lab.test/', actions: [{ type: 'click', selector: '#counter' }] }, search: { query: 'lighthouse' },
  }
  const prices: Record<string, number> = { fetch: 1, crawl: 2, interact: 3, search: 15 }

  for (const [kind, input] of Object.entries(inputs)) {
    it(`of ${kind}: queued, done, and told in the words of the same work done at once`, async () => {
      answer = { results: [{ url, title: 'Lighthouse', content: 'x' }] }
      const before = await key.used()
      const id = await submit(kind, input)
      expect(await finished(id)).toMatchObject({ job_type: kind, status: 'completed', result_available: true })
      const done = await get(`/v1/jobs/${id}/result`, strict.jobResult)
      const shapes: Record<string, z.ZodType> = { crawl: strict.crawlResult, map: strict.mapResult, interact: strict.interactResult, search: strict.searchResult }
      if (kind === 'fetch') expect(done.result).toEqual(done.outputs)
      else expect(shapes[kind]?.safeParse(done.result).error).toBeUndefined()
      if (prices[kind] !== undefined) expect(await key.used() - before).toBe(prices[kind])
    }, 60_000)
  }

  it('take the bodies of old clients', async () => {
    const old = await post('/v1/jobs', { job_type: 'fetch', payload: { url }, webhook_url: 'https://hooks.lab.test/in' }, strict.queuedReply, 202)
    expect(old).toMatchObject({ job_type: 'fetch', webhook_url: 'https://hooks.lab.test/in' })
  })

  it('that failed have a result that says why', async () => {
    const id = await submit('fetch', { url: 'https://any.lab.test/status/404', output: ['markdown'] })
    expect(await finished(id)).toMatchObject({ status: 'failed', result_available: false, error: { code: 'target_blocked', diagnostics: { outcome: 'failed', retryable: false } } })
    expect(await get(`/v1/jobs/${id}/result`, strict.jobResult)).toMatchObject({ status: 'failed', error: { code: 'target_blocked' } })
  })

  it('are partial where one output of several failed', async () => {
    const id = await submit('fetch', { url, output: ['markdown', 'json'], extract: { mode: 'selectors', fields: { a: { selector: '#nowhere', type: 'text' } } } })
    expect(await finished(id)).toMatchObject({ status: 'partial', result_available: true, outputs: { markdown: expect.any(String) }, diagnostics: { outcome: 'partial' } })
  })

  it('are cancelled with an empty body: 202 while they run, 200 when they are over', async () => {
    const id = await submit('fetch', { url: 'https://any.lab.test/hang', timeout_ms: 60_000 })
    await failsWith(await call(app, key, `/v1/jobs/${id}/result`), 409, 'job_not_ready')
    const cancel = (headers = {}) => call(app, key, `/v1/jobs/${id}/cancel`, { method: 'POST', headers })
    expect(await read(await cancel(), 202, strict.cancelReply)).toMatchObject({ status: 'cancelled', job_type: 'fetch' })
    expect(await read(await cancel({ 'content-type': 'application/json' }), 200, strict.cancelReply)).toMatchObject({ status: 'cancelled' })
    expect(await get(`/v1/jobs/${id}/result`, strict.jobResult)).toMatchObject({ status: 'cancelled' })
  })

  it('are made once for one idempotency key, and refused for another body', async () => {
    const send = (json: object) => call(app, key, '/v1/jobs', { json, headers: { 'idempotency-key': 'job-1' } })
    const first = await read(await send({ kind: 'fetch', input: { url } }), 202, strict.queuedReply)
    expect((await read(await send({ input: { url }, kind: 'fetch' }), 202, strict.queuedReply)).job_id).toBe(first.job_id)
    await failsWith(await send({ kind: 'fetch', input: { url, output: ['markdown'] } }), 409, 'idempotency_conflict')
  })

  it('of other voices are not told in this one', async () => {
    const made = await (await app.request('/v1/batch', { json: { urls: [url] }, headers: { authorization: `Bearer ${key.secret}` } })).json() as { data: { id: string } }
    for (const [method, tail] of [['GET', ''], ['GET', '/result']] as const) await failsWith(await call(app, key, `/v1/jobs/${made.data.id}${tail}`, { method }), 404, 'job_not_found')
  })
})
