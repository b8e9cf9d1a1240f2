import assert from 'node:assert/strict'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failureCodes } from '../../src/failure/catalog.ts'
import { failHost, failsWholeRequest } from '../../src/failure/fail-test.ts'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { envelopeOf, extracted, failsWith, post, type Entry } from './octen.client.ts'
import { rows } from './octen.rows.ts'

let app: TestApp
let key: TestKey

beforeAll(async () => {
  app = await startTestApp({ labForLive: true, fetchLimitBytes: '1000000' })
  key = await app.key()
})
afterAll(() => app.close())

const article = 'https://article.lab.test/'
const extract = async (json: object, by = key) => extracted(await post(app, '/extract', by, json))
const one = async (json: object): Promise<Entry> => {
  const [entry] = (await extract({ urls: [article], ...json })).results
  assert.ok(entry)
  return entry
}

describe('the vendor\'s error page', () => {
  for (const row of rows) {
    if (row.run) it(`${row.table}: ${row.row}`, () => row.run?.(app))
    else it(`${row.table}: ${row.row} waits for ${row.pending}`, () => expect(row.pending).toBeTruthy())
  }
})

describe('POST /extract', () => {
  it('answers the documented fields, and no field that was not asked for', async () => {
    const entry = await one({})
    expect(entry).toMatchObject({ url: article, status: 'success', resolved_mode: 'standard', highlights: null, page_structure: null, category: null })
    expect(Date.parse(String(entry.time_published))).toBe(Date.parse('2025-10-04T06:30:00+02:00'))
    expect(entry.title).toContain('lighthouse keeper')
    expect(entry.full_content).toContain('four hundred and twelve')
    expect(new Date(String(entry.time_last_crawled)).toISOString()).toBe(entry.time_last_crawled)
    expect(Object.keys(entry)).toEqual(['url', 'status', 'resolved_mode', 'title', 'full_content', 'highlights', 'time_published', 'time_last_crawled', 'page_structure', 'category', 'favicon'])
  })

  it('keeps the order sent, duplicates included, and takes bare hosts', async () => {
    const urls = ['article.lab.test', 'https://any.lab.test/status/404', article, 'docs.lab.test/concepts/delivery', 'nonsense', article]
    const { results, usage, body } = await extract({ urls })
    expect(results.map((entry) => entry.url)).toEqual(urls)
    expect(results.map((entry) => entry.status)).toEqual(['success', 'failed', 'success', 'success', 'failed', 'success'])
    expect(usage).toEqual({ total_urls: 6, successful_urls: 4, successful_by_mode: { standard_urls: 4, advanced_urls: 0 } })
    expect(Object.keys(body)).toEqual(['code', 'msg', 'request_id', 'data', 'meta'])
    expect(Object.keys(body.data)).toEqual(['results'])
  })

  it('answers 200 where all of 20 URLs fail', async () => {
    const { results, warning } = await extract({ urls: Array.from({ length: 20 }, (_, i) => `https://any.lab.test/status/${404 + (i % 2) * 6}`) })
    expect(results.map((entry) => entry.error_message)).toEqual(Array.from({ length: 20 }, (_, i) => `Target returned HTTP ${404 + (i % 2) * 6}`))
    expect(warning).toBe('20 URL(s) failed and were not billed')
  })

  it('bills each URL that succeeded with the price of its mode', async () => {
    const paying = await app.key({ mode: 'live', monthlyCredits: 40 })
    await extract({ urls: [article, 'https://docs.lab.test/', 'https://any.lab.test/status/500'] }, paying)
    expect(await paying.used()).toBe(4)
    for (const mode of ['standard', 'auto']) expect((await one({ mode })).resolved_mode, mode).toBe('standard')
  })

  it('renders in a browser where that is asked for or needed, at its price', async () => {
    const paying = await app.key({ mode: 'live', monthlyCredits: 40 })
    const spa = 'https://spa.lab.test/'
    const advanced = await extract({ urls: [article], mode: 'advanced', timeout: 60 }, paying)
    expect(advanced.results[0]).toMatchObject({ status: 'success', resolved_mode: 'advanced' })
    expect(advanced.results[0]?.full_content).toContain('Ines Aldermoor')
    expect(advanced.usage.successful_by_mode).toEqual({ standard_urls: 0, advanced_urls: 1 })
    expect(await paying.used()).toBe(5)
    const auto = await extract({ urls: [spa, article], mode: 'auto', timeout: 60 }, paying)
    expect(auto.results.map((entry) => entry.resolved_mode)).toEqual(['advanced', 'standard'])
    expect(await paying.used()).toBe(12)
  })

  it('renders nothing that is no page: a document stays what it is', async () => {
    const { results } = await extract({ urls: ['https://documents.lab.test/report.pdf'], mode: 'advanced', timeout: 60 })
    expect(results[0]?.error_message).toBeUndefined()
    expect(results[0]).toMatchObject({ status: 'success', resolved_mode: 'standard' })
  })

  it('gives Markdown or plain text', async () => {
    const [markdown, text] = [await one({ format: 'markdown' }), await one({ format: 'text' })]
    expect(markdown.full_content).toContain('Ines Aldermoor')
    expect(text.full_content).toContain('Ines Aldermoor')
    expect(text.full_content).not.toContain('](')
  })

  it('puts highlights in the place of the content where a query is given', async () => {
    const entry = await one({ query: 'how many redwings came in fog' })
    expect(entry).not.toHaveProperty('full_content')
    const highlights = entry.highlights as string[]
    expect(highlights.length).toBeGreaterThan(0)
    expect(highlights.length).toBeLessThanOrEqual(5)
    expect(highlights.join('\n')).toContain('redwings')
    expect((await one({ query: 'submarine' })).highlights).toEqual([])
    expect((await one({ query: '' })).full_content).toContain('Ines Aldermoor')
  })

  it('lists links once, the preferred kind first, up to max_links', async () => {
    type Links = { url: string; anchor_text: string; is_external: boolean }[]
    const links = async (include_links: object) => (await one({ include_links })).links as Links
    const internalFirst = await links({})
    expect(new Set(internalFirst.map((link) => link.url)).size).toBe(internalFirst.length)
    expect(internalFirst[0]?.is_external).toBe(false)
    expect(internalFirst.at(-1)?.is_external).toBe(true)
    expect(internalFirst.find((link) => link.url === 'https://ads.example/click?id=77')?.is_external).toBe(true)
    expect(internalFirst.every((link) => /^https?:/.test(link.url))).toBe(true)
    const externalFirst = await links({ scope: 'prefer_external', max_links: 3 })
    expect(externalFirst).toHaveLength(3)
    expect(externalFirst[0]?.is_external).toBe(true)
  })

  it('adds images and the cover only where they were asked for', async () => {
    const entry = await one({ include_images: true, include_videos: true, include_audio: true })
    expect(entry.cover_image).toEqual({ url: 'https://article.lab.test/img/lantern-1200x630.png' })
    const images = entry.images as { url: string }[]
    expect(images.map((image) => Object.keys(image))).toEqual(images.map(() => ['url']))
    expect(images.map((image) => image.url).join('\n')).toMatch(/^https:\/\/article\.lab\.test\/img\/lantern-\d+x\d+\.png$/m)
    for (const name of ['videos', 'audio', 'links']) expect(entry).not.toHaveProperty(name)
  })

  it('clamps timeout and max_age_seconds', async () => {
    const [hung] = (await extract({ urls: ['https://any.lab.test/hang'], timeout: -5 })).results
    expect(hung?.error_message).toBe('Extraction timed out after 1s')
    const caching = await app.key()
    const read = async (max_age_seconds: number) => (await extract({ urls: [article], max_age_seconds, timeout: 9999 }, caching)).results[0]?.time_last_crawled
    const first = await read(300)
    expect(await read(0)).toBe(first)
    expect(await read(1e20)).toBe(first)
  })

  it('lets each URL have its own timeout', async () => {
    const { results } = await extract({ urls: ['https://any.lab.test/hang', article, 'https://any.lab.test/hang?after=headers'], timeout: 1 })
    expect(results.map((entry) => entry.error_message ?? entry.status)).toEqual(['Extraction timed out after 1s', 'success', 'Extraction timed out after 1s'])
  })

  it('fails URLs on the blocklist of the key by themselves', async () => {
    const listed = await app.key({ urlBlocklist: ['docs.lab.test'] })
    const { results } = await extract({ urls: ['https://docs.lab.test/', article] }, listed)
    expect(results.map((entry) => entry.error_message ?? entry.status)).toEqual([expect.stringMatching(/^Target host unreachable: .*blocklist/), 'success'])
  })

  it('tells a test key which hosts it reaches', async () => {
    const [entry] = (await extract({ urls: ['https://example.com/'] })).results
    expect(entry?.error_message).toContain('a test key reaches only')
  })

  it('ignores unknown and outdated parameters, and null where a parameter is optional', async () => {
    expect((await one({ include_favicon: true, search_type: 'x', nonsense: {}, query: null, mode: null, format: null, timeout: null, max_age_seconds: null, include_links: null, include_images: null })).status).toBe('success')
  })
})

describe('validation', () => {
  const cases: [string, unknown, string][] = [
    ['/extract', {}, 'Invalid params. Missing parameter urls'],
    ['/extract', { urls: [] }, 'Invalid params. Missing parameter urls'],
    ['/extract', { urls: null }, 'Invalid params. Missing parameter urls'],
    ['/extract', { urls: article }, 'Invalid params. urls must be an array of strings'],
    ['/extract', { urls: [article, 7] }, 'Invalid params. urls[1] must be a string'],
    ['/extract', { urls: Array.from({ length: 21 }, () => article) }, 'Invalid params. urls must have at most 20 items'],
    ['/extract', { urls: [article + 'x'.repeat(2048)] }, 'Invalid params. urls[0] must be at most 2048 characters'],
    ['/extract', { urls: [article], mode: 'turbo' }, 'Invalid params. mode must be one of: standard, advanced, auto'],
    ['/extract', { urls: [article], query: 'x'.repeat(501) }, 'Invalid params. query must be at most 500 characters'],
    ['/extract', { urls: [article], timeout: '5' }, 'Invalid params. timeout must be a number'],
    ['/extract', { urls: [article], timeout: 1.5 }, 'Invalid params. timeout must be an integer'],
    ['/extract', { urls: [article], include_links: true }, 'Invalid params. include_links must be an object'],
    ['/extract', { urls: [article], include_links: { max_links: 0 } }, 'Invalid params. include_links.max_links must be at least 1'],
    ['/extract', { urls: [article], include_links: { max_links: 1001, scope: 'all' } }, 'Invalid params. include_links.scope must be one of: prefer_internal, prefer_external; include_links.max_links must be at most 1000'],
    ['/search', {}, 'Missing parameter query'],
    ['/search', { query: '' }, 'Missing parameter query'],
    ['/search', { query: 'x'.repeat(501) }, 'Invalid params. query must be at most 500 characters'],
    ['/search', { query: 'tea', count: 0 }, 'Invalid params. count must be at least 1'],
    ['/search', { query: 'tea', count: 101 }, 'Invalid params. count must be at most 100'],
    ['/search', { query: 'tea', time_range: '2025' }, 'Invalid params. time_range must be one of: day, week, month, year, d, w, m, y'],
    ['/search', { query: 'tea', start_time: '2026-02-01', end_time: '2026-01-01' }, 'Invalid params. end_time must be after start_time'],
    ['/search', { query: 'tea', start_time: 'yesterday' }, 'Invalid params. start_time must be an ISO 8601 date or date-time'],
    ['/search', { query: 'tea', include_text: ['a', 'b', 'c', 'd', 'e', 'f'] }, 'Invalid params. include_text must be at most 5 items'],
    ['/search', { query: 'tea', highlight: { max_tokens: 99 } }, 'Invalid params. highlight.max_tokens must be at least 100'],
    ['/search', { query: 'tea', full_content: { max_tokens: 100_001 } }, 'Invalid params. full_content.max_tokens must be at most 100000'],
    ['/broad-search', {}, 'Invalid params. query is required'],
    ['/broad-search', { query: '', messages: null }, 'Invalid params. query is required'],
    ['/broad-search', { query: 7 }, 'Invalid params. query must be a string'],
    ['/broad-search', [], 'Invalid params. The body must be an object'],
    ['/broad-search', { query: 'tea', max_queries: 31 }, 'Invalid params. max_queries must be at most 30'],
    ['/broad-search', { query: 'tea', search_options: { count: 0 } }, 'Invalid params. search_options.count must be at least 1'],
    ['/news-search', { query: 'tea', subjects: { count: 6 } }, 'Invalid params. subjects.count must be at most 5'],
    ['/image-search', {}, 'Missing parameter inputs'],
    ['/video-search', { inputs: [{ type: 'image', url: 'https://a.example/b.png' }] }, 'Invalid params. a video search takes a text input'],
    ['/embedding', { input: 'text' }, 'Invalid params. input must be an array'],
    ['/embedding', { input: ['text'], dimension: 4096 }, 'Invalid params. dimension is larger than the model has'],
    ['/vl-embedding', { model: 'octen-vl-embedding', input: { contents: [{ text: 'a', image: 'https://a.example/b.png' }] } }, 'Invalid params. each of contents has exactly one of text, image and video'],
    ['/vl-embedding', { input: { contents: [{ text: 'a' }] } }, 'Missing parameter model'],
    ['/answer', {}, 'Missing parameter messages'],
    ['/v1/images/generations', {}, 'Missing parameter prompt'],
    ['/search', [], 'Invalid params. The body must be an object'],
    ['/search', 'tea', 'Invalid params. The body must be an object'],
  ]
  for (const [path, json, msg] of cases) {
    it(`${path} ${JSON.stringify(json).slice(0, 90)}: ${msg}`, async () => {
      await failsWith(await post(app, path, key, json), 400, msg)
    })
  }
})

describe('routes that wait for search, models or an invitation', () => {
  const query = { query: 'tea kettles' }
  const chat = { model: 'gpt', messages: [{ role: 'user', content: 'Hello' }], tools: [{ type: 'octen_search', parameters: { max_searches: 2 } }] }
  const unconfigured: [string, object][] = [
    ['/search', { ...query, count: 3, topic: 'news', include_favicon: true, country: 'de', start_time: '2026-01-01', end_time: '2026-01-31T00:00:00+01:00' }],
    ['/broad-search', { ...query, max_queries: 2, search_options: { count: 3 }, count: 5000 }],
    ['/news-search', { ...query, subjects: { enable: true } }],
    ['/business-search', query],
    ['/embedding', { input: ['text'], model: 'octen-embedding-8b', dimension: 4096, input_type: null, truncation: true }],
    ['/vl-embedding', { model: 'octen-vl-embedding-large', input: { contents: [{ image: 'https://a.example/b.png' }] }, fps: 0.5 }],
    ['/answer', { messages: chat.messages, mode: 'full', stream: true }],
    ['/answer', { messages: chat.messages, mode: 'queries_and_search' }],
    ['/v1/chat/completions', chat],
    ['/v1/messages', { ...chat, max_tokens: 100 }],
    ['/v1/images/generations', { prompt: 'a kettle' }],
    ['/v1/videos', { prompt: 'a kettle' }],
    ['/v1/research', { anything: true }],
    ['/v1/grounded-generation', {}],
  ]
  for (const [path, json] of unconfigured) {
    it(`${path} answers 501, which no client repeats, and bills nothing`, async () => {
      const paying = await app.key({ mode: 'live' })
      await failsWith(await post(app, path, paying, json), 501, /^This server is not configured for that/)
      expect(await paying.used()).toBe(0)
      await failsWith(await post(app, path, undefined, json), 401, 'Invalid API Key')
    })
  }

  it('answers GET routes of the gateway too', async () => {
    for (const path of ['/v1/videos/vid_1', '/v1/grounded-generation/gen_1']) {
      await failsWith(await app.request(`/octen${path}`, { headers: { authorization: `Bearer ${key.secret}` } }), 501)
    }
  })

  it('refuses image and video search as to an account without access', async () => {
    const text = { type: 'text', data: 'login page' }
    for (const [path, inputs] of [['/image-search', [text, { type: 'image', url: 'https://a.example/b.png' }]], ['/image-search', [text]], ['/video-search', [text]]] as const) {
      await failsWith(await post(app, path, key, { inputs, count: 5, output_modalities: ['image'] }), 403, 'Beta access required')
    }
  })

  it('has room for an image of 5 MB', async () => {
    await failsWith(await post(app, '/image-search', key, { inputs: [{ type: 'image', data: 'A'.repeat(6_990_000) }] }), 403, 'Beta access required')
    await failsWith(await post(app, '/image-search', key, { inputs: [{ type: 'image', data: 'A'.repeat(8_400_000) }] }), 413, 'Payload too large: the limit is 8388608 bytes')
  })

  it('adds the member that clients of OpenAI and Anthropic read, on gateway routes only', async () => {
    const openai = await failsWith(await post(app, '/v1/chat/completions', key, {}), 400, 'Missing parameter model; Missing parameter messages')
    expect(openai.error).toEqual({ message: openai.msg, type: 'invalid_request_error', param: null, code: 400 })
    const anthropic = await failsWith(await post(app, '/v1/messages', undefined, chat), 401)
    expect(anthropic).toMatchObject({ type: 'error', error: { type: 'authentication_error', message: 'Invalid API Key' } })
    for (const path of ['/search', '/v1/search']) expect(await envelopeOf(await post(app, path, key, {}))).not.toHaveProperty('error')
  })
})

describe('the envelope around every failure', () => {
  it('answers 404 for paths that the vendor does not have', async () => {
    for (const path of ['/v1/search', '/v1/extract', '/v1/broad-search', '/v1/image-search', '/', '/nowhere', '/extract/more']) {
      await failsWith(await post(app, path, key, { query: 'x' }), 404, /^Not Found: /)
    }
  })

  it('answers 405 with Allow for another method', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS']) {
      const reply = await app.request('/octen/extract', { method, headers: { 'x-api-key': key.secret } })
      expect(reply.headers.get('allow')).toBe('POST')
      await failsWith(reply, 405, /^Method Not Allowed: /)
    }
  })

  it('answers 400 for a body that is no JSON and 415 for one that does not say so', async () => {
    const send = (body: string, type = 'application/json') => app.request('/octen/extract', { method: 'POST', body, headers: { 'x-api-key': key.secret, 'content-type': type } })
    await failsWith(await send('{"urls": ['), 400, 'Invalid params. The body is not valid JSON')
    await failsWith(await send(''), 400, 'Invalid params. Missing parameter urls')
    await failsWith(await send('urls=x', 'application/x-www-form-urlencoded'), 415, /^Unsupported media type: /)
  })

  it('takes the key from both headers', async () => {
    const json = { urls: [article] }
    for (const headers of [{ 'x-api-key': key.secret }, { authorization: `Bearer ${key.secret}` }, { authorization: `bearer ${key.secret}` }]) {
      expect((await extracted(await post(app, '/extract', undefined, json, headers))).results[0]?.status).toBe('success')
    }
    await failsWith(await post(app, '/extract', undefined, json, { authorization: `Basic ${key.secret}` }), 401)
  })

  it('denies a key without the scope', async () => {
    const reader = await app.key({ scopes: ['read'] })
    await failsWith(await post(app, '/extract', reader, { urls: [article] }), 403, /^Forbidden: .*scope "scrape"/)
  })

  it('limits requests in flight', async () => {
    const single = await app.key({ concurrency: 1 })
    const replies = await Promise.all(Array.from({ length: 4 }, () => post(app, '/extract', single, { urls: ['https://any.lab.test/delay?headers_ms=300'] })))
    const refused = replies.filter((reply) => reply.status === 429)
    expect(refused).toHaveLength(3)
    for (const reply of refused) await failsWith(reply, 429, /^Exceeding the rate limit: /)
  })

  it('folds doubled slashes and never redirects', async () => {
    const headers = { 'x-api-key': key.secret }
    for (const path of ['/octen//extract', '//octen/extract', '//octen///extract']) {
      expect((await extracted(await app.request(path, { json: { urls: [article] }, headers }))).results[0]?.status).toBe('success')
    }
  })

  it('speaks at the root where it is the voice of the host, with a limit for each address', async () => {
    const voiced = await startTestApp({ voice: 'octen', ipRpm: '2' })
    try {
      const mine = await voiced.key()
      const headers = { authorization: `Bearer ${mine.secret}` }
      expect((await extracted(await voiced.request('//extract', { json: { urls: [article] }, headers }))).results[0]?.status).toBe('success')
      await failsWith(await voiced.request('/v1/search', { json: { query: 'x' }, headers }), 404)
      await failsWith(await voiced.request('/', { json: { inputs: [] }, headers }), 404)
      await failsWith(await voiced.request('/search', { json: {}, headers }), 400)
      const third = await voiced.request('/search', { json: {}, headers })
      expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0)
      await failsWith(third, 429, /^Exceeding the rate limit: .*from this address/)
    } finally {
      await voiced.close()
    }
  })

  it('carries the id that the client sent', async () => {
    const reply = await post(app, '/extract', key, { urls: [article] }, { 'x-request-id': '5f0c3c58-7d0f-4a55-a7c7-1f2c33c0a111' })
    expect((await envelopeOf(reply)).request_id).toBe('5f0c3c58-7d0f-4a55-a7c7-1f2c33c0a111')
  })
})

describe('*.fail.test', () => {
  for (const code of failureCodes) {
    it(`${code} ${failsWholeRequest(code) ? 'fails the request' : 'fails its URL'}`, async () => {
      const urls = [`https://${failHost(code)}/`, article]
      const reply = await post(app, '/extract', key, { urls, timeout: 1 })
      if (failsWholeRequest(code)) {
        const { code: status } = await failsWith(reply, reply.status)
        expect(status).toBeGreaterThanOrEqual(400)
        return
      }
      const { results } = await extracted(reply)
      expect(results.map((entry) => entry.status)).toEqual(['failed', 'success'])
      if (results[0]?.status === 'failed') expect(results[0].error_message).toBeTruthy()
    })
  }
})
