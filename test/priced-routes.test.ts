import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import type { Dialect } from '../src/dialects/dialect.ts'
import type { TestApp, TestKey } from './harness.ts'

vi.mock('../src/dialects/registry.ts', async () => {
  const { native } = await import('../src/dialects/native/index.ts')
  return { dialects: [native, await gated()] }
})

/** A vendor who prices routes, and lets a key work until its credits are used up. */
const gated = async (): Promise<Dialect> => {
  const { native } = await import('../src/dialects/native/index.ts')
  const { route } = await import('../src/dialects/dialect.ts')
  const { scrapeIntent } = await import('../src/contract/intent.ts')
  const { freePrices } = await import('../src/contract/price.ts')
  const { fail } = await import('../src/failure/failure.ts')
  const priced = (path: string, page: number, vetoed = false) =>
    route({
      method: 'GET', path, verb: 'scrape', summary: path, prices: { ...freePrices, page }, response: z.unknown(),
      toIntent: () => scrapeIntent({ url: 'https://article.lab.test/' }),
      veto: ({ status }) => (vetoed && status === 200 ? fail('content.extraction_failed') : undefined),
      render: (_, __, info) => ({ status: 200, body: { billed: info.account.creditsBilled } }),
    })
  return { ...native, name: 'gated', basePath: '/gated', creditPolicy: 'gate', routes: [priced('/cheap', 1), priced('/dear', 20), priced('/vetoed', 20, true)] }
}

let app: TestApp

beforeAll(async () => {
  const { startTestApp } = await import('./harness.ts')
  app = await startTestApp({ labForLive: true })
})
afterAll(() => app.close())

const get = (key: TestKey, path: string) => app.request(`/gated${path}`, { headers: { 'x-api-key': key.secret } })

describe('a dialect that prices its routes and gates its keys', () => {
  it('lets a key one credit below its limit take the dearest route, and refuses the next request', async () => {
    const key = await app.key({ mode: 'live', creditLimit: 2, rpm: 3 })
    expect(await (await get(key, '/cheap')).json()).toEqual({ billed: 1 })
    expect(await (await get(key, '/dear')).json()).toEqual({ billed: 20 })
    expect(await key.used()).toBe(21)
    for (let i = 0; i < 3; i++) {
      const refused = await get(key, '/cheap')
      expect(refused.status).toBe(402)
      expect(refused.headers.get('ratelimit')).toMatch(/;r=1;/)
      expect(await refused.json()).toMatchObject({ code: 'account.insufficient_credits', required: 1, available: 0 })
    }
    expect(await key.used()).toBe(21)
  })

  it('bills nothing for a value that its route has no use for, and keeps one record of it', async () => {
    const key = await app.key({ mode: 'live', creditLimit: 2 })
    expect(await (await get(key, '/vetoed')).json()).toMatchObject({ code: 'content.extraction_failed', billed_credits: 0, evidence: [{ tier: 'http', status: 200 }] })
    expect(await key.used()).toBe(0)
    const { data } = await (await app.request('/v1/requests', { headers: { 'x-api-key': key.secret } })).json() as { data: object[] }
    expect(data).toHaveLength(1)
    expect(data[0]).toMatchObject({ code: 'content.extraction_failed', credits: 0, verb: 'scrape' })
  })
})
