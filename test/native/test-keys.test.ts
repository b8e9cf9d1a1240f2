import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../harness.ts'

let app: TestApp

beforeAll(async () => {
  app = await startTestApp({ labForLive: true })
})
afterAll(() => app.close())

const scrape = async (secret: string): Promise<{ cached: boolean }> => {
  const reply = await app.request('/v1/scrape', { json: { url: 'https://article.lab.test/', max_age_s: 3600 }, headers: { 'x-api-key': secret } })
  expect(reply.status).toBe(200)
  return (await reply.json() as { data: { cached: boolean } }).data
}

describe('test keys beside live ones in one workspace', () => {
  it('share no stored result with them, in either direction', async () => {
    const test = await app.key()
    const live = await app.app.meter.keys.create(test.workspaceId, { name: 'live', mode: 'live' })
    expect(await scrape(test.secret)).toMatchObject({ cached: false })
    expect(await scrape(live.secret)).toMatchObject({ cached: false })
    expect(await scrape(test.secret)).toMatchObject({ cached: true })
    expect(await scrape(live.secret)).toMatchObject({ cached: true })
  })

  it('never learn the secret of a live key, whatever their scopes', async () => {
    const admin = await app.key({ scopes: ['admin'] })
    const live = await app.app.meter.keys.create(admin.workspaceId, { name: 'live', mode: 'live' })
    const headers = { 'x-api-key': admin.secret }
    const refused = await app.request(`/v1/keys/${live.key.id}/rotate`, { method: 'POST', headers })
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({ code: 'account.scope_denied' })
    expect(await app.app.meter.authenticate(live.secret)).toMatchObject({ mode: 'live' })
    expect((await app.request(`/v1/keys/${admin.id}/rotate`, { method: 'POST', headers })).status).toBe(200)
  })
})
