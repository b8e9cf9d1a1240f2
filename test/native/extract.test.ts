import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'

interface Page { json: Record<string, unknown>; extraction: { sources: Record<string, { source: string; path: string }>; missing: string[]; unmatched: Record<string, string> }; cached: boolean; markdown?: string; failed_formats?: Record<string, { code: string }> }
interface Body {
  data: Page
  results: { url: string; data?: Page; error?: { code: string; billed_credits: number } }[]
  usage: { credits: number }
  code: string
  issues: { path: (string | number)[]; code: string }[]
  violations: { path: string }[]
}

let app: TestApp
let test: TestKey
let live: TestKey
const text = { type: 'string' }
const object = (properties: Record<string, unknown>, required: string[] = []) => ({ type: 'object', properties, required })

beforeAll(async () => {
  app = await startTestApp({ labForLive: true })
  test = await app.key()
  live = await app.key({ mode: 'live' })
})
afterAll(() => app.close())

const post = async (path: string, json: unknown, key = test) => {
  const reply = await app.request(path, { json, headers: { authorization: `Bearer ${key.secret}` } })
  return { status: reply.status, body: await reply.json() as Body }
}

describe('POST /v1/extract', () => {
  it('fills a schema from a shop page and says where each value came from', async () => {
    const { status, body } = await post('/v1/extract', { url: 'https://product.lab.test/', schema: object({ name: text, price: { type: 'number' }, volume: text, warranty: text }) })
    expect(status).toBe(200)
    expect(body.data.json).toEqual({ name: 'Fernhill Tarn 45 Trekking Pack', price: 149.9, volume: '45 litres' })
    expect(body.data.extraction.sources['/price']).toEqual({ source: 'json_ld', path: '[0].offers.price' })
    expect(body.data.extraction.sources['/volume']?.source).toBe('table')
    expect(body.data.extraction.missing).toEqual(['/warranty'])
  })

  it('reads a product page in the markup of a very large shop', async () => {
    const { body } = await post('/v1/extract', { url: 'https://marketplace.lab.test/dp/B0LAB00042', schema: object({ title: text, asin: text, price: { type: 'number' }, rating: { type: 'number' }, review_count: { type: 'integer' }, availability: { enum: ['InStock', 'OutOfStock'] }, features: { type: 'array', items: text } }) })
    expect(body.data.json).toMatchObject({ asin: 'B0LAB00042', price: 64.95, rating: 4.6, review_count: 1284, availability: 'InStock' })
    expect(body.data.json.features).toHaveLength(3)
    expect(body.data.extraction.sources['/price']?.source).toBe('adapter')
    const gone = await post('/v1/extract', { url: 'https://marketplace.lab.test/dp/B0LAB00043', schema: object({ price: { type: 'number' }, in_stock: { type: 'boolean' } }) })
    expect(gone.body.data.json).toEqual({ in_stock: false })
  })

  it('answers its robot check with target.blocked and the name of the shop', async () => {
    const { status, body } = await post('/v1/extract', { url: 'https://walls.lab.test/amazon', schema: object({ title: text }) })
    expect([status, body.code, (body as unknown as { vendor: string }).vendor]).toEqual([502, 'target.blocked', 'amazon'])
  })

  it('runs selectors, and names those that match nothing', async () => {
    const { body } = await post('/v1/extract', { url: 'https://listing.lab.test/', selectors: { items: { selector: 'li.card', list: true, fields: { title: 'h2', price: { selector: '.card-price', type: 'number' } } }, none: '.nope', tab: 'title' } })
    expect((body.data.json.items as unknown[])[0]).toEqual({ title: 'Armchair in oak', price: 40 })
    expect(body.data.json.tab).toBe('Second-hand furniture | Oakline')
    expect(body.data.extraction.unmatched).toEqual({ '/none': '.nope matches nothing' })
  })

  it('takes several pages, each with its own outcome, and bills those that gave something', async () => {
    const { status, body } = await post('/v1/extract', { urls: ['https://recipe.lab.test/', 'https://status.lab.test/404', 'https://faq.lab.test/'], schema: object({ servings: text }) }, live)
    expect(status).toBe(200)
    expect(body.results.map((one) => one.data?.json ?? one.error?.code)).toEqual([{ servings: '4 servings' }, 'target.http_error', 'content.extraction_failed'])
    expect(body.usage.credits).toBe(1)
  })

  it('takes HTML, Markdown and text', async () => {
    const schema = object({ title: text, weight: text })
    for (const source of [{ html: '<h1>Kettle</h1><p><b>Weight:</b> 2 kg</p>' }, { markdown: '# Kettle\n\nWeight: 2 kg' }, { text: 'Title: Kettle\nWeight: 2 kg' }]) {
      expect((await post('/v1/extract', { ...source, schema })).body.data.json).toEqual({ title: 'Kettle', weight: '2 kg' })
    }
    expect((await post('/v1/extract', { html: '<a href="x">y</a>', base_url: 'https://shop.example/a/', selectors: { link: { selector: 'a', attribute: 'href' } } })).body.data.json).toEqual({ link: 'https://shop.example/a/x' })
  })

  it('gives null where a field must be there and the page does not tell', async () => {
    expect((await post('/v1/extract', { html: '<h1>Kettle</h1>', schema: object({ title: text, price: { type: ['number', 'null'] } }, ['title', 'price']) })).body.data.json).toEqual({ title: 'Kettle', price: null })
  })

  it('answers content.extraction_failed and content.extraction_invalid, unbilled', async () => {
    const used = await live.used()
    const nothing = await post('/v1/extract', { url: 'https://product.lab.test/', schema: object({ unobtainium: text }) }, live)
    expect([nothing.status, nothing.body.code]).toEqual([422, 'content.extraction_failed'])
    const invalid = await post('/v1/extract', { url: 'https://product.lab.test/', schema: object({ name: { type: 'string', maxLength: 3 }, unobtainium: text, sku: text }, ['name', 'unobtainium']) }, live)
    expect([invalid.status, invalid.body.code, invalid.body.violations.map(({ path }) => path)]).toEqual([422, 'content.extraction_invalid', ['/name', '/unobtainium']])
    expect(await live.used()).toBe(used)
  })

  it.each([
    ['no source', { schema: object({ a: text }) }, 'url'],
    ['two sources', { url: 'a.example', html: 'x', schema: object({ a: text }) }, 'url'],
    ['nothing wanted', { url: 'a.example' }, 'schema'],
    ['an unknown member', { url: 'a.example', schema: {}, schemas: {} }, 'schemas'],
    ['a bad selector', { url: 'a.example', selectors: { a: 'h1[' } }, 'selectors.a'],
    ['a slow regex', { url: 'a.example', selectors: { a: { selector: 'p', regex: '(?=a)' } } }, 'selectors.a.regex'],
    ['a remote schema', { url: 'a.example', schema: { $ref: 'https://b.example/s' } }, 'schema.$ref'],
  ])('refuses %s before anything is fetched', async (_, json, path) => {
    const { status, body } = await post('/v1/extract', json)
    expect([status, body.code]).toEqual([400, 'caller.invalid_request'])
    expect(body.issues.map((issue) => issue.path.join('.'))).toContain(path)
  })
})

describe('json as a format of POST /v1/scrape', () => {
  it('stands beside others', async () => {
    const { body } = await post('/v1/scrape', { url: 'https://event.lab.test/', formats: ['markdown', { type: 'json', schema: object({ start: { type: 'string', format: 'date' }, venue: text }) }] })
    expect(body.data.json).toEqual({ start: '2026-05-30', venue: 'Old Rope Works' })
    expect(body.data.markdown).toContain('Night of the Open Sheds')
  })

  it('gives what the page says it is about where nothing is asked', async () => {
    const { body } = await post('/v1/scrape', { url: 'https://job.lab.test/', formats: ['json'] })
    expect(body.data.json).toMatchObject({ type: 'JobPosting', title: 'Boat builder', hiringOrganization: { name: 'Farrow Yard' } })
  })

  it('fails alone', async () => {
    const { status, body } = await post('/v1/scrape', { url: 'https://event.lab.test/', formats: ['markdown', { type: 'json', schema: object({ unobtainium: text }) }] })
    expect(status).toBe(200)
    expect(body.data.failed_formats?.json?.code).toBe('content.extraction_failed')
    expect(body.data.markdown).toContain('Sheds')
  })

  it('is stored under its schema', async () => {
    const ask = (property: string) => post('/v1/scrape', { url: 'https://recipe.lab.test/', max_age_s: 3600, formats: [{ type: 'json', schema: object({ [property]: text }) }] })
    expect((await ask('author')).body.data).toMatchObject({ cached: false, json: { author: 'Lene Park' } })
    expect((await ask('author')).body.data).toMatchObject({ cached: true, json: { author: 'Lene Park' }, extraction: { missing: [] } })
    expect((await ask('servings')).body.data).toMatchObject({ cached: false, json: { servings: '4 servings' } })
  })

  it('refuses members that it does not know', async () => {
    expect((await post('/v1/scrape', { url: 'a.example', formats: [{ type: 'json', shema: {} }] })).status).toBe(400)
    expect((await post('/v1/scrape', { url: 'a.example', formats: ['question'] })).status).toBe(400)
  })
})
