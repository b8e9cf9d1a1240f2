import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'

interface Found {
  url: string
  title: string
  snippet: string
  highlights: string[]
  score: number
  sources: string[]
  crawled_at: string
  content?: { status: string; markdown?: string; failure?: { code: string } }
}

interface Reply {
  data: { query: string; results: Found[]; sources: { name: string; ok: boolean }[]; warnings: string[] }
  usage: { credits: number }
  evidence: { tier: string; signal?: string; outcome: string }[]
  code: string
  detail: string
}

let app: TestApp

beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

const call = (key: TestKey, path: string, json?: unknown, method?: string) =>
  app.request(path, { ...(json === undefined ? {} : { json }), ...(method === undefined ? {} : { method }), headers: { authorization: `Bearer ${key.secret}` } })
const search = async (key: TestKey, json: Record<string, unknown>) => {
  const reply = await call(key, '/v1/search', json)
  return { status: reply.status, ...(await reply.json() as Reply) }
}
const scrape = async (key: TestKey, url: string, more: Record<string, unknown> = {}) => {
  const reply = await call(key, '/v1/scrape', { url, ...more })
  expect(reply.status).toBe(200)
  return (await reply.json() as { data: { metadata: { title: string }; markdown?: string; final_url: string } }).data
}

describe('the own index', () => {
  it('answers 501 naming the settings where nothing is configured and nothing was fetched', async () => {
    const { status, code, detail } = await search(await app.key(), { query: 'anything' })
    expect({ status, code }).toEqual({ status: 501, code: 'platform.not_configured' })
    expect(detail).toMatch(/LYREBIRD_SEARXNG_URL.*LYREBIRD_TAVILY_API_KEY/)
  })

  it('finds a page at once after it was fetched, with passages about the query, and says so where there is none', async () => {
    const key = await app.key()
    const article = await scrape(key, 'https://article.lab.test/')
    await scrape(key, 'https://product.lab.test/')
    const { status, data, evidence } = await search(key, { query: article.metadata.title })
    expect(status).toBe(200)
    expect(data.results[0]).toMatchObject({ title: article.metadata.title, score: 1, sources: ['index'] })
    expect(data.results[0]?.highlights[0]?.length).toBeGreaterThan(20)
    expect(Date.parse(data.results[0]?.crawled_at ?? '')).toBeGreaterThan(0)
    expect(data.sources).toMatchObject([{ name: 'index', ok: true }])
    expect(evidence).toMatchObject([{ tier: 'search', signal: 'index', outcome: 'ok' }])
    const nothing = await search(key, { query: 'zyzzyva qwxq' })
    expect(nothing.status).toBe(200)
    expect(nothing.data.results).toEqual([])
    expect(nothing.data.warnings.length).toBe(1)
  })

  it('keeps workspaces apart', async () => {
    const [one, other] = [await app.key(), await app.key()]
    await scrape(one, 'https://article.lab.test/')
    await scrape(other, 'https://product.lab.test/')
    const { data } = await search(other, { query: 'site:article.lab.test' })
    expect(data.results).toEqual([])
    expect((await search(one, { query: 'site:article.lab.test' })).data.results).toHaveLength(1)
  })

  it('leaves out what a call keeps out, and pages fetched with a session', async () => {
    const key = await app.key()
    await scrape(key, 'https://recipe.lab.test/')
    await scrape(key, 'https://article.lab.test/', { index: false })
    await scrape(key, 'https://product.lab.test/', { cookies: { session: 'mine' } })
    await scrape(key, 'https://faq.lab.test/', { headers: { Authorization: 'Bearer mine' } })
    await scrape(key, 'https://docs.lab.test/', { cookies: { session: 'mine' }, index: true })
    const state = await (await call(key, '/v1/index')).json() as { data: { documents: number; hosts: { host: string }[] } }
    expect(state.data.hosts.map(({ host }) => host).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['docs.lab.test', 'recipe.lab.test'])
  })

  it('leaves out what a key keeps out, unless a call asks for it', async () => {
    const key = await app.key({ index: false })
    await scrape(key, 'https://article.lab.test/')
    expect((await search(key, { query: 'site:lab.test' })).code).toBe('platform.not_configured')
    await scrape(key, 'https://docs.lab.test/', { index: true })
    expect((await search(key, { query: 'site:lab.test' })).data.results).toHaveLength(1)
  })

  it('indexes pages that were asked for as HTML only', async () => {
    const key = await app.key()
    await scrape(key, 'https://article.lab.test/', { formats: ['html'] })
    expect((await search(key, { query: 'site:lab.test' })).data.results).toHaveLength(1)
  })

  it('counts a page once, and forgets by URL, host, age or all', async () => {
    const key = await app.key()
    for (const url of ['https://article.lab.test/', 'https://article.lab.test/?utm_source=x', 'https://product.lab.test/', 'https://recipe.lab.test/', 'https://docs.lab.test/']) await scrape(key, url)
    const count = async () => (await (await call(key, '/v1/index')).json() as { data: { documents: number; passages: number; bytes: number } }).data
    expect(await count()).toMatchObject({ documents: 4 })
    expect((await count()).bytes).toBeGreaterThan(1000)
    const remove = async (query: string) => (await (await call(key, `/v1/index${query}`, undefined, 'DELETE')).json() as { data?: { deleted: number }; code?: string })
    expect((await remove('')).code).toBe('caller.invalid_request')
    expect((await remove('?url=https://article.lab.test/%23top')).data).toEqual({ deleted: 1 })
    expect((await remove('?host=product.lab.test')).data).toEqual({ deleted: 1 })
    expect((await remove('?before=2020-01-01')).data).toEqual({ deleted: 0 })
    expect((await remove('?host=lab.test&before=2999-01-01')).data).toEqual({ deleted: 2 })
    expect(await count()).toMatchObject({ documents: 0, passages: 0 })
  })

  it('heeds site:, -site:, quotes and minus', async () => {
    const key = await app.key()
    const article = await scrape(key, 'https://article.lab.test/')
    await scrape(key, 'https://product.lab.test/')
    const urls = async (query: string, more = {}) => (await search(key, { query, ...more })).data.results.map(({ url }) => new URL(url).hostname)
    const words = (article.markdown ?? '').match(/[A-Za-z]{4,} [a-z]{4,} [a-z]{4,}/)?.[0] ?? ''
    expect(await urls(`"${words}"`)).toEqual(['article.lab.test'])
    expect(await urls(`"${words.split(' ').toReversed().join(' ')}"`)).toEqual([])
    expect(await urls(`${words} -site:article.lab.test`)).not.toContain('article.lab.test')
    expect(await urls(words, { exclude_domains: ['article.lab.test'] })).not.toContain('article.lab.test')
    expect(await urls(words, { include_domains: ['product.lab.test'] })).not.toContain('article.lab.test')
    expect(await urls(`site:lab.test -"${words}"`)).toEqual(['product.lab.test'])
    expect(await urls(`${words.slice(0, 4)}*`)).toContain('article.lab.test')
    expect(await urls(words, { include_text: ['zyzzyva'] })).toEqual([])
    expect(await urls(words, { exclude_text: [words] })).not.toContain('article.lab.test')
    expect(await urls(words, { after: '2999-01-01' })).toEqual([])
    expect(await urls(words, { time_basis: 'crawled', time_range: 'day' })).toContain('article.lab.test')
    expect(await urls(words, { language: 'de' })).not.toContain('article.lab.test')
  })

  it.each([
    `'; drop table keys; --`, `" "`, `"""""`, `-`, `--`, `*`, `a* b* *c`, `site:`, `site:"x"`, `-site:`, `:* & | ! ( ) <->`, `\\' \\\\`, `\u0000 nul`, '😀 🦜', '\u{1F468}\u200D\u{1F469}', 'ﷺ ͏', '\ud800',
    `${'("'.repeat(249)}`, 'ab '.repeat(166), 'x'.repeat(500), '東京*', '-"', `AND OR NOT NEAR(`, 'C++ .NET %00 %s {0} ${x}',
  ])('takes the hostile query %j', async (query) => {
    const key = await app.key()
    await scrape(key, 'https://article.lab.test/')
    const { status, code } = await search(key, { query })
    expect([status, code]).toEqual(query.trim() === '' ? [400, 'caller.invalid_request'] : [200, undefined])
  })

  it('refuses what is no query', async () => {
    const key = await app.key()
    for (const json of [{}, { query: '' }, { query: '   ' }, { query: 'x'.repeat(501) }, { query: 'x', limit: 101 }, { query: 'x', nonsense: 1 }, { query: 'x', sources: ['altavista'] }, { query: 'x', after: '2026-02-01', before: '2026-01-01' }]) {
      expect(await search(key, json)).toMatchObject({ status: 400, code: 'caller.invalid_request' })
    }
  })

  it('answers a test key with the failure whose name it searches for', async () => {
    expect(await search(await app.key(), { query: 'platform-search-unavailable.fail.test' })).toMatchObject({ status: 503, code: 'platform.search_unavailable' })
  })

  it('searches a site that was crawled', async () => {
    const key = await app.key()
    const job = await (await call(key, '/v1/crawl', { url: 'https://site.lab.test/', limit: 15 })).json() as { data: { id: string } }
    await expect.poll(async () => (await (await call(key, `/v1/jobs/${job.data.id}`)).json() as { data: { state?: string; status?: string } }).data.state, { timeout: 60_000 }).toMatch(/completed|done/)
    const { data } = await (await call(key, '/v1/index')).json() as { data: { documents: number } }
    expect(data.documents).toBeGreaterThan(3)
    expect((await search(key, { query: 'site:site.lab.test' })).data.results.length).toBeGreaterThan(0)
  })
})
