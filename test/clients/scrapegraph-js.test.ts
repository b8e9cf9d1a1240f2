import { fork, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import * as published from 'scrapegraph-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import type { Call } from './scrapegraph-js.child.ts'

interface Result {
  status: 'success' | 'error'
  data: unknown
  error?: string
  elapsedMs: number
}

/** The published client in a process of its own, with its base URL as its users set it. */
class Client {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, { resolve: (result: Result) => void; reject: (error: Error) => void }>()
  #calls = 0

  constructor(baseUrl: string) {
    const { NODE_OPTIONS: _, ...env } = process.env
    this.#child = fork(resolve(import.meta.dirname, 'scrapegraph-js.child.ts'), [], { env: { ...env, SGAI_API_URL: baseUrl, SGAI_TIMEOUT: '20' }, execArgv: [] })
    this.#child.on('message', ({ id, result, thrown }: { id: number; result: Result; thrown?: string }) => {
      const waiting = this.#waiting.get(id)
      this.#waiting.delete(id)
      if (thrown === undefined) waiting?.resolve(result)
      else waiting?.reject(new Error(thrown))
    })
    this.#child.on('exit', (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`the client's process ended with ${code}`))
    })
  }

  call(apiKey: string, method: string, ...args: unknown[]): Promise<Result> {
    const message: Call = { id: ++this.#calls, apiKey, method, args }
    return new Promise((done, reject) => {
      this.#waiting.set(message.id, { resolve: done, reject })
      this.#child.send(message)
    })
  }

  close(): void {
    this.#child.kill()
  }
}

let app: TestApp
let client: Client
let rootClient: Client
let slashClient: Client
let key: TestKey

beforeAll(async () => {
  app = await startTestApp({ labForLive: true, host: '127.0.0.1' })
  const { url } = await app.app.listen()
  client = new Client(`${url}/scrapegraphai/api`)
  rootClient = new Client(`${url}/scrapegraphai`)
  slashClient = new Client(`${url}/scrapegraphai/api/`)
  key = await app.key({ mode: 'live', monthlyCredits: 500 })
})
afterAll(async () => {
  for (const each of [client, rootClient, slashClient]) each?.close()
  await app?.close()
})

const page = 'https://article.lab.test/'
const call = (method: string, ...args: unknown[]) => client.call(key.secret, method, ...args)

/** The data of a success, after it passed the schema that the package publishes for it. */
const success = <T>(result: Result, schema: { safeParse(value: unknown): { error?: unknown } }): T => {
  expect(result).toMatchObject({ status: 'success' })
  expect(Number.isInteger(result.elapsedMs)).toBe(true)
  expect(schema.safeParse(result.data).error).toBeUndefined()
  return result.data as T
}

/** The published schema takes `errors` only with an entry for each of the eight formats, which cannot be meant: they are checked one by one. */
const partly = {
  safeParse: (value: unknown) => {
    const { errors = {}, ...rest } = value as Scraped
    const whole = published.scrapeResponseSchema.safeParse(rest)
    const bad = Object.entries(errors).find(([format, error]) => !published.scrapeFormatSchema.safeParse(format).success || !published.scrapeFormatErrorSchema.safeParse(error).success)
    return { error: whole.error ?? bad ?? (Object.keys(errors).length === 0 ? 'no errors' : undefined) }
  },
}

const failure = (result: Result): string => {
  expect(result).toMatchObject({ status: 'error', data: null, elapsedMs: 0 })
  return result.error ?? ''
}

interface Scraped {
  id: string
  results: { markdown?: { data: string[] }; links?: { data: string[] }; html?: { data: string[] }; images?: { data: string[] } }
  errors?: Record<string, { code: string; error: string }>
}

describe('scrapegraph-js 2.2.0 against this server', () => {
  it('scrapes in the default format', async () => {
    const { results } = success<Scraped>(await call('scrape', { url: page }), published.scrapeResponseSchema)
    expect(results.markdown?.data[0]).toMatch(/^# /m)
  })

  it('scrapes in several formats, with modes, options and formats that fail beside the others', async () => {
    const { results } = success<Scraped>(await call('scrape', {
      url: page,
      formats: [{ type: 'markdown', mode: 'reader' }, { type: 'html', mode: 'prune' }, { type: 'links' }, { type: 'images' }, { type: 'summary' }],
      fetchConfig: { mode: 'fast', timeout: 15_000, headers: { 'x-a': 'b' }, cookies: { c: 'd' } },
    }), partly)
    expect(Object.keys(results)).toEqual(['markdown', 'html', 'links', 'images'])
  })

  it('reads credits as they go down', async () => {
    const before = success<{ remaining: number; used: number }>(await call('credits'), published.creditsResponseSchema)
    await call('scrape', { url: page, formats: [{ type: 'markdown' }, { type: 'links' }] })
    await call('scrape', { url: 'https://any.lab.test/status/503' })
    const after = success<{ remaining: number; used: number; plan: string }>(await call('credits'), published.creditsResponseSchema)
    expect(after.used - before.used).toBe(2)
    expect(before.remaining - after.remaining).toBe(2)
    expect(after.plan).toBe('Self-hosted')
  })

  it('reads health', async () => {
    expect(success(await call('healthy'), published.healthResponseSchema)).toMatchObject({ status: 'ok' })
  })

  it('lists history and finds an entry by the id of its scrape', async () => {
    const own = await app.key()
    const { id } = success<Scraped>(await client.call(own.secret, 'scrape', { url: page }), published.scrapeResponseSchema)
    await client.call(own.secret, 'scrape', { url: 'https://target-blocked.fail.test/' })
    const { data, pagination } = success<{ data: { id: string; status: string }[]; pagination: object }>(await client.call(own.secret, 'history.list'), published.historyPageSchema)
    expect(data.map((entry) => entry.status)).toEqual(['failed', 'completed'])
    expect(pagination).toEqual({ page: 1, limit: 20, total: 2 })
    const paged = await client.call(own.secret, 'history.list', { page: 2, limit: 1, service: 'scrape' })
    expect(success(paged, published.historyPageSchema)).toMatchObject({ data: [{ id }], pagination: { page: 2, limit: 1, total: 2 } })
    expect(success(await client.call(own.secret, 'history.get', id), published.historyEntrySchema)).toEqual(data[1])
  })

  const until = async <T>(look: () => Promise<T>, done: (value: T) => boolean): Promise<T> => {
    for (;;) {
      const value = await look()
      if (done(value)) return value
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  it('extracts and searches', async () => {
    const schema = { type: 'object', properties: { name: { type: 'string' } } }
    expect(success(await call('extract', { url: 'https://product.lab.test/', prompt: 'the product', schema }), published.extractResponseSchema)).toMatchObject({ json: { name: expect.any(String) }, raw: null })
    const { results } = success<{ results: unknown[] }>(await call('search', { query: 'site:lab.test', numResults: 2 }), published.searchResponseSchema)
    expect(results.length).toBeGreaterThan(0)
  })

  it('takes a screenshot and reads branding', async () => {
    const { results } = success<{ results: object }>(await call('scrape', { url: page, formats: [{ type: 'screenshot' }, { type: 'branding' }] }), published.scrapeResponseSchema)
    expect(Object.keys(results)).toEqual(['screenshot', 'branding'])
  })

  it('starts, stops, resumes, follows and deletes a crawl', async () => {
    interface Crawl { id: string; status: string; finished: number; pages: { scrapeRefId: string }[] }
    const { id } = success<Crawl>(await call('crawl.start', { url: 'https://big.lab.test/n/1?pages=40', maxPages: 10, maxDepth: 20 }), published.crawlResponseSchema)
    expect(success(await call('crawl.stop', id), published.okResponseSchema)).toEqual({ ok: true })
    expect(success(await call('crawl.get', id), published.crawlResponseSchema)).toMatchObject({ status: 'paused' })
    expect(success(await call('crawl.resume', id), published.okResponseSchema)).toEqual({ ok: true })
    const crawl = await until(async () => success<Crawl>(await call('crawl.get', id), published.crawlResponseSchema), ({ status }) => status === 'completed')
    expect(crawl.pages).toHaveLength(10)
    const pages = success<{ data: object[]; pagination: object }>(await call('crawl.pages', id, { cursor: 0, limit: 4 }), published.crawlPagesResponseSchema)
    expect(pages).toMatchObject({ data: [{ scrape: { results: { markdown: { data: [expect.any(String)] } } } }, {}, {}, {}], pagination: { limit: 4, nextCursor: '4' } })
    expect(success(await call('history.get', crawl.pages[0]?.scrapeRefId), published.historyEntrySchema)).toMatchObject({ service: 'scrape', requestParentId: id })
    expect(success(await call('history.list', { service: 'crawl' }), published.historyPageSchema)).toMatchObject({ data: [{ id }] })
    expect(success(await call('crawl.delete', id), published.okResponseSchema)).toEqual({ ok: true })
    expect((await call('crawl.get', id)).status).toBe('error')
  })

  it('makes, lists, changes, pauses, resumes, watches and deletes a monitor', async () => {
    const { cronId: id } = success<{ cronId: string }>(await call('monitor.create', { url: page, interval: '*/30 * * * *', formats: [{ type: 'markdown' }, { type: 'links' }] }), published.monitorResponseSchema)
    const list = success<{ cronId: string }[]>(await call('monitor.list'), { safeParse: (value) => ({ error: (value as unknown[]).map((one) => published.monitorResponseSchema.safeParse(one).error).find(Boolean) }) })
    expect(list.map((one) => one.cronId)).toEqual([id])
    expect(success(await call('monitor.get', id), published.monitorResponseSchema)).toEqual(list[0])
    expect(success(await call('monitor.update', id, { interval: '1h', webhookUrl: null }), published.monitorResponseSchema)).toMatchObject({ interval: '1h' })
    expect(success(await call('monitor.pause', id), published.monitorResponseSchema)).toMatchObject({ status: 'paused' })
    expect(success(await call('monitor.resume', id), published.monitorResponseSchema)).toMatchObject({ status: 'active' })
    const activity = await until(async () => success<{ ticks: { id: string; status: string }[] }>(await call('monitor.activity', id, { limit: 5 }), published.monitorActivityResponseSchema), ({ ticks }) => ticks[0]?.status === 'completed')
    expect(success(await call('history.get', activity.ticks[0]?.id), published.historyEntrySchema)).toMatchObject({ service: 'monitor', params: { cronId: id } })
    expect(success(await call('monitor.delete', id), published.okResponseSchema)).toEqual({ ok: true })
    expect((await call('monitor.get', id)).status).toBe('error')
  })

  it('works with a base URL without /api and with one that ends in a slash', async () => {
    for (const each of [rootClient, slashClient]) {
      expect((await each.call(key.secret, 'credits')).status).toBe('success')
      expect((await each.call(key.secret, 'scrape', { url: page })).status).toBe('success')
      expect(failure(await each.call(key.secret, 'history.get', randomUUID()))).toMatch(/^HTTP 404: /)
    }
  })
})

describe('its errors tell what went wrong', () => {
  const unknown = randomUUID()

  it('of the request', async () => {
    expect(failure(await call('scrape', { url: 'not a url' }))).toBe('HTTP 400: url: Invalid URL; url: Private or internal URLs are not allowed')
    expect(failure(await call('scrape', { url: page, formats: [] }))).toBe('HTTP 400: formats: Select at least one format')
    expect(failure(await call('history.list', { limit: 500 }))).toBe('HTTP 400: limit: Too big: expected number to be <=100')
    expect(failure(await call('history.get', 'nope'))).toMatch(/^HTTP 400: id: Invalid string/)
    expect(failure(await call('history.get', unknown))).toBe('HTTP 404: There is no such request in this workspace.')
  })

  it('of the key', async () => {
    expect(failure(await client.call(' ', 'credits'))).toBe('Invalid or missing API key: No API key was sent.')
    expect(failure(await client.call('nonsense', 'credits'))).toBe('HTTP 403: The API key is not known here.')
    expect(failure(await client.call('nonsense', 'healthy'))).toBe('HTTP 403: The API key is not known here.')
  })

  it('of credits and limits', async () => {
    const poor = await app.key({ mode: 'live', monthlyCredits: 1 })
    expect(failure(await client.call(poor.secret, 'scrape', { url: page, formats: [{ type: 'html' }, { type: 'links' }] })))
      .toMatch(/^Insufficient credits .*: The request needs 2 credits and 1 are available\.$/)
    const hurried = await app.key({ rpm: 1 })
    expect((await client.call(hurried.secret, 'credits')).status).toBe('success')
    expect(failure(await client.call(hurried.secret, 'credits'))).toMatch(/^Rate limited .*: More than 1 requests in 60 seconds with this key\.$/)
  })

  it('of the page and of this server', async () => {
    const test = await app.key()
    const failing = async (host: string) => failure(await client.call(test.secret, 'scrape', { url: `https://${host}.fail.test/` }))
    expect(await failing('target-dns-failed')).toBe('HTTP 502: The host name of the URL could not be resolved.')
    expect(await failing('target-http-error-503')).toBe('HTTP 502: The target answered HTTP 503.')
    expect(await failing('content-unsupported-type')).toMatch(/^Invalid parameters .*: Content of type video\/mp4 cannot be converted\.$/)
    expect(await failing('platform-internal')).toMatch(/^Server error .*: An unexpected error occurred\. Its id is /)
    expect(await failing('platform-overloaded')).toBe('HTTP 503: The server has more work than it can take.')
  })

  it('of what is not there', async () => {
    for (const method of ['crawl.get', 'crawl.pages', 'crawl.stop', 'crawl.resume', 'crawl.delete']) {
      expect(failure(await call(method, unknown)), method).toBe('HTTP 404: There is no such job in this workspace.')
    }
    for (const method of ['monitor.get', 'monitor.delete', 'monitor.pause', 'monitor.resume', 'monitor.activity']) {
      expect(failure(await call(method, unknown)), method).toBe('HTTP 404: There is no such monitor in this workspace.')
    }
    expect(failure(await call('monitor.update', unknown, { webhookUrl: null }))).toBe('HTTP 404: There is no such monitor in this workspace.')
  })
})
