import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'

interface Asked {
  name: string
  url: URL
  method: string
  headers: IncomingMessage['headers']
  body: Record<string, unknown>
}

interface Reply {
  data: {
    results: { url: string; title: string; snippet: string; highlights: string[]; score: number; sources: string[]; published_at?: string; content?: { status: string; markdown?: string; truncated?: boolean; failure?: { code: string } } }[]
    sources: { name: string; ok: boolean; failure?: { code: string } }[]
    warnings: string[]
  }
  usage: { credits: number }
  evidence: { tier: string; signal?: string; outcome: string; status?: number }[]
  code: string
}

/** What each engine answers, in the JSON that its documentation shows; a number is a status. */
const answers: Record<string, unknown> = {}
let asked: Asked[] = []
const hanging = new Set<ServerResponse>()
let server: Server
let app: TestApp
let key: TestKey

const engine = (name: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`

beforeAll(async () => {
  server = createServer((req, res) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of req) chunks.push(chunk as Buffer)
      const url = new URL(req.url ?? '/', 'http://engine.test')
      const name = url.pathname.split('/')[1] ?? ''
      const text = Buffer.concat(chunks).toString()
      asked.push({ name, url, method: req.method ?? '', headers: req.headers, body: text === '' ? {} : JSON.parse(text) as Record<string, unknown> })
      const answer = answers[name]
      if (answer === 'never') return void hanging.add(res)
      res.writeHead(typeof answer === 'number' ? answer : 200, { 'content-type': 'application/json' })
      res.end(typeof answer === 'string' ? answer : JSON.stringify(answer ?? {}))
    })()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  app = await startTestApp({
    labForLive: true, searxngUrl: engine('searxng'), braveUrl: engine('brave'), braveKey: 'brave-secret', serperUrl: engine('serper'), serperKey: 'serper-secret', tavilyUrl: engine('tavily'), tavilyKey: 'tavily-secret',
    searchProviders: 'index,searxng,brave,serper,tavily',
  })
  key = await app.key({ mode: 'live' })
})
afterAll(async () => {
  await app.close()
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  asked = []
  for (const name of Object.keys(answers)) delete answers[name]
})

const search = async (json: Record<string, unknown>, by = key) => {
  const reply = await app.request('/v1/search', { json, headers: { authorization: `Bearer ${by.secret}` } })
  return { status: reply.status, ...(await reply.json() as Reply) }
}

const searxng = (...urls: string[]) => ({ query: 'q', number_of_results: 0, results: urls.map((url, i) => ({ url, title: `S ${i}`, content: `about <b>${url}</b>`, engine: 'x', score: 1, category: 'general', publishedDate: '2026-01-02T03:04:05' })), answers: [], suggestions: [], unresponsive_engines: [] })
const brave = (...urls: string[]) => ({ type: 'search', web: { type: 'search', results: urls.map((url, i) => ({ title: `B ${i}`, url, description: 'the <strong>bold</strong> &amp; the rest', page_age: '2026-03-04T05:06:07', age: 'March 4, 2026', language: 'en', profile: { name: 'Site' }, meta_url: { favicon: 'https://f.example/i.ico' } })) } })
const serper = (...urls: string[]) => ({ searchParameters: { q: 'q' }, organic: urls.map((link, i) => ({ title: `G ${i}`, link, snippet: 'snippet', date: '3 days ago', position: i + 1 })) })
const tavily = (...urls: string[]) => ({ query: 'q', results: urls.map((url, i) => ({ title: `T ${i}`, url, content: 'content', score: 0.9, raw_content: null })), response_time: 1 })

describe('search providers', () => {
  it('are each asked as they document it', async () => {
    await search({ query: 'red "fast car" -slow site:example.com', exclude_domains: ['bad.example.com'], after: '2026-01-01', before: '2026-02-01', language: 'de', country: 'AT', safe_search: 'strict' })
    const of = (name: string) => asked.find((one) => one.name === name)
    expect(Object.fromEntries(of('searxng')?.url.searchParams ?? [])).toMatchObject({ q: 'red "fast car" -slow site:example.com -site:bad.example.com', format: 'json', pageno: '1', safesearch: '2', language: 'de-AT' })
    expect(of('brave')?.url.pathname).toBe('/brave/res/v1/web/search')
    expect(of('brave')?.headers['x-subscription-token']).toBe('brave-secret')
    expect(Object.fromEntries(of('brave')?.url.searchParams ?? [])).toMatchObject({ count: '20', offset: '0', freshness: '2026-01-01to2026-02-01', country: 'AT', search_lang: 'de', safesearch: 'strict' })
    expect(of('serper')).toMatchObject({ method: 'POST', body: { gl: 'at', hl: 'de', tbs: 'cdr:1,cd_min:1/1/2026,cd_max:2/1/2026', safe: 'active', page: 1 } })
    expect(of('serper')?.headers['x-api-key']).toBe('serper-secret')
    expect(of('tavily')).toMatchObject({ method: 'POST', body: { query: 'red "fast car" -slow', include_domains: ['example.com'], exclude_domains: ['bad.example.com'], start_date: '2026-01-01', end_date: '2026-02-01' } })
    expect(of('tavily')?.headers.authorization).toBe('Bearer tavily-secret')
  })

  it('are merged by page, with ranks fused and each source named', async () => {
    answers.searxng = searxng('https://a.example/', 'https://b.example/x?utm_source=s')
    answers.brave = brave('http://www.b.example/x/', 'https://c.example/')
    answers.serper = serper('https://b.example/x#part', 'javascript:alert(1)', 'not a url')
    answers.tavily = tavily('https://d.example/')
    const { status, data, evidence, usage } = await search({ query: 'anything' })
    expect(status).toBe(200)
    expect(data.results.map(({ url }) => new URL(url).hostname)).toEqual(['b.example', 'a.example', 'd.example', 'c.example'])
    expect(data.results[0]).toMatchObject({ url: 'https://b.example/x', score: 1, sources: ['searxng', 'brave', 'serper'], snippet: 'about https://b.example/x?utm_source=s' })
    expect(data.results[3]).toMatchObject({ title: 'B 1', snippet: 'the bold & the rest', published_at: expect.stringMatching(/^2026-03-0/) as string })
    expect(evidence.map(({ tier, signal, outcome }) => `${tier} ${signal} ${outcome}`)).toEqual(['index', 'searxng', 'brave', 'serper', 'tavily'].map((name) => `search ${name} ok`))
    expect(usage.credits).toBe(1)
  })

  it('are filtered by us where they do not heed what they are told', async () => {
    answers.searxng = searxng('https://docs.example.com/', 'https://other.example/', 'https://bad.example.com/')
    answers.brave = brave('https://example.com/b')
    const { data } = await search({ query: 'x', include_domains: ['example.com'], exclude_domains: ['bad.example.com'], after: '2026-02-01' })
    expect(data.results.map(({ url }) => url)).toEqual(['https://example.com/b'])
    expect((await search({ query: 'x -bold' })).data.results.map(({ sources }) => sources).flat()).not.toContain('brave')
  })

  it('are skipped with evidence when they fail, and their keys are told to nobody', async () => {
    answers.searxng = 403
    answers.brave = 429
    answers.serper = '<html>not json'
    answers.tavily = tavily('https://d.example/')
    const reply = await search({ query: 'x' })
    expect(reply.data.results).toHaveLength(1)
    expect(reply.evidence).toMatchObject([{ outcome: 'ok' }, { signal: 'searxng', outcome: 'target.http_error', status: 403 }, { signal: 'brave', outcome: 'target.rate_limited', status: 429 }, { signal: 'serper', outcome: 'content.parse_failed' }, { outcome: 'ok' }])
    expect(reply.data.sources.filter(({ ok }) => !ok).map(({ failure }) => failure?.code)).toEqual(['target.http_error', 'target.rate_limited', 'content.parse_failed'])
    expect(reply.data.warnings).toHaveLength(3)
    expect(JSON.stringify(reply)).not.toMatch(/-secret|127\.0\.0\.1/)
  })

  it('that all fail are 503, naming each, unbilled', async () => {
    for (const name of ['searxng', 'brave', 'serper', 'tavily']) answers[name] = 500
    const before = await key.used()
    const reply = await search({ query: 'x' })
    expect(reply).toMatchObject({ status: 503, code: 'platform.search_unavailable' })
    expect(reply.evidence.map(({ signal }) => signal)).toEqual(['index', 'searxng', 'brave', 'serper', 'tavily'])
    expect(await key.used()).toBe(before)
  })

  it('that answer nothing are an empty success', async () => {
    expect(await search({ query: 'x' })).toMatchObject({ status: 200, data: { results: [] } })
  })

  it('that hang do not hold up the answer', async () => {
    answers.searxng = 'never'
    answers.brave = brave('https://c.example/')
    const { data, evidence } = await search({ query: 'x', sources: ['searxng', 'brave'], timeout_ms: 1500 })
    expect(data.results).toHaveLength(1)
    expect(evidence[0]).toMatchObject({ signal: 'searxng', outcome: 'target.timeout' })
  })

  it('are asked for further pages until there are enough results', async () => {
    answers.brave = brave(...Array.from({ length: 20 }, (_, i) => `https://e${i}.example/`))
    await search({ query: 'x', limit: 50, sources: ['brave'] })
    expect(asked.map(({ url }) => url.searchParams.get('offset'))).toEqual(['0', '1', '2', '3'])
  })

  it('are not asked by test keys', async () => {
    const reply = await search({ query: 'x' }, await app.key({ mode: 'test' }))
    expect(reply.code).toBe('platform.not_configured')
    expect(asked).toEqual([])
  })

  it('never show a page of the key’s blocklist', async () => {
    answers.searxng = searxng('https://a.example/', 'https://b.example/')
    const blocked = await app.key({ mode: 'live', urlBlocklist: ['a.example'] })
    expect((await search({ query: 'x' }, blocked)).data.results.map(({ url }) => url)).toEqual(['https://b.example/'])
  })
})

describe('content on results', () => {
  it('gives each page or its own failure, bills only pages, and shows passages about the query', async () => {
    answers.searxng = searxng('https://article.lab.test/', 'https://target-blocked.fail.test/', 'http://127.0.0.1:9/', 'https://docs.lab.test/')
    const fresh = await app.key({ mode: 'live' })
    const { status, data, usage } = await search({ query: 'article', sources: ['searxng'], content: { max_tokens: 100, render: 'static' }, highlights: { max_tokens: 60 } }, fresh)
    expect(status).toBe(200)
    expect(data.results.map(({ content }) => content?.failure?.code ?? content?.status)).toEqual(['ok', 'target.blocked', 'policy.url_blocked', 'ok'])
    expect(data.results[0]?.content).toMatchObject({ truncated: true })
    expect((data.results[0]?.content?.markdown ?? '').length).toBeLessThanOrEqual(400)
    for (const { highlights } of data.results) expect(highlights.join('').length).toBeLessThanOrEqual(60 * 4)
    expect(usage.credits).toBe(3)
    expect(await fresh.used()).toBe(3)
  })

  it('answers in time although a page is slow, and that page is a timeout', async () => {
    answers.searxng = searxng('https://article.lab.test/', 'https://target-timeout.fail.test/')
    const { status, data } = await search({ query: 'x', sources: ['searxng'], content: { render: 'static' }, timeout_ms: 3000 })
    expect(status).toBe(200)
    expect(data.results.map(({ content }) => content?.failure?.code ?? content?.status)).toEqual(['ok', 'target.timeout'])
  })
})
