import { chromium } from 'playwright-core'
import puppeteer from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { openRaw } from '../support/cdp.ts'
import { call, dataOf, failedWith } from './reader.client.ts'
import { python } from './reader.python.ts'
import { startReceiver } from './reader.receiver.ts'

interface Session { sessionId: string; wsEndpoint: string; token: string; status: string; createdAt: string; expiresAt: string }

let app: TestApp
let key: TestKey
let receiver: Awaited<ReturnType<typeof startReceiver>>

beforeAll(async () => {
  receiver = await startReceiver()
  app = await startTestApp({ labForLive: true, sessions: '3', webhookHttp: 'true', egressAllow: `127.0.0.1:${receiver.port}` })
  key = await app.key({ mode: 'live', monthlyCredits: 100 })
  // The server that the sockets are opened to answers under this name.
  origin = (await app.app.listen()).url
})
afterAll(async () => {
  await app.close()
  await receiver.close()
})

let origin: string
const create = async (json: unknown = {}, own: TestKey = key): Promise<Session> => dataOf(await call(app, own.secret, '/v1/sessions', { method: 'POST', json }), 201) as unknown as Session
const stop = (id: string, own: TestKey = key) => call(app, own.secret, `/v1/sessions/${id}`, { method: 'DELETE' })
/** The address as it is, at the port where this server listens. */
const reached = ({ wsEndpoint }: Session): string => wsEndpoint.replace('ws://lyrebird.test', origin.replace('http', 'ws'))

describe('sessions', () => {
  it('are made, seen, listed and stopped, with address and token each time', async () => {
    const own = await app.key({ mode: 'live', monthlyCredits: 10 })
    const made = await create({}, own)
    expect(made).toEqual({
      sessionId: expect.stringMatching(/^ses_/), wsEndpoint: `ws://lyrebird.test/reader/v1/sessions/${made.sessionId}/cdp?token=${made.token}`, token: expect.any(String),
      status: 'active', createdAt: expect.any(String), expiresAt: expect.any(String),
    })
    expect(Date.parse(made.expiresAt) - Date.parse(made.createdAt)).toBe(3_600_000)
    expect(dataOf(await call(app, own.secret, `/v1/sessions/${made.sessionId}`))).toEqual(made)
    expect(dataOf(await call(app, own.secret, '/v1/sessions')) as unknown).toEqual([made])
    const answer = await stop(made.sessionId, own)
    expect(python.stopped.parse(dataOf(answer))).toEqual({ sessionId: made.sessionId, status: 'stopped', durationMs: expect.any(Number), creditsCharged: 1 })
    expect(dataOf(await call(app, own.secret, `/v1/sessions/${made.sessionId}`))).toMatchObject({ ...made, status: 'stopped' })
    expect(dataOf(await call(app, own.secret, '/v1/sessions')) as unknown).toEqual([])
    expect(await own.used()).toBe(1)
  })

  it('are driven by the documented sample for Playwright, newContext included', async () => {
    const made = await create()
    const browser = await chromium.connectOverCDP(reached(made))
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto('https://article.lab.test/')
    expect(await page.title()).toMatch(/lighthouse/i)
    const [first] = browser.contexts()[0]?.pages() ?? []
    await first?.goto('https://docs.lab.test/')
    expect(await first?.textContent('h1')).toBeTruthy()
    await browser.close()
    dataOf(await stop(made.sessionId))
  })

  it('are driven by the documented sample for Puppeteer', async () => {
    const made = await create()
    const browser = await puppeteer.connect({ browserWSEndpoint: reached(made) })
    const page = await browser.newPage()
    await page.goto('https://article.lab.test/')
    expect(await page.title()).toMatch(/lighthouse/i)
    await browser.disconnect()
    dataOf(await stop(made.sessionId))
  })

  it('take the token at the socket and nothing else', async () => {
    const made = await create()
    const bare = reached(made).replace(/\?.*$/, '')
    await expect(openRaw(bare)).rejects.toThrow('status 404')
    await expect(openRaw(`${bare}?token=${key.secret}`)).rejects.toThrow('status 404')
    const client = await openRaw(reached(made))
    for (const method of ['Browser.close', 'SystemInfo.getProcessInfo']) expect((await client.call(method)).error).toMatchObject({ code: -32601 })
    expect((await client.call('Browser.getVersion')).result).toBeDefined()
    client.close()
    dataOf(await stop(made.sessionId))
    await expect(openRaw(reached(made))).rejects.toThrow('status 409')
  })

  it('tell of themselves to webhooks, with what they cost at their end', async () => {
    const own = await app.key({ mode: 'live', monthlyCredits: 10 })
    dataOf(await call(app, own.secret, '/v1/webhooks', { method: 'POST', json: { url: `${receiver.base}/sessions`, name: 's', events: ['session.created', 'session.stopped'] } }), 201)
    const { sessionId } = await create({ maxDurationMs: 60_000 }, own)
    dataOf(await stop(sessionId, own))
    const found = await receiver.arrived('/sessions', 2)
    const of = (event: string) => found.find(({ headers }) => headers['x-reader-event'] === event)?.payload
    expect(of('session.created')).toMatchObject({ event: 'session.created', sessionId, status: 'active' })
    expect(of('session.stopped')).toMatchObject({ event: 'session.stopped', sessionId, status: 'stopped', creditsCharged: 1, durationMs: expect.any(Number) })
  })

  it('that are unknown, over or cannot be paid say so', async () => {
    failedWith(await call(app, key.secret, '/v1/sessions/ses_none'), 'session_not_found')
    failedWith(await stop('ses_none'), 'session_not_found')
    const { sessionId } = await create()
    failedWith(await call(app, (await app.key()).secret, `/v1/sessions/${sessionId}`), 'session_not_found')
    await app.app.store.db.updateTable('sessions').set({ state: 'expired', reason: 'expired', ended_at: new Date() }).where('id', '=', sessionId).execute()
    expect(dataOf(await call(app, key.secret, `/v1/sessions/${sessionId}`)).status).toBe('expired')
    failedWith(await stop(sessionId), 'session_expired')
    const poor = await app.key({ mode: 'live', monthlyCredits: 0 })
    failedWith(await call(app, poor.secret, '/v1/sessions', { method: 'POST', json: {} }), 'insufficient_credits')
  })

  it.each([59_999, 3_600_001, '60000', 60_000.5])('do not last %j', async (maxDurationMs) => {
    const { details } = failedWith(await call(app, key.secret, '/v1/sessions', { method: 'POST', json: { maxDurationMs } }), 'invalid_request')
    expect((details.issues as { path: string[] }[]).map((issue) => issue.path)).toEqual([['maxDurationMs']])
  })

  it('may be asked for without a body', async () => {
    const made = dataOf(await call(app, key.secret, '/v1/sessions', { method: 'POST' }), 201)
    dataOf(await stop(String(made.sessionId)))
  })
})
