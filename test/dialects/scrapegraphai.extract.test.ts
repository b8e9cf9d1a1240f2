import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { startModelServer, type ModelServer } from '../support/model-server.ts'
import { clientOf, type Client, uuid } from './scrapegraphai.client.ts'

let model: ModelServer
let app: TestApp
let key: TestKey
let client: Client

beforeAll(async () => {
  model = await startModelServer()
  app = await startTestApp({ labForLive: true, modelBaseUrl: model.baseUrl, modelName: 'test-model' })
  key = await app.key({ mode: 'live', monthlyCredits: 1000 })
  client = clientOf(app, key)
})
afterAll(async () => {
  await app.close()
  await model.close()
})
beforeEach(() => model.reset())

interface Extracted {
  id: string
  raw: string | null
  json: Record<string, unknown> | null
  usage: { promptTokens: number; completionTokens: number }
  metadata: { chunker: { chunks: { size: number }[] }; fetch?: { provider: string } }
}

interface Found {
  id: string
  results: { url: string; title: string; content: string; provider?: string }[]
  json?: Record<string, unknown> | null
  raw?: string | null
  usage?: { promptTokens: number; completionTokens: number }
  metadata: { search: { provider?: string }; pages: { requested: number; scraped: number }; chunker?: { chunks: unknown[] } }
}

const extract = (json: object) => client.get<Extracted>('extract', '/extract', { json })
const search = (json: object, who: Client = client) => who.get<Found>('search', '/search', { json })
const answer = (data: unknown) => ({ say: JSON.stringify({ data, quotes: [] }), inputTokens: 321, outputTokens: 45 })
const billed = async <T>(run: () => Promise<T>): Promise<{ value: T; credits: number }> => {
  const before = await key.used()
  return { value: await run(), credits: await key.used() - before }
}

const harbour = 'The ferry Skua carried 412 passengers.'
const schema = { type: 'object', properties: { ferry: { type: 'string' }, passengers: { type: 'integer' } } }

describe('POST /api/extract', () => {
  it('reads a page, HTML and Markdown, at one price', async () => {
    for (const source of [{ html: `<main><h1>Harbour</h1><p>${harbour}</p></main>` }, { markdown: `# Harbour\n\n${harbour}` }]) {
      model.script(answer({ ferry: 'Skua', passengers: 412 }))
      const { value, credits } = await billed(() => extract({ ...source, prompt: 'the ferry', schema }))
      expect(value).toEqual({
        id: expect.any(String), raw: null, json: { ferry: 'Skua', passengers: 412 }, usage: { promptTokens: 321, completionTokens: 45 }, metadata: { chunker: { chunks: [{ size: 321 }] } },
      })
      expect(uuid.safeParse(value.id).success).toBe(true)
      expect(credits).toBe(5)
    }
    model.script(answer({ title: 'nothing that the page says' }))
    const { value } = await billed(() => extract({ url: 'https://product.lab.test/', prompt: 'the product', schema: { type: 'object', properties: { name: { type: 'string' } } }, fetchConfig: { mode: 'fast' } }))
    expect(value.json).toEqual({ name: expect.any(String) })
    expect(value.metadata.fetch).toEqual({ provider: 'http' })
  })

  it('gives what is no object as text, for clients that read an object', async () => {
    model.script(answer(['Skua']))
    expect(await extract({ markdown: harbour, prompt: 'ferries', schema: { type: 'array', items: { type: 'string' } } })).toMatchObject({ json: null, raw: '["Skua"]' })
  })

  it('takes the page before what was brought along, and fetchConfig only for the page', async () => {
    expect(await extract({ html: `<p>ferry: Skua</p>`, prompt: 'x', schema: { type: 'object', properties: { ferry: { type: 'string' } } }, fetchConfig: { mock: true } })).toMatchObject({ json: { ferry: 'Skua' } })
    expect((await client.refused('/extract', { json: { url: 'https://target-http-error-404.fail.test/', html: '<p>here</p>', prompt: 'x' } })).type).toBe('upstream_failed')
  })

  it('bills no failure', async () => {
    const { credits } = await billed(async () => {
      expect(await client.refused('/extract', { json: { url: 'https://any.lab.test/status/500', prompt: 'x' } })).toMatchObject({ status: 502, type: 'upstream_failed' })
      expect(await client.refused('/extract', { json: { html: '<p>nothing</p>', prompt: 'the price', schema: { type: 'object', properties: { price: { type: 'number' } } } } })).toMatchObject({ status: 422, type: 'upstream_failed' })
      expect(await client.refused('/extract', { json: { prompt: 'x' } })).toMatchObject({ status: 400, details: [{ code: 'custom', path: [], message: 'Either url, html, or markdown is required' }] })
      expect(await client.refused('/extract', { json: { html: 'x', prompt: 'x', schema: { type: 'nonsense' } } })).toMatchObject({ status: 400, type: 'validation' })
    })
    expect(credits).toBe(0)
  })

  it('does without a model where a schema says what is wanted, and says what is missing where not', async () => {
    const plain = await startTestApp({ labForLive: true })
    try {
      const own = clientOf(plain, await plain.key({ mode: 'live' }))
      expect(await own.get<Extracted>('extract', '/extract', { json: { html: '<p>Ferry: Skua</p>', prompt: 'x', schema: { type: 'object', properties: { ferry: { type: 'string' } } } } }))
        .toMatchObject({ json: { ferry: 'Skua' }, usage: { promptTokens: 0, completionTokens: 0 }, metadata: { chunker: { chunks: [] } } })
      expect(await own.refused('/extract', { json: { html: '<p>x</p>', prompt: 'x' } })).toMatchObject({ status: 501, type: 'internal_error', detail: expect.stringContaining('LYREBIRD_MODEL_BASE_URL') })
      expect(await own.refused('/schema', { json: { prompt: 'x' } })).toMatchObject({ status: 501, type: 'internal_error', detail: expect.stringContaining('LYREBIRD_MODEL_BASE_URL') })
    } finally {
      await plain.close()
    }
  })
})

describe('POST /api/search', () => {
  beforeAll(async () => {
    for (const host of ['recipe', 'faq', 'event']) expect((await client.call('/scrape', { json: { url: `https://${host}.lab.test/` } })).status).toBe(200)
  })

  it('gives the pages that were found with their content, two credits each', async () => {
    const { value, credits } = await billed(() => search({ query: 'site:lab.test' }))
    expect(value.results).toHaveLength(3)
    for (const result of value.results) {
      expect(result.content.length).toBeGreaterThan(20)
      expect(result.provider).toBe('index')
    }
    expect(value.metadata).toEqual({ search: { provider: 'index' }, pages: { requested: 3, scraped: 3 } })
    expect(Object.keys(value)).toEqual(['id', 'results', 'metadata'])
    expect(credits).toBe(6)
  })

  it('gives HTML, in its modes, and so many as were asked for', async () => {
    const whole = await search({ query: 'site:recipe.lab.test', numResults: 1, format: 'html', mode: 'normal' })
    expect(whole.results[0]?.content).toMatch(/^<!doctype html>/i)
    const main = await search({ query: 'site:lab.test', numResults: 2, format: 'html', mode: 'reader' })
    expect(main.results).toHaveLength(2)
    expect(main.results[0]?.content).not.toContain('<script')
  })

  it('leaves out pages that fail or are of another type, unbilled', async () => {
    const { value, credits } = await billed(() => search({ query: 'site:lab.test', allowedTypes: ['application/pdf'] }))
    expect(value).toMatchObject({ results: [], metadata: { pages: { requested: 3, scraped: 0 } } })
    expect(credits).toBe(0)
  })

  it('answers a prompt from all of them, five credits each', async () => {
    const { results } = await search({ query: 'site:lab.test' })
    const titles = results.map((result) => result.title)
    model.script(answer({ titles }), answer({ titles }), answer({ titles }))
    const { value, credits } = await billed(() => search({ query: 'site:lab.test', prompt: 'the titles', schema: { type: 'object', properties: { titles: { type: 'array', items: { type: 'string' } } } } }))
    expect((value.json as { titles: string[] }).titles.toSorted()).toEqual(titles.toSorted())
    expect(value.raw).toBeNull()
    expect(value.usage?.promptTokens).toBeGreaterThan(0)
    expect(value.metadata.chunker?.chunks.length).toBeGreaterThan(0)
    expect(credits).toBe(15)
  })

  it('says so where the pages hold no answer, and bills the pages', async () => {
    model.fallback = () => answer({})
    const { value, credits } = await billed(() => search({ query: 'site:lab.test', numResults: 2, prompt: 'the price of tin', schema: { type: 'object', properties: { tinPrice: { type: 'number' } } } }))
    expect(value).toMatchObject({ json: null, raw: null, usage: { promptTokens: expect.any(Number) } })
    expect(value.results).toHaveLength(2)
    expect(credits).toBe(4)
  })

  it('reads place and time, and names what is wrong', async () => {
    for (const more of [{ locationGeoCode: 'uk' }, { locationGeoCode: 'jp-tk' }, { timeRange: 'past_hour' }, { timeRange: 'past_year' }, { fetchConfig: { mode: 'fast', timeout: 5000 } }]) {
      expect((await client.call('/search', { json: { query: 'site:lab.test', numResults: 1, ...more } })).status).toBe(200)
    }
    expect(await client.refused('/search', { json: { query: 'x', schema: {} } })).toMatchObject({ status: 400, details: [{ code: 'custom', path: ['prompt'], message: 'schema requires prompt' }] })
    expect(await client.refused('/search', { json: { query: 'x', numResults: '3' } })).toMatchObject({ status: 400, details: [{ code: 'invalid_type', path: ['numResults'] }] })
  })

  it('fails as a whole where nothing can be asked', async () => {
    const other = clientOf(app, await app.key({ mode: 'live' }))
    expect(await other.refused('/search', { json: { query: 'anything' } })).toMatchObject({ status: 501, type: 'internal_error', detail: expect.stringContaining('LYREBIRD_SEARXNG_URL') })
  })
})

describe('POST /api/schema', () => {
  const drafted = { type: 'object', properties: { price: { type: 'number', description: 'Price' } }, required: ['price'] }

  it('drafts a schema, and changes one', async () => {
    model.script({ say: JSON.stringify({ prompt: 'The price of the product', schema: drafted }), inputTokens: 50, outputTokens: 20 })
    const { value, credits } = await billed(async () => (await client.call('/schema', { json: { prompt: 'price' } })).json())
    expect(value).toEqual({ refinedPrompt: 'The price of the product', schema: drafted, usage: { promptTokens: 50, completionTokens: 20 } })
    expect(credits).toBe(1)
    for (const existing of [{ existing_schema: drafted }, { existingSchema: drafted }]) {
      model.script({ say: JSON.stringify({ prompt: 'The price', schema: drafted }) })
      expect((await client.call('/schema', { json: { prompt: 'add stock', ...existing } })).status).toBe(200)
      expect(model.requests.at(-1)?.body.messages.at(-1)?.content).toContain('"description":"Price"')
    }
  })

  it('lets the model correct itself once, and bills nothing where it cannot', async () => {
    model.script({ say: 'no idea' }, { say: JSON.stringify({ prompt: 'p', schema: drafted }) })
    expect((await client.call('/schema', { json: { prompt: 'price' } })).status).toBe(200)
    model.script({ say: 'no idea' }, { say: '{"schema": {"type": "nonsense"}}' })
    const { value, credits } = await billed(() => client.refused('/schema', { json: { prompt: 'price' } }))
    expect(value).toMatchObject({ status: 422, type: 'upstream_failed' })
    expect(credits).toBe(0)
    expect(await client.refused('/schema', { json: {} })).toMatchObject({ status: 400, details: [{ code: 'invalid_type', path: ['prompt'] }] })
  })
})
