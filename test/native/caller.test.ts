import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'

let app: TestApp
let key: TestKey

beforeAll(async () => {
  app = await startTestApp({ bodyLimitBytes: '4096' })
  key = await app.key()
})
afterAll(() => app.close())

interface Problem {
  code: string
  status: number
  type: string
  issues?: { path: (string | number)[]; message: string }[]
  [member: string]: unknown
}

const problemOf = async (reply: Response): Promise<Problem> => {
  expect(reply.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  const body = await reply.json() as Problem
  expect(body.status).toBe(reply.status)
  expect(body.request_id).toBe(reply.headers.get('x-request-id'))
  expect(body.billed_credits).toBe(0)
  return body
}

const post = (init: Parameters<TestApp['request']>[1]) =>
  app.request('/v1/scrape', { method: 'POST', ...init, headers: { authorization: `Bearer ${key.secret}`, ...init?.headers } })

describe('what a caller can get wrong', () => {
  it('names the path of a missing field', async () => {
    const body = await problemOf(await post({ json: {} }))
    expect(body).toMatchObject({ code: 'caller.invalid_request', status: 400 })
    expect(body.issues?.[0]?.path).toEqual(['url'])
  })

  it('names every bad field at once, with its path', async () => {
    const body = await problemOf(await post({ json: { url: 'not a url', formats: ['markdown', 'pptx'], timeout_ms: 5 } }))
    expect(body.issues?.map((issue) => issue.path.join('.'))).toEqual(expect.arrayContaining(['url', 'formats.1', 'timeout_ms']))
  })

  it('refuses an unknown field and suggests the nearest one', async () => {
    const body = await problemOf(await post({ json: { url: 'https://article.lab.test/', formatz: ['markdown'] } }))
    expect(body.issues).toEqual([{ path: ['formatz'], code: 'unrecognized_key', message: 'Unknown field "formatz". Did you mean "formats"?' }])
  })

  it('gives bad JSON, a wrong type, a large body, an unknown route, a wrong method and a bad Accept each their own code', async () => {
    const json = { 'content-type': 'application/json' }
    expect((await problemOf(await post({ body: '{"url":', headers: json }))).issues?.[0]).toMatchObject({ path: [], code: 'invalid_json' })
    expect((await problemOf(await post({ body: 'url=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } }))).code).toBe('caller.unsupported_media_type')
    expect(await problemOf(await post({ body: JSON.stringify({ url: 'x'.repeat(5000) }), headers: json }))).toMatchObject({ code: 'caller.payload_too_large', limit_bytes: 4096 })
    expect((await problemOf(await app.request('/v1/nothing'))).code).toBe('caller.route_not_found')
    const wrong = await app.request('/v1/scrape', { method: 'DELETE' })
    expect(wrong.headers.get('allow')).toBe('POST, GET, HEAD')
    expect((await problemOf(wrong)).code).toBe('caller.method_not_allowed')
    expect(await problemOf(await post({ json: { url: 'https://article.lab.test/' }, headers: { accept: 'image/png' } }))).toMatchObject({ code: 'caller.not_acceptable', available: ['application/json'] })
  })

  it('refuses a selector that is no selector by its path', async () => {
    const body = await problemOf(await post({ json: { url: 'https://article.lab.test/', exclude_selectors: ['p', 'p[['] } }))
    expect(body.issues?.[0]?.path).toEqual(['exclude_selectors', 1])
  })

  it('blames the caller for what no database can hold', async () => {
    const admin = { 'x-api-key': (await app.key({ scopes: ['read', 'admin'] })).secret }
    const replies = [
      await app.request('/v1/requests/%00', { headers: admin }),
      await app.request('/v1/requests?dialect=%00', { headers: admin }),
      await app.request('/v1/keys/%00', { method: 'DELETE', headers: admin }),
      await app.request('/v1/keys', { json: { name: 'a\0b' }, headers: admin }),
      await app.request('/v1/keys', { json: { name: 'x', url_blocklist: ['\ud800\0'] }, headers: admin }),
      await app.request('/v1/usage/credits', { json: { credits: 1, note: '\0' }, headers: admin }),
    ]
    for (const reply of replies) expect((await problemOf(reply)).code).toBe('caller.invalid_request')
  })

  it('links to a page of this very server', async () => {
    const body = await problemOf(await post({ json: {} }))
    const page = await app.request(new URL(body.type).pathname)
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('caller.invalid_request')
  })
})

describe('keys', () => {
  it('asks for one', async () => {
    expect((await problemOf(await app.request('/v1/scrape', { json: { url: 'https://article.lab.test/' } }))).code).toBe('account.missing_key')
  })

  it('takes x-api-key as well as a bearer', async () => {
    expect((await app.request('/v1/usage/credits', { headers: { 'x-api-key': key.secret } })).status).toBe(200)
  })

  it('tells an unknown, a revoked and an expired key apart', async () => {
    const code = async (secret: string) => (await problemOf(await app.request('/v1/usage/credits', { headers: { 'x-api-key': secret } }))).code
    expect(await code('lb_live_nonsense')).toBe('account.invalid_key')
    const revoked = await app.key()
    await revoked.revoke()
    expect(await code(revoked.secret)).toBe('account.revoked_key')
    const expired = await app.key({ expiresAt: '2020-01-01T00:00:00Z' })
    expect(await code(expired.secret)).toBe('account.expired_key')
  })

  it('keeps a test key inside the lab', async () => {
    const body = await problemOf(await post({ json: { url: 'https://example.com/' } }))
    expect(body).toMatchObject({ code: 'account.scope_denied', status: 403 })
  })

  it('keeps a live key out of the lab', async () => {
    const live = await app.key({ mode: 'live' })
    const reply = await app.request('/v1/scrape', { json: { url: 'https://article.lab.test/' }, headers: { 'x-api-key': live.secret } })
    expect(await problemOf(reply)).toMatchObject({ code: 'policy.url_blocked', reason: 'reserved_tld' })
  })

  it('manages keys with the scope admin and refuses without', async () => {
    expect(await problemOf(await app.request('/v1/keys', { json: { name: 'x' }, headers: { 'x-api-key': key.secret } }))).toMatchObject({ code: 'account.scope_denied', needs: 'the scope "admin"' })
    const admin = await app.key({ scopes: ['admin'] })
    const headers = { 'x-api-key': admin.secret }
    const made = await (await app.request('/v1/keys', { json: { name: 'robot', mode: 'test', rpm: 7 }, headers })).json() as { data: { id: string; secret: string; rpm: number } }
    expect(made.data.rpm).toBe(7)
    const robot = { 'x-api-key': made.data.secret }
    expect((await app.request('/v1/usage/credits', { headers: robot })).status).toBe(200)
    const rotated = await (await app.request(`/v1/keys/${made.data.id}/rotate`, { method: 'POST', headers })).json() as { data: { secret: string } }
    expect((await app.request('/v1/usage/credits', { headers: robot })).status).toBe(401)
    expect((await app.request('/v1/usage/credits', { headers: { 'x-api-key': rotated.data.secret } })).status).toBe(200)
    expect((await app.request(`/v1/keys/${made.data.id}`, { method: 'DELETE', headers })).status).toBe(200)
    expect((await problemOf(await app.request('/v1/usage/credits', { headers: { 'x-api-key': rotated.data.secret } }))).code).toBe('account.revoked_key')
    const list = await (await app.request('/v1/keys', { headers })).text()
    expect(list).not.toContain(rotated.data.secret)
    expect((await problemOf(await app.request('/v1/keys/key_none', { method: 'DELETE', headers }))).code).toBe('caller.not_found')
  })
})
