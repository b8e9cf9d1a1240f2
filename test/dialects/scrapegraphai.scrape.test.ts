import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { startModelServer, type ModelServer } from '../support/model-server.ts'
import { clientOf, type Client, type Scraped } from './scrapegraphai.client.ts'

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

const page = 'https://article.lab.test/'
const scrape = (json: object): Promise<Scraped> => client.get<Scraped>('scrape', '/scrape', { json })
const answer = (data: unknown) => ({ say: JSON.stringify({ data, quotes: [] }), inputTokens: 321, outputTokens: 45 })

describe('formats that are read', () => {
  it('json by schema, prompt and mode, with the parts that the model was given', async () => {
    const { results } = await scrape({ url: 'https://product.lab.test/', formats: [{ type: 'markdown' }] })
    const title = /^# (.+)$/m.exec(results.markdown?.data[0] ?? '')?.[1]
    model.script(answer({ title }))
    const before = await key.used()
    const body = await scrape({ url: 'https://product.lab.test/', formats: [{ type: 'json', prompt: 'the title', schema: { type: 'object', properties: { title: { type: 'string' } } }, mode: 'reader' }] })
    expect(body.results.json?.data).toEqual({ title })
    expect(body.results.json?.metadata).toMatchObject({ chunker: { chunks: expect.any(Array) }, raw: null })
    expect(await key.used() - before).toBe(5)
  })

  it('json with neither is what the page says it is about', async () => {
    const body = await scrape({ url: 'https://product.lab.test/', formats: [{ type: 'json' }] })
    expect(body.results.json?.data).toEqual(expect.any(Object))
    expect(body.results.json?.metadata).toEqual({ chunker: { chunks: [] }, raw: null })
  })

  it('summary as one text', async () => {
    model.script({ say: 'A short account of the page.' })
    const before = await key.used()
    expect((await scrape({ url: page, formats: [{ type: 'summary' }] })).results.summary).toEqual({ data: 'A short account of the page.' })
    expect(await key.used() - before).toBe(1)
  })

  it('names the one that fails beside the others, and does not bill it', async () => {
    model.script({ status: 400 }, { status: 400 }, { status: 400 }, { status: 400 })
    const before = await key.used()
    const body = await scrape({ url: page, formats: [{ type: 'summary' }, { type: 'links' }] })
    expect(Object.keys(body.results)).toEqual(['links'])
    expect(body.errors).toEqual({ summary: { code: 'model_unavailable', error: expect.any(String) } })
    expect(await key.used() - before).toBe(1)
    model.reset()
  })
})

describe('screenshot', () => {
  const bytes = async (url: string) => {
    const reply = await app.request(url.replace('http://lyrebird.test', ''))
    return { type: reply.headers.get('content-type'), size: (await reply.arrayBuffer()).byteLength }
  }

  it('has an address that anyone can open, and its measures', async () => {
    const before = await key.used()
    const { results } = await scrape({ url: page, formats: [{ type: 'screenshot' }, { type: 'markdown' }] })
    expect(results.screenshot).toMatchObject({ data: { width: 1440, height: 900 }, metadata: { contentType: 'image/jpeg', provider: 'browser' } })
    expect(await bytes(results.screenshot?.data.url ?? '')).toMatchObject({ type: 'image/jpeg' })
    expect(await key.used() - before).toBe(3)
  })

  it('takes measures, quality and the whole page, in every mode', async () => {
    const shot = async (format: object, mode = 'auto') => (await scrape({ url: page, formats: [{ type: 'screenshot', ...format }], fetchConfig: { mode } })).results.screenshot?.data
    const small = await shot({ width: 400, height: 300, quality: 5 }, 'js')
    const fine = await shot({ width: 400, height: 300, quality: 100 }, 'fast')
    expect(small).toMatchObject({ width: 400, height: 300 })
    expect((await bytes(small?.url ?? '')).size).toBeLessThan((await bytes(fine?.url ?? '')).size)
    expect((await shot({ width: 400, height: 300, fullPage: true }))?.height).toBeGreaterThan(300)
  })

  it('is named as failed where there is no browser, and fails the request where nothing else was asked for', async () => {
    const plain = await startTestApp({ browser: 'off' })
    try {
      const own = clientOf(plain, await plain.key())
      const body = await own.get<Scraped>('scrape', '/scrape', { json: { url: page, formats: [{ type: 'screenshot' }, { type: 'markdown' }] } })
      expect(Object.keys(body.results)).toEqual(['markdown'])
      expect(body.errors).toEqual({ screenshot: { code: 'browser_unavailable', error: 'No browser is available on this server.' } })
      expect(await own.refused('/scrape', { json: { url: page, formats: [{ type: 'screenshot' }] } })).toMatchObject({ status: 503, type: 'internal_error', detail: 'No browser is available on this server.' })
    } finally {
      await plain.close()
    }
  })
})

describe('fetchConfig', () => {
  it('waits and scrolls in a browser, and does without where plain HTTP is asked for', async () => {
    expect((await scrape({ url: page, fetchConfig: { wait: 50 } })).metadata.provider).toBe('browser')
    expect((await scrape({ url: page, fetchConfig: { scrolls: 1 } })).metadata.provider).toBe('browser')
    expect((await scrape({ url: page, fetchConfig: { mode: 'fast', wait: 50, scrolls: 1 } })).metadata.provider).toBe('http')
    expect((await scrape({ url: page, fetchConfig: { mode: 'auto', stealth: false, timeout: 30_000, wait: 0, scrolls: 0, mock: false, country: 'US' } })).metadata.provider).toBe('http')
  })

  it('gives a mock page of the size that was asked for, without fetching anything', async () => {
    for (const [minKb, maxKb] of [[1, 1], [40, 60]] as const) {
      const { results } = await scrape({ url: 'https://nowhere.invalid/', formats: [{ type: 'html' }, { type: 'links' }, { type: 'images' }, { type: 'markdown' }], fetchConfig: { mock: { minKb, maxKb } } })
      const size = results.html?.data[0]?.length ?? 0
      expect(size).toBeGreaterThan(minKb * 1024 * 0.8)
      expect(size).toBeLessThanOrEqual(Math.max(maxKb * 1024, 2100))
      expect(results.links?.data.length).toBeGreaterThan(0)
      expect(results.markdown?.data[0]).toContain('# Mock page')
    }
    const [first, again, other] = await Promise.all(['a', 'a', 'b'].map((path) => scrape({ url: `https://nowhere.invalid/${path}`, fetchConfig: { mock: true } })))
    expect(first?.results).toEqual(again?.results)
    expect(first?.results).not.toEqual(other?.results)
  })

  it('takes its time over a mock page, within the deadline', async () => {
    const slow = (timeout: number) => ({ json: { url: page, fetchConfig: { timeout, mock: { minSleep: 1500, maxSleep: 1500 } } } })
    expect(await client.refused('/scrape', slow(1000))).toMatchObject({ status: 504, type: 'upstream_failed' })
    expect((await client.call('/scrape', slow(10_000))).status).toBe(200)
  })
})

describe('warnings', () => {
  it('tell what plain HTTP ran into before the browser had the page', async () => {
    expect((await scrape({ url: 'https://spa.lab.test/' })).metadata.warnings).toContainEqual({ reason: 'spa_shell', provider: 'http' })
    expect((await scrape({ url: 'https://challenge.lab.test/' })).metadata.warnings).toContainEqual({ reason: 'bot_blocked', provider: 'http' })
  })

  it('tell of a page that says hardly anything, and of nothing else', async () => {
    expect((await scrape({ url: page })).metadata.warnings).toBeUndefined()
    expect((await scrape({ url: 'https://any.lab.test/status/200' })).metadata.warnings).toEqual([{ reason: 'too_short', provider: 'http' }])
  })
})

describe('branding', () => {
  it('has every member, and says where its choices come from', async () => {
    const before = await key.used()
    const { results } = await scrape({ url: 'https://brand.lab.test/', formats: [{ type: 'branding' }, { type: 'markdown' }] })
    const data = results.branding?.data as { colors: Record<string, string>; fonts: { role: string }[]; images: { logo: string }; confidence: { overall: number }; logoReasoning: { selectedIndex: number; reasoning: string } }
    expect(data.colors.primary).toMatch(/^#[0-9a-f]{6}$/)
    expect(data.colors.background).toMatch(/^#[0-9a-f]{6}$/)
    expect(data.fonts.map(({ role }) => role)).toEqual(expect.arrayContaining(['heading', 'body']))
    expect(data.images.logo).not.toBe('')
    expect(data.logoReasoning).toMatchObject({ selectedIndex: 0, reasoning: expect.stringMatching(/./) })
    expect(data.confidence.overall).toBeGreaterThan(0)
    expect(results.branding?.metadata).toMatchObject({ branding: { title: expect.stringMatching(/./) } })
    expect(await key.used() - before).toBe(26)
  })

  it('is empty texts where a page shows nothing of the kind', async () => {
    const { results } = await scrape({ url: 'https://any.lab.test/status/200', formats: [{ type: 'branding' }] })
    expect(results.branding?.data).toMatchObject({ images: { ogImage: '' }, components: { buttonSecondary: { background: '' } }, personality: { tone: '', energy: 'medium' } })
  })
})

describe('documents', () => {
  const read = async (json: object) => {
    const before = await key.used()
    const body = await scrape({ url: 'https://documents.lab.test/long.pdf', ...json })
    return { body, credits: await key.used() - before }
  }

  it('are read up to the pages that were asked for, twenty-five unless said otherwise, each paid for', async () => {
    const some = await read({ processors: [{ type: 'pdf', maxPages: 2 }], contentType: 'application/pdf' })
    expect(some.body.metadata.contentType).toBe('application/pdf')
    expect(some.credits).toBe(1 + 2)
    const usual = await read({})
    expect(usual.credits).toBe(1 + 25)
    expect(usual.body.results.markdown?.data[0]?.length).toBeGreaterThan(some.body.results.markdown?.data[0]?.length ?? Infinity)
  })

  it('are what contentType says they are', async () => {
    const { results, metadata } = await scrape({ url: 'https://article.lab.test/', contentType: 'text/plain' })
    expect(metadata.contentType).toBe('text/plain')
    expect(results.markdown?.data[0]).toContain('<')
  })
})
