import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { RequestRecord } from '../contract/usage.ts'
import { redact, redactRecord, redactUrls } from './redact.ts'

it('keeps the names of headers and cookies and drops their values, in any spelling', () => {
  expect(redact({ headers: { 'X-Auth': 's3cret', Accept: 's3cret' }, Cookies: { sid: 's3cret' }, set_cookie: 's3cret', body: { a: 's3cret' }, http_headers: [['a', 's3cret']], customHeaders: { a: 's3cret' } })).toEqual({
    headers: { 'X-Auth': '[redacted]', Accept: '[redacted]' }, Cookies: { sid: '[redacted]' }, set_cookie: '[redacted]', body: { a: '[redacted]' }, http_headers: '[redacted]', customHeaders: { a: '[redacted]' },
  })
})

it('drops whatever is called a secret, at any depth', () => {
  const secrets = { password: 'x', apiKey: 'x', api_key: 'x', 'x-api-key': 'x', access_token: 'x', clientSecret: 'x', Authorization: 'x', signature: 'x', session_id: 'x', webhook: { secret: 'x' } }
  expect(JSON.stringify(redact({ a: [{ b: secrets }] }))).not.toContain('"x"')
  expect(redact({ url: 'https://a.test/', formats: [{ kind: 'markdown' }], timeoutMs: 1, cookies: {}, headers: {}, max_tokens: 5, bodyless: 'kept', author: 'kept' }))
    .toEqual({ url: 'https://a.test/', formats: [{ kind: 'markdown' }], timeoutMs: 1, cookies: {}, headers: {}, max_tokens: 5, bodyless: 'kept', author: 'kept' })
})

it('drops users, passwords and secret query values from URLs wherever they stand', () => {
  expect(redactUrls('see https://me:pw@a.test/x?token=abc&page=2&X-Amz-Signature=def#key=frag and https://b.test/?api_key=ghi')).toBe(
    'see https://[redacted]@a.test/x?token=[redacted]&page=2&X-Amz-Signature=[redacted]#key=frag and https://b.test/?api_key=[redacted]')
  expect(redactUrls('https://a.test/?monkey=1&q=token')).toBe('https://a.test/?monkey=1&q=token')
  expect(redact({ start_urls: ['https://u:p@a.test/'] })).toEqual({ start_urls: ['https://[redacted]@a.test/'] })
})

it('keeps records small: long texts, long lists, many members and depth are cut', () => {
  expect(redact('a'.repeat(3_000))).toBe(`${'a'.repeat(2_000)}… [3000 characters]`)
  expect(redact(Array.from({ length: 60 }, (_, i) => i))).toHaveLength(51)
  expect(Object.keys(redact(Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`a${i}`, i]))) as object)).toHaveLength(51)
  let deep: unknown = 'bottom'
  for (let i = 0; i < 100_000; i++) deep = { deep }
  expect(JSON.stringify(redact(deep))).toContain('[deep]')
})

it('never lets a secret through, whatever surrounds it', () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom('headers', 'cookies', 'body', 'password', 'proxyAuthorization'), (value, name) => {
    expect(JSON.stringify(redact({ outer: [value, { [name]: { inner: 'S3CRET-VALUE' } }, { [name]: 'S3CRET-VALUE' }] }))).not.toContain('S3CRET-VALUE')
  }))
})

it('redacts every part of a record', () => {
  const record: RequestRecord = {
    id: 'r', requestId: 'r', at: 'now', dialect: 'native', method: 'GET', path: '/r/https://u:S3@a.test/?token=S3', verb: 'scrape', keyId: 'k', keyName: 'k', mode: 'live', status: 200, credits: 0, durationMs: 1,
    url: 'https://u:S3@a.test/?token=S3', intent: { url: 'https://u:S3@a.test/', headers: { a: 'S3' } },
    failure: { code: 'target.blocked', message: 'm', facts: { cookie: 'S3' }, evidence: [{ tier: 'http', url: 'https://a.test/?sig=S3', ms: 1, outcome: 'x' }] },
    evidence: [{ tier: 'http', url: 'https://u:S3@a.test/', ms: 1, outcome: 'x' }], timings: { fetch: 1 },
  }
  const redacted = redactRecord(record)
  expect(JSON.stringify(redacted)).not.toContain('S3')
  expect(redacted).toMatchObject({ id: 'r', timings: { fetch: 1 }, evidence: [{ tier: 'http', ms: 1, outcome: 'x' }] })
})

it('keeps what actions do, and not what they type', () => {
  const actions = [{ type: 'type', selector: '#password', text: 'S3' }, { type: 'wait_for', text: 'Welcome' }]
  expect(redact({ actions })).toEqual({ actions: [{ type: 'type', selector: '#password', text: '[redacted]' }, { type: 'wait_for', text: 'Welcome' }] })
})
