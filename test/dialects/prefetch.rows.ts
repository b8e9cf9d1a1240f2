import assert from 'node:assert/strict'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { afterWaiting, article, concurrencyOf, endpoints, failsWith, get, inFlight, type Query } from './prefetch.client.ts'
import { moreRows } from './prefetch.more.rows.ts'
import { readOf } from './prefetch.strict.ts'
import type { SeedRow } from './seed-row.ts'

const live = (app: TestApp): Promise<TestKey> => app.key({ mode: 'live' })

type Case = readonly [query: Query, path?: string]

/** A row of a message: each case is asked for with a live key of its own, and costs nothing. */
const message = (table: string, status: number, error: string, cases: readonly Case[], row = `"${error}"`, source: SeedRow['source'] = 'documented'): SeedRow => ({
  table, row, source,
  run: async (app) => {
    const key = await live(app)
    for (const [query, path = '/classify'] of cases) await failsWith(await get(app, path, key, query), status, error)
    assert.equal(await key.used(), 0)
  },
})

const targets = {
  dns: 'https://target-dns-failed.fail.test/',
  refused: 'https://target-connection-refused.fail.test/',
  tls: 'https://expired.tls.lab.test/',
  notFound: 'https://any.lab.test/status/404',
  hang: 'https://any.lab.test/hang',
}

const spent = async (app: TestApp): Promise<TestKey> => {
  const key = await app.key({ mode: 'live', creditLimit: 1 })
  const reply = await app.request('/v1/scrape', { json: { url: article }, headers: { 'x-api-key': key.secret } })
  assert.equal(reply.status, 200)
  assert.equal(await key.used(), 1)
  return key
}

const refuses = async (app: TestApp, key: TestKey | undefined, status: number, error: string, query: Record<string, string> = { url: article }): Promise<void> => {
  const before = await key?.used()
  for (const path of endpoints) await failsWith(await get(app, path, key, query), status, error)
  assert.equal(await key?.used(), before)
}

/** Servers of their own are dear: what several rows need of one is shown once. */
const once = (run: () => Promise<void>): (() => Promise<void>) => {
  let shown: Promise<void> | undefined
  return () => (shown ??= run())
}

/** The limit of an address. */
const overAddressLimit = once(async (): Promise<void> => {
  const strict = await startTestApp({ ipRpm: '2' })
  try {
    const key = await strict.key()
    // Wherever the minute turns, one of these five is the third in its own.
    const replies: Response[] = []
    for (let i = 0; i < 5; i++) replies.push(await get(strict, '/brand', i % 2 ? key : undefined, {}, {}))
    const refused = replies.filter((reply) => reply.status === 429)
    assert.ok(refused.length > 0)
    for (const reply of refused) {
      assert.ok(Number(reply.headers.get('retry-after')) > 0)
      assert.deepEqual(concurrencyOf(reply), [null, null])
      await failsWith(reply, 429, 'Too many requests')
    }
    for (const path of ['/health', '/ready']) assert.equal((await get(strict, path)).status, 200)
    assert.equal(await key.used(), 0)
  } finally {
    await strict.close()
  }
})

const overRpm = async (app: TestApp): Promise<void> => {
  const key = await app.key({ mode: 'live', rpm: 1 })
  await failsWith(await get(app, '/brand', key), 400, 'url parameter is required')
  const refused = await get(app, '/brand', key, { url: article })
  assert.ok(Number(refused.headers.get('retry-after')) > 0)
  await failsWith(refused, 429, 'Rate limit exceeded for this API key')
  assert.equal(await key.used(), 0)
}

const overConcurrency = async (app: TestApp): Promise<void> => {
  const key = await app.key({ mode: 'live', concurrency: 1 })
  const first = await inFlight(app, '/brand', key)
  const refused = await get(app, '/company', key, { url: article })
  assert.deepEqual(concurrencyOf(refused), ['1', '1'])
  assert.equal(refused.headers.get('retry-after'), '1')
  await failsWith(refused, 429, 'Concurrency limit exceeded for this API key')
  assert.deepEqual(concurrencyOf(await first.settled), ['1', '1'])
  await failsWith(await get(app, '/brand', key), 400, 'url parameter is required')
  // The first was served.
  assert.equal(await key.used(), 10)
}

/** Work that is full. */
const overloaded = once(async (): Promise<void> => {
  const busy = await startTestApp({ labForLive: true, maxInFlight: '1' })
  try {
    const key = await live(busy)
    const first = await inFlight(busy, '/brand', key)
    const refused = await get(busy, '/brand', key, { url: article })
    assert.ok(Number(refused.headers.get('retry-after')) > 0)
    await failsWith(refused, 503, 'Service temporarily unavailable')
    assert.equal((await get(busy, '/ready')).status, 200)
    await first.settled
    assert.equal(await key.used(), 10)
  } finally {
    await busy.close()
  }
})

/** A fault of the server itself: a table of its database is gone. */
const internal = once(async (): Promise<void> => {
  const broken = await startTestApp()
  const key = await broken.key()
  await broken.app.store.db.schema.alterTable('keys').renameTo('lost_keys').execute()
  try {
    await failsWith(await get(broken, '/brand', key, { url: article }), 500, 'Extraction failed')
  } finally {
    await broken.close()
  }
})

const timesOut = async (app: TestApp): Promise<void> => {
  const key = await live(app)
  assert.equal(await afterWaiting(app, '/company', key, targets.hang, 54_999), 'still waiting')
  const reply = await afterWaiting(app, '/company', key, targets.hang, 55_000)
  assert.ok(reply instanceof Response)
  await failsWith(reply, 504, 'Request timed out')
  assert.equal(await key.used(), 0)
}

const envelope: SeedRow[] = [
  {
    table: 'Error envelope', row: 'success: false, error, meta.requestId, meta.durationMs', source: 'documented',
    run: async (app) => {
      const key = await live(app)
      const sent = 'c0ffee00-0000-4000-8000-000000000001'
      const reply = await get(app, '/brand', key, {}, { 'x-request-id': sent })
      assert.deepEqual({ ...(await failsWith(reply, 400, 'url parameter is required')), meta: null }, { success: false, error: 'url parameter is required', meta: null })
      const { meta } = await failsWith(await get(app, '/brand', key, {}, { 'x-request-id': sent }), 400, 'url parameter is required')
      assert.equal(meta.requestId, sent)
      const found = await app.request(`/v1/requests/${sent}`, { headers: { 'x-api-key': key.secret } })
      assert.equal(found.status, 200)
    },
  },
  {
    table: 'Error envelope', row: 'success: true, data and meta', source: 'documented',
    run: async (app) => {
      const key = await live(app)
      for (const path of endpoints) await readOf(path, await get(app, path, key, { url: article }))
    },
  },
]

/** The vendor's newest list; a repeat is charged like the first. */
const prices = { '/enrich': 20, '/brand': 10, '/company': 5, '/classify': 5, '/screenshot': 2 } as const

const pays = async (app: TestApp): Promise<void> => {
  const key = await live(app)
  let used = 0
  for (let i = 0; i < 2; i++) {
    for (const path of endpoints) {
      await readOf(path, await get(app, path, key, { url: article }))
      used += prices[path]
      assert.equal(await key.used(), used, path)
    }
  }
}

const status = (row: string, run: (app: TestApp) => Promise<void>): SeedRow => ({ table: 'HTTP status codes', row, source: 'documented', run })

const statuses: SeedRow[] = [
  status('200 Success, credits deducted', pays),
  status('400 Validation error', async (app) => {
    await refuses(app, await live(app), 400, 'url parameter is required', {})
    await refuses(app, await live(app), 400, 'Invalid URL', { url: 'nonsense' })
  }),
  status('401 Unauthorized', (app) => refuses(app, undefined, 401, 'Missing API key')),
  status('403 Forbidden', async (app) => {
    const wrong = await app.request('/prefetch/brand?url=a.example', { headers: { 'x-api-key': 'pf_wrong' } })
    await failsWith(wrong, 403, 'Invalid API key')
    await refuses(app, await app.key({ mode: 'live', urlBlocklist: ['article.lab.test'] }), 403, 'URL is blocklisted for this API key')
  }),
  status('422 Unresolvable', async (app) => refuses(app, await live(app), 422, 'Could not resolve hostname', { url: targets.dns })),
  status('429 Rate limited', async (app) => {
    await overAddressLimit()
    await overRpm(app)
    await overConcurrency(app)
  }),
  status('500 Server error', async (app) => {
    await refuses(app, await live(app), 500, 'Page not accessible', { url: targets.notFound })
    await internal()
  }),
  status('502 Bad gateway', async (app) => {
    await refuses(app, await live(app), 502, 'Connection refused', { url: targets.refused })
    await refuses(app, await live(app), 502, 'SSL certificate error', { url: targets.tls })
  }),
  status('503 Unavailable', overloaded),
  status('504 Timeout, after 55 seconds', timesOut),
]

const longUrl = `https://a.example/${'x'.repeat(2031)}`

const validation: SeedRow[] = [
  message('Validation errors (400)', 400, 'url parameter is required', endpoints.flatMap((path): Case[] => [[{}, path], [{ url: '' }, path]])),
  message('Validation errors (400)', 400, 'Invalid URL', [
    ...['nonsense', 'http://', 'https://exa mple.com/', 'ftp://article.lab.test/', 'https://user:secret@article.lab.test/', 'javascript:alert(1)'].map((url): Case => [{ url }]),
    ...['http://10.0.0.1/', 'http://192.168.1.1/', 'http://127.0.0.1:8080/', 'http://172.16.0.1/', 'http://169.254.169.254/', 'http://[::1]/', 'http://0x7f000001/'].map((url): Case => [{ url }]),
    ...['http://x.local', 'http://x.internal', 'http://localhost', 'http://a.localhost:3000/', 'http://router.lan/'].map((url): Case => [{ url }]),
  ]),
  message('Validation errors (400)', 400, 'URL exceeds maximum length', endpoints.map((path): Case => [{ url: longUrl }, path])),
  message('Validation errors (400)', 400, 'width must be between 320 and 5000', ['319', '5001', '-1', '0', '800.5', 'wide', ''].map((width): Case => [{ url: article, width }, '/screenshot'])),
  message('Validation errors (400)', 400, 'height must be between 320 and 5000', ['319', '5001', '1e9', 'tall'].map((height): Case => [{ url: article, height }, '/screenshot'])),
  message('Validation errors (400)', 400, 'screenshotColors must be between 2 and 12', endpoints.flatMap((path) => ['1', '13', 'few'].map((screenshotColors): Case => [{ url: article, screenshotColors }, path]))),
]

const auth: SeedRow[] = [
  { table: 'Auth errors (401 / 403)', row: '"Missing API key"', source: 'documented', run: (app) => refuses(app, undefined, 401, 'Missing API key') },
  {
    table: 'Auth errors (401 / 403)', row: '"Invalid API key"', source: 'documented',
    run: async (app) => {
      for (const secret of ['pf_live_0123456789', 'x'.repeat(5000)]) {
        await failsWith(await app.request('/prefetch/brand?url=a.example', { headers: { 'X-API-Key': secret } }), 403, 'Invalid API key')
      }
    },
  },
  {
    table: 'Auth errors (401 / 403)', row: '"API key has been revoked"', source: 'documented',
    run: async (app) => {
      const key = await live(app)
      await key.revoke()
      await refuses(app, key, 403, 'API key has been revoked')
    },
  },
  {
    table: 'Auth errors (401 / 403)', row: '"API key has expired"', source: 'documented',
    run: async (app) => refuses(app, await app.key({ mode: 'live', expiresAt: '2020-01-01T00:00:00.000Z' }), 403, 'API key has expired'),
  },
  {
    table: 'Auth errors (401 / 403)', row: '"Credit limit exceeded"', source: 'documented',
    run: async (app) => {
      await refuses(app, await spent(app), 403, 'Credit limit exceeded')
      await refuses(app, await app.key({ mode: 'live', monthlyCredits: 0 }), 403, 'Credit limit exceeded')
      await refuses(app, await app.key({ mode: 'live', dailyCreditCap: 0 }), 403, 'Credit limit exceeded')
    },
  },
  {
    table: 'Auth errors (401 / 403)', row: '"URL is blocklisted for this API key"', source: 'documented',
    run: async (app) => {
      const key = await app.key({ mode: 'live', urlBlocklist: ['article.lab.test', '*.walls.lab.test', 'https://any.lab.test/status/'] })
      await refuses(app, key, 403, 'URL is blocklisted for this API key')
      for (const url of ['article.lab.test', 'https://a.walls.lab.test/', 'https://any.lab.test/status/404']) await failsWith(await get(app, '/brand', key, { url }), 403, 'URL is blocklisted for this API key')
      const around = `https://any.lab.test/redirect-to?url=${encodeURIComponent(article)}`
      await failsWith(await get(app, '/classify', key, { url: around }), 403, 'URL is blocklisted for this API key')
    },
  },
]

const others: SeedRow[] = [
  message('DNS errors (422)', 422, 'Could not resolve hostname', [[{ url: targets.dns }], [{ url: 'no-such-page.here.lab.test' }]]),
  { table: 'Rate limit errors (429)', row: '"Too many requests"', source: 'documented', run: overAddressLimit },
  { table: 'Rate limit errors (429)', row: '"Rate limit exceeded for this API key"', source: 'documented', run: overRpm },
  { table: 'Rate limit errors (429)', row: '"Concurrency limit exceeded for this API key"', source: 'documented', run: overConcurrency },
  message('Gateway errors (502 / 503)', 502, 'Connection refused', [[{ url: targets.refused }]]),
  message('Gateway errors (502 / 503)', 502, 'SSL certificate error', ['expired', 'self-signed', 'hostname', 'untrusted', 'protocol'].map((fault): Case => [{ url: `https://${fault}.tls.lab.test/` }])),
  { table: 'Gateway errors (502 / 503)', row: '"Service temporarily unavailable"', source: 'documented', run: overloaded },
  message('Server errors (500 / 504)', 500, 'Page not accessible', [
    ...[404, 410, 403, 500, 503, 429].map((code): Case => [{ url: `https://any.lab.test/status/${code}` }]),
    ...['target-connection-reset', 'target-unreachable', 'target-blocked', 'target-too-many-redirects'].map((name): Case => [{ url: `https://${name}.fail.test/` }]),
    [{ url: 'https://any.lab.test/soft-404' }],
    [{ url: 'https://walls.lab.test/datadome' }],
  ]),
  {
    table: 'Server errors (500 / 504)', row: '"Extraction failed"', source: 'documented',
    run: async (app) => {
      await internal()
      const key = await live(app)
      for (const url of ['https://content-unsupported-type.fail.test/', 'https://content-too-large.fail.test/', 'https://content-parse-failed.fail.test/', 'https://any.lab.test/empty']) {
        await failsWith(await get(app, '/classify', key, { url }), 500, 'Extraction failed')
      }
      assert.equal(await key.used(), 0)
    },
  },
  { table: 'Server errors (500 / 504)', row: '"Request timed out"', source: 'documented', run: timesOut },
]

const led = (to: string): string => `https://any.lab.test/redirect-to?url=${encodeURIComponent(to)}`

/** The page says 403 here and 400 in its table of messages. */
const blockedUrls: SeedRow[] = [
  message('Blocked URLs', 400, 'Invalid URL', [[{ url: 'http://10.1.2.3/' }], [{ url: 'http://192.168.0.1/' }], [{ url: 'http://127.0.0.1/' }]], 'Private IP ranges, in the URL: 400 as the table of messages says'),
  message('Blocked URLs', 403, 'URL is blocklisted for this API key', [[{ url: led('http://10.1.2.3/') }], [{ url: led('http://127.0.0.1/') }], [{ url: 'https://policy-url-blocked.fail.test/' }]], 'Private IP ranges, behind a redirect: 403', 'assumed'),
  message('Blocked URLs', 400, 'Invalid URL', [[{ url: 'http://printer.local/' }], [{ url: 'http://db.internal/' }], [{ url: 'http://app.localhost/' }]], 'Reserved TLDs, in the URL: 400 as the table of messages says'),
  message('Blocked URLs', 403, 'URL is blocklisted for this API key', [[{ url: led('http://printer.local/') }]], 'Reserved TLDs, behind a redirect: 403', 'assumed'),
  {
    table: 'Blocked URLs', row: 'Per-key blocklist', source: 'documented',
    run: async (app) => {
      const key = await app.key({ mode: 'live', urlBlocklist: ['https://article.lab.test/'] })
      await refuses(app, key, 403, 'URL is blocklisted for this API key')
      await failsWith(await get(app, '/brand', key, { url: 'https://any.lab.test/status/404' }), 500, 'Page not accessible')
    },
  },
]

/** What is not worth repeating says the same again, and nothing of when to come back. */
const finalRow = (row: string, code: number, error: string, query: Record<string, string>, key: (app: TestApp) => Promise<TestKey | undefined> = live): SeedRow => ({
  table: 'Retrying failed requests', row, source: 'documented',
  run: async (app) => {
    const by = await key(app)
    for (let i = 0; i < 2; i++) {
      const reply = await get(app, '/brand', by, query)
      assert.equal(reply.headers.get('retry-after'), null)
      await failsWith(reply, code, error)
    }
    assert.equal((await by?.used()) ?? 0, 0)
  },
})

const retries: SeedRow[] = [
  finalRow('400 No', 400, 'Invalid URL', { url: 'nonsense' }),
  finalRow('401 No', 401, 'Missing API key', { url: article }, async () => undefined),
  finalRow('403 No', 403, 'Credit limit exceeded', { url: article }, (app) => app.key({ mode: 'live', creditLimit: 0 })),
  finalRow('422 No', 422, 'Could not resolve hostname', { url: targets.dns }),
  {
    table: 'Retrying failed requests', row: '429 Yes: exponential backoff', source: 'documented',
    run: async (app) => {
      await overRpm(app)
      await overConcurrency(app)
    },
  },
  finalRow('500 Maybe: retry once', 500, 'Page not accessible', { url: targets.notFound }),
  finalRow('502 Maybe: retry once', 502, 'Connection refused', { url: targets.refused }),
  { table: 'Retrying failed requests', row: '503 Yes: retry with backoff', source: 'documented', run: overloaded },
  { table: 'Retrying failed requests', row: '504 Maybe: retry once', source: 'documented', run: timesOut },
]

/** Every row of every table of the vendor's error page, then what its other pages tell; the app needs `labForLive` and a fetch limit of 1000000 bytes. */
export const rows: SeedRow[] = [...envelope, ...statuses, ...validation, ...auth, ...others, ...blockedUrls, ...retries, ...moreRows]
