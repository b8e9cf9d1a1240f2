import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'

let app: TestApp
let key: TestKey

beforeAll(async () => {
  app = await startTestApp()
  key = await app.key()
})
afterAll(() => app.close())

interface Blob { url?: string; base64?: string; expires_at?: string; width: number; height: number; bytes: number; content_type: string }
interface Data { renderer: string; markdown?: string; cached: boolean; screenshot: Blob; pdf: Blob; actions: { value?: unknown; screenshot?: Blob }[]; warnings: string[] }
interface Body { data: Data; evidence: { tier: string; outcome: string; signal?: string }[]; code?: string; issues?: { path: string[]; message: string }[] }

const scrape = async (json: unknown, secret = key.secret): Promise<{ status: number; body: Body }> => {
  const reply = await app.request('/v1/scrape', { json, headers: { authorization: `Bearer ${secret}` } })
  return { status: reply.status, body: await reply.json() as Body }
}

describe('render', () => {
  it('auto climbs to the browser where plain HTTP gives an empty frame, and says why', async () => {
    const { body } = await scrape({ url: 'https://spa.lab.test/' })
    expect(body.data).toMatchObject({ renderer: 'js' })
    expect(body.data.markdown).toContain('Klara II')
    expect(body.evidence).toMatchObject([{ tier: 'http', outcome: 'content.empty', signal: 'empty #root' }, { tier: 'browser', outcome: 'ok' }])
  })

  it('auto passes a challenge that browsers pass by themselves', async () => {
    const { body } = await scrape({ url: 'https://challenge.lab.test/' })
    expect(body.data.markdown).toContain('You have passed.')
    expect(body.evidence[0]).toMatchObject({ tier: 'http', outcome: 'target.blocked' })
  })

  it('auto stays with plain HTTP where that is enough; js does not', async () => {
    expect((await scrape({ url: 'https://article.lab.test/' })).body.data.renderer).toBe('static')
    expect((await scrape({ url: 'https://article.lab.test/', render: 'js' })).body.data.renderer).toBe('js')
  })

  it('static gives the failure that a browser might have passed', async () => {
    expect((await scrape({ url: 'https://spa.lab.test/', render: 'static' })).body.code).toBe('content.empty')
  })

  it('judges what the browser has as it judges what HTTP has', async () => {
    expect((await scrape({ url: 'https://shell.lab.test/', render: 'js' })).body.code).toBe('content.empty')
    expect((await scrape({ url: 'https://any.lab.test/status/404', render: 'js' })).body).toMatchObject({ code: 'target.http_error', target_status: 404 })
    expect((await scrape({ url: 'https://target-blocked.fail.test/', render: 'js' })).body.code).toBe('target.blocked')
  })

  it('js gives files as they are, without the browser', async () => {
    const { body } = await scrape({ url: 'https://any.lab.test/headers', render: 'js', formats: ['text'] })
    expect(body.data.renderer).toBe('static')
    expect(body.evidence).toMatchObject([{ tier: 'browser', signal: 'not a page' }, { tier: 'http', outcome: 'ok' }])
  })
})

describe('screenshot and pdf', () => {
  it('are kept under a signed address of this server that ends', async () => {
    const { body } = await scrape({ url: 'https://article.lab.test/', formats: ['markdown', 'screenshot', { type: 'pdf', paper: 'A5' }] })
    const { screenshot, pdf } = body.data
    expect(screenshot).toMatchObject({ content_type: 'image/png', width: 1280, height: 800 })
    expect(Date.parse(screenshot.expires_at ?? '')).toBeGreaterThan(Date.now())
    for (const blob of [screenshot, pdf]) {
      const address = (blob.url ?? '').replace('http://lyrebird.test', '')
      const got = await app.request(address)
      expect(got.status).toBe(200)
      expect(got.headers.get('content-type')).toBe(blob.content_type)
      expect((await got.arrayBuffer()).byteLength).toBe(blob.bytes)
      const forged = await app.request(address.replace(/expires=\d+/, 'expires=99999999999'))
      expect(forged.status).toBe(404)
      expect(await forged.json()).toMatchObject({ code: 'caller.not_found', kind: 'blob' })
    }
  })

  it('come inline where that is asked for', async () => {
    const { body } = await scrape({ url: 'https://article.lab.test/', formats: [{ type: 'screenshot', format: 'jpeg', quality: 30, width: 400, height: 300, delivery: 'base64' }] })
    expect(body.data.screenshot).toMatchObject({ content_type: 'image/jpeg', width: 400, height: 300 })
    expect(Buffer.from(body.data.screenshot.base64 ?? '', 'base64').byteLength).toBe(body.data.screenshot.bytes)
    expect(body.data.screenshot.url).toBeUndefined()
  })

  it('of another size are another stored result', async () => {
    const of = (width: number) => scrape({ url: 'https://docs.lab.test/', max_age_s: 3600, formats: [{ type: 'screenshot', width, height: 300 }] })
    expect((await of(500)).body.data.cached).toBe(false)
    expect((await of(600)).body.data).toMatchObject({ cached: false, screenshot: { width: 600 } })
    expect((await of(500)).body.data).toMatchObject({ cached: true, screenshot: { width: 500 } })
  })
})

describe('actions', () => {
  it('give a result each', async () => {
    const { body } = await scrape({ url: 'https://actions.lab.test/', actions: [{ type: 'click', selector: '#counter' }, { type: 'extract', selector: '#counter' }, { type: 'screenshot' }] })
    expect(body.data.actions).toMatchObject([{ index: 0, type: 'click' }, { index: 1, value: 'Clicked 1' }, { index: 2, screenshot: { content_type: 'image/png' } }])
    expect(body.data.markdown).toContain('1. counter 1')
  })

  it('that fail name themselves and keep the results before them', async () => {
    const { status, body } = await scrape({ url: 'https://actions.lab.test/', actions: [{ type: 'extract', selector: 'h1' }, { type: 'click', selector: '#none', timeout_ms: 200 }] })
    expect(status).toBe(422)
    expect(body).toMatchObject({ code: 'content.action_failed', index: 1, action: 'click', reason: 'selector matches nothing', billed_credits: 0, results: [{ value: 'Things to act on' }] })
  })

  it('may evaluate scripts only with the scope for it', async () => {
    const request = { url: 'https://actions.lab.test/', actions: [{ type: 'evaluate', script: '6 * 7' }] }
    expect((await scrape(request)).body).toMatchObject({ code: 'account.scope_denied', needs: 'the scope "evaluate"' })
    const able = await app.key({ scopes: ['scrape', 'evaluate'] })
    expect((await scrape(request, able.secret)).body.data.actions).toMatchObject([{ value: 42 }])
  })
})

describe('bad input', () => {
  it.each([
    [{ render: 'static', formats: ['screenshot'] }, 'render'],
    [{ render: 'static', wait_ms: 5 }, 'render'],
    [{ formats: [{ type: 'screenshot', width: 100 }] }, 'formats.0.width'],
    [{ formats: [{ type: 'screenshot', quality: 101 }] }, 'formats.0.quality'],
    [{ formats: ['markdown', 'pptx'] }, 'formats.1'],
    [{ viewport: { width: 1280 } }, 'viewport.height'],
    [{ timezone: 'Mars/Olympus' }, 'timezone'],
    [{ locale: 'not a locale' }, 'locale'],
    [{ wait_for: {} }, 'wait_for'],
    [{ actions: [{ type: 'click' }] }, 'actions.0.selector'],
    [{ actions: [{ type: 'upload', selector: 'a' }] }, 'actions.0.type'],
    [{ actions: [{ type: 'navigate', url: 'file:///etc/passwd' }] }, 'actions.0.url'],
  ])('%j is refused at %s', async (fields, path) => {
    const { status, body } = await scrape({ url: 'https://article.lab.test/', ...fields })
    expect(status).toBe(400)
    expect(body.issues?.map((issue) => issue.path.join('.'))).toContain(path)
  })

  it('with unknown options of a format is told the right name', async () => {
    const { body } = await scrape({ url: 'https://article.lab.test/', formats: [{ type: 'screenshot', fullpage: true }] })
    expect(body.issues).toMatchObject([{ path: ['formats', 0, 'fullpage'], message: 'Unknown field "fullpage". Did you mean "full_page"?' }])
  })
})

it('a server without a browser says so, and auto keeps the failure of the page', async () => {
  const plain = await startTestApp({ browser: 'off' })
  try {
    const own = await plain.key()
    const code = async (json: unknown) => (await (await plain.request('/v1/scrape', { json, headers: { authorization: `Bearer ${own.secret}` } })).json() as Body).code
    expect(await code({ url: 'https://article.lab.test/', render: 'js' })).toBe('platform.browser_unavailable')
    expect(await code({ url: 'https://spa.lab.test/' })).toBe('content.empty')
  } finally {
    await plain.close()
  }
})
