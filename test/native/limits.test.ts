import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from 'kysely'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'

let app: TestApp

beforeAll(async () => {
  app = await startTestApp({ labForLive: true })
})
afterAll(() => app.close())

const page = 'https://article.lab.test/'
const scrape = (key: TestKey, json: object = {}, headers: Record<string, string> = {}) =>
  app.request('/v1/scrape', { json: { url: page, ...json }, headers: { 'x-api-key': key.secret, ...headers } })
const codeOf = async (reply: Response) => (await reply.json() as { code?: string }).code

describe('credits', () => {
  it('bills a page once and a failure never', async () => {
    const key = await app.key({ mode: 'live', monthlyCredits: 10 })
    expect((await scrape(key)).status).toBe(200)
    expect(await key.used()).toBe(1)
    for (const url of ['https://any.lab.test/status/500', 'https://target-blocked.fail.test/', 'https://content-empty.fail.test/', 'http://10.0.0.1/']) {
      const reply = await scrape(key, { url })
      expect(reply.status).toBeGreaterThanOrEqual(400)
      expect((await reply.json() as { billed_credits: number }).billed_credits).toBe(0)
    }
    expect(await key.used()).toBe(1)
  })

  it('does not bill a result served from the store', async () => {
    const key = await app.key({ mode: 'live', monthlyCredits: 10 })
    await scrape(key, { formats: ['text'] })
    const again = await (await scrape(key, { formats: ['text'], max_age_s: 600 })).json() as { data: { cached: boolean }; usage: { credits: number } }
    expect(again).toMatchObject({ data: { cached: true }, usage: { credits: 0 } })
    expect(await key.used()).toBe(1)
  })

  it('answers 402 with what is required, available and when it resets', async () => {
    const key = await app.key({ mode: 'live', monthlyCredits: 1 })
    await scrape(key)
    const reply = await scrape(key)
    expect(reply.status).toBe(402)
    const body = await reply.json() as { reset_at: string }
    expect(body).toMatchObject({ code: 'account.insufficient_credits', required: 1, available: 0 })
    expect(Date.parse(body.reset_at)).toBeGreaterThan(Date.now())
  })

  it('never goes below zero under 200 requests at once', async () => {
    const key = await app.key({ mode: 'live', monthlyCredits: 20 })
    const statuses = await Promise.all(Array.from({ length: 200 }, async () => (await scrape(key)).status))
    expect(statuses.filter((status) => status === 200)).toHaveLength(20)
    expect(statuses.filter((status) => status === 402)).toHaveLength(180)
    expect(await key.used()).toBe(20)
  })

  it('caps a key by the day', async () => {
    const key = await app.key({ mode: 'live', dailyCreditCap: 1 })
    await scrape(key)
    expect(await codeOf(await scrape(key))).toBe('account.daily_cap_exceeded')
  })

  it('shows, tops up and limits by API', async () => {
    const key = await app.key({ mode: 'live', scopes: ['scrape', 'read', 'admin'], monthlyCredits: 5 })
    const headers = { 'x-api-key': key.secret }
    const state = async () => (await (await app.request('/v1/usage/credits', { headers })).json() as { data: object }).data
    expect(await state()).toMatchObject({ unlimited: false, balance: 5, used: 0, limit: 5 })
    await app.request('/v1/usage/credits', { json: { credits: 3 }, headers })
    expect(await state()).toMatchObject({ balance: 8 })
    await app.request('/v1/usage/limit', { method: 'PUT', json: { monthly_credits: null }, headers })
    expect(await state()).toMatchObject({ unlimited: true, balance: null, limit: null })
  })
})

describe('what was used', () => {
  it('is told by day and key, and line by line with a sum that is the balance', async () => {
    const key = await app.key({ mode: 'live', monthlyCredits: 10 })
    await scrape(key)
    await scrape(key, { url: 'https://any.lab.test/status/500' })
    const headers = { 'x-api-key': key.secret }
    const days = await (await app.request('/v1/usage/history', { headers })).json() as { data: object[] }
    expect(days.data).toEqual([{ day: new Date().toISOString().slice(0, 10), key_id: key.id, credits: 1, requests: 1 }])
    const ledger = await (await app.request('/v1/usage/ledger', { headers })).json() as { data: { amount: number }[] }
    expect(ledger.data.reduce((sum, line) => sum + line.amount, 0)).toBe(9)
  })

  it('keeps workspaces to the command line', async () => {
    const admin = await app.key({ mode: 'live', scopes: ['admin', 'read'] })
    expect(await codeOf(await app.request('/v1/workspaces', { headers: { 'x-api-key': admin.secret } }))).toBe('account.scope_denied')
    const secret = app.app.operatorSecret
    expect((await app.request('/v1/workspaces', { json: { id: 'team-a', name: 'Team A' }, headers: { 'x-api-key': secret } })).status).toBe(201)
    const made = await (await app.request('/v1/keys', { json: { name: 'theirs', mode: 'test' }, headers: { 'x-api-key': `${secret}@team-a` } })).json() as { data: { secret: string; id: string } }
    expect((await scrape({ secret: made.data.secret } as TestKey)).status).toBe(200)
    const mine = await (await app.request('/v1/keys', { headers: { 'x-api-key': secret } })).text()
    expect(mine).not.toContain(made.data.id)
  })
})

describe('rates', () => {
  it('limits a key in a sliding minute and tells when to come back', async () => {
    const key = await app.key({ rpm: 2 })
    await scrape(key)
    const second = await scrape(key)
    expect(second.headers.get('ratelimit')).toMatch(/^"key";r=0;t=\d+$/)
    expect(second.headers.get('ratelimit-policy')).toBe('"key";q=2;w=60')
    const third = await scrape(key)
    expect(third.status).toBe(429)
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await codeOf(third)).toBe('account.rate_limited')
    // Reading is not throttled with the work.
    expect((await app.request('/v1/usage/credits', { headers: { 'x-api-key': key.secret } })).status).toBe(200)
  })

  it('limits requests in flight and gives the place back', async () => {
    const key = await app.key({ concurrency: 1 })
    const slow = scrape(key, { url: 'https://any.lab.test/delay?headers_ms=600' })
    await new Promise((done) => setTimeout(done, 150))
    const refused = await scrape(key)
    expect(refused.headers.get('retry-after')).toBeNull()
    expect(await refused.json()).toMatchObject({ code: 'account.concurrency_limited', limit: 1, running: 1 })
    await slow
    expect((await scrape(key)).status).toBe(200)
  })

  it('limits an address before the key is looked at, believing X-Forwarded-For from trusted proxies only', async () => {
    const strict = await startTestApp({ ipRpm: '2', trustedProxies: '10.9.9.9' })
    try {
      const from = (ip: string, forwarded?: string) => strict.request('/v1/usage/credits', { ip, headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } })
      expect((await from('203.0.113.1')).status).toBe(401)
      expect((await from('203.0.113.1', '198.51.100.7')).status).toBe(401)
      const third = await from('203.0.113.1', '198.51.100.8')
      expect(third.status).toBe(429)
      expect(await codeOf(third)).toBe('account.ip_rate_limited')
      for (let i = 0; i < 4; i++) expect((await from('10.9.9.9', `198.51.100.${i}`)).status).toBe(401)
    } finally {
      await strict.close()
    }
  })
})

describe('idempotency', () => {
  it('replays the stored reply, refuses another body, and runs a failure again', async () => {
    const key = await app.key({ mode: 'live', monthlyCredits: 10 })
    const headers = { 'idempotency-key': 'order-1' }
    const first = await scrape(key, {}, headers)
    const again = await scrape(key, {}, headers)
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect((await again.json() as { data: unknown }).data).toEqual((await first.json() as { data: unknown }).data)
    expect(await key.used()).toBe(1)
    expect(await codeOf(await scrape(key, { formats: ['text'] }, headers))).toBe('caller.idempotency_conflict')

    const flaky = { 'idempotency-key': 'order-2' }
    expect((await scrape(key, { url: 'https://any.lab.test/status/503' }, flaky)).headers.get('idempotency-replayed')).toBeNull()
    expect((await scrape(key, { url: 'https://any.lab.test/status/503' }, flaky)).headers.get('idempotency-replayed')).toBeNull()
  })

  it('runs again what only the balance stood in the way of', async () => {
    const key = await app.key({ mode: 'live', monthlyCredits: 0 })
    const headers = { 'idempotency-key': 'order-3' }
    expect((await scrape(key, {}, headers)).status).toBe(402)
    await app.app.meter.topUp(key.workspaceId, 5)
    expect((await scrape(key, {}, headers)).status).toBe(200)
    expect(await key.used()).toBe(1)
  })

  it('gives the reply that was paid for even where it cannot be kept', async () => {
    const key = await app.key({ mode: 'live' })
    await sql`alter table idempotency add constraint no_reply check (status is null or key <> 'order-4')`.execute(app.app.store.db)
    try {
      expect((await scrape(key, {}, { 'idempotency-key': 'order-4' })).status).toBe(200)
      expect(await key.used()).toBe(1)
    } finally {
      await sql`alter table idempotency drop constraint no_reply`.execute(app.app.store.db)
    }
  })

  it('never keeps a secret for the sake of a repeat', async () => {
    const admin = await app.key({ scopes: ['admin'] })
    const make = async () => (await app.request('/v1/keys', { json: { name: 'x' }, headers: { 'x-api-key': admin.secret, 'idempotency-key': 'make-1' } })).json() as Promise<{ data: { secret: string } }>
    const first = (await make()).data.secret
    expect((await make()).data.secret).not.toBe(first)
    const { rows } = await sql`select key from idempotency where key = 'make-1'`.execute(app.app.store.db)
    expect(rows).toEqual([])
  })

  it('says that the first request is still running', async () => {
    const key = await app.key()
    const json = { url: 'https://any.lab.test/delay?headers_ms=600' }
    const headers = { 'idempotency-key': 'slow-1' }
    const slow = scrape(key, json, headers)
    await new Promise((done) => setTimeout(done, 150))
    expect(await codeOf(await scrape(key, json, headers))).toBe('caller.idempotency_in_progress')
    expect((await slow).status).toBe(200)
  })
})

describe('history', () => {
  it('keeps every request with its outcome, evidence and credits, secrets redacted', async () => {
    const key = await app.key({ mode: 'live', monthlyCredits: 10 })
    await scrape(key, { headers: { authorization: 'Bearer very-secret' }, cookies: { sid: 'very-secret' } })
    const failed = await scrape(key, { url: 'https://any.lab.test/status/404' })
    await scrape(key, { nonsense: true })
    const headers = { 'x-api-key': key.secret }
    const text = await (await app.request('/v1/requests', { headers })).text()
    expect(text).not.toContain('very-secret')
    const { data } = JSON.parse(text) as { data: { code: string | null; credits: number; evidence: unknown[]; request_id: string }[] }
    expect(data.map((row) => row.code)).toEqual(['caller.invalid_request', 'target.http_error', null])
    expect(data.map((row) => row.credits)).toEqual([0, 0, 1])
    expect(data[2]?.evidence).toHaveLength(1)
    const one = await (await app.request(`/v1/requests/${failed.headers.get('x-request-id')}`, { headers })).json() as { data: { code: string } }
    expect(one.data.code).toBe('target.http_error')
    const only = await (await app.request('/v1/requests?failed=false', { headers })).json() as { data: unknown[] }
    expect(only.data).toHaveLength(1)
  })

  it('shows nothing of another workspace', async () => {
    const [mine, theirs] = [await app.key(), await app.key()]
    const reply = await scrape(mine)
    expect((await app.request(`/v1/requests/${reply.headers.get('x-request-id')}`, { headers: { 'x-api-key': theirs.secret } })).status).toBe(404)
  })
})

describe('blocklists', () => {
  it('refuses hosts, wildcards and prefixes of the key, also behind a redirect', async () => {
    const key = await app.key({ urlBlocklist: ['article.lab.test', 'https://docs.lab.test/'] })
    expect(await codeOf(await scrape(key))).toBe('policy.url_blocklisted')
    expect(await codeOf(await scrape(key, { url: 'https://docs.lab.test/' }))).toBe('policy.url_blocklisted')
    expect(await codeOf(await scrape(key, { url: `https://any.lab.test/redirect-to?url=${encodeURIComponent(page)}` }))).toBe('policy.url_blocklisted')
    expect((await scrape(key, { url: 'https://product.lab.test/' })).status).toBe(200)
  })
})
