import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { TestApp, TestKey } from '../harness.ts'
import type { SeedRow } from './seed-row.ts'

interface Body {
  error: { type: string; message: string; details?: { code: string; path: (string | number)[]; message: string; [more: string]: unknown }[] }
  detail: string
}

interface Answer {
  reply: Response
  body: Body
}

type Init = NonNullable<Parameters<TestApp['request']>[1]>

const base = '/scrapegraphai'
const page = 'https://article.lab.test/'

const call = async (app: TestApp, path: string, key: Pick<TestKey, 'secret'> | null, init: Init = {}): Promise<Answer> => {
  const reply = await app.request(base + path, { ...init, headers: { ...(key ? { 'SGAI-APIKEY': key.secret } : {}), ...init.headers } })
  match(reply.headers.get('content-type') ?? '', /^application\/json/)
  match(reply.headers.get('server-timing') ?? '', /^total;dur=\d+/)
  return { reply, body: await reply.json() as Body }
}

const scrape = (app: TestApp, key: Pick<TestKey, 'secret'> | null, json: unknown) => call(app, '/api/scrape', key, { json })

/** The whole envelope: the typed error, a sentence beside it, and nothing else. */
const isError = ({ reply, body }: Answer, status: number, type: string, message: string): void => {
  equal(reply.status, status)
  deepEqual(Object.keys(body), ['error', 'detail'])
  deepEqual(Object.keys(body.error), type === 'validation' ? ['type', 'message', 'details'] : ['type', 'message'])
  equal(body.error.type, type)
  equal(body.error.message, message)
  ok(body.detail.length > 0)
}

const isInvalid = async (app: TestApp, json: unknown, details: unknown[]): Promise<void> => {
  const key = await app.key({ mode: 'live' })
  const answer = await scrape(app, key, json)
  isError(answer, 400, 'validation', 'Validation failed')
  deepEqual(answer.body.error.details, details)
  equal(answer.reply.headers.get('retry-after'), null)
  equal(await key.used(), 0)
}

const notUrl = [
  { code: 'invalid_format', format: 'url', path: ['url'], message: 'Invalid URL' },
  { code: 'custom', path: ['url'], message: 'Private or internal URLs are not allowed' },
]

const isUnknownId = (path: (id: string) => string) => async (app: TestApp): Promise<void> => {
  const key = await app.key()
  isError(await call(app, path(randomUUID()), key), 404, 'not_found', 'Request not found')
  const malformed = await call(app, path('nope'), key)
  isError(malformed, 400, 'validation', 'Validation failed')
  equal(malformed.body.error.details?.[0]?.code, 'invalid_format')
  equal(await key.used(), 0)
}

const missingKey = async (app: TestApp): Promise<void> => {
  isError(await call(app, '/api/credits', null), 401, 'auth_missing_key', 'API key required')
  isError(await scrape(app, null, { url: page }), 401, 'auth_missing_key', 'API key required')
  isError(await scrape(app, { secret: ' ' }, { url: page }), 401, 'auth_missing_key', 'API key required')
}

const invalidKey = async (app: TestApp, key: Pick<TestKey, 'secret'>): Promise<void> =>
  isError(await scrape(app, key, { url: page }), 403, 'auth_invalid_key', 'Invalid or deprecated API key')

const poor = async (app: TestApp): Promise<Answer> => {
  const key = await app.key({ mode: 'live', monthlyCredits: 3 })
  const answer = await scrape(app, key, { url: page, formats: [{ type: 'markdown' }, { type: 'html' }, { type: 'links' }, { type: 'images' }] })
  isError(answer, 402, 'insufficient_credits', 'Not enough credits to complete this request')
  match(answer.body.detail, /needs 4 credits and 3 are available/)
  equal(await key.used(), 0)
  return answer
}

const hurried = async (app: TestApp): Promise<Answer> => {
  const key = await app.key({ rpm: 1 })
  const first = await call(app, '/api/credits', key)
  equal(first.reply.status, 200)
  equal(first.reply.headers.get('x-ratelimit-limit'), '1')
  equal(first.reply.headers.get('x-ratelimit-remaining'), '0')
  const answer = await call(app, '/api/credits', key)
  isError(answer, 429, 'rate_limited', 'Too many requests')
  equal(await key.used(), 0)
  return answer
}

const broken = async (app: TestApp): Promise<Answer> => {
  const key = await app.key()
  const answer = await scrape(app, key, { url: 'https://platform-internal.fail.test/' })
  isError(answer, 500, 'internal_error', 'An error occurred while processing your request')
  equal(await key.used(), 0)
  return answer
}

/** The same request gets the same answer, and nothing says to try it again. */
const isFinal = (...answers: Answer[]): void => {
  for (const { reply } of answers) equal(reply.headers.get('retry-after'), null)
  for (const { body } of answers) deepEqual(body.error, answers[0]?.body.error)
}

export const rows: SeedRow[] = [
  {
    table: 'Error payload', row: 'type: machine-readable error code', source: 'documented',
    run: async (app) => match((await call(app, '/api/nowhere', null)).body.error.type, /^[a-z_]+$/),
  },
  {
    table: 'Error payload', row: 'message: human-readable summary', source: 'documented',
    run: async (app) => ok((await call(app, '/api/nowhere', null)).body.error.message.length > 0),
  },
  {
    table: 'Error payload', row: 'details: issues by field, with type validation only', source: 'recorded',
    run: async (app) => {
      await isInvalid(app, { url: 'not a url' }, notUrl)
      ok(!('details' in (await call(app, '/api/credits', null)).body.error))
    },
  },

  { table: 'Authentication errors', row: '401 auth_missing_key', source: 'documented', run: missingKey },
  { table: 'Authentication errors', row: '403 auth_invalid_key: malformed', source: 'documented', run: (app) => invalidKey(app, { secret: 'nonsense' }) },
  {
    table: 'Authentication errors', row: '403 auth_invalid_key: revoked', source: 'documented',
    run: async (app) => {
      const key = await app.key()
      equal((await call(app, '/api/credits', key)).reply.status, 200)
      await key.revoke()
      await invalidKey(app, key)
      equal(await key.used(), 0)
    },
  },
  { table: 'Authentication errors', row: '403 auth_invalid_key: issued for the v1 API', source: 'documented', run: (app) => invalidKey(app, { secret: `sgai-${randomUUID()}` }) },
  {
    table: 'Authentication errors', row: '403 auth_invalid_key: expired', source: 'assumed',
    run: async (app) => invalidKey(app, await app.key({ expiresAt: '2020-01-01T00:00:00.000Z' })),
  },

  { table: 'Validation errors (400)', row: 'the example: a url that is none gets two issues, keys in the order shown', source: 'recorded',
    run: async (app) => {
      const key = await app.key()
      const { body } = await scrape(app, key, { url: 'not a url' })
      equal(JSON.stringify(body.error), JSON.stringify({ type: 'validation', message: 'Validation failed', details: notUrl }))
    },
  },
  { table: 'Validation errors (400)', row: 'invalid_format', source: 'recorded', run: (app) => isInvalid(app, { url: 'https://' }, notUrl) },
  {
    table: 'Validation errors (400)', row: 'invalid_type', source: 'recorded',
    run: (app) => isInvalid(app, {}, [{ expected: 'string', code: 'invalid_type', path: ['url'], message: 'Invalid input: expected string, received undefined' }]),
  },
  {
    table: 'Validation errors (400)', row: 'too_small', source: 'recorded',
    run: (app) => isInvalid(app, { url: page, fetchConfig: { timeout: 1 } }, [{ origin: 'number', code: 'too_small', minimum: 1000, inclusive: true, path: ['fetchConfig', 'timeout'], message: 'Too small: expected number to be >=1000' }]),
  },
  {
    table: 'Validation errors (400)', row: 'too_big', source: 'recorded',
    run: (app) => isInvalid(app, { url: page, fetchConfig: { wait: 30_001 } }, [{ origin: 'number', code: 'too_big', maximum: 30_000, inclusive: true, path: ['fetchConfig', 'wait'], message: 'Too big: expected number to be <=30000' }]),
  },
  {
    table: 'Validation errors (400)', row: 'invalid_value', source: 'recorded',
    run: (app) => isInvalid(app, { url: page, formats: [{ type: 'markdown', mode: 'clean' }] }, [{ code: 'invalid_value', values: ['normal', 'reader', 'prune'], path: ['formats', 0, 'mode'], message: 'Invalid option: expected one of "normal"|"reader"|"prune"' }]),
  },
  {
    table: 'Validation errors (400)', row: 'custom: private or internal URLs', source: 'recorded',
    run: async (app) => {
      for (const url of ['http://10.0.0.1/', 'http://127.0.0.1:8080/', 'http://[::1]/', 'https://printer.local/', 'intranet', 'ftp://example.com/']) {
        await isInvalid(app, { url }, notUrl.slice(1))
      }
    },
  },
  {
    table: 'Validation errors (400)', row: 'custom: a public name that leads to a private address', source: 'assumed',
    run: async (app) => {
      const key = await app.key({ mode: 'live' })
      const answer = await scrape(app, key, { url: 'https://policy-url-blocked.fail.test/' })
      isError(answer, 400, 'validation', 'Validation failed')
      deepEqual(answer.body.error.details, notUrl.slice(1))
      equal(await key.used(), 0)
    },
  },

  { table: 'Not found (404)', row: 'GET /api/history/:id', source: 'documented', run: isUnknownId((id) => `/api/history/${id}`) },
  { table: 'Not found (404)', row: 'GET /api/crawl/:id', source: 'documented', run: isUnknownId((id) => `/api/crawl/${id}`) },
  { table: 'Not found (404)', row: 'GET /api/monitor/:cronId', source: 'documented', run: isUnknownId((id) => `/api/monitor/${id}`) },
  {
    table: 'Not found (404)', row: 'a record of another account', source: 'documented',
    run: async (app) => {
      const [mine, other] = [await app.key(), await app.key()]
      const { reply, body } = await scrape(app, mine, { url: page })
      equal(reply.status, 200)
      const { id } = body as unknown as { id: string }
      equal((await call(app, `/api/history/${id}`, mine)).reply.status, 200)
      isError(await call(app, `/api/history/${id}`, other), 404, 'not_found', 'Request not found')
    },
  },

  { table: 'Quota and rate limit errors', row: '402 insufficient_credits', source: 'documented', run: async (app) => void (await poor(app)) },
  {
    table: 'Quota and rate limit errors', row: '429 rate_limited', source: 'documented',
    run: async (app) => {
      const { reply } = await hurried(app)
      const seconds = Number(reply.headers.get('retry-after'))
      ok(seconds >= 1 && seconds <= 60)
      equal(reply.headers.get('x-ratelimit-limit'), '1')
      equal(reply.headers.get('x-ratelimit-remaining'), '0')
      match(reply.headers.get('x-ratelimit-reset') ?? '', /^\d{10}$/)
    },
  },
  { table: 'Server errors (5xx)', row: '500 internal_error', source: 'documented', run: async (app) => void (await broken(app)) },
  {
    table: 'Server errors (5xx)', row: '503 internal_error, with Retry-After', source: 'assumed',
    run: async (app) => {
      const answer = await scrape(app, await app.key(), { url: 'https://platform-overloaded.fail.test/' })
      isError(answer, 503, 'internal_error', 'An error occurred while processing your request')
      ok(Number(answer.reply.headers.get('retry-after')) >= 1)
    },
  },

  {
    table: 'Retry strategy', row: 'validation (400): no', source: 'documented',
    run: async (app) => {
      const key = await app.key()
      isFinal(await scrape(app, key, { url: 1 }), await scrape(app, key, { url: 1 }))
    },
  },
  {
    table: 'Retry strategy', row: 'not_found (404): no', source: 'documented',
    run: async (app) => {
      const key = await app.key()
      isFinal(await call(app, `/api/history/${randomUUID()}`, key), await call(app, `/api/history/${randomUUID()}`, key))
    },
  },
  {
    table: 'Retry strategy', row: 'auth_missing_key / auth_invalid_key (401/403): no', source: 'documented',
    run: async (app) => {
      isFinal(await scrape(app, null, { url: page }), await scrape(app, null, { url: page }))
      isFinal(await scrape(app, { secret: 'nonsense' }, { url: page }), await scrape(app, { secret: 'nonsense' }, { url: page }))
    },
  },
  { table: 'Retry strategy', row: 'insufficient_credits (402): no', source: 'documented', run: async (app) => isFinal(await poor(app), await poor(app)) },
  {
    table: 'Retry strategy', row: 'rate_limited (429): yes, honour Retry-After', source: 'documented',
    run: async (app) => ok(Number((await hurried(app)).reply.headers.get('retry-after')) >= 1),
  },
  {
    table: 'Retry strategy', row: 'internal_error (5xx): yes', source: 'documented',
    run: async (app) => {
      // The repeat is a real one: an idempotency key does not keep a failure that may pass.
      const key = await app.key()
      const headers = { 'idempotency-key': randomUUID() }
      const json = { url: 'https://platform-internal.fail.test/' }
      const [first, again] = [await call(app, '/api/scrape', key, { json, headers }), await call(app, '/api/scrape', key, { json, headers })]
      equal(first.reply.status, 500)
      equal(again.reply.status, 500)
      equal(again.reply.headers.get('idempotency-replayed'), null)
    },
  },
]
