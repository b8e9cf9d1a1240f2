import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failureCodes } from '../../src/failure/catalog.ts'
import { failHost } from '../../src/failure/fail-test.ts'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'

let app: TestApp
let key: TestKey

beforeAll(async () => {
  app = await startTestApp({ fetchLimitBytes: '1000000' })
  key = await app.key()
})
afterAll(() => app.close())

const scrape = (json: object) => app.request('/v1/scrape', { json, headers: { 'x-api-key': key.secret } })

describe('*.fail.test', () => {
  for (const code of failureCodes) {
    it(`${code} comes from https://${failHost(code)}/`, async () => {
      const reply = await scrape({ url: `https://${failHost(code)}/`, timeout_ms: code === 'target.timeout' ? 1500 : 20_000 })
      const body = await reply.json() as { code: string; billed_credits: number; status: number; type: string }
      expect(body).toMatchObject({ code, billed_credits: 0, status: reply.status })
      expect(body.type).toBe(`http://lyrebird.test/errors/${code}`)
    })
  }
})

describe('causes on the wire', () => {
  const cases: [string, string, Record<string, unknown>][] = [
    ['https://expired.tls.lab.test/', 'target.tls_invalid', { reason: 'expired' }],
    ['https://self-signed.tls.lab.test/', 'target.tls_invalid', { reason: 'self_signed' }],
    ['https://hostname.tls.lab.test/', 'target.tls_invalid', { reason: 'hostname' }],
    ['https://untrusted.tls.lab.test/', 'target.tls_invalid', { reason: 'untrusted' }],
    ['https://protocol.tls.lab.test/', 'target.tls_invalid', { reason: 'protocol' }],
    ['https://any.lab.test/status/503', 'target.http_error', { target_status: 503 }],
    ['https://any.lab.test/status/503?retry_after=9', 'target.rate_limited', { retry_after_seconds: 9 }],
    ['https://any.lab.test/soft-404', 'target.http_error', { target_status: 404, soft: true }],
    ['https://any.lab.test/redirect-loop', 'target.too_many_redirects', {}],
    ['https://any.lab.test/truncate', 'target.connection_reset', {}],
    ['https://any.lab.test/bomb?encoding=gzip', 'content.too_large', { limit_bytes: 1_000_000 }],
    ['https://shell.lab.test/', 'content.empty', {}],
    ...['cloudflare', 'akamai', 'datadome', 'perimeterx', 'imperva', 'awswaf', 'amazon', 'kasada', 'captcha'].map((wall): [string, string, Record<string, unknown>] => [`https://walls.lab.test/${wall}`, 'target.blocked', {}]),
  ]
  for (const [url, code, facts] of cases) {
    it(`${url} is ${code} ${JSON.stringify(facts)}`, async () => {
      const reply = await scrape({ url })
      expect(await reply.json()).toMatchObject({ code, ...facts })
    })
  }

  it('does not take an article, a login page or a form with a captcha for a wall', async () => {
    for (const path of ['article-about-cloudflare', 'login', 'form-with-recaptcha']) {
      expect((await scrape({ url: `https://walls.lab.test/${path}` })).status, path).toBe(200)
    }
  })

  it('tells which stage a timeout was waiting in, and when to retry', async () => {
    const headers = await (await scrape({ url: 'https://any.lab.test/delay?headers_ms=5000', timeout_ms: 1000 })).json()
    expect(headers).toMatchObject({ code: 'target.timeout', stage: 'response headers', after_ms: 1000, retry: { advice: 'later' } })
    const body = await (await scrape({ url: 'https://any.lab.test/delay?body_ms=5000', timeout_ms: 1000 })).json()
    expect(body).toMatchObject({ code: 'target.timeout', stage: 'response body' })
  })
})
