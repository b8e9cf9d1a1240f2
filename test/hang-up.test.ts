import { connect } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Listener } from '../src/server/listen.ts'
import { startTestApp, type TestApp, type TestKey } from './harness.ts'

let app: TestApp
let key: TestKey
let listener: Listener

beforeAll(async () => {
  app = await startTestApp()
  key = await app.key({ concurrency: 1 })
  listener = await app.app.listen()
})
afterAll(() => app.close())

const inFlight = async (of = app): Promise<number> => {
  const text = await (await of.request('/metrics')).text()
  return Number(/lyrebird_state\{of="requests_in_flight"\} (\d+)/.exec(text)?.[1])
}

const until = async (condition: () => Promise<boolean>): Promise<void> => {
  while (!(await condition())) await new Promise((done) => setTimeout(done, 20))
}

it('stops the work at once when the client hangs up, and gives its place back', async () => {
  const body = JSON.stringify({ url: 'https://target-timeout.fail.test/', timeout_ms: 300_000 })
  const socket = connect(listener.port, '127.0.0.1')
  socket.write(`POST /v1/scrape HTTP/1.1\r\nhost: x\r\nx-api-key: ${key.secret}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
  await until(async () => (await inFlight()) === 1)
  socket.destroy()
  await until(async () => (await inFlight()) === 0)
  const next = await app.request('/v1/scrape', { json: { url: 'https://article.lab.test/' }, headers: { 'x-api-key': key.secret } })
  expect(next.status).toBe(200)
})

it('refuses new work while it stops, and finishes what runs', async () => {
  const own = await startTestApp()
  const ownKey = await own.key()
  const { url } = await own.app.listen()
  const headers = { 'x-api-key': ownKey.secret, 'content-type': 'application/json' }
  const running = fetch(`${url}/v1/scrape`, { method: 'POST', headers, body: JSON.stringify({ url: 'https://any.lab.test/delay?headers_ms=700' }) })
  await until(async () => (await inFlight(own)) === 1)
  const closing = own.close()
  const refused = await own.request('/v1/scrape', { json: { url: 'https://article.lab.test/' }, headers })
  expect(refused.status).toBe(503)
  expect(await refused.json()).toMatchObject({ code: 'platform.shutting_down' })
  expect((await running).status).toBe(200)
  await closing
})
