import assert from 'node:assert/strict'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { envelopeOf, extracted, failsWith, post, urlFailsWith } from './octen.client.ts'
import type { SeedRow } from './seed-row.ts'

const good = 'https://article.lab.test/'
const live = (app: TestApp): Promise<TestKey> => app.key({ mode: 'live' })

const apiErrors: SeedRow[] = [
  {
    table: 'API Errors', row: '400 Bad Request', source: 'documented',
    run: async (app) => {
      const key = await live(app)
      await failsWith(await post(app, '/extract', key, {}), 400, 'Invalid params. Missing parameter urls')
      await failsWith(await post(app, '/search', key, {}), 400, 'Missing parameter query')
      await failsWith(await post(app, '/broad-search', key, {}), 400, 'Invalid params. query is required')
      await failsWith(await post(app, '/answer', key, {}), 400, 'Missing parameter messages')
      await failsWith(await post(app, '/extract', key, { urls: [good], format: 'html' }), 400, 'Invalid params. format must be one of: markdown, text')
      assert.equal(await key.used(), 0)
    },
  },
  {
    table: 'API Errors', row: '401 Unauthorized', source: 'documented',
    run: async (app) => {
      const json = { urls: [good] }
      await failsWith(await post(app, '/extract', undefined, json), 401, 'Invalid API Key')
      await failsWith(await post(app, '/extract', undefined, json, { 'x-api-key': 'octen-wrong' }), 401, 'Invalid API Key')
      await failsWith(await post(app, '/search', undefined, {}, { authorization: 'Bearer octen_sk_live_wrong' }), 401, 'Invalid API Key')
      const revoked = await live(app)
      await revoked.revoke()
      await failsWith(await post(app, '/extract', revoked, json), 401, /^Invalid API Key: .*revoked/)
      const expired = await app.key({ mode: 'live', expiresAt: '2020-01-01T00:00:00.000Z' })
      await failsWith(await post(app, '/extract', expired, json), 401, /^Invalid API Key: .*expired at 2020-01-01/)
      assert.equal(await revoked.used(), 0)
      assert.equal(await expired.used(), 0)
    },
  },
  {
    table: 'API Errors', row: '403 Forbidden (Insufficient account balance)', source: 'documented',
    run: async (app) => {
      const poor = await app.key({ mode: 'live', monthlyCredits: 1 })
      await failsWith(await post(app, '/extract', poor, { urls: [good] }), 403, 'Insufficient balance in account')
      assert.equal(await poor.used(), 0)
      const capped = await app.key({ mode: 'live', dailyCreditCap: 1 })
      await failsWith(await post(app, '/extract', capped, { urls: [good] }), 403, /^Insufficient balance in account: /)
      assert.equal(await capped.used(), 0)
    },
  },
  {
    table: 'API Errors', row: '413 Request Entity Too Large', source: 'documented',
    run: async (app) => {
      const key = await live(app)
      await failsWith(await post(app, '/extract', key, { urls: [good], padding: 'x'.repeat(2_097_152) }), 413, 'Payload too large: the limit is 2097152 bytes')
      assert.equal(await key.used(), 0)
    },
  },
  {
    table: 'API Errors', row: '429 Too Many Requests', source: 'documented',
    run: async (app) => {
      const key = await app.key({ mode: 'live', rpm: 1 })
      await failsWith(await post(app, '/search', key, { query: 'tea' }), 501)
      const refused = await post(app, '/extract', key, { urls: [good] })
      assert.ok(Number(refused.headers.get('retry-after')) > 0)
      await failsWith(refused, 429, /^Exceeding the rate limit: .*1 requests in 60 seconds with this key/)
      assert.equal(await key.used(), 0)
    },
  },
  {
    table: 'API Errors', row: '500 Internal Server Error', source: 'documented',
    run: async (app) => {
      const simulated = await app.key()
      await failsWith(await post(app, '/extract', simulated, { urls: ['https://platform-internal.fail.test/'] }), 500, 'Internal error')
      assert.equal(await simulated.used(), 0)
      const broken = await startTestApp()
      const key = await broken.key()
      await broken.app.store.close()
      try {
        await failsWith(await post(broken, '/extract', key, { urls: [good] }), 500, 'Internal error')
      } finally {
        await broken.close().catch(() => undefined)
      }
    },
  },
]

const structure: SeedRow[] = [
  {
    table: 'Error Response Structure', row: 'example: 400 Missing parameter query', source: 'documented',
    run: async (app) => {
      const key = await live(app)
      const { request_id, ...body } = await failsWith(await post(app, '/search', key, { count: 3 }), 400)
      assert.ok(request_id)
      assert.deepEqual(body, { code: 400, msg: 'Missing parameter query', data: {}, meta: {} })
      assert.equal(await key.used(), 0)
    },
  },
  {
    table: 'Response Fields', row: 'code: integer, the HTTP status', source: 'documented',
    run: async (app) => {
      for (const [reply, status] of [[await post(app, '/extract', undefined, {}), 401], [await app.request('/octen/nowhere'), 404], [await app.request('/octen/extract'), 405]] as const) {
        const body = await envelopeOf(reply)
        assert.ok(Number.isInteger(body.code))
        assert.deepEqual([body.code, reply.status], [status, status])
      }
    },
  },
  {
    table: 'Response Fields', row: 'msg: string, human-readable', source: 'documented',
    run: async (app) => {
      const { msg } = await failsWith(await post(app, '/extract', undefined, {}), 401)
      assert.equal(msg, 'Invalid API Key')
    },
  },
  {
    table: 'Response Fields', row: 'data: object, empty for errors', source: 'documented',
    run: async (app) => {
      assert.deepEqual((await envelopeOf(await post(app, '/extract', undefined, {}))).data, {})
    },
  },
  {
    table: 'Response Fields', row: 'meta: object, empty for errors', source: 'documented',
    run: async (app) => {
      assert.deepEqual((await envelopeOf(await post(app, '/extract', undefined, {}))).meta, {})
    },
  },
  {
    table: 'Getting Help', row: 'request_id to quote to support', source: 'documented',
    run: async (app) => {
      const key = await live(app)
      const sent = 'c0ffee00-0000-4000-8000-000000000001'
      const { request_id } = await failsWith(await post(app, '/extract', key, {}, { 'x-request-id': sent }), 400)
      assert.equal(request_id, sent)
      const found = await app.request(`/v1/requests/${sent}`, { headers: { 'x-api-key': key.secret } })
      assert.equal(found.status, 200)
    },
  },
]

const partial: SeedRow[] = [
  {
    table: 'Extract: Partial Failures', row: 'example: one success, one 404, 200 OK', source: 'documented',
    run: async (app) => {
      const key = await live(app)
      const urls = [good, 'https://any.lab.test/status/404']
      const { results, usage } = await extracted(await post(app, '/extract', key, { urls }))
      assert.deepEqual(results.map(({ url, status }) => [url, status]), [[urls[0], 'success'], [urls[1], 'failed']])
      assert.deepEqual(results[1], { url: urls[1], status: 'failed', error_message: 'Target returned HTTP 404' })
      assert.equal(usage.total_urls, 2)
      assert.equal(usage.successful_urls, 1)
    },
  },
  {
    table: 'Extract: Partial Failures', row: 'failed URLs are not billed', source: 'documented',
    run: async (app) => {
      const key = await live(app)
      await extracted(await post(app, '/extract', key, { urls: ['https://any.lab.test/status/404', good, 'https://any.lab.test/status/500'] }))
      assert.equal(await key.used(), 2)
      await extracted(await post(app, '/extract', key, { urls: ['https://any.lab.test/status/404', 'not a url'] }))
      assert.equal(await key.used(), 2)
    },
  },
  {
    table: 'Extract: Partial Failures', row: 'only Extract has failures per URL', source: 'documented',
    run: async (app) => {
      const key = await live(app)
      for (const path of ['/search', '/news-search']) await failsWith(await post(app, path, key, { query: 'tea' }), 501)
      assert.equal(await key.used(), 0)
    },
  },
]

const perUrl = (row: string, cases: readonly (readonly [url: string, message: string | RegExp, more?: object, mode?: 'test'])[], source: SeedRow['source'] = 'documented'): SeedRow => ({
  table: 'Extract error_message', row, source,
  run: async (app) => {
    for (const [url, message, more, mode] of cases) await urlFailsWith(app, await app.key({ mode: mode ?? 'live' }), url, message, more)
  },
})

const urlMessages: SeedRow[] = [
  perUrl('Invalid URL format', [
    ['not a url', 'Invalid URL format'],
    ['', 'Invalid URL format'],
    ['localhost', 'Invalid URL format'],
    ['ftp://article.lab.test/', 'Invalid URL format'],
    ['https://user:secret@article.lab.test/', 'Invalid URL format'],
    ['https://', 'Invalid URL format'],
  ]),
  perUrl('Failed to resolve domain', [['https://target-dns-failed.fail.test/', 'Failed to resolve domain'], ['no-such-page.here.lab.test', 'Failed to resolve domain']]),
  perUrl('Target host unreachable', [
    ['https://target-connection-refused.fail.test/', 'Target host unreachable'],
    ['https://target-connection-reset.fail.test/', 'Target host unreachable'],
    ['https://target-unreachable.fail.test/', 'Target host unreachable'],
    ['https://expired.tls.lab.test/', /^Target host unreachable: .*TLS.*expired/],
    ['https://any.lab.test/redirect-loop', /^Target host unreachable: .*redirect/],
  ]),
  perUrl('Target host unreachable (addresses that are never dialled)', [
    ['http://10.0.0.1/', /^Target host unreachable: .*\(private\)/],
    ['http://127.0.0.1/', /^Target host unreachable: .*\(loopback\)/],
    ['http://169.254.169.254/latest/meta-data/', /^Target host unreachable: .*\(metadata\)/],
    ['https://policy-url-blocked.fail.test/', /^Target host unreachable: .*\(private\)/],
  ], 'assumed'),
  perUrl('Target returned HTTP {code}', [
    ['https://any.lab.test/status/404', 'Target returned HTTP 404'],
    ['https://any.lab.test/status/410', 'Target returned HTTP 410'],
    ['https://any.lab.test/soft-404', 'Target returned HTTP 404'],
  ]),
  perUrl('Target server error (HTTP {code})', [
    ['https://any.lab.test/status/500', 'Target server error (HTTP 500)'],
    ['https://target-http-error-502.fail.test/', 'Target server error (HTTP 502)'],
  ]),
  perUrl('Blocked by target anti-bot protection', [
    ['https://target-blocked.fail.test/', 'Blocked by target anti-bot protection'],
    ['https://walls.lab.test/cloudflare', 'Blocked by target anti-bot protection'],
    ['https://walls.lab.test/datadome', 'Blocked by target anti-bot protection'],
  ]),
  perUrl('Target rate limited (HTTP 429)', [['https://any.lab.test/status/429', 'Target rate limited (HTTP 429)'], ['https://target-rate-limited.fail.test/', 'Target rate limited (HTTP 429)']]),
  perUrl('Extraction timed out after {timeout}s', [
    ['https://any.lab.test/hang', 'Extraction timed out after 1s', { timeout: 1 }],
    ['https://any.lab.test/hang?after=body', 'Extraction timed out after 1s', { timeout: 1 }],
  ]),
  perUrl('Page requires JavaScript rendering but failed', [
    ['https://shell.lab.test/', 'Page requires JavaScript rendering but failed'],
    ['https://content-render-failed.fail.test/', 'Page requires JavaScript rendering but failed', {}, 'test'],
  ]),
  perUrl('Content type not supported: {content_type}', [['https://content-unsupported-type.fail.test/', 'Content type not supported: video/mp4']]),
  perUrl('Failed to parse page content', [
    ['https://content-parse-failed.fail.test/', 'Failed to parse page content'],
    ['https://any.lab.test/empty', /^Failed to parse page content: /],
    ['https://content-too-large.fail.test/', /^Failed to parse page content: .*1000000 bytes/],
  ]),
  perUrl('PDF has no extractable text (likely scanned)', [['https://documents.lab.test/scan.pdf', 'PDF has no extractable text (likely scanned)']]),
]

/** Every row of every table of the vendor's error page; the app needs `labForLive` and a fetch limit of 1000000 bytes. */
export const rows: SeedRow[] = [...apiErrors, ...structure, ...partial, ...urlMessages]
