import assert from 'node:assert/strict'
import { createServer, type AddressInfo } from 'node:net'
import { failHost } from '../../src/failure/fail-test.ts'
import type { FailureCode } from '../../src/failure/catalog.ts'
import { codes, type ReaderCode } from '../../src/dialects/reader/failure.ts'
import { startTestApp, type TestApp } from '../harness.ts'
import { startProxy } from '../support/proxy.ts'
import { call, dataOf, failedWith, jobsOf, notBilled, occupied, read, type Told } from './reader.client.ts'
import type { SeedRow } from './seed-row.ts'

const page = 'https://article.lab.test/'
const codesTable = 'The 11 codes'
const matrix = 'Retry matrix'

const live = (app: TestApp, limits: Parameters<TestApp['key']>[0] = {}) => app.key({ mode: 'live', monthlyCredits: 100, ...limits })

/** A read of one address fails so, and the workspace still has all its credits. */
const refused = async (app: TestApp, json: unknown, code: ReaderCode, check: (told: Told) => void = () => {}): Promise<void> => {
  const key = await live(app)
  check(failedWith(await read(app, key, json), code))
  await notBilled(key)
}

/** The failure that its name under fail.test stands for, with a test key. */
const raised = async (app: TestApp, failure: FailureCode, code: ReaderCode): Promise<Told> => {
  const key = await app.key()
  const told = failedWith(await read(app, key, { url: `https://${failHost(failure)}/` }), code)
  await notBilled(key)
  return told
}

/** The same call twice: a repeat with one idempotency key is either the stored reply or a new try. */
const repeats = async (app: TestApp, url: string, code: ReaderCode, again: boolean): Promise<void> => {
  const key = await app.key()
  const headers = { 'x-idempotency-key': `again-${code}` }
  const body = { url, timeoutMs: 1000 }
  failedWith(await read(app, key, body, headers), code)
  const second = await read(app, key, body, headers)
  failedWith(second, code)
  assert.equal(second.headers.get('idempotency-replayed'), again ? null : 'true')
  await notBilled(key)
}

const blocked = (what: string, url: string): SeedRow => ({
  table: codesTable, row: `403 url_blocked: ${what}`, source: 'documented',
  run: (app) => refused(app, { url }, 'url_blocked', ({ details }) => {
    assert.equal(details.url, url)
    assert.equal(typeof details.reason, 'string')
  }),
})

const unauthenticated = (what: string, secretOf: (app: TestApp) => Promise<string | undefined>): SeedRow => ({
  table: codesTable, row: `401 unauthenticated: ${what}`, source: 'documented',
  run: async (app) => {
    failedWith(await call(app, await secretOf(app), '/v1/read', { method: 'POST', json: { url: page } }), 'unauthenticated')
  },
})

const upstream = (what: string, url: string, cause: FailureCode): SeedRow => ({
  table: codesTable, row: `502 upstream_unavailable: ${what}`, source: 'documented',
  run: (app) => refused(app, { url }, 'upstream_unavailable', ({ details }) => assert.equal(details.cause, cause)),
})

/** A server of its own, for a row with settings, or one that moves the clock: limits must not be reopened by a clock that is set back. */
const apart = async (run: (app: TestApp) => Promise<void>, settings: Parameters<typeof startTestApp>[0] = {}): Promise<void> => {
  const app = await startTestApp({ labForLive: true, publicUrl: 'http://lyrebird.test', ...settings })
  try {
    await run(app)
  } finally {
    await app.close()
  }
}

/** Runs while the clock is so many seconds ahead. */
const later = async (seconds: number, run: () => Promise<void>): Promise<void> => {
  const now = Date.now
  Date.now = () => now() + seconds * 1000
  try {
    await run()
  } finally {
    Date.now = now
  }
}

const overRate = async (app: TestApp) => {
  const key = await live(app, { rpm: 1 })
  dataOf(await read(app, key, { url: page }))
  const answer = await read(app, key, { url: page })
  const told = failedWith(answer, 'rate_limited')
  return { key, answer, retryAfterSeconds: Number(told.details.retryAfterSeconds), details: told.details }
}

export const rows: SeedRow[] = [
  {
    table: 'Envelope', row: 'success false, error with code, message, details, docsUrl', source: 'documented',
    run: async (app) => {
      const key = await live(app, { monthlyCredits: 0 })
      const told = failedWith(await read(app, key, { url: page }), 'insufficient_credits')
      assert.deepEqual(Object.keys(told), ['code', 'message', 'details', 'docsUrl'])
    },
  },
  {
    table: 'Envelope', row: 'docsUrl leads to the section of the code', source: 'documented',
    run: async (app) => {
      const { docsUrl } = await raised(app, 'platform.internal', 'internal_error')
      const { pathname, hash } = new URL(docsUrl)
      const reply = await app.request(pathname)
      assert.equal(reply.status, 200)
      assert.ok((await reply.text()).includes(`<h2 id="${hash.slice(1)}">`))
    },
  },
  {
    table: 'Envelope', row: 'x-request-id on every reply, of success and of failure', source: 'documented',
    run: async (app) => {
      const key = await live(app)
      const mine = { 'x-request-id': 'trace-of-mine-1' }
      assert.equal((await read(app, key, { url: page }, mine)).headers.get('x-request-id'), 'trace-of-mine-1')
      assert.equal((await read(app, key, {}, mine)).headers.get('x-request-id'), 'trace-of-mine-1')
      assert.equal((await call(app, undefined, '/v1/nowhere', { headers: mine })).headers.get('x-request-id'), 'trace-of-mine-1')
    },
  },

  {
    table: codesTable, row: '400 invalid_request: missing required fields', source: 'documented',
    run: (app) => refused(app, { formats: ['markdown'] }, 'invalid_request', ({ message, details }) => {
      assert.equal(message, 'Invalid request body')
      assert.deepEqual((details.issues as { path: string[] }[]).map((issue) => issue.path), [['url']])
    }),
  },
  {
    table: codesTable, row: '400 invalid_request: malformed values, { path: ["url"], message: "Invalid url" }', source: 'documented',
    run: (app) => refused(app, { url: 'not a url' }, 'invalid_request', ({ message, details }) => {
      assert.equal(message, 'Invalid request body')
      assert.deepEqual(details, { issues: [{ path: ['url'], code: 'invalid_format', message: 'Invalid url' }] })
    }),
  },
  {
    table: codesTable, row: '400 invalid_request: fields outside their allowed range', source: 'documented',
    run: (app) => refused(app, { url: page, timeoutMs: 999, batchConcurrency: 21 }, 'invalid_request', ({ details }) => {
      const issues = details.issues as { path: string[]; message: string }[]
      assert.deepEqual(issues.map((issue) => issue.path), [['timeoutMs'], ['batchConcurrency']])
      assert.ok(issues.every((issue) => issue.message.length > 0))
    }),
  },

  unauthenticated('missing x-api-key', async () => undefined),
  unauthenticated('invalid x-api-key', async () => 'rdr_nobody_knows_this_key_0000'),
  unauthenticated('revoked x-api-key', async (app) => {
    const key = await live(app)
    await key.revoke()
    return key.secret
  }),
  unauthenticated('expired x-api-key', async (app) => (await live(app, { expiresAt: '2020-01-01T00:00:00.000Z' })).secret),

  {
    table: codesTable, row: '402 insufficient_credits: { required, available, resetAt }', source: 'documented',
    run: async (app) => {
      const key = await live(app, { monthlyCredits: 0 })
      const { message, details } = failedWith(await read(app, key, { url: page }), 'insufficient_credits')
      assert.equal(message, 'You need 1 credits but only 0 are available.')
      assert.deepEqual(Object.keys(details), ['required', 'available', 'resetAt'])
      assert.deepEqual([details.required, details.available], [1, 0])
      assert.ok(Date.parse(String(details.resetAt)) > Date.now())
      await notBilled(key)
    },
  },
  {
    table: codesTable, row: '402 insufficient_credits: wait for the next reset', source: 'documented',
    run: () => apart(async (app) => {
      const key = await live(app, { monthlyCredits: 1 })
      const url = 'http://any.lab.test/redirect/0'
      dataOf(await read(app, key, { url, cache: false }))
      const { details } = failedWith(await read(app, key, { url, cache: false }), 'insufficient_credits')
      const seconds = Math.ceil((Date.parse(String(details.resetAt)) - Date.now()) / 1000)
      await later(seconds, async () => void dataOf(await read(app, key, { url, cache: false })))
    }),
  },
  {
    table: codesTable, row: '402 insufficient_credits: a cheaper proxy mode', source: 'documented',
    run: async (app) => {
      const key = await live(app, { monthlyCredits: 2 })
      const { details } = failedWith(await read(app, key, { url: page, proxyMode: 'premium' }), 'insufficient_credits')
      assert.deepEqual([details.required, details.available], [3, 2])
      dataOf(await read(app, key, { url: page, proxyMode: 'standard' }))
      assert.equal(await key.used(), 1)
    },
  },

  blocked('private IP address', 'http://10.0.0.1/'),
  blocked('internal IP address of cloud metadata', 'http://169.254.169.254/latest/meta-data/'),
  blocked('non-HTTP scheme', 'ftp://files.example.com/a.txt'),
  blocked('file:// URL', 'file:///etc/passwd'),
  blocked('loopback', 'http://127.0.0.1:8787/'),
  blocked('loopback in another spelling', 'http://[::ffff:7f00:1]/'),
  blocked('a name that resolves to loopback', 'http://localhost/'),
  blocked('a redirect that leads there', 'https://any.lab.test/redirect-to?url=http://192.168.0.1/'),

  {
    table: codesTable, row: '404 not_found: a job ID that never existed', source: 'documented',
    run: async (app) => {
      const key = await live(app)
      for (const [method, path] of [['GET', ''], ['DELETE', ''], ['POST', '/retry'], ['GET', '/stream']] as const) {
        failedWith(await call(app, key.secret, `/v1/jobs/job_7k${path}`, { method }), 'not_found')
      }
    },
  },
  {
    table: codesTable, row: '404 not_found: a webhook ID that is not there', source: 'documented',
    run: async (app) => {
      const key = await live(app)
      failedWith(await call(app, key.secret, '/v1/webhooks/wh_1', { method: 'DELETE' }), 'not_found')
      failedWith(await call(app, key.secret, '/v1/webhooks/wh_1', { method: 'PATCH', json: { active: false } }), 'not_found')
    },
  },
  {
    table: codesTable, row: '404 not_found: an API key of another workspace', source: 'documented',
    run: async (app) => {
      const admin = await live(app, { scopes: ['scrape', 'read', 'admin'] })
      const other = await live(app)
      failedWith(await call(app, admin.secret, `/v1/api-keys/${other.id}`, { method: 'DELETE' }), 'not_found')
      dataOf(await read(app, other, { url: page }))
    },
  },

  {
    table: codesTable, row: '409 conflict: cancelling a job that has ended', source: 'documented',
    run: async (app) => {
      const key = await live(app)
      const jobs = jobsOf(app, key)
      const { id } = await jobs.submit({ urls: [page] })
      await jobs.wait(id)
      const told = failedWith(await call(app, key.secret, `/v1/jobs/${id}`, { method: 'DELETE' }), 'conflict')
      assert.deepEqual(told.details, { status: 'completed' })
    },
  },
  {
    table: codesTable, row: '409 conflict: the operation cannot run in the present state', source: 'documented',
    run: async (app) => assert.deepEqual((await raised(app, 'caller.conflict', 'conflict')).details, { status: 'completed' }),
  },

  {
    table: codesTable, row: '429 rate_limited: { limit, windowSeconds, retryAfterSeconds }, Retry-After', source: 'documented',
    run: async (app) => {
      const { answer, details, retryAfterSeconds } = await overRate(app)
      assert.deepEqual(Object.keys(details), ['limit', 'windowSeconds', 'retryAfterSeconds'])
      assert.deepEqual([details.limit, details.windowSeconds], [1, 60])
      assert.ok(Number.isInteger(retryAfterSeconds) && retryAfterSeconds >= 1 && retryAfterSeconds <= 60)
      assert.equal(answer.headers.get('retry-after'), String(retryAfterSeconds))
    },
  },
  {
    table: codesTable, row: '429 rate_limited: a batch of URLs counts as one request', source: 'documented',
    run: async (app) => {
      const key = await live(app, { rpm: 2 })
      const jobs = jobsOf(app, key)
      const { id } = await jobs.submit({ urls: Array(10).fill(page) })
      assert.equal((await jobs.wait(id)).completed, 10)
      dataOf(await read(app, key, { url: page }))
      failedWith(await read(app, key, { url: page }), 'rate_limited')
    },
  },
  {
    table: codesTable, row: '429 concurrency_limited: no Retry-After', source: 'documented',
    run: async (app) => {
      const { key, release } = await occupied(app)
      try {
        const answer = await read(app, key, { url: page })
        const { details } = failedWith(answer, 'concurrency_limited')
        assert.deepEqual(details, { active: 1, max: 1 })
        assert.equal(answer.headers.get('retry-after'), null)
      } finally {
        await release()
      }
      await notBilled(key)
    },
  },
  {
    table: codesTable, row: '429 concurrency_limited: the number of active jobs', source: 'documented',
    run: async (app) => {
      const key = await live(app, { concurrency: 1, monthlyCredits: null })
      const jobs = jobsOf(app, key)
      const { id } = await jobs.submit({ url: 'https://big.lab.test/n/1?pages=5000', maxPages: 5000, maxDepth: 10, maxConcurrency: 1 })
      const answer = await read(app, key, { urls: [page] })
      assert.deepEqual(failedWith(answer, 'concurrency_limited').details, { active: 1, max: 1 })
      assert.equal(answer.headers.get('retry-after'), null)
      dataOf(await call(app, key.secret, `/v1/jobs/${id}`, { method: 'DELETE' }))
      await jobs.wait((await jobs.submit({ urls: [page] })).id)
    },
  },

  {
    table: codesTable, row: '500 internal_error', source: 'documented',
    run: async (app) => assert.match((await raised(app, 'platform.internal', 'internal_error')).message, /err_/),
  },

  upstream('the target is down', `https://${failHost('target.connection_refused')}/`, 'target.connection_refused'),
  upstream('DNS failed', `https://${failHost('target.dns_failed')}/`, 'target.dns_failed'),
  upstream('the connection was reset', `https://${failHost('target.connection_reset')}/`, 'target.connection_reset'),
  upstream('the target answers with an error', 'https://any.lab.test/status/500', 'target.http_error'),
  {
    table: codesTable, row: '502 upstream_unavailable: an internal service', source: 'documented',
    run: async (app) => {
      assert.equal((await raised(app, 'platform.browser_unavailable', 'upstream_unavailable')).details.cause, 'platform.browser_unavailable')
    },
  },

  {
    table: codesTable, row: '504 scrape_timeout: over the deadline of the URL', source: 'documented',
    run: (app) => refused(app, { url: 'https://any.lab.test/hang', timeoutMs: 1000 }, 'scrape_timeout', ({ details }) => assert.deepEqual(details, { timeoutMs: 1000 })),
  },
  {
    table: codesTable, row: '504 scrape_timeout: datacenter and residential attempts within one deadline', source: 'documented',
    run: async () => {
      const [cheap, dear] = await Promise.all([startProxy(), startProxy()])
      const silent = createServer()
      await new Promise<void>((resolve) => { silent.listen(0, '127.0.0.1', resolve) })
      dear.divert = { host: '127.0.0.1', port: (silent.address() as AddressInfo).port }
      await apart(async (app) => {
        const key = await live(app)
        const told = failedWith(await read(app, key, { url: `http://${failHost('target.blocked')}/`, proxyMode: 'auto', timeoutMs: 3000 }), 'scrape_timeout')
        assert.deepEqual(told.details, { timeoutMs: 3000 })
        assert.ok(cheap.asked.length > 0 && dear.asked.length > 0)
        await notBilled(key)
      }, { proxiesStandard: cheap.url, proxiesPremium: dear.url, browser: 'off' })
      silent.close()
      await Promise.all([cheap.close(), dear.close()])
    },
  },

  {
    table: matrix, row: 'SDKs retry transient codes and throw permanent ones at once', source: 'recorded',
    // The clients that retry go by status: 429 and 5xx.
    run: async () => {
      const retried = (Object.keys(codes) as ReaderCode[]).filter((code) => codes[code] === 429 || codes[code] >= 500)
      assert.deepEqual(retried, ['rate_limited', 'concurrency_limited', 'internal_error', 'upstream_unavailable', 'scrape_timeout'])
    },
  },
  {
    table: matrix, row: 'invalid_request: no; fix the request', source: 'documented',
    run: async (app) => {
      const key = await live(app)
      failedWith(await read(app, key, { url: page, maxPages: 0 }), 'invalid_request')
      failedWith(await read(app, key, { url: page, maxPages: 0 }), 'invalid_request')
      await notBilled(key)
      dataOf(await read(app, key, { url: page }))
    },
  },
  {
    table: matrix, row: 'unauthenticated: no; fix the key', source: 'documented',
    run: async (app) => {
      const key = await live(app)
      failedWith(await call(app, `${key.secret}x`, '/v1/usage/credits'), 'unauthenticated')
      failedWith(await call(app, `${key.secret}x`, '/v1/usage/credits'), 'unauthenticated')
      dataOf(await call(app, key.secret, '/v1/usage/credits'))
    },
  },
  {
    table: matrix, row: 'insufficient_credits: no; top up or wait for reset', source: 'documented',
    run: async (app) => {
      const key = await live(app, { monthlyCredits: 0 })
      failedWith(await read(app, key, { url: page }), 'insufficient_credits')
      failedWith(await read(app, key, { url: page }), 'insufficient_credits')
      await notBilled(key)
      await app.app.meter.topUp(key.workspaceId, 5)
      dataOf(await read(app, key, { url: page }))
      assert.equal(await key.used(), 1)
    },
  },
  {
    table: matrix, row: 'url_blocked: no; use a different URL', source: 'documented',
    run: (app) => repeats(app, `https://${failHost('policy.url_blocked')}/`, 'url_blocked', false),
  },
  {
    table: matrix, row: 'not_found: no; fix the ID', source: 'documented',
    run: async (app) => {
      const admin = await live(app, { scopes: ['read', 'admin'] })
      const made = dataOf(await call(app, admin.secret, '/v1/api-keys', { method: 'POST', json: { name: 'a' } }), 201)
      failedWith(await call(app, admin.secret, `/v1/api-keys/${String(made.id)}x`, { method: 'DELETE' }), 'not_found')
      assert.deepEqual(dataOf(await call(app, admin.secret, `/v1/api-keys/${String(made.id)}`, { method: 'DELETE' })), { id: made.id })
    },
  },
  {
    table: matrix, row: 'conflict: no; check state first', source: 'documented',
    run: async (app) => {
      const key = await live(app)
      const headers = { 'x-idempotency-key': 'one-key-two-bodies' }
      dataOf(await read(app, key, { url: page }, headers))
      failedWith(await read(app, key, { url: page, formats: ['html'] }, headers), 'conflict')
      failedWith(await read(app, key, { url: page, formats: ['html'] }, headers), 'conflict')
      assert.equal(await key.used(), 1)
    },
  },
  {
    table: matrix, row: 'rate_limited: yes; honor Retry-After', source: 'documented',
    run: () => apart(async (app) => {
      const { key, retryAfterSeconds } = await overRate(app)
      assert.equal(await key.used(), 1)
      await later(retryAfterSeconds, async () => void dataOf(await read(app, key, { url: page })))
    }),
  },
  {
    table: matrix, row: 'concurrency_limited: yes; wait for jobs to finish', source: 'documented',
    run: async (app) => {
      const { key, release } = await occupied(app)
      failedWith(await read(app, key, { url: page }), 'concurrency_limited')
      await release()
      dataOf(await read(app, key, { url: page }))
    },
  },
  {
    table: matrix, row: 'internal_error: yes; exponential backoff', source: 'documented',
    run: (app) => repeats(app, `https://${failHost('platform.internal')}/`, 'internal_error', true),
  },
  {
    table: matrix, row: 'upstream_unavailable: yes; exponential backoff', source: 'documented',
    run: (app) => repeats(app, `https://${failHost('target.connection_refused')}/`, 'upstream_unavailable', true),
  },
  {
    table: matrix, row: 'scrape_timeout: yes; maybe bump timeoutMs first', source: 'documented',
    run: async (app) => {
      const key = await live(app)
      const url = 'https://any.lab.test/delay?headers_ms=1500'
      failedWith(await read(app, key, { url, timeoutMs: 1000 }), 'scrape_timeout')
      await notBilled(key)
      dataOf(await read(app, key, { url, timeoutMs: 60_000 }))
      assert.equal(await key.used(), 1)
    },
  },
]
