import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { clientOf, type Client, type Scraped } from './scrapegraphai.client.ts'

let app: TestApp
let key: TestKey
let client: Client

beforeAll(async () => {
  app = await startTestApp({ labForLive: true, browser: 'off' })
})
afterAll(() => app.close())

interface Entry {
  id: string
  service: string
  status: string
  params: Record<string, unknown>
  result: Record<string, unknown>
  error: { type: string } | null
  elapsedMs: number
  requestParentId: string | null
  createdAt: string
}

interface History {
  data: Entry[]
  pagination: { page: number; limit: number; total: number }
}

interface Crawl {
  id: string
  status: string
  pages: { scrapeRefId: string; url: string }[]
}

const page = 'https://article.lab.test/'
const schema = { type: 'object', properties: { ferry: { type: 'string' } } }
const list = (query = '') => client.get<History>('history', `/history${query}`)
const get = (id: string) => client.get<Entry>('historyEntry', `/history/${id}`)

describe('GET /api/history', () => {
  let scraped: Scraped
  let extracted: { id: string; json: unknown }
  let searched: { id: string; results: unknown[] }
  let crawl: Crawl
  let cronId: string

  beforeAll(async () => {
    key = await app.key({ mode: 'live', monthlyCredits: 1000 })
    client = clientOf(app, key)
    scraped = await client.get<Scraped>('scrape', '/scrape', { json: { url: page, formats: [{ type: 'html' }, { type: 'markdown', mode: 'prune' }, { type: 'links' }] } })
    extracted = await client.get('extract', '/extract', { json: { html: '<p>Ferry: Skua</p>', prompt: 'the ferry', schema } })
    searched = await client.get('search', '/search', { json: { query: 'site:article.lab.test', numResults: 1 } })
    const { id } = await client.get<Crawl>('crawl', '/crawl', { json: { url: 'https://big.lab.test/n/1?pages=20', maxPages: 3, maxDepth: 5 } })
    crawl = await client.until<Crawl>('crawl', `/crawl/${id}`, ({ status }) => status === 'completed')
    cronId = (await client.get<{ cronId: string }>('monitor', '/monitor', { json: { url: 'https://changes.lab.test/', interval: '1h', formats: [{ type: 'links' }] } })).cronId
    await client.until<{ ticks: { status: string }[] }>('activity', `/monitor/${cronId}/activity`, ({ ticks }) => ticks.some((tick) => tick.status === 'completed'))
    await client.call('/scrape', { json: { url: 'https://any.lab.test/status/500' } })
    await client.call('/scrape', { json: { url: 'no url at all' } })
    await app.request('/v1/scrape', { json: { url: page }, headers: { authorization: `Bearer ${key.secret}` } })
  })

  it('has every request, crawl, page of a crawl and tick, newest first, and none of other contracts', async () => {
    const { data, pagination } = await list('?limit=100')
    expect(pagination).toEqual({ page: 1, limit: 100, total: 9 })
    expect(data.map((entry) => entry.service).toSorted()).toEqual(['crawl', 'extract', 'monitor', 'scrape', 'scrape', 'scrape', 'scrape', 'scrape', 'search'])
    expect(data[0]).toMatchObject({ service: 'scrape', status: 'failed', error: { type: 'upstream_failed' }, result: { results: {} } })
    const times = data.map((entry) => Date.parse(entry.createdAt))
    expect(times).toEqual(times.toSorted((a, b) => b - a))
    for (const entry of data) expect(await get(entry.id)).toEqual(entry)
  })

  it('gives what a scrape, an extract and a search gave', async () => {
    const { id, ...result } = scraped
    expect(await get(id)).toMatchObject({
      id, service: 'scrape', status: 'completed', params: { url: page, formats: [{ type: 'html', mode: 'normal' }, { type: 'markdown', mode: 'prune' }, { type: 'links' }] }, result: { results: result.results }, error: null, requestParentId: null,
    })
    expect(await get(extracted.id)).toMatchObject({ service: 'extract', params: { html: '[redacted]', prompt: 'the ferry', schema: { type: 'object' }, mode: 'normal' }, result: { json: { ferry: 'Skua' }, raw: null } })
    expect(await get(searched.id)).toMatchObject({ service: 'search', params: { query: 'site:article.lab.test', numResults: 1, format: 'markdown', mode: 'prune' }, result: { results: searched.results } })
  })

  it('gives a crawl, and by its scrapeRefId each of its pages with its content', async () => {
    const { id, ...result } = crawl
    expect(await get(id)).toMatchObject({ id, service: 'crawl', status: 'completed', params: { url: 'https://big.lab.test/n/1?pages=20', maxPages: 3 }, result })
    expect(crawl.pages).toHaveLength(3)
    for (const { scrapeRefId, url } of crawl.pages) {
      expect(await get(scrapeRefId.toUpperCase())).toMatchObject({ id: scrapeRefId, service: 'scrape', status: 'completed', requestParentId: id, params: { url }, result: { results: { markdown: { data: [expect.any(String)] } }, metadata: { contentType: 'text/html' } } })
    }
  })

  it('gives a tick with its refs', async () => {
    const { data } = await list('?service=monitor')
    expect(data).toHaveLength(1)
    expect(data[0]).toMatchObject({ params: { cronId, url: 'https://changes.lab.test/' }, result: { changed: true, diffs: {}, refs: { links: data[0]?.id } } })
  })

  it('is filtered by service and numbered by pages', async () => {
    for (const [service, total] of [['scrape', 5], ['extract', 1], ['search', 1], ['crawl', 1], ['monitor', 1]] as const) {
      const { data, pagination } = await list(`?service=${service}`)
      expect({ services: [...new Set(data.map((entry) => entry.service))], total: pagination.total }).toEqual({ services: [service], total })
    }
    const pages = await Promise.all([1, 2, 3, 4].map((n) => list(`?page=${n}&limit=3`)))
    expect(pages.map(({ data }) => data.length)).toEqual([3, 3, 3, 0])
    expect(new Set(pages.flatMap(({ data }) => data.map((entry) => entry.id))).size).toBe(9)
  })

  it('knows nothing of others', async () => {
    const other = clientOf(app, await app.key())
    for (const id of [scraped.id, crawl.id, crawl.pages[0]?.scrapeRefId, randomUUID()]) expect((await other.call(`/history/${id}`)).status, id).toBe(404)
    expect((await client.call(`/history/${randomUUID()}`)).status).toBe(404)
    expect((await other.get<History>('history', '/history')).data).toEqual([])
  })

  it('counts crawls and monitors that are under way among the credits', async () => {
    const { id } = await client.get<Crawl>('crawl', '/crawl', { json: { url: 'https://big.lab.test/n/1?pages=5000', maxPages: 500, maxDepth: 1000 } })
    expect(await client.get('credits', '/credits')).toMatchObject({ jobs: { crawl: { used: 1 }, monitor: { used: 1 } } })
    const running = await get(id)
    expect(running).toMatchObject({ service: 'crawl', status: 'running', elapsedMs: 0, error: null })
    await client.call(`/crawl/${id}/stop`, { method: 'POST' })
    expect(await get(id)).toMatchObject({ status: 'paused' })
    expect(await client.get('credits', '/credits')).toMatchObject({ jobs: { crawl: { used: 0 }, monitor: { used: 1 } } })
    await client.call(`/crawl/${id}`, { method: 'DELETE' })
    expect((await client.call(`/history/${id}`)).status).toBe(404)
  })
})
