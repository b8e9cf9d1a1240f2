import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { searxPythons, startSearx, type Searx } from '../support/searx.ts'

interface Reply {
  data: { results: { url: string; title: string; snippet: string; sources: string[]; extract?: { json?: unknown } }[]; sources: { name: string; ok: boolean; failure?: { code: string } }[] }
  code: string
}

describe('SearXNG’s documented JSON', () => {
  it('with no result is an empty success, and none where engines could not be heard', async () => {
    let unresponsive: [string, string][] = []
    const server = createServer((_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ query: 'x', number_of_results: 0, results: [], answers: [], corrections: [], infoboxes: [], suggestions: [], unresponsive_engines: unresponsive }))).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const app = await startTestApp({ searxngUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
    try {
      const key = await app.key({ mode: 'live' })
      const search = async () => await (await app.request('/v1/search', { json: { query: 'x' }, headers: { authorization: `Bearer ${key.secret}` } })).json() as Reply
      expect((await search()).data.results).toEqual([])
      unresponsive = [['harbour', 'timeout']]
      expect((await search()).code).toBe('platform.search_unavailable')
    } finally {
      await app.close()
      server.closeAllConnections()
      server.close()
    }
  })
})

// `npm test` looks for a searx, installs Debian's where it may, and says so where there is none.
describe.each(searxPythons)('a real searx', (python) => {
  let engine: Server
  let searx: Searx
  let app: TestApp
  let key: TestKey
  let asked: URL[] = []
  let hits: (page: number) => { link: string; name: string; text: string }[] | number

  beforeAll(async () => {
    engine = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://engine.test')
      asked.push(url)
      const found = hits(Number(url.searchParams.get('page')))
      response.writeHead(typeof found === 'number' ? found : 200, { 'content-type': 'application/json' }).end(JSON.stringify({ hits: typeof found === 'number' ? [] : found }))
    }).listen(0, '127.0.0.1')
    await once(engine, 'listening')
    searx = await startSearx(python, `http://127.0.0.1:${(engine.address() as AddressInfo).port}/find?q={query}&page={pageno}`)
    app = await startTestApp({ labForLive: true, searxngUrl: searx.url })
    key = await app.key({ mode: 'live' })
  })
  afterAll(async () => {
    await app?.close()
    await searx?.close()
    engine?.closeAllConnections()
    engine?.close()
  })
  beforeEach(() => {
    asked = []
  })

  const search = async (json: Record<string, unknown>) => {
    const reply = await app.request('/v1/search', { json: { sources: ['searxng'], ...json }, headers: { authorization: `Bearer ${key.secret}` } })
    return { status: reply.status, ...(await reply.json() as Reply) }
  }
  const named = (...names: string[]) => names.map((name) => ({ link: `https://${name}.lab.test/`, name: `The ${name}`, text: `What the <b>${name}</b> says &amp; does` }))

  it('answers a query, with operators as we write them', async () => {
    hits = () => named('article', 'product')
    const { status, data } = await search({ query: 'keeper "sixty-three notebooks" -slow', exclude_domains: ['bad.example'] })
    expect(status).toBe(200)
    expect(data.results.map(({ url, title, snippet, sources }) => ({ url, title, snippet, sources }))).toEqual(['article', 'product'].map((name) => ({ url: `https://${name}.lab.test/`, title: `The ${name}`, snippet: `What the ${name} says & does`, sources: ['searxng'] })))
    expect(asked[0]?.searchParams.get('q')).toBe('keeper "sixty-three notebooks" -slow -site:bad.example')
  })

  it('takes language, country, range, safety and category in the words that we send', async () => {
    hits = () => named('article')
    for (const more of [{ language: 'de', country: 'AT' }, { language: 'fr' }, { time_range: 'week', time_basis: 'published' }, { safe_search: 'strict' }, { topic: 'news' }]) {
      const { status, data } = await search({ query: 'x', ...more })
      expect({ more, status, sources: data.sources }).toMatchObject({ status: 200, sources: [{ name: 'searxng', ok: true, results: 1 }] })
    }
    expect(asked).toHaveLength(5)
  })

  it('gives further pages', async () => {
    hits = (page) => (page > 3 ? [] : Array.from({ length: 10 }, (_, i) => ({ link: `https://e${page}-${i}.example/`, name: `E ${i}`, text: 'x' })))
    const { data } = await search({ query: 'x', limit: 25 })
    expect(data.results).toHaveLength(25)
    expect(asked.map((url) => url.searchParams.get('page'))).toEqual(['1', '2', '3', '4'])
  })

  it('finds what data is then taken from', async () => {
    hits = () => named('product')
    const { data } = await search({ query: 'x', extract: { schema: { type: 'object', properties: { price: { type: 'number' } } } } })
    expect(data.results[0]?.extract?.json).toEqual({ price: 149.9 })
  })

  it('that finds nothing is an empty success; one whose engines cannot be heard is none', async () => {
    hits = () => []
    expect(await search({ query: 'nothing' })).toMatchObject({ status: 200, data: { results: [] } })
    hits = () => 500
    expect(await search({ query: 'anything' })).toMatchObject({ status: 503, code: 'platform.search_unavailable' })
  })
})
