import assert from 'node:assert/strict'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { call, failsWith, fetched, fetchPage } from './scrapio.client.ts'
import type { SeedRow } from './seed-row.ts'

const url = 'https://article.lab.test/'
const walled = 'https://walls.lab.test/cloudflare'
const unbilled = async (key: TestKey) => assert.equal(await key.used(), 0)
const live = (app: TestApp) => app.key({ mode: 'live' })

const usedUp = async (app: TestApp, limits: Parameters<TestApp['key']>[0]): Promise<TestKey> => {
  const key = await app.key({ mode: 'live', ...limits })
  await fetched(await fetchPage(app, key, { url }))
  assert.equal(await key.used(), 1)
  return key
}

const badUrl = async (app: TestApp) => {
  const key = await live(app)
  await failsWith(await fetchPage(app, key, { output: ['html'] }), 400, 'invalid_request', { message: 'url is required' })
  await failsWith(await fetchPage(app, key, { url: 'article' }), 400, 'invalid_request', { message: 'url must be an http or https URL' })
  await failsWith(await fetchPage(app, key, { url, timeout_ms: 300_001 }), 400, 'invalid_request', { message: 'timeout_ms must be at most 300000' })
  await failsWith(await fetchPage(app, key, { url: 'http://10.0.0.1/' }), 400, 'invalid_request', { message: /\(private\)/ })
  await unbilled(key)
}

const noKey = async (app: TestApp) => {
  for (const headers of [{}, { authorization: '' }, { authorization: 'Basic YTpi' }, { 'x-api-key': 'sk_live_x' }]) {
    await failsWith(await fetchPage(app, null, { url }, headers), 401, 'missing_api_key', { newCode: 'unauthorized', message: /Authorization/ })
  }
}

const badKeys = async (app: TestApp) => {
  const wrong = { newCode: 'unauthorized' }
  await failsWith(await fetchPage(app, { secret: 'sk_live_unknown' }, { url }), 401, 'invalid_api_key', wrong)
  const revoked = await live(app)
  await revoked.revoke()
  await failsWith(await fetchPage(app, revoked, { url }), 401, 'invalid_api_key', { ...wrong, message: /revoked/ })
  const expired = await app.key({ mode: 'live', expiresAt: '2020-01-01T00:00:00.000Z' })
  await failsWith(await fetchPage(app, expired, { url }), 401, 'invalid_api_key', { ...wrong, message: /2020-01-01/ })
  await unbilled(revoked)
  await unbilled(expired)
}

const noCredits = async (app: TestApp) => {
  for (const limits of [{ monthlyCredits: 1 }, { creditLimit: 1 }]) {
    const poor = await usedUp(app, limits)
    await failsWith(await fetchPage(app, poor, { url }), 402, 'credits_exhausted')
    assert.equal(await poor.used(), 1)
  }
}

const otherBody = async (app: TestApp) => {
  const key = await live(app)
  const headers = { 'idempotency-key': 'order-1' }
  const first = await fetched(await fetchPage(app, key, { url }, headers))
  assert.deepEqual(await fetched(await fetchPage(app, key, { url }, headers)), first)
  await failsWith(await fetchPage(app, key, { url, output: ['markdown'] }, headers), 409, 'idempotency_conflict')
  assert.equal(await key.used(), 1)
}

const dayIsOver = async (app: TestApp) => {
  const capped = await usedUp(app, { dailyCreditCap: 1 })
  const refused = await fetchPage(app, capped, { url })
  assert.ok(Number(refused.headers.get('retry-after')) > 0)
  await failsWith(refused, 429, 'daily_credit_cap_exceeded', { diagnostics: { retryable: false } })
  assert.equal(await capped.used(), 1)
}

const blocked = async (app: TestApp) => {
  const key = await live(app)
  for (const name of ['cloudflare', 'datadome', 'akamai']) {
    const wall = await fetchPage(app, key, { url: `https://walls.lab.test/${name}` })
    await failsWith(wall, 502, 'target_blocked', { message: 'The target site blocked the request.', diagnostics: { retryable: false, blocked: true } })
  }
  const rejected = await failsWith(await fetchPage(app, key, { url: 'https://any.lab.test/status/404' }), 502, 'target_blocked', { message: /HTTP 404/, diagnostics: { retryable: false } })
  assert.equal(rejected.diagnostics?.blocked, undefined)
  await failsWith(await fetchPage(app, key, { url: 'https://target-connection-refused.fail.test/' }), 502, 'target_blocked', { message: /refused/, diagnostics: { retryable: true } })
  await unbilled(key)
}

const noProxy = async (app: TestApp) => {
  const key = await live(app)
  for (const asked of [{ use_proxy: true }, { proxy: 'basic' }, { proxy: 'stealth' }]) {
    await failsWith(await fetchPage(app, key, { url, ...asked }), 503, 'proxy_unavailable', { diagnostics: { retryable: true } })
  }
  await unbilled(key)
}

/** Polled until the job is over, as clients do. */
const jobResult = async (app: TestApp, key: TestKey, id: string): Promise<{ status: string; outputs?: { markdown?: string } }> => {
  for (;;) {
    const reply = await call(app, key, `/v1/jobs/${id}/result`)
    if (reply.status === 200) return reply.json() as Promise<{ status: string; outputs?: { markdown?: string } }>
    await failsWith(reply, 409, 'job_not_ready', { diagnostics: { retryable: true } })
    await new Promise((resolve) => { setTimeout(resolve, 25) })
  }
}

const notReady = async (app: TestApp) => {
  const key = await live(app)
  const reply = await call(app, key, '/v1/jobs', { json: { kind: 'fetch', input: { url: 'https://any.lab.test/hang', timeout_ms: 60_000 } } })
  const { job_id: id } = await reply.json() as { job_id: string }
  await failsWith(await call(app, key, `/v1/jobs/${id}/result`), 409, 'job_not_ready', { diagnostics: { retryable: true } })
  assert.equal((await call(app, key, `/v1/jobs/${id}/cancel`, { method: 'POST' })).status, 202)
  await unbilled(key)
}

const selecting = (selector: string) => ({ output: ['json'], extract: { mode: 'selectors', fields: { title: { selector, type: 'text' } } } })

const nothingUsable = async (app: TestApp) => {
  const key = await live(app)
  await failsWith(await fetchPage(app, key, { url, ...selecting('#nowhere') }), 422, 'extraction_failed', { newCode: 'selectors_unsupported', diagnostics: { retryable: false } })
  await unbilled(key)
  assert.deepEqual((await fetched(await fetchPage(app, key, { url, ...selecting('h1') }))).outputs.json, { title: 'The lighthouse keeper who counted every bird' })
  assert.equal(await key.used(), 2)
}

const invalidData = async (app: TestApp) => {
  const key = await app.key()
  await failsWith(await fetchPage(app, key, { url: 'https://content-extraction-invalid.fail.test/' }), 422, 'extraction_validation_error', { newCode: 'schema_validation_failed', message: /does not match the schema/ })
  await unbilled(key)
}

const envelope: SeedRow[] = [
  {
    table: 'Error envelope', row: 'example: invalid_request, "url is required"', source: 'documented',
    run: async (app) => {
      const key = await live(app)
      const { request_id, ...body } = await failsWith(await fetchPage(app, key, {}), 400, 'invalid_request')
      assert.match(request_id, /^[0-9a-f]{8}-/)
      assert.deepEqual(body, { error: { code: 'invalid_request', message: 'url is required', new_code: 'invalid_request' } })
      await unbilled(key)
    },
  },
  {
    table: 'Error envelope', row: 'example: target_blocked with diagnostics', source: 'documented',
    run: async (app) => {
      const key = await live(app)
      const { request_id, ...body } = await failsWith(await fetchPage(app, key, { url: walled }), 502, 'target_blocked')
      assert.ok(request_id)
      assert.deepEqual(body, {
        error: { code: 'target_blocked', message: 'The target site blocked the request.', new_code: 'target_blocked' },
        diagnostics: { outcome: 'failed', retryable: false, blocked: true, reason: 'target.blocked' },
      })
      await unbilled(key)
    },
  },
]

const statuses: SeedRow[] = [
  {
    table: 'HTTP status codes', row: '200 Success', source: 'documented',
    run: async (app) => {
      const key = await live(app)
      const body = await fetched(await fetchPage(app, key, { url, output: ['markdown'] }))
      assert.deepEqual([body.mode, body.status, body.usage.credits], ['inline', 'completed', 1])
      assert.match(body.outputs.markdown ?? '', /lighthouse keeper/)
      assert.equal(await key.used(), 1)
    },
  },
  {
    table: 'HTTP status codes', row: '202 Accepted: async job queued', source: 'documented',
    run: async (app) => {
      const key = await live(app)
      const reply = await call(app, key, '/v1/jobs', { json: { kind: 'fetch', input: { url, output: ['markdown'] } } })
      assert.equal(reply.status, 202)
      const { job_id: id, status } = await reply.json() as { job_id: string; status: string }
      assert.equal(status, 'queued')
      const result = await jobResult(app, key, id)
      assert.match(result.outputs?.markdown ?? '', /lighthouse keeper/)
      assert.equal(await key.used(), 1)
    },
  },
  { table: 'HTTP status codes', row: '400 Bad request', source: 'documented', run: badUrl },
  { table: 'HTTP status codes', row: '401 Unauthorized', source: 'documented', run: async (app) => { await noKey(app); await badKeys(app) } },
  { table: 'HTTP status codes', row: '402 Payment required', source: 'documented', run: noCredits },
  { table: 'HTTP status codes', row: '409 Conflict', source: 'documented', run: otherBody },
  {
    table: 'HTTP status codes', row: '422 Unprocessable', source: 'documented',
    run: async (app) => {
      const key = await live(app)
      const json = { output: ['json'], extract: { mode: 'instruction', instruction: 'the author' } }
      await failsWith(await fetchPage(app, key, { url, ...json }), 422, 'extraction_failed', { newCode: 'llm_unavailable' })
      for (const page of ['https://content-unsupported-type.fail.test/', 'https://any.lab.test/empty']) {
        await failsWith(await fetchPage(app, key, { url: page }), 422, 'extraction_failed', { diagnostics: { retryable: false } })
      }
      await unbilled(key)
    },
  },
  {
    table: 'HTTP status codes', row: '429 Too many requests', source: 'documented',
    run: async (app) => {
      await dayIsOver(app)
      const key = await live(app)
      const upstream = await fetchPage(app, key, { url: 'https://any.lab.test/status/429' })
      await failsWith(upstream, 429, 'rate_limited', { diagnostics: { retryable: true } })
      await unbilled(key)
      const slow = await app.key({ mode: 'live', rpm: 1 })
      await failsWith(await fetchPage(app, slow, {}), 400, 'invalid_request')
      const refused = await fetchPage(app, slow, { url })
      assert.ok(Number(refused.headers.get('retry-after')) > 0)
      await failsWith(refused, 429, 'rate_limited', { diagnostics: { retryable: true } })
      await unbilled(slow)
    },
  },
  { table: 'HTTP status codes', row: '502 Bad gateway', source: 'documented', run: blocked },
  {
    table: 'HTTP status codes', row: '503 Service unavailable', source: 'documented',
    run: async (app) => {
      await noProxy(app)
      const key = await live(app)
      await failsWith(await fetchPage(app, key, { url, render_js: true }), 503, 'browser_unavailable', { diagnostics: { retryable: true } })
      await unbilled(key)
    },
  },
  {
    table: 'HTTP status codes', row: '500 Internal server error: always retryable', source: 'documented',
    run: async (app) => {
      const simulated = await app.key()
      const error = { message: /err_/, diagnostics: { retryable: true } }
      await failsWith(await fetchPage(app, simulated, { url: 'https://platform-internal.fail.test/' }), 500, 'internal_error', error)
      const broken = await startTestApp()
      const key = await broken.key()
      await broken.app.store.close()
      try {
        await failsWith(await fetchPage(broken, key, { url }), 500, 'internal_error', error)
      } finally {
        await broken.close().catch(() => undefined)
      }
    },
  },
]

const codes: SeedRow[] = [
  { table: 'Error code index', row: 'invalid_request 400', source: 'documented', run: badUrl },
  { table: 'Error code index', row: 'missing_api_key 401', source: 'documented', run: noKey },
  { table: 'Error code index', row: 'invalid_api_key 401', source: 'documented', run: badKeys },
  { table: 'Error code index', row: 'credits_exhausted 402', source: 'documented', run: noCredits },
  { table: 'Error code index', row: 'idempotency_conflict 409', source: 'documented', run: otherBody },
  { table: 'Error code index', row: 'extraction_failed 422', source: 'documented', run: nothingUsable },
  { table: 'Error code index', row: 'extraction_validation_error 422', source: 'documented', run: invalidData },
  { table: 'Error code index', row: 'target_blocked 502', source: 'documented', run: blocked },
  {
    table: 'Error code index', row: 'blocked_by_amazon 502', source: 'documented',
    run: async (app) => {
      const key = await live(app)
      const wall = await fetchPage(app, key, { url: 'https://walls.lab.test/amazon' })
      await failsWith(wall, 502, 'blocked_by_amazon', { message: /Amazon/, diagnostics: { retryable: false, blocked: true } })
      await unbilled(key)
    },
  },
  {
    table: 'Error code index', row: 'timeout 504', source: 'documented',
    run: async (app) => {
      const key = await live(app)
      for (const slow of ['https://any.lab.test/hang', 'https://any.lab.test/hang?after=body']) {
        await failsWith(await fetchPage(app, key, { url: slow, timeout_ms: 300 }), 504, 'timeout', { message: /timeout_ms \(300 ms\)/, diagnostics: { retryable: true, timed_out: true } })
      }
      await unbilled(key)
    },
  },
  { table: 'Error code index', row: 'proxy_unavailable 503', source: 'documented', run: noProxy },
  { table: 'Error code index', row: 'daily_credit_cap_exceeded 429', source: 'documented', run: dayIsOver },
  {
    table: 'Error code index', row: 'job_not_found 404', source: 'documented',
    run: async (app) => {
      const key = await live(app)
      for (const [method, path] of [['GET', ''], ['GET', '/result'], ['POST', '/cancel']] as const) {
        await failsWith(await call(app, key, `/v1/jobs/job_01k0${path}`, { method }), 404, 'job_not_found')
      }
      await unbilled(key)
    },
  },
  { table: 'Error code index', row: 'job_not_ready 409', source: 'documented', run: notReady },
]

/** Every row of every table of the vendor's error page; the app needs `labForLive` and `browser: 'off'`. */
export const rows: SeedRow[] = [...envelope, ...statuses, ...codes]
