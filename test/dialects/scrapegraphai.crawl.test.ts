import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { clientOf, type Client, type Scraped, uuid } from './scrapegraphai.client.ts'

let app: TestApp
let key: TestKey
let client: Client

beforeAll(async () => {
  app = await startTestApp({ labForLive: true, browser: 'off' })
  key = await app.key({ mode: 'live', monthlyCredits: 10_000 })
  client = clientOf(app, key)
})
afterAll(() => app.close())

interface Page {
  url: string
  status: string
  depth: number
  parentUrl: string | null
  links: string[]
  scrapeRefId: string
  title: string
  contentType: string
  error?: string
  scrape?: Omit<Scraped, 'id'>
}

interface Crawl {
  id: string
  status: string
  reason?: string
  total: number
  finished: number
  pages: Page[]
}

interface Pages {
  data: Page[]
  pagination: { limit: number; nextCursor: string | null }
}

const site = 'https://site.lab.test/'
const endless = 'https://big.lab.test/n/1?pages=5000'
const start = (json: object, who = client) => who.get<Crawl>('crawl', '/crawl', { json })
const ended = (id: string, who = client) => who.until<Crawl>('crawl', `/crawl/${id}`, ({ status }) => status !== 'running')
const post = (path: string, who = client) => who.get<{ ok: true }>('ok', path, { method: 'POST' })

describe('a crawl', () => {
  it('starts, is followed to its end, and gives its pages light and with their content', async () => {
    const before = await key.used()
    const begun = await start({ url: site, maxPages: 8, maxDepth: 2, formats: [{ type: 'markdown', mode: 'reader' }, { type: 'links' }] })
    expect(begun).toMatchObject({ status: 'running', total: 1, finished: 0, pages: [] })
    expect(uuid.safeParse(begun.id).success).toBe(true)
    const crawl = await ended(begun.id)
    expect(crawl).toMatchObject({ id: begun.id, status: 'completed', total: 8, finished: 8 })
    expect(crawl.pages).toHaveLength(8)
    const seed = crawl.pages.find((page) => page.depth === 0)
    expect(seed).toMatchObject({ url: site, status: 'completed', parentUrl: null, contentType: 'text/html' })
    expect(seed?.links.length).toBeGreaterThan(0)
    expect(seed?.title).not.toBe('')
    expect(crawl.pages.every((page) => page.scrape === undefined && page.depth <= 2)).toBe(true)
    expect(new Set(crawl.pages.map((page) => page.scrapeRefId)).size).toBe(8)

    const first = await client.get<Pages>('crawlPages', `/crawl/${begun.id}/pages?limit=5`)
    expect(first.pagination).toEqual({ limit: 5, nextCursor: '5' })
    const second = await client.get<Pages>('crawlPages', `/crawl/${begun.id}/pages?cursor=5&limit=5`)
    expect(second.pagination).toEqual({ limit: 5, nextCursor: null })
    const all = [...first.data, ...second.data]
    expect(all.map((page) => page.scrapeRefId)).toEqual(crawl.pages.map((page) => page.scrapeRefId))
    for (const { scrape } of all) {
      expect(Object.keys(scrape?.results ?? {})).toEqual(['markdown', 'links'])
      expect(scrape?.metadata.contentType).toBe('text/html')
    }
    // Two to start, and two formats of each page.
    expect(await key.used() - before).toBe(2 + 16)
  })

  it('follows what it was told to, by globs and by regular expressions', async () => {
    const urls = async (json: object) => (await ended((await start(json)).id)).pages.map((page) => new URL(page.url).pathname)
    // The site asks for a second between two pages.
    const guides = await urls({ url: site, maxPages: 3, maxLinksPerPage: 100, includePatterns: ['*/guides', '**/guides/**'], maxDepth: 3 })
    expect(guides.slice(0, 2)).toEqual(['/', '/guides'])
    expect(guides.every((path) => path === '/' || path.startsWith('/guides'))).toBe(true)
    expect((await urls({ url: site, maxPages: 3, maxLinksPerPage: 100, excludePatterns: ['^https://site\\.lab\\.test/(plots|guides|news)'] })).some((path) => /^\/(plots|guides|news)/.test(path))).toBe(false)
    expect(await urls({ url: endless, maxDepth: 0 })).toEqual(['/n/1'])
    expect(await urls({ url: endless, maxDepth: '5', maxPages: '3' })).toHaveLength(3)
    expect(await urls({ url: 'https://home.lab.test/', maxDepth: 1, maxLinksPerPage: 2, allowExternal: true })).toHaveLength(3)
    expect(await urls({ url: endless, maxDepth: 1, includePatterns: ['/elsewhere/.*'] })).toEqual(['/n/1'])
    expect(await client.refused('/crawl', { json: { url: site, includePatterns: ['/ok/*', '^(('] } })).toMatchObject({ status: 400, type: 'validation', details: [{ code: 'custom', path: ['includePatterns', 1] }] })
  })

  it('leaves its site only where it may', async () => {
    const hosts = async (allowExternal: boolean) => new Set((await ended((await start({ url: 'https://home.lab.test/', maxPages: 6, maxDepth: 1, maxLinksPerPage: 50, allowExternal })).id)).pages.map((page) => new URL(page.url).host))
    expect([...await hosts(false)]).toEqual(['home.lab.test'])
    expect((await hosts(true)).size).toBeGreaterThan(1)
  })

  it('tells which pages failed, and that nothing came of it; failures cost nothing', async () => {
    const before = await key.used()
    const { id } = await start({ url: 'https://target-http-error-404.fail.test/', maxPages: 3 })
    const crawl = await ended(id)
    expect(crawl).toMatchObject({ status: 'failed', reason: expect.any(String), total: 1, finished: 1, pages: [{ status: 'failed', title: '', contentType: '', links: [], error: expect.any(String) }] })
    const { data } = await client.get<Pages>('crawlPages', `/crawl/${id}/pages`)
    expect(data[0]?.scrape).toBeUndefined()
    expect(await key.used()).toBe(before)
  })

  it('keeps out types that are not allowed, under the old name of the list too', async () => {
    for (const types of [{ allowedTypes: ['application/pdf'] }, { contentTypes: ['application/pdf'] }]) {
      expect(await ended((await start({ url: site, maxPages: 1, ...types })).id)).toMatchObject({ status: 'failed', pages: [{ status: 'failed' }] })
    }
    expect(await ended((await start({ url: site, maxPages: 1, contentTypes: [] })).id)).toMatchObject({ status: 'completed' })
  })

  it('gives mock pages without fetching any', async () => {
    const crawl = await ended((await start({ url: 'https://nowhere.invalid/', maxPages: 5, fetchConfig: { mock: true } })).id)
    expect(crawl).toMatchObject({ status: 'completed', finished: 5 })
  })

  it('lists formats that failed beside the others', async () => {
    const { id } = await start({ url: 'https://article.lab.test/', maxPages: 1, formats: [{ type: 'markdown' }, { type: 'screenshot' }, { type: 'summary' }] })
    expect(await ended(id)).toMatchObject({ status: 'completed' })
    const { data } = await client.get<Pages>('crawlPages', `/crawl/${id}/pages`)
    expect(Object.keys(data[0]?.scrape?.results ?? {})).toEqual(['markdown'])
    expect(data[0]?.scrape?.errors).toMatchObject({ screenshot: { code: 'browser_unavailable' }, summary: { code: 'not_configured' } })
  })
})

describe('stop, resume, delete and list', () => {
  it('pause a crawl, continue it, and remove it with its pages', async () => {
    const { id } = await start({ url: endless, maxPages: 200, maxDepth: 1000 })
    await client.until<Crawl>('crawl', `/crawl/${id}`, ({ finished }) => finished > 0)
    expect(await post(`/crawl/${id}/stop`)).toEqual({ ok: true })
    const paused = await client.get<Crawl>('crawl', `/crawl/${id}`)
    expect(paused.status).toBe('paused')
    expect(await client.refused(`/crawl/${id}/stop`, { method: 'POST' })).toMatchObject({ status: 409, type: 'conflict' })
    expect(await post(`/crawl/${id}/resume`)).toEqual({ ok: true })
    await client.until<Crawl>('crawl', `/crawl/${id}`, ({ finished }) => finished > paused.finished)
    expect(await client.refused(`/crawl/${id}/resume`, { method: 'POST' })).toMatchObject({ status: 409, type: 'conflict' })
    const listed = async () => ((await (await client.call('/crawl')).json()) as { crawls: { id: string; url: string; status: string }[] }).crawls
    expect(await listed()).toContainEqual(expect.objectContaining({ id, url: endless, status: 'running' }))
    expect(await client.get('ok', `/crawl/${id}`, { method: 'DELETE' })).toEqual({ ok: true })
    for (const path of ['', '/pages']) expect(await client.refused(`/crawl/${id}${path}`)).toMatchObject({ status: 404, type: 'not_found', message: 'Request not found' })
    expect((await listed()).map((crawl) => crawl.id)).not.toContain(id)
  })

  it('touch nothing that another contract or another workspace began', async () => {
    const headers = { authorization: `Bearer ${key.secret}` }
    const made = await (await app.request('/v1/batch', { json: { urls: [site] }, headers })).json() as { data: { id: string } }
    const { uuidOf } = await import('../../src/lib/ids.ts')
    const foreign = uuidOf(made.data.id)
    const { id } = await start({ url: site, maxPages: 1 })
    const other = clientOf(app, await app.key())
    for (const [who, one] of [[client, foreign], [other, id], [client, randomUUID()]] as const) {
      expect((await who.call(`/crawl/${one}`)).status).toBe(404)
      expect((await who.call(`/crawl/${one}`, { method: 'DELETE' })).status).toBe(404)
      expect((await who.call(`/crawl/${one}/stop`, { method: 'POST' })).status).toBe(404)
    }
    expect((await app.request(`/v1/jobs/${made.data.id}`, { headers })).status).toBe(200)
    expect((await client.call(`/crawl/${id.toUpperCase()}`)).status).toBe(200)
  })

  it('say what is wrong with a page of pages', async () => {
    const { id } = await start({ url: site, maxPages: 1 })
    for (const query of ['cursor=-1', 'cursor=x', 'limit=0', 'limit=101']) expect(await client.refused(`/crawl/${id}/pages?${query}`), query).toMatchObject({ status: 400, type: 'validation' })
    expect(await client.get('crawlPages', `/crawl/${id}/pages?cursor=900719925474099`)).toMatchObject({ data: [], pagination: { nextCursor: null } })
  })
})

it('refuses a crawl that nobody can pay for', async () => {
  const poor = clientOf(app, await app.key({ mode: 'live', monthlyCredits: 2 }))
  expect(await poor.refused('/crawl', { json: { url: site } })).toMatchObject({ status: 402, type: 'insufficient_credits' })
})
