import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findChromium } from '../../src/browser/chromium.ts'
import { startTestApp, type TestApp } from '../harness.ts'

/** A page whose script does what the vendor's page on errors shows, without a key. */
const page = `<!doctype html><meta charset="utf-8"><title>Sample</title><script type="module">
const api = new URLSearchParams(location.search).get('api')
try {
  const res = await fetch(api)
  const { success, data, error, meta } = await res.json()
  if (!success) document.title = 'Request ' + meta.requestId + ' failed: ' + error
  else document.title = 'Read: ' + data.category
} catch (error) {
  document.title = 'Blocked by the browser: ' + error.name
}
</script>`

const site = async (): Promise<{ server: Server; origin: string }> => {
  const server = createServer((_request, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

let own: Awaited<ReturnType<typeof site>>
let foreign: Awaited<ReturnType<typeof site>>
let app: TestApp
let browser: Browser
let api: string

beforeAll(async () => {
  own = await site()
  foreign = await site()
  app = await startTestApp({ labForLive: true, prefetchAllowedOrigins: own.origin, prefetchDefaultKey: 'lb_live_key_of_the_browser_test' })
  const { port } = await app.app.listen()
  api = `http://127.0.0.1:${port}/prefetch/classify?url=https://service.lab.test/`
  const found = await findChromium(undefined, undefined)
  browser = await chromium.launch({ executablePath: found.path, args: ['--no-zygote', '--disable-gpu'], chromiumSandbox: false, env: { PATH: '/usr/bin:/bin', ...found.env } })
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await app?.close()
  for (const { server } of [own, foreign]) server.close()
})

const titleAt = async (origin: string, address: string): Promise<string> => {
  const tab = await browser.newPage()
  try {
    await tab.goto(`${origin}/?api=${encodeURIComponent(address)}`)
    await tab.waitForFunction("document.title !== 'Sample'", undefined, { timeout: 30_000 })
    return await tab.title()
  } finally {
    await tab.close()
  }
}

it('a page of a listed origin reads replies and errors without a key', async () => {
  expect(await titleAt(own.origin, api)).toMatch(/^Read: \w/)
  expect(await titleAt(own.origin, api.replace('url=', 'link='))).toMatch(/^Request [0-9a-f-]{36} failed: url parameter is required$/)
}, 60_000)

it('a page of another origin is refused, and cannot even read the refusal', async () => {
  expect(await titleAt(foreign.origin, api)).toBe('Blocked by the browser: TypeError')
}, 60_000)
