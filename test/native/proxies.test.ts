import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { startChild } from '../support/child.ts'
import { startProxy, type TestProxy } from '../support/proxy.ts'

let [plain, german, socks, wrong, dead] = [] as unknown as TestProxy[]
let app: TestApp
let key: TestKey
let friendly: Server

beforeAll(async () => {
  [plain, german, socks, wrong, dead] = await Promise.all([startProxy(), startProxy({ password: 'geheim wort' }), startProxy({ kind: 'socks5', password: 'socks-word' }), startProxy({ password: 'right' }), startProxy()])
  friendly = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(`<title>Welcome</title><h1>Welcome</h1><p>${'Some text for whoever comes through a proxy. '.repeat(10)}</p>`))
  await new Promise<void>((resolve) => { friendly.listen(0, '127.0.0.1', resolve) })
  app = await startTestApp({ labForLive: true, sessions: '1', proxiesStandard: `${plain.url}, de=${german.url}`, proxiesPremium: `us=${socks.url}` })
  key = await app.key({ mode: 'live' })
})
afterAll(async () => {
  await app.close()
  friendly.close()
  await Promise.all([plain, german, socks, wrong, dead].map(async (proxy) => proxy?.close()))
})
beforeEach(() => {
  for (const proxy of [plain, german, socks]) {
    proxy!.asked.length = 0
    proxy!.divert = undefined
  }
})

interface Body { code?: string; data: { proxy?: string; renderer: string; markdown: string }; evidence: { tier: string; outcome: string; proxy?: string }[]; usage: { credits: number } }

const scrape = async (json: object, secret = key.secret, of = app): Promise<{ status: number; body: Body }> => {
  const reply = await of.request('/v1/scrape', { json: { url: 'https://article.lab.test/', ...json }, headers: { 'x-api-key': secret } })
  return { status: reply.status, body: await reply.json() as Body }
}

describe('a page through a proxy', () => {
  it('is fetched through the tier that was asked for, and says so', async () => {
    const { body } = await scrape({ proxy: 'premium' })
    expect(body.data).toMatchObject({ proxy: 'premium', renderer: 'static' })
    expect(body.evidence).toMatchObject([{ tier: 'http', outcome: 'ok', proxy: 'premium' }])
    expect(socks!.asked).toHaveLength(1)
    expect([...plain!.asked, ...german!.asked]).toEqual([])
    expect((await scrape({})).body.data.proxy).toBeUndefined()
    expect((await scrape({ proxy: 'none' })).body.data.proxy).toBeUndefined()
    expect(socks!.asked).toHaveLength(1)
  })

  it('gives the proxy an address that was judged, never a name', async () => {
    await scrape({ proxy: 'standard' })
    await scrape({ proxy: 'premium', url: 'https://product.lab.test/' })
    const asked = [...plain!.asked, ...german!.asked, ...socks!.asked]
    expect(asked).toHaveLength(2)
    for (const one of asked) expect(one).toMatch(/^127\.0\.0\.1:\d+$/)
  })

  it('is judged as ever: private targets never reach the proxy', async () => {
    for (const url of ['http://10.0.0.1/', 'http://localhost:9/', 'http://169.254.169.254/', 'http://[::1]/', 'https://any.lab.test/redirect-to?url=http%3A%2F%2F10.0.0.1%2F']) {
      for (const render of ['static', 'js']) expect((await scrape({ url, proxy: 'standard', render })).body.code, url).toBe('policy.url_blocked')
    }
    expect([...plain!.asked, ...german!.asked].filter((one) => !one.startsWith('127.0.0.1:'))).toEqual([])
  })

  it('leaves by a country, or not at all', async () => {
    await scrape({ proxy: { mode: 'standard', country: 'DE' } })
    expect([plain!.asked.length, german!.asked.length]).toEqual([0, 1])
    expect((await scrape({ proxy: { mode: 'standard', country: 'fr' } })).body.code).toBe('platform.proxy_unavailable')
  })

  it('takes turns, and stays with one for a session', async () => {
    for (const url of ['https://article.lab.test/', 'https://product.lab.test/', 'https://docs.lab.test/', 'https://recipe.lab.test/']) await scrape({ url, proxy: 'standard' })
    expect(plain!.asked.length).toBeGreaterThan(0)
    expect(german!.asked.length).toBeGreaterThan(0)
    plain!.asked.length = german!.asked.length = 0
    for (const url of ['https://faq.lab.test/', 'https://event.lab.test/', 'https://job.lab.test/', 'https://forum.lab.test/']) await scrape({ url, proxy: { mode: 'standard', session: 'one' } })
    expect([plain!.asked.length, german!.asked.length].toSorted((a, b) => a - b)[0]).toBe(0)
  })

  it('is rendered through it too, every part of it', async () => {
    const { body } = await scrape({ url: 'https://spa.lab.test/', proxy: 'premium', render: 'js' })
    expect(body.data).toMatchObject({ proxy: 'premium', renderer: 'js' })
    expect(body.data.markdown).toContain('Klara II')
    expect(socks!.asked.length).toBeGreaterThan(0)
    expect([...plain!.asked, ...german!.asked]).toEqual([])
  })

  it('is climbed to by auto where the site refuses, and not before', async () => {
    expect((await scrape({ proxy: 'auto' })).body.data.proxy).toBeUndefined()
    expect([...plain!.asked, ...german!.asked, ...socks!.asked]).toEqual([])
    const port = (friendly.address() as AddressInfo).port
    socks!.divert = { host: '127.0.0.1', port }
    const { body } = await scrape({ url: 'http://target-blocked.fail.test/', proxy: 'auto', render: 'static' })
    expect(body.data).toMatchObject({ proxy: 'premium' })
    expect(body.data.markdown).toContain('Welcome')
    expect(body.evidence.map(({ outcome, proxy }) => [outcome, proxy])).toEqual([['target.blocked', undefined], ['target.blocked', 'standard'], ['ok', 'premium']])
  })

  it('is not for test keys, which leave this machine in no way', async () => {
    const test = await app.key()
    expect((await scrape({ proxy: 'standard' }, test.secret)).body.code).toBe('platform.proxy_unavailable')
    expect((await scrape({ proxy: 'auto' }, test.secret)).status).toBe(200)
  })

  it('serves a browser session for all of its life', async () => {
    const { url } = await app.app.listen()
    const reply = await fetch(`${url}/v1/sessions`, { method: 'POST', headers: { 'x-api-key': key.secret, 'content-type': 'application/json' }, body: JSON.stringify({ proxy: { mode: 'standard', country: 'de' } }) })
    const { data } = await reply.json() as { data: { cdp_url: string } }
    const browser = await chromium.connectOverCDP(data.cdp_url)
    const page = browser.contexts()[0]?.pages()[0]
    await page?.goto('https://article.lab.test/')
    expect(await page?.title()).toContain('lighthouse')
    expect(german!.asked.length).toBeGreaterThan(0)
    expect([...plain!.asked, ...socks!.asked]).toEqual([])
    await browser.close()
  })
})

describe('a proxy that does not work', () => {
  const withProxies = async (settings: Parameters<typeof startTestApp>[0]) => {
    const own = await startTestApp({ labForLive: true, ...settings })
    const secret = (await own.key({ mode: 'live' })).secret
    return { own, get: (json: object) => scrape(json, secret, own) }
  }

  it('is passed over for one that does, and rested', async () => {
    await dead!.close()
    const { own, get } = await withProxies({ proxiesStandard: `${dead!.url},${wrong!.url.replace('right', 'bad')},${plain!.url}` })
    for (const url of ['https://article.lab.test/', 'https://product.lab.test/', 'https://docs.lab.test/', 'https://faq.lab.test/']) expect((await get({ url, proxy: 'standard' })).body.data.proxy).toBe('standard')
    expect(wrong!.connections).toBe(1)
    expect(wrong!.asked).toEqual([])
    await own.close()
  })

  it('fails with its own code where there is no other, in HTTP and in a browser', async () => {
    const { own, get } = await withProxies({ proxiesStandard: wrong!.url.replace('right', 'bad') })
    expect((await get({ proxy: 'standard' })).body.code).toBe('platform.proxy_unavailable')
    expect((await get({ proxy: 'standard' })).body.code).toBe('platform.proxy_unavailable')
    expect((await get({ proxy: 'premium' })).body.code).toBe('platform.proxy_unavailable')
    const other = await withProxies({ proxiesStandard: wrong!.url.replace('right', 'bad') })
    expect((await other.get({ proxy: 'standard', render: 'js' })).body.code).toBe('platform.proxy_unavailable')
    await Promise.all([own.close(), other.own.close()])
  })

  it('is told from a target that it cannot reach', async () => {
    const strict = await startProxy({ status: 503 })
    const { own, get } = await withProxies({ proxiesStandard: strict.url })
    expect((await get({ proxy: 'standard' })).body.code).toBe('target.unreachable')
    await own.close()
    await strict.close()
  })

  it('stops the start where its address cannot be read, and never shows a password', async () => {
    for (const bad of ['http://', 'ftp://user:hunter2@proxy.example:1', 'user:hunter2@proxy.example:1', 'http://user:hunter2@proxy.example:1/path']) {
      const error = await startTestApp({ proxiesPremium: bad }).then(() => undefined, (caught: unknown) => caught as Error)
      expect(error?.message, bad).toMatch(/^LYREBIRD_PROXIES_PREMIUM: proxy .* cannot be read/)
      expect(error?.message).not.toContain('hunter2')
    }
  })

  it('leaves no credential in a log, an answer or the history', async () => {
    const child = startChild('./proxy-process.ts', [wrong!.url.replace('right', 'hunter2')])
    const written = [await child.line(), await child.line(), await child.line()]
    await child.exited
    written.push(child.stderr())
    expect(child.stderr()).toContain('"code":"platform.proxy_unavailable"')
    expect(written.join('\n')).toContain('platform.proxy_unavailable')
    expect(written.join('\n')).not.toMatch(/hunter2|dXNlcjpodW50ZXIy/)
  })
})
