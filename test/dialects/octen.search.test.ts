import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { startModelServer, type ModelServer } from '../support/model-server.ts'
import { startSearchServer, type SearchHit, type SearchServer } from '../support/search-server.ts'
import { checkReply, envelopeOf, failsWith, post } from './octen.client.ts'

interface Item { title: string; url: string; highlight?: string; full_content?: string; authors?: string; time_published?: string; time_last_crawled?: string; cover_image?: { url: string }; images?: { url: string; description: string }[] }
interface Group { query: string; results: Item[]; latency: number }
interface Meta { usage: Record<string, number>; latency: number; warning: string | null }

let engine: SearchServer
let model: ModelServer
let app: TestApp
let key: TestKey

const article = 'https://article.lab.test/'
const docs = 'https://docs.lab.test/concepts/delivery'
const hit = (url: string, title = `About ${url}`, more: Partial<SearchHit> = {}): SearchHit => ({ url, title, content: `What the engine says of ${url}`, ...more })

beforeAll(async () => {
  engine = await startSearchServer()
  model = await startModelServer()
  app = await startTestApp({ labForLive: true, searxngUrl: engine.url, searchProviders: 'searxng' })
  key = await app.key({ mode: 'live' })
  await app.app.lab()
})
afterAll(async () => {
  await app.close()
  await engine.close()
  await model.close()
})
beforeEach(() => {
  engine.asked.splice(0)
  engine.find = () => [hit(article, 'The lighthouse'), hit('https://any.lab.test/status/404'), hit(docs)]
})

const ask = async <D>(path: string, json: object, by = key, from = app) => {
  const reply = await post(from, path, by, json)
  const body = await envelopeOf(reply)
  expect(body).toMatchObject({ code: 0, msg: 'success' })
  checkReply(path, body)
  return { data: body.data as D, meta: body.meta as unknown as Meta }
}
const search = (json: object, by = key) => ask<{ query: string; results: Item[] }>('/search', { query: 'redwings in fog', ...json }, by)

describe('POST /search', () => {
  it('answers results with passages of their pages, and with the words of the engine where a page cannot be read', async () => {
    const { data, meta } = await search({})
    expect(data.query).toBe('redwings in fog')
    expect(data.results.map(({ url }) => url)).toEqual([article, 'https://any.lab.test/status/404', docs])
    expect(data.results[0]).toMatchObject({ title: 'The lighthouse', authors: expect.any(String) as string })
    expect(data.results[0]?.highlight).toContain('redwings')
    expect(data.results[0]?.highlight).toContain('\n\n...\n\n')
    expect(data.results[0]?.highlight).not.toContain('](')
    expect(data.results[0]?.time_published).toMatch(/^2025-10-04/)
    expect(Date.parse(data.results[0]?.time_last_crawled ?? '')).toBeGreaterThan(0)
    expect(data.results[1]?.highlight).toBe('What the engine says of https://any.lab.test/status/404')
    for (const result of data.results) for (const name of ['full_content', 'cover_image', 'images']) expect(result).not.toHaveProperty(name)
    expect(meta.usage).toEqual({ num_search_queries: 1, full_content_extra_count: 0, full_content_tokens: 0 })
    expect(meta.warning).toMatch(/^1 of the pages could not be read/)
  })

  it('has a null warning where there is nothing to say, and an empty list where nothing was found', async () => {
    engine.find = () => [hit(article)]
    expect((await search({})).meta.warning).toBeNull()
    engine.find = () => []
    expect((await search({})).data.results).toEqual([])
  })

  it('puts a title on every result', async () => {
    engine.find = () => [hit('https://any.lab.test/status/404', '')]
    expect((await search({})).data.results[0]?.title).toBe('https://any.lab.test/status/404')
  })

  it('gives the content of the pages on request, as text or as Markdown, within its tokens', async () => {
    const { data, meta } = await search({ full_content: { enable: true, max_tokens: 100 }, highlight: { enable: false } })
    const [first, second] = data.results
    expect(first?.full_content).not.toContain('](')
    expect((first?.full_content ?? '').length).toBeGreaterThan(100)
    expect((first?.full_content ?? '').length).toBeLessThanOrEqual(400)
    expect(first).not.toHaveProperty('highlight')
    expect(second).not.toHaveProperty('full_content')
    expect(meta.usage.full_content_tokens).toBeGreaterThan(20)
    expect(meta.warning).toBe('1 page(s) could not be read: full_content is missing there')
    expect((await search({ full_content: { enable: true, max_tokens: 20_000 }, format: 'markdown' })).data.results[0]?.full_content).toContain('](')
  })

  it('bills a search as one, ten contents of it not, and each further content', async () => {
    const paying = await app.key({ mode: 'live', monthlyCredits: 100 })
    await search({}, paying)
    expect(await paying.used()).toBe(2)
    engine.find = () => Array.from({ length: 12 }, (_, i) => hit(i === 11 ? 'https://any.lab.test/status/500' : `${article}?page=${i}x`))
    const { meta } = await search({ count: 12, full_content: { enable: true } }, paying)
    expect(meta.usage.full_content_extra_count).toBe(1)
    expect(await paying.used()).toBe(2 + 2 + 1)
    engine.find = () => 500
    await failsWith(await post(app, '/search', paying, { query: 'x' }), 503)
    expect(await paying.used()).toBe(5)
  })

  it('lists images on request', async () => {
    const [first] = (await search({ include_images: true })).data.results
    expect(first?.cover_image?.url).toContain('lantern')
    expect(first?.images?.length).toBeGreaterThan(0)
    for (const image of first?.images ?? []) expect(Object.keys(image)).toEqual(['url', 'description'])
  })

  it('passes on what is asked for, by the names of either kind of client', async () => {
    await search({ query: 'tea site:shop.example -site:bad.example', include_domains: ['tea.example'], count: 3, topic: 'news', language: ['de'], country: 'AT', time_range: 'w', safesearch: 'off', include_favicon: true, search_type: 'x', timeout: 5 })
    expect(Object.fromEntries(engine.asked[0] ?? [])).toMatchObject({ q: 'tea site:tea.example OR site:shop.example -site:bad.example', categories: 'news', language: 'de-AT', time_range: 'week', safesearch: '0' })
    await search({ query: 'tea' })
    expect(Object.fromEntries(engine.asked[1] ?? [])).toMatchObject({ categories: 'general', safesearch: '2' })
    expect(engine.asked[1]?.has('time_range')).toBe(false)
  })

  it('filters by domain and by time itself; bounds win over a range; a bare day is whole', async () => {
    const dated = (url: string, publishedDate: string) => hit(`https://any.lab.test/status/404?${url}`, url, { publishedDate })
    engine.find = () => [dated('early', '2026-01-30T23:00:00Z'), dated('inside', '2026-01-31T23:30:00Z'), dated('late', '2026-02-01T01:00:00Z'), hit('https://other.lab.test/')]
    const titles = async (json: object) => (await search(json)).data.results.map(({ title }) => title)
    expect(await titles({ start_time: '2026-01-31', end_time: '2026-01-31', time_basis: 'published', time_range: 'd' })).toEqual(['inside'])
    expect(await titles({ end_time: '2026-01-31T01:00:00+01:00', time_basis: 'published' })).toEqual(['early'])
    expect(await titles({ include_domains: ['lab.test'], exclude_domains: ['any.lab.test'] })).toEqual(['About https://other.lab.test/'])
  })

  it('fails as a whole, never result by result', async () => {
    engine.find = () => 403
    await failsWith(await post(app, '/search', key, { query: 'x' }), 503)
  })

  it('searches what a test key has fetched, and nothing else', async () => {
    const test = await app.key()
    await failsWith(await post(app, '/search', test, { query: 'redwings' }), 501)
    await failsWith(await post(app, '/search', test, { query: 'platform-search-unavailable.fail.test' }), 503)
    expect(engine.asked).toEqual([])
  })
})

describe('POST /news-search', () => {
  const news = (json: object = {}) => ask<{ results: Item[]; subjects?: { name: string; summary: string; time_start: string | null; time_latest: string | null; top_news: Item & { summary: string }; sub_news: Item[] }[] }>('/news-search', { query: 'harbour', ...json })
  const report = (host: string, title: string, publishedDate: string) => hit(`https://${host}.lab.test/status/404`, title, { publishedDate })

  it('gathers reports of one event, whatever the list of domains', async () => {
    engine.find = () => [
      report('one', 'Ferry Skua runs aground off Aldermoor harbour', '2026-03-02T08:00:00Z'), report('two', 'Harbour market opens its gates again', '2026-03-02T08:00:00Z'),
      report('three', 'Aldermoor: ferry Skua aground, passengers safe', '2026-03-02T11:00:00Z'), report('four', 'Skua ferry aground near Aldermoor', '2026-03-03T07:00:00Z'), report('five', 'Ferry Skua aground off Aldermoor', '2024-01-01T00:00:00Z'),
    ]
    const { data, meta } = await news({ include_domains: ['two.lab.test'] })
    expect(data.results.map(({ title }) => title)).toEqual(['Harbour market opens its gates again'])
    expect(data.results[0]?.images).toEqual([])
    expect(data.subjects).toHaveLength(1)
    const [subject] = data.subjects ?? []
    expect(subject).toMatchObject({ name: 'Ferry Skua runs aground off Aldermoor harbour', time_start: '2026-03-02T08:00:00.000Z', time_latest: '2026-03-03T07:00:00.000Z' })
    expect(subject?.sub_news.map(({ url }) => url)).toEqual(['https://three.lab.test/status/404', 'https://four.lab.test/status/404'])
    expect(subject?.top_news.summary).toBe('What the engine says of https://one.lab.test/status/404')
    expect(meta.usage).toMatchObject({ num_search_queries: 1, num_subject_search_queries: 1 })
    expect(engine.asked.map((query) => query.get('categories'))).toEqual(['news', 'news'])
  })

  it('leaves subjects out where there are none, or where they are not wanted', async () => {
    const { data, meta } = await news({ subjects: { enable: false } })
    expect(data).not.toHaveProperty('subjects')
    expect(meta.usage.num_subject_search_queries).toBe(0)
    engine.find = () => [hit(article)]
    const none = await news()
    expect(none.data).not.toHaveProperty('subjects')
    expect(none.meta.warning).toBe('')
  })

  it('costs three searches', async () => {
    const paying = await app.key({ mode: 'live', monthlyCredits: 100 })
    await ask('/news-search', { query: 'x' }, paying)
    expect(await paying.used()).toBe(6)
  })
})

describe('POST /broad-search', () => {
  type Broad = { query: string; queries: string[]; search_results: Group[] }
  const broad = (json: object, by = key, from = app) => ask<Broad>('/broad-search', { query: 'lighthouse vs lightship', ...json }, by, from)

  it('makes sub-queries by rule without a model, and a group for each', async () => {
    const paying = await app.key({ mode: 'live', monthlyCredits: 100 })
    const { data, meta } = await broad({ search_options: { count: 1 }, count: 5000 }, paying)
    expect(data.queries.slice(0, 3)).toEqual(['lighthouse vs lightship', 'lighthouse', 'lightship'])
    expect(data.search_results.map(({ query }) => query)).toEqual(data.queries)
    expect(new Set(engine.asked.map((query) => query.get('q')))).toEqual(new Set(data.queries))
    for (const group of data.search_results) expect(group.results).toHaveLength(1)
    expect(meta.usage.num_search_queries).toBe(data.queries.length)
    expect(await paying.used()).toBe(2)
  })

  it('has at least two groups where two are allowed, and no more than asked for', async () => {
    for (const query of ['tea', '茶', 'wie teuer ist Strom?']) {
      expect((await broad({ query })).data.search_results.length).toBeGreaterThanOrEqual(2)
      expect((await broad({ query, max_queries: 2 })).data.search_results).toHaveLength(2)
      expect((await broad({ query, max_queries: 1 })).data.queries).toEqual([query])
    }
  })

  it('keeps the group of a search that failed, and fails where all did', async () => {
    engine.find = (query) => (query.get('q') === 'lightship' ? 500 : [hit(article)])
    const { data, meta } = await broad({})
    expect(data.search_results.find(({ query }) => query === 'lightship')?.results).toEqual([])
    expect(meta.warning).toContain('The search for "lightship" failed')
    engine.find = () => 500
    await failsWith(await post(app, '/broad-search', key, { query: 'x' }), 503)
  })

  it('takes sub-queries from a model where there is one, after the question itself, and by rule where it says nothing of use', async () => {
    const thinking = await startTestApp({ labForLive: true, searxngUrl: engine.url, searchProviders: 'searxng', modelBaseUrl: model.baseUrl })
    try {
      const mine = await thinking.key({ mode: 'live' })
      await thinking.app.lab()
      model.script({ say: '{"queries": ["gpu rental price", "Gpu rental", "gpu rental europe", "gpu leasing"]}' })
      expect((await broad({ query: 'gpu rental', max_queries: 3 }, mine, thinking)).data.queries).toEqual(['gpu rental', 'gpu rental price', 'gpu rental europe'])
      model.script({ say: 'I cannot do that.' })
      const { data, meta } = await broad({ query: 'gpu rental' }, mine, thinking)
      expect(data.search_results.length).toBeGreaterThanOrEqual(2)
      expect(meta.warning).toContain('made by rule')
      model.script({ status: 401 })
      expect((await broad({ query: 'gpu rental' }, mine, thinking)).data.queries[0]).toBe('gpu rental')
    } finally {
      await thinking.close()
    }
  })

  it('answers older clients, which send a conversation, without the envelope', async () => {
    const messages = [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'lighthouse vs lightship' }]
    const reply = await post(app, '/broad-search', key, { messages, mode: 'queries_and_search', max_queries: 2, web_search_options: { count: 1 }, model: 'anthropic/any' })
    const body = await reply.json() as { queries: string[]; search_results: Group[]; meta: Meta; request_id: string }
    expect(reply.status).toBe(200)
    expect(body.queries).toEqual(['lighthouse vs lightship', 'lighthouse'])
    expect(body.search_results.map(({ results }) => results.length)).toEqual([1, 1])
    expect(body.meta.usage.num_search_queries).toBe(2)
    expect(body.request_id).toBe(reply.headers.get('x-request-id'))
    expect(body).not.toHaveProperty('data')
    engine.asked.splice(0)
    const planned = await (await post(app, '/broad-search', key, { messages, mode: 'queries_only' })).json() as { search_results: Group[] }
    expect(planned.search_results).toEqual([])
    expect(engine.asked).toEqual([])
    await failsWith(await post(app, '/broad-search', key, { messages }), 501)
    await failsWith(await post(app, '/broad-search', key, { messages: [] }), 400, 'Missing parameter messages')
  })
})
