import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'

let app: TestApp
let key: TestKey

beforeAll(async () => {
  app = await startTestApp()
  key = await app.key()
})
afterAll(() => app.close())

const scrape = (json: unknown, headers: Record<string, string> = {}) =>
  app.request('/v1/scrape', { json, headers: { authorization: `Bearer ${key.secret}`, ...headers } })

describe('POST /v1/scrape', () => {
  it('gives a page in every format asked for, with evidence and a request id', async () => {
    const reply = await scrape({ url: 'https://article.lab.test/', formats: ['markdown', 'html', 'raw_html', 'text', 'links', 'images', 'metadata'] })
    expect(reply.status).toBe(200)
    const body = await reply.json() as { data: Record<string, unknown>; usage: unknown; request_id: string; evidence: { tier: string; outcome: string; status: number }[] }
    expect(body.data.markdown).toMatch(/^# /m)
    expect(body.data.html).toContain('<h1')
    expect(body.data.html).not.toContain('<script')
    expect(body.data.raw_html).toContain('<!doctype html>')
    expect(body.data.text).not.toContain('<')
    expect((body.data.links as { url: string }[]).every((link) => URL.canParse(link.url))).toBe(true)
    expect((body.data.images as unknown[]).length).toBeGreaterThan(0)
    expect(body.data).toMatchObject({ url: 'https://article.lab.test/', final_url: 'https://article.lab.test/', status: 200, renderer: 'static', cached: false, metadata: { language: 'en' } })
    expect(body.evidence.at(-1)).toMatchObject({ tier: 'http', status: 200, outcome: 'ok' })
    expect(reply.headers.get('x-request-id')).toBe(body.request_id)
    expect(reply.headers.get('server-timing')).toMatch(/^total;dur=\d+/)
  })

  it('keeps a well-formed X-Request-Id of the caller and replaces a bad one', async () => {
    expect((await scrape({ url: 'https://article.lab.test/' }, { 'x-request-id': 'my-trace-0001' })).headers.get('x-request-id')).toBe('my-trace-0001')
    expect((await scrape({ url: 'https://article.lab.test/' }, { 'x-request-id': 'no spaces here' })).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('begins main content with the heading of the page where that is asked for', async () => {
    const of = async (json: object) => ((await (await scrape({ url: 'https://product.lab.test/', mode: 'reader', ...json })).json()) as { data: { markdown: string } }).data.markdown
    expect(await of({})).not.toContain('# Fernhill Tarn')
    expect(await of({ heading: true })).toContain('# Fernhill Tarn')
  })

  it('keeps only what include_selectors match and drops what exclude_selectors match', async () => {
    const all = await (await scrape({ url: 'https://docs.lab.test/' })).json() as { data: { markdown: string } }
    const some = await (await scrape({ url: 'https://docs.lab.test/', include_selectors: ['h1'] })).json() as { data: { markdown: string } }
    expect(some.data.markdown.trim().split('\n').length).toBeLessThan(all.data.markdown.trim().split('\n').length)
    expect(some.data.markdown).toMatch(/^# /)
  })

  it('sends headers and cookies to the page', async () => {
    const reply = await scrape({ url: 'https://any.lab.test/headers', headers: { 'X-Probe': 'seen' }, cookies: { session: 'abc' }, formats: ['text'] })
    const { data } = await reply.json() as { data: { text: string } }
    expect(data.text).toContain('seen')
    expect(data.text).toContain('session=abc')
  })

  it('reuses a stored result within max_age_s, and says so', async () => {
    const page = 'https://changes.lab.test/'
    const first = await (await scrape({ url: page })).json() as { data: { markdown: string } }
    const again = await (await scrape({ url: page, max_age_s: 3600 })).json() as { data: { markdown: string; cached: boolean }; evidence: { tier: string }[] }
    expect(again.data.cached).toBe(true)
    expect(again.data.markdown).toBe(first.data.markdown)
    expect(again.evidence[0]?.tier).toBe('cache')
    const fresh = await (await scrape({ url: page })).json() as { data: { markdown: string; cached: boolean } }
    expect(fresh.data.cached).toBe(false)
    expect(fresh.data.markdown).not.toBe(first.data.markdown)
  })
})

describe('GET forms', () => {
  const auth = () => ({ authorization: `Bearer ${key.secret}` })

  it('answers GET /v1/scrape?url=', async () => {
    const reply = await app.request('/v1/scrape?url=https%3A%2F%2Farticle.lab.test%2F&formats=links,text', { headers: auth() })
    expect(reply.status).toBe(200)
    expect(Object.keys((await reply.json() as { data: object }).data)).toEqual(expect.arrayContaining(['links', 'text']))
  })

  it('answers GET /r/<url> with plain Markdown, and JSON for those who ask', async () => {
    const plain = await app.request('/r/https://article.lab.test/', { headers: auth() })
    expect(plain.headers.get('content-type')).toMatch(/^text\/markdown/)
    expect(await plain.text()).toMatch(/^# /m)
    const json = await app.request('/r/https://article.lab.test/', { headers: { ...auth(), accept: 'application/json' } })
    expect(await json.json()).toMatchObject({ data: { status: 200 } })
  })

  it('keeps the query of the page in GET /r/', async () => {
    const reply = await app.request('/r/https://any.lab.test/status/404?retry_after=7', { headers: auth() })
    expect(await reply.json()).toMatchObject({ code: 'target.http_error', target_status: 404 })
  })
})
