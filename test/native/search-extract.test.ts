import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { startModelServer, type ModelServer } from '../support/model-server.ts'
import { startSearchServer, type SearchServer } from '../support/search-server.ts'

interface Extracted {
  status: string
  json?: Record<string, unknown>
  extraction?: { sources: Record<string, { source: string }>; missing: string[]; unmatched: Record<string, string>; model?: { calls: number } }
  failure?: { code: string; violations?: { path: string }[] }
}

interface Reply {
  data: { results: { url: string; content?: { status: string; markdown?: string; json?: unknown; failed_formats?: Record<string, { code: string }>; failure?: { code: string } }; extract?: Extracted }[]; extract?: Extracted }
  usage: { credits: number }
  code: string
  issues: { path: (string | number)[] }[]
}

let engine: SearchServer
let model: ModelServer
let plain: TestApp
let modelled: TestApp

beforeAll(async () => {
  engine = await startSearchServer()
  model = await startModelServer()
  plain = await startTestApp({ labForLive: true, searxngUrl: engine.url })
  modelled = await startTestApp({ labForLive: true, searxngUrl: engine.url, modelBaseUrl: model.baseUrl, modelName: 'test-model' })
})
afterAll(async () => {
  await Promise.all([plain.close(), modelled.close()])
  await Promise.all([engine.close(), model.close()])
})
beforeEach(() => model.reset())

const finds = (...urls: string[]) => {
  engine.find = () => urls.map((url, i) => ({ url, title: `Hit ${i}`, content: 'a snippet' }))
}
const search = async (app: TestApp, key: TestKey, json: Record<string, unknown>) => {
  const reply = await app.request('/v1/search', { json: { query: 'anything', sources: ['searxng'], ...json }, headers: { authorization: `Bearer ${key.secret}` } })
  return { status: reply.status, ...(await reply.json() as Reply) }
}
const text = { type: 'string' }
const product = { type: 'object', properties: { name: text, price: { type: 'number' } }, required: ['name', 'price'] }

describe('extract over results', () => {
  it('gives every result its own data or its own failure, and bills what gave something', async () => {
    finds('https://product.lab.test/', 'https://target-blocked.fail.test/', 'https://faq.lab.test/', 'http://127.0.0.1:9/')
    const key = await plain.key({ mode: 'live' })
    const { status, data, usage } = await search(plain, key, { extract: { schema: product } })
    expect(status).toBe(200)
    expect(data.results.map(({ extract }) => extract?.json ?? extract?.failure?.code)).toEqual([
      { name: 'Fernhill Tarn 45 Trekking Pack', price: 149.9 }, 'target.blocked', 'content.extraction_invalid', 'policy.url_blocked',
    ])
    expect(data.results[0]?.extract?.extraction?.sources['/price']?.source).toBe('json_ld')
    expect(data.results[2]?.extract?.failure?.violations).toMatchObject([{ path: '/price' }])
    expect(data.results.every((result) => !('content' in result))).toBe(true)
    // The search, and one page.
    expect(usage.credits).toBe(2)
    expect(await key.used()).toBe(2)
  })

  it('takes selectors, and names those that match nothing', async () => {
    finds('https://listing.lab.test/')
    const { data } = await search(plain, await plain.key({ mode: 'live' }), { extract: { selectors: { names: { selector: 'li.card h2', list: true }, none: '.nope' } } })
    expect(data.results[0]?.extract?.json?.names).toContain('Armchair in oak')
    expect(data.results[0]?.extract?.extraction?.unmatched).toEqual({ '/none': '.nope matches nothing' })
  })

  it('stands beside the content, which stays where there is no data', async () => {
    finds('https://product.lab.test/', 'https://article.lab.test/')
    const key = await plain.key({ mode: 'live' })
    const { data, usage } = await search(plain, key, { content: { formats: ['markdown'], max_tokens: 50 }, extract: { schema: { type: 'object', properties: { price: { type: 'number' } } } } })
    expect(data.results.map(({ extract }) => extract?.json ?? extract?.failure?.code)).toEqual([{ price: 149.9 }, 'content.extraction_failed'])
    for (const { content } of data.results) {
      expect(content).toMatchObject({ status: 'ok' })
      expect((content?.markdown ?? '').length).toBeGreaterThan(20)
      expect(content).not.toHaveProperty('json')
      expect(content).not.toHaveProperty('failed_formats')
    }
    expect(usage.credits).toBe(3)
  })

  it('is also a format of the content, with its options', async () => {
    finds('https://product.lab.test/', 'https://article.lab.test/')
    const { data } = await search(plain, await plain.key({ mode: 'live' }), { content: { formats: ['text', { type: 'json', schema: { type: 'object', properties: { price: { type: 'number' } } } }] } })
    expect(data.results[0]?.content?.json).toEqual({ price: 149.9 })
    expect(data.results[1]?.content?.failed_formats?.json?.code).toBe('content.extraction_failed')
  })

  it('answers within the one deadline, and a page that does not is a timeout', async () => {
    finds('https://product.lab.test/', 'https://target-timeout.fail.test/')
    const { status, data, usage } = await search(plain, await plain.key({ mode: 'live' }), { extract: { schema: product }, timeout_ms: 3000 })
    expect(status).toBe(200)
    expect(data.results.map(({ extract }) => extract?.failure?.code ?? extract?.status)).toEqual(['ok', 'target.timeout'])
    expect(usage.credits).toBe(2)
  })

  it.each([
    ['nothing wanted', { extract: {} }, 'extract.schema'],
    ['selectors for all together', { content: true, extract: { selectors: { a: 'p' }, over: 'all' } }, 'extract.selectors'],
    ['all without pages to read', { extract: { schema: product, over: 'all' } }, 'extract.over'],
    ['the same twice', { content: { formats: ['json'] }, extract: { schema: product } }, 'extract'],
    ['a bad selector', { extract: { selectors: { a: 'h1[' } } }, 'selectors.a'],
    ['a remote schema', { extract: { schema: { $ref: 'https://b.example/s' } } }, 'schema.$ref'],
    ['a question without one', { content: { formats: ['question'] } }, 'content.formats.0'],
  ])('refuses %s before anything is searched, unbilled', async (_, json, path) => {
    const asked = engine.asked.length
    const key = await plain.key({ mode: 'live' })
    const { status, code, issues } = await search(plain, key, json)
    expect([status, code]).toEqual([400, 'caller.invalid_request'])
    expect(issues.map((issue) => issue.path.join('.'))).toContain(path)
    expect(engine.asked).toHaveLength(asked)
    expect(await key.used()).toBe(0)
  })

  it('says which setting a prompt needs, before anything is searched', async () => {
    const asked = engine.asked.length
    expect(await search(plain, await plain.key({ mode: 'live' }), { extract: { prompt: 'the price' } })).toMatchObject({ status: 501, code: 'platform.not_configured' })
    expect(engine.asked).toHaveLength(asked)
  })
})

describe('extract over results with a model', () => {
  const say = (data: unknown, quotes: { path: string; quote: string }[] = []) => ({ say: JSON.stringify({ data, quotes }) })

  it('asks it about each page by itself; one that it fails at is that page’s failure', async () => {
    finds('https://article.lab.test/', 'https://recipe.lab.test/')
    model.fallback = ({ body }) => (JSON.stringify(body.messages).includes('lighthouse') ? say({ keeper: 'lighthouse keeper' }) : { status: 400 })
    const key = await modelled.key({ mode: 'live' })
    const { status, data, usage } = await search(modelled, key, { extract: { prompt: 'Who is it about?', schema: { type: 'object', properties: { keeper: text } } } })
    expect(status).toBe(200)
    expect(data.results[0]?.extract).toMatchObject({ status: 'ok', json: { keeper: 'lighthouse keeper' }, extraction: { model: { calls: 1 } } })
    expect(data.results[1]?.extract?.status).toBe('failed')
    expect(usage.credits).toBe(2)
  })

  it('asks it once about all of them', async () => {
    finds('https://article.lab.test/', 'https://recipe.lab.test/')
    const before = model.requests.length
    model.fallback = () => say({ keeper: 'lighthouse keeper' })
    const { data } = await search(modelled, await modelled.key({ mode: 'live' }), { content: true, extract: { prompt: 'Who is it about?', schema: { type: 'object', properties: { keeper: text } }, over: 'all' } })
    expect(data.extract).toMatchObject({ status: 'ok', json: { keeper: 'lighthouse keeper' } })
    expect(data.results.every((result) => !('extract' in result))).toBe(true)
    expect(model.requests.length - before).toBe(1)
  })
})
