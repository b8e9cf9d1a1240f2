import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'

let app: TestApp
let key: TestKey

beforeAll(async () => {
  app = await startTestApp({ browser: 'off' })
  key = await app.key()
})
afterAll(() => app.close())

const post = async (path: string, json: unknown) => {
  const response = await app.request(path, { json, headers: { authorization: `Bearer ${key.secret}` } })
  return { status: response.status, body: await response.json() as Record<string, unknown> }
}

describe('what is wrong with a request is told with its field', () => {
  it.each([
    ['/v1/brand', {}, 'url'],
    ['/v1/brand', { url: 'https://home.lab.test/', screenshot_colors: 1 }, 'screenshot_colors'],
    ['/v1/brand', { url: 'https://home.lab.test/', screenshot_colors: 13 }, 'screenshot_colors'],
    ['/v1/enrich', { url: 'https://home.lab.test/', parts: [] }, 'parts'],
    ['/v1/enrich', { url: 'https://home.lab.test/', parts: ['logo'] }, 'parts'],
    ['/v1/company', { url: 'not a url' }, 'url'],
    ['/v1/classify', { url: 'https://home.lab.test/', max_age_s: -1 }, 'max_age_s'],
  ])('%s %j', async (path, body, field) => {
    expect(await post(path, body)).toMatchObject({ status: 400, body: { code: 'caller.invalid_request', issues: [{ path: expect.arrayContaining([field]) as unknown }] } })
  })
})

describe('a page that cannot be got is the failure of the whole', () => {
  it.each(['target.dns_failed', 'target.http_error', 'target.tls_invalid', 'policy.robots_disallowed', 'content.empty'])('%s', async (code) => {
    const { body } = await post('/v1/enrich', { url: `https://${code.replaceAll(/[._]/g, '-')}.fail.test/` })
    expect(body).toMatchObject({ code, billed_credits: 0 })
  })

  it('also where the key has no leave for it', async () => {
    expect(await post('/v1/brand', { url: 'https://example.com/' })).toMatchObject({ status: 403, body: { code: 'account.scope_denied' } })
  })
})
