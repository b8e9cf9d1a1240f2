import { createServer, type AddressInfo, type Server } from 'node:net'
import { chromium } from 'playwright-core'
import puppeteer from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { browserPids, mainPids, openRaw, sessionFolders, until, type RawClient } from '../support/cdp.ts'

interface Session { id: string; state: string; reason: string | null; cdp_url: string | null; credits: number; expires_at: string; duration_ms: number }
interface Body { data: Session; code?: string; state?: string; issues?: { path: string[] }[]; usage?: unknown }

let app: TestApp
let key: TestKey
let origin: string

beforeAll(async () => {
  app = await startTestApp({ sessions: '3', labForLive: true })
  key = await app.key()
  origin = (await app.app.listen()).url
})
afterAll(() => app.close())

const call = async (method: string, path: string, json?: unknown, secret = key.secret): Promise<{ status: number; body: Body }> => {
  const reply = await fetch(origin + path, { method, headers: { 'x-api-key': secret, 'content-type': 'application/json' }, ...(json === undefined ? {} : { body: JSON.stringify(json) }) })
  return { status: reply.status, body: await reply.json() as Body }
}

const opened: [id: string, secret: string][] = []
const create = async (json: unknown = {}, secret = key.secret): Promise<Session & { cdp_url: string }> => {
  const { status, body } = await call('POST', '/v1/sessions', json, secret)
  expect(status, JSON.stringify(body)).toBe(201)
  opened.push([body.data.id, secret])
  return body.data as Session & { cdp_url: string }
}
afterEach(async () => {
  for (const [id, secret] of opened.splice(0)) await call('DELETE', `/v1/sessions/${id}`, undefined, secret)
})

describe('a session', () => {
  it('is driven by Playwright: the page that is there, contexts of its own, and what a page shows', async () => {
    const { cdp_url, id } = await create({ viewport: { width: 900, height: 700 }, timezone: 'Asia/Tokyo', locale: 'de-DE' })
    const browser = await chromium.connectOverCDP(cdp_url)
    const [page] = browser.contexts()[0]?.pages() ?? []
    if (!page) throw new Error('there is no page')
    await page.goto('https://spa.lab.test/')
    await page.waitForSelector('text=Klara II')
    expect(await page.evaluate('[navigator.language, new Intl.DateTimeFormat().resolvedOptions().timeZone, outerWidth, navigator.userAgent]'))
      .toEqual(['de-DE', 'Asia/Tokyo', 900, expect.stringMatching(/Chrome\/\d+\.0\.0\.0 Safari\/537\.36 Lyrebird\/0\.1$/)])
    const context = await browser.newContext()
    const second = await context.newPage()
    await second.goto('https://article.lab.test/')
    expect(await second.title()).toContain('lighthouse keeper')
    expect((await second.screenshot()).subarray(1, 4).toString()).toBe('PNG')
    expect((await second.pdf()).subarray(0, 4).toString()).toBe('%PDF')
    await context.route('**/*', (route) => route.fulfill({ body: '<h1>Made by the client</h1>', contentType: 'text/html' }))
    await second.goto('https://docs.lab.test/')
    expect(await second.textContent('h1')).toBe('Made by the client')
    await context.close()
    await browser.close()
    expect((await call('GET', `/v1/sessions/${id}`)).body.data.state).toBe('active')
  })

  it('is driven by Puppeteer, which its close does not end', async () => {
    const { cdp_url } = await create()
    const browser = await puppeteer.connect({ browserWSEndpoint: cdp_url })
    const page = await browser.newPage()
    await page.setRequestInterception(true)
    page.on('request', (request) => void request.continue())
    await page.goto('https://article.lab.test/')
    expect(await page.title()).toContain('lighthouse keeper')
    await page.close()
    const context = await browser.createBrowserContext()
    await (await context.newPage()).goto('https://product.lab.test/')
    await context.close()
    await browser.close()
    const again = await puppeteer.connect({ browserWSEndpoint: cdp_url })
    expect(await again.version()).toMatch(/Chrome\/\d+/)
    await again.disconnect()
  })

  it('keeps its pages between clients, and takes several at once', async () => {
    const { cdp_url } = await create()
    const first = await chromium.connectOverCDP(cdp_url)
    await first.contexts()[0]?.pages()[0]?.goto('https://article.lab.test/')
    const second = await puppeteer.connect({ browserWSEndpoint: cdp_url })
    expect((await second.pages()).map((page) => page.url())).toEqual(['https://article.lab.test/'])
    await first.close()
    await second.disconnect()
    const third = await chromium.connectOverCDP(cdp_url)
    expect(third.contexts()[0]?.pages()[0]?.url()).toBe('https://article.lab.test/')
    await third.close()
  })

  it('ends with its browser, its clients and its folder when it is deleted, once', async () => {
    const { cdp_url, id } = await create()
    const client = await openRaw(cdp_url)
    const [pid] = await mainPids()
    expect(pid).toBeDefined()
    const { body } = await call('DELETE', `/v1/sessions/${id}`)
    expect(body.data).toMatchObject({ id, state: 'stopped', reason: 'deleted', cdp_url: null, ended_at: expect.any(String) })
    expect((await client.closed).reason).toBe('the session is over')
    expect(await browserPids()).toEqual([])
    expect(await sessionFolders()).toEqual([])
    expect((await call('DELETE', `/v1/sessions/${id}`)).body.data).toMatchObject({ state: 'stopped', reason: 'deleted' })
    await expect(openRaw(cdp_url)).rejects.toThrow('status 409')
    expect((await call('GET', '/v1/sessions')).body.data).toEqual([])
  })

  it('ends, and says why, when its browser is killed', async () => {
    const { cdp_url, id } = await create()
    const client = await openRaw(cdp_url)
    for (const pid of await mainPids()) process.kill(pid, 'SIGKILL')
    await client.closed
    await until(async () => (await call('GET', `/v1/sessions/${id}`)).body.data.state !== 'active')
    expect((await call('GET', `/v1/sessions/${id}`)).body.data).toMatchObject({ state: 'stopped', reason: 'crashed' })
    await until(async () => (await sessionFolders()).length === 0)
  })

  it('ends when its key is revoked', async () => {
    const own = await app.key()
    const { cdp_url, id } = await create({}, own.secret)
    const client = await openRaw(cdp_url)
    await own.revoke()
    await client.closed
    opened.pop()
    const row = () => app.app.store.db.selectFrom('sessions').select(['state', 'reason']).where('id', '=', id).executeTakeFirst()
    await until(async () => (await row())?.state !== 'active')
    expect(await row()).toEqual({ state: 'stopped', reason: 'revoked' })
  })

  it('is billed by started minutes, and nothing for a test key', async () => {
    const live = await app.key({ mode: 'live' })
    expect((await create({}, live.secret)).credits).toBe(1)
    expect(await live.used()).toBe(1)
    expect((await create()).credits).toBe(0)
    const poor = await app.key({ mode: 'live', monthlyCredits: 0 })
    expect((await call('POST', '/v1/sessions', {}, poor.secret)).body.code).toBe('account.insufficient_credits')
  })

  it('counts against its key and against this server', async () => {
    const narrow = await app.key({ concurrency: 1 })
    await create({}, narrow.secret)
    expect((await call('POST', '/v1/sessions', {}, narrow.secret)).body).toMatchObject({ code: 'account.concurrency_limited', limit: 1, running: 1 })
    const [a, b, c] = await Promise.all([call('POST', '/v1/sessions', {}), call('POST', '/v1/sessions', {}), call('POST', '/v1/sessions', {})])
    const replies = [a, b, c]
    for (const { status, body } of replies) if (status === 201) opened.push([body.data.id, key.secret])
    expect(replies.map(({ status }) => status).toSorted((x, y) => x - y)).toEqual([201, 201, 503])
    expect(replies.find(({ status }) => status === 503)?.body.code).toBe('platform.overloaded')
  })

  it('belongs to its workspace, and its address to whoever has the token', async () => {
    const { cdp_url, id } = await create()
    const stranger = await app.key()
    expect((await call('GET', `/v1/sessions/${id}`, undefined, stranger.secret)).body.code).toBe('caller.not_found')
    expect((await call('DELETE', `/v1/sessions/${id}`, undefined, stranger.secret)).body.code).toBe('caller.not_found')
    for (const wrong of [cdp_url.slice(0, -1), cdp_url.replace(/token=.*/, ''), cdp_url.replace(id, id.slice(0, -1) + (id.endsWith('0') ? '1' : '0')), cdp_url.replace(id, '%00')]) await expect(openRaw(wrong)).rejects.toThrow('status 404')
    await expect(openRaw(cdp_url.replace('/cdp', '/other'))).rejects.toThrow('status 404')
    // A voice serves the same browser below its own base.
    const client = await openRaw(cdp_url.replace('/v1/sessions', '/reader/v1/sessions'))
    expect((await client.call('Browser.getVersion')).result?.product).toMatch(/Chrome/)
    client.close()
  })

  it('is refused with the field that is wrong', async () => {
    for (const [json, path] of [[{ ttl_s: 1 }, 'ttl_s'], [{ idle_s: 0 }, 'idle_s'], [{ locale: '--remote-debugging-port=1' }, 'locale'], [{ timezone: 'Mars/One' }, 'timezone'], [{ args: [] }, 'args']] as const) {
      const { status, body } = await call('POST', '/v1/sessions', json)
      expect(status).toBe(400)
      expect(body.issues?.[0]?.path[0]).toBe(path)
    }
  })
})

const pageOf = async (client: RawClient): Promise<string | undefined> => {
  const { targetInfos } = (await client.call('Target.getTargets')).result as { targetInfos: { type: string; targetId: string }[] }
  return targetInfos.find(({ type }) => type === 'page')?.targetId
}

describe('a client that wants more than its browser', () => {
  const attached = async (): Promise<{ client: RawClient; page: string }> => {
    const client = await openRaw((await create()).cdp_url)
    const target = await pageOf(client)
    const answer = await client.call('Target.attachToTarget', { targetId: target, flatten: true })
    return { client, page: String(answer.result?.sessionId) }
  }

  it.each([
    ['Browser.close', {}], ['Browser.crash', {}], ['Browser.getBrowserCommandLine', {}], ['Browser.executeBrowserCommand', { commandId: 'openTabSearch' }],
    ['SystemInfo.getProcessInfo', {}], ['SystemInfo.getInfo', {}], ['Tracing.start', {}], ['Tethering.bind', { port: 9000 }], ['Extensions.loadUnpacked', { path: '/tmp' }],
    ['FileSystem.getDirectory', {}], ['Target.sendMessageToTarget', { message: '{}' }], ['Target.exposeDevToolsProtocol', { targetId: 'x' }], ['Target.setRemoteLocations', { locations: [] }], ['PWA.install', { manifestId: 'x' }],
    ['DOM.setFileInputFiles', { files: ['/etc/passwd'] }], ['Constructor.call', {}], ['__proto__.x', {}], ['', {}],
  ])('%s is not served, on the browser or in a page', async (method, params) => {
    const { client, page } = await attached()
    expect((await client.call(method, params)).error).toEqual({ code: -32_601, message: `Method not allowed: ${method}` })
    expect((await client.call(method, params, page)).error).toEqual({ code: -32_601, message: `Method not allowed: ${method}` })
  })

  it('has no other proxy, no other form of sessions, and no pages but those of the web', async () => {
    const { client, page } = await attached()
    const refused = async (method: string, params: Record<string, unknown>, sessionId?: string) => expect((await client.call(method, params, sessionId)).error?.code, `${method} ${JSON.stringify(params)}`).toBe(-32_602)
    await refused('Target.createBrowserContext', { proxyServer: 'http://127.0.0.1:1' })
    await refused('Target.createBrowserContext', { proxyBypassList: '*' })
    await refused('Target.createBrowserContext', { originsWithUniversalNetworkAccess: ['https://a.test'] })
    await refused('Target.attachToTarget', { targetId: 'x' })
    await refused('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false })
    for (const url of ['file:///etc/passwd', 'FILE:///etc/passwd', ' file:///etc/passwd', 'view-source:file:///etc/passwd', 'chrome://version', 'chrome://inspect', 'devtools://devtools/bundled/inspector.html', 'chrome-extension://x/y', 'about:version', 'filesystem:file:///x', 'javascript:1', '//etc/passwd', 5]) {
      await refused('Page.navigate', { url }, page)
      await refused('Target.createTarget', { url })
      await refused('Network.loadNetworkResource', { url, options: {} }, page)
    }
    await refused('Fetch.fulfillRequest', { requestId: 'x', responseCode: 302, responseHeaders: [{ name: 'LOCATION', value: ' file:///etc/passwd' }] }, page)
    await refused('Fetch.fulfillRequest', { requestId: 'x', responseCode: 302, binaryResponseHeaders: 'eA==' }, page)
    await refused('Fetch.continueRequest', { requestId: 'x', url: 'file:///etc/passwd' }, page)
    await refused('Input.dispatchDragEvent', { type: 'drop', x: 1, y: 1, data: { items: [], files: ['/etc/passwd'], dragOperationsMask: 1 } }, page)
  })

  it('reads no file by a script of a page either', async () => {
    const { client, page } = await attached()
    await client.call('Page.navigate', { url: 'https://article.lab.test/' }, page)
    const run = async (expression: string) => (await client.call('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, page)).result?.result as { value?: unknown } | undefined
    expect((await run(`fetch('file:///etc/passwd').then(r => r.text(), () => 'refused')`))?.value).toBe('refused')
    await run(`location = 'file:///etc/passwd'`)
    await run(`window.open('file:///etc/passwd') && 0`)
    const { frameTree } = (await client.call('Page.getFrameTree', {}, page)).result as { frameTree: { frame: { id: string } } }
    const world = (await client.call('Page.createIsolatedWorld', { frameId: frameTree.frame.id, grantUniveralAccess: true }, page)).result as { executionContextId: number }
    const read = await client.call('Runtime.evaluate', { expression: `fetch('file:///etc/passwd').then(r => r.text(), () => 'refused')`, contextId: world.executionContextId, awaitPromise: true, returnByValue: true }, page)
    expect(read.result).toMatchObject({ result: { value: 'refused' } })
    const { targetInfos } = (await client.call('Target.getTargets')).result as { targetInfos: { url: string }[] }
    expect(targetInfos.filter(({ url }) => url.startsWith('file:'))).toEqual([])
  })

  it('saves nothing, whatever it asks for', async () => {
    const { cdp_url } = await create()
    const browser = await chromium.connectOverCDP(cdp_url)
    const page = await browser.contexts()[0]?.newPage()
    if (!page) throw new Error('no page')
    await page.goto('https://article.lab.test/')
    const download = page.waitForEvent('download')
    await page.evaluate(`(() => { const a = document.createElement('a'); a.href = URL.createObjectURL(new Blob(['x'])); a.download = 'x.bin'; a.click() })()`)
    expect(await (await download).failure()).toBeTruthy()
    await browser.close()
  })

  it('cannot speak for the sessions of another client', async () => {
    const { cdp_url } = await create()
    const [one, other] = await Promise.all([openRaw(cdp_url), openRaw(cdp_url)])
    const target = await pageOf(one)
    const { sessionId } = (await one.call('Target.attachToTarget', { targetId: target, flatten: true })).result as { sessionId: string }
    expect((await other.call('Runtime.evaluate', { expression: '1' }, sessionId)).error?.code).toBe(-32_001)
    expect((await one.call('Runtime.evaluate', { expression: '1' }, sessionId)).result).toBeDefined()
    expect(other.events.filter(({ sessionId: of }) => of === sessionId)).toEqual([])
  })

  it('is cut off for what is no message, and for messages without end', async () => {
    const { cdp_url } = await create()
    for (const bad of ['no json', '[]', 'null', '{"id":1}', '{"id":"1","method":"Browser.getVersion"}', '{"id":1,"method":"Browser.getVersion","params":[]}']) {
      const client = await openRaw(cdp_url)
      client.sendRaw(bad)
      expect((await client.closed).reason).toBe('not a message of the DevTools protocol')
    }
    const client = await openRaw(cdp_url)
    client.sendRaw('x'.repeat(65 * 1_048_576))
    expect((await client.closed).code).toBe(1009)
  })
})

describe('a browser of a session', () => {
  let canary: Server
  let port: number
  let seen = 0
  beforeAll(async () => {
    canary = createServer((socket) => {
      seen++
      socket.on('error', () => {})
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
    })
    await new Promise<void>((resolve) => { canary.listen(0, '127.0.0.1', resolve) })
    port = (canary.address() as AddressInfo).port
  })
  afterAll(() => new Promise<void>((resolve) => { canary.close(() => resolve()) }))

  it('reaches no private server, by any way of a page or of the protocol', async () => {
    const live = await app.key({ mode: 'live' })
    const { cdp_url } = await create({}, live.secret)
    const browser = await chromium.connectOverCDP(cdp_url)
    const page = await (await browser.newContext()).newPage()
    for (const only of ['', '&only=location', '&only=meta', '&only=form', '&only=window', '&only=webrtc', '&only=service-worker', '&only=prerender']) {
      await page.goto(`http://escape.lab.test/?to=127.0.0.1:${port}${only}`).catch(() => {})
      await page.waitForTimeout(200)
    }
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '0.0.0.0']) await page.goto(`http://${host}:${port}/`).catch(() => {})
    await page.goto('http://article.lab.test/')
    const client = await page.context().newCDPSession(page)
    await client.send('Network.loadNetworkResource', { frameId: (await client.send('Page.getFrameTree')).frameTree.frame.id, url: `http://127.0.0.1:${port}/`, options: { disableCache: true, includeCredentials: false } })
    await client.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] })
    client.on('Fetch.requestPaused', ({ requestId }) => void client.send('Fetch.continueRequest', { requestId, url: `http://127.0.0.1:${port}/` }).catch(() => {}))
    await page.goto('http://article.lab.test/other').catch(() => {})
    await browser.close()
    expect(seen).toBe(0)
  })

  it('shares nothing with another, and opens nothing that its key may not see', async () => {
    const listed = await app.key({ urlBlocklist: ['product.lab.test', 'https://article.lab.test/secret'] })
    const [one, other] = await Promise.all([create(), create({}, listed.secret)])
    const [a, b] = await Promise.all([chromium.connectOverCDP(one.cdp_url), chromium.connectOverCDP(other.cdp_url)])
    const [mine, theirs] = await Promise.all([a.contexts()[0]?.newPage(), b.contexts()[0]?.newPage()])
    if (!mine || !theirs) throw new Error('no page')
    await mine.goto('https://article.lab.test/')
    await mine.evaluate(`document.cookie = 'a=1'; localStorage.setItem('a', '1')`)
    await theirs.goto('https://article.lab.test/')
    expect(await theirs.evaluate(`[document.cookie, localStorage.getItem('a')]`)).toEqual(['', null])
    await expect(theirs.goto('https://product.lab.test/')).rejects.toThrow('may not be opened')
    expect(await theirs.evaluate(`fetch('https://product.lab.test/', { mode: 'no-cors' }).then(() => 'seen', () => 'refused')`)).toBe('refused')
    await expect(theirs.goto('https://article.lab.test/secret')).rejects.toThrow('may not be opened')
    await Promise.all([a.close(), b.close()])
  })
})
