import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failHost } from '../../src/failure/fail-test.ts'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { call, dataOf, failedWith, jobsOf, read, type Entry } from './reader.client.ts'
import { isJob, python } from './reader.python.ts'
import { framesOf, type Frame } from './reader.stream.ts'

let app: TestApp
let key: TestKey
let jobs: ReturnType<typeof jobsOf>

beforeAll(async () => {
  app = await startTestApp({ labForLive: true, publicUrl: 'http://lyrebird.test', hostPages: '8' })
  key = await app.key({ mode: 'live' })
  jobs = jobsOf(app, key)
})
afterAll(() => app.close())

const article = 'https://article.lab.test/'
const docs = 'https://docs.lab.test/'
const missing = 'https://any.lab.test/status/404'
const numbered = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, i) => `https://big.lab.test/n/${from + i}`)
const byUrl = (entries: readonly Entry[], url: string): Entry => {
  const found = entries.find((entry) => entry.url === url)
  if (!found) throw new Error(`${url} is not among the results`)
  return found
}

const open = (path: string, own: TestKey = key, signal?: AbortSignal): Promise<Response> =>
  app.app.fetch(new Request(`http://lyrebird.test/reader${path}`, { headers: { 'x-api-key': own.secret, accept: 'text/event-stream' }, ...(signal ? { signal } : {}) }))

describe('a batch', () => {
  it('is made by urls, however few, and is told from a page by the rules of the clients', async () => {
    const answer = await read(app, key, { urls: [article], formats: [] })
    const data = dataOf(answer, 201)
    expect(isJob(data)).toBe(true)
    expect(data).toEqual({ id: expect.stringMatching(/^job_/), status: 'queued', mode: 'batch', total: 1, completed: 0, creditsUsed: 0, createdAt: expect.any(String) })
    await jobs.wait(String(data.id))
  })

  it('gives each page as asked for, or its error, and bills those that came', async () => {
    const own = await app.key({ mode: 'live' })
    const mine = jobsOf(app, own)
    const { id } = await mine.submit({ urls: [article, missing, docs], formats: ['markdown', 'html'] })
    const job = await mine.wait(id)
    expect(job).toMatchObject({ status: 'completed', mode: 'batch', total: 3, completed: 3, creditsUsed: 2, error: null })
    expect(Date.parse(job.completedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(job.startedAt ?? ''))
    const results = await mine.results(id)
    expect(results).toHaveLength(3)
    expect(byUrl(results, article)).toMatchObject({
      markdown: expect.stringMatching(/lighthouse/i), html: expect.stringContaining('<p'), statusCode: 200, proxyMode: 'standard', credits: 1,
      metadata: { title: expect.any(String), statusCode: 200, duration: expect.any(Number), cached: false, scrapedAt: expect.any(String) },
    })
    expect(byUrl(results, article)).not.toHaveProperty('screenshot')
    expect(byUrl(results, missing)).toEqual({ url: missing, error: expect.stringContaining('404') })
    expect(await own.used()).toBe(2)
  })

  it('has done its run where every page has failed', async () => {
    const { id } = await jobs.submit({ urls: [missing, 'http://10.0.0.1/'] })
    expect(await jobs.wait(id)).toMatchObject({ status: 'completed', total: 2, completed: 2, creditsUsed: 0, error: null })
    expect((await jobs.results(id)).map((entry) => entry.error)).toEqual([expect.any(String), expect.any(String)])
  })

  it('keeps to the words for a proxy that it was asked with', async () => {
    const { id } = await jobs.submit({ urls: [article], proxyMode: 'stealth' })
    await jobs.wait(id)
    expect((await jobs.results(id))[0]).toMatchObject({ proxyMode: 'stealth', metadata: { proxyMode: 'stealth', proxyEscalated: false } })
    const newer = await jobs.submit({ urls: [article], proxyMode: 'premium' })
    await jobs.wait(newer.id)
    expect((await jobs.results(newer.id))[0]?.proxyMode).toBe('premium')
  })

  it('never reads what was stored', async () => {
    const url = 'https://changes.lab.test/'
    dataOf(await read(app, key, { url }))
    const { id } = await jobs.submit({ urls: [url] })
    expect(await jobs.wait(id)).toMatchObject({ creditsUsed: 1 })
    expect((await jobs.results(id))[0]?.metadata?.cached).toBe(false)
  })

  it('gives its pages by skip and limit, in an order that stands, with addresses that work', async () => {
    const urls = numbered(1, 23)
    const { id } = await jobs.submit({ urls })
    await jobs.wait(id)
    const first = await jobs.get(id)
    expect(first.job.results).toHaveLength(20)
    expect(first.pagination).toEqual({ total: 23, skip: 0, limit: 20, hasMore: true, next: `http://lyrebird.test/reader/v1/jobs/${id}?skip=20&limit=20` })
    const second = await jobs.get(id, new URL(String(first.pagination.next)).search)
    expect(second.pagination).toEqual({ total: 23, skip: 20, limit: 20, hasMore: false })
    const all = [...first.job.results, ...second.job.results].map(({ url }) => url)
    expect(all.toSorted()).toEqual(urls.toSorted())
    expect((await jobs.results(id, 7)).map(({ url }) => url)).toEqual(all)
    expect((await jobs.get(id, '?skip=23')).job.results).toEqual([])
    expect((await jobs.get(id, '?skip=500&limit=100')).pagination).toEqual({ total: 23, skip: 500, limit: 100, hasMore: false })
  })

  it('shows pages as they finish, and what was seen once keeps its place', async () => {
    const { id } = await jobs.submit({ urls: [...numbered(1, 6), 'https://any.lab.test/delay?headers_ms=2500'], batchConcurrency: 2 })
    await jobs.wait(id, (job) => job.completed >= 2)
    const { job } = await jobs.get(id, '?limit=100')
    expect(job.status).toBe('processing')
    const seen = job.results.map(({ url }) => url)
    expect(seen.length).toBeGreaterThanOrEqual(2)
    await jobs.wait(id)
    expect((await jobs.results(id)).map(({ url }) => url).slice(0, seen.length)).toEqual(seen)
  })

  it.each([['limit=0', 'limit'], ['limit=101', 'limit'], ['skip=-1', 'skip'], ['limit=x', 'limit']])('refuses ?%s', async (query, path) => {
    const { details } = failedWith(await call(app, key.secret, `/v1/jobs/job_1?${query}`), 'invalid_request')
    expect((details.issues as { path: string[] }[]).map((issue) => issue.path)).toEqual([[path]])
  })

  it('is asked for once under one idempotency key', async () => {
    const headers = { 'x-idempotency-key': 'batch-of-monday' }
    const first = await read(app, key, { urls: [article] }, headers)
    const second = await read(app, key, { urls: [article] }, headers)
    expect(dataOf(second, 201).id).toBe(dataOf(first, 201).id)
    await jobs.wait(String(dataOf(first, 201).id))
  })

  it('is refused as a whole where the credits of all its pages are not there', async () => {
    const own = await app.key({ mode: 'live', monthlyCredits: 10 })
    const { message, details } = failedWith(await read(app, own, { urls: numbered(1, 50) }), 'insufficient_credits')
    expect(message).toBe('You need 50 credits but only 10 are available.')
    expect(details).toEqual({ required: 50, available: 10, resetAt: expect.any(String) })
    const mine = jobsOf(app, own)
    const { id } = await mine.submit({ urls: numbered(1, 10) })
    expect(await mine.wait(id)).toMatchObject({ status: 'completed', creditsUsed: 10 })
    expect(await own.used()).toBe(10)
  })

  it('is nobody else’s', async () => {
    const { id } = await jobs.submit({ urls: [article] })
    const other = await app.key({ mode: 'live' })
    for (const [method, path] of [['GET', ''], ['DELETE', ''], ['POST', '/retry'], ['GET', '/stream']] as const) failedWith(await call(app, other.secret, `/v1/jobs/${id}${path}`, { method }), 'not_found')
    await jobs.wait(id)
  })

  it.each([
    ['a schema to extract', { urls: [article], extract: { prompt: 'x' } }, ['extract']],
    ['an event that there is not', { urls: [article], webhook: { url: article, events: ['job.done'] } }, ['webhook', 'events', 0]],
    ['1001 addresses', { urls: numbered(1, 1001) }, ['urls']],
  ])('refuses %s', async (_, body, path) => {
    const { details } = failedWith(await read(app, key, body), 'invalid_request')
    expect((details.issues as { path: unknown }[])[0]?.path).toEqual(path)
  })
})

describe('a screenshot', () => {
  it('is the whole page as PNG in base 64, of a page and in a batch, and never a stored one', async () => {
    const own = await app.key({ mode: 'live' })
    const data = dataOf(await read(app, own, { url: article, formats: ['screenshot'] }))
    expect(data).not.toHaveProperty('markdown')
    expect(data).toHaveProperty('rawHtml')
    expect(Buffer.from(String(data.screenshot), 'base64').subarray(1, 4).toString()).toBe('PNG')
    expect(dataOf(await read(app, own, { url: article, formats: ['screenshot', 'markdown'] })).metadata).toMatchObject({ cached: false })
    expect(await own.used()).toBe(2)
    const mine = jobsOf(app, own)
    const { id } = await mine.submit({ urls: [article], formats: ['screenshot', 'markdown'] })
    await mine.wait(id)
    const [entry] = await mine.results(id)
    expect(Buffer.from(entry?.screenshot ?? '', 'base64').subarray(1, 4).toString()).toBe('PNG')
    expect(entry?.markdown).toMatch(/lighthouse/i)
  })
})

describe('a crawl', () => {
  it('is made by maxDepth or maxPages: the seed and what is linked from it, on its own host', async () => {
    const { id, mode } = await jobs.submit({ url: 'https://big.lab.test/n/1?pages=30', maxDepth: 1, maxPages: 100 })
    expect(mode).toBe('crawl')
    const job = await jobs.wait(id)
    const results = await jobs.results(id)
    expect(job).toMatchObject({ status: 'completed', mode: 'crawl', total: results.length, completed: results.length, creditsUsed: results.length })
    expect(results.length).toBeGreaterThan(1)
    expect(results.length).toBeLessThan(30)
    expect(new Set(results.map(({ url }) => new URL(url).hostname))).toEqual(new Set(['big.lab.test']))
  })

  it('ends at maxPages, with a total that is final at the end', async () => {
    const { id } = await jobs.submit({ url: 'https://big.lab.test/n/1?pages=200', maxPages: 5, formats: [] })
    expect(await jobs.wait(id)).toMatchObject({ status: 'completed', total: 5, completed: 5 })
    const results = await jobs.results(id)
    expect(results).toHaveLength(5)
    for (const entry of results) {
      expect(entry).not.toHaveProperty('markdown')
      expect(entry.metadata?.title).toEqual(expect.any(String))
    }
  })

  it('has 2 levels and 20 pages where it is not told', async () => {
    // A tree: each page links to two.
    const deep = await jobs.submit({ url: 'https://big.lab.test/n/1?pages=500', maxDepth: 6, formats: [] })
    const wide = await jobs.submit({ url: 'https://big.lab.test/n/1?pages=500', maxPages: 100, formats: [] })
    expect(await jobs.wait(deep.id)).toMatchObject({ status: 'completed', completed: 20 })
    expect(await jobs.wait(wide.id)).toMatchObject({ status: 'completed', completed: 7 })
  })

  it('completes where its seed fails, with the error of the seed', async () => {
    const { id } = await jobs.submit({ url: missing, maxPages: 3 })
    expect(await jobs.wait(id)).toMatchObject({ status: 'completed', total: 1, completed: 1, creditsUsed: 0 })
    expect(await jobs.results(id)).toEqual([{ url: missing, error: expect.stringContaining('404') }])
  })
})

describe('a discovery', () => {
  it('tells addresses, titles and descriptions, no content, for one credit', async () => {
    const own = await app.key({ mode: 'live', monthlyCredits: 1 })
    const mine = jobsOf(app, own)
    const { id, mode } = await mine.submit({ url: 'https://big.lab.test/n/1?pages=8', maxPages: 6, scrape: false, formats: ['markdown', 'html'] })
    expect(mode).toBe('crawl')
    expect(await mine.wait(id)).toMatchObject({ status: 'completed', completed: 6, creditsUsed: 1 })
    const results = await mine.results(id)
    expect(results).toHaveLength(6)
    for (const entry of results) {
      expect(Object.keys(entry)).not.toEqual(expect.arrayContaining(['markdown']))
      expect(entry).not.toHaveProperty('html')
      expect(entry.metadata).toMatchObject({ title: expect.any(String) })
      expect(entry.metadata).toHaveProperty('description')
    }
    expect(await own.used()).toBe(1)
    failedWith(await read(app, own, { url: 'https://big.lab.test/n/1?pages=8', maxPages: 6, scrape: false }), 'insufficient_credits')
  })

  it('costs nothing where its seed cannot be read', async () => {
    const own = await app.key({ mode: 'live', monthlyCredits: 5 })
    const mine = jobsOf(app, own)
    const { id } = await mine.submit({ url: missing, maxPages: 6, scrape: false })
    expect(await mine.wait(id)).toMatchObject({ status: 'completed', creditsUsed: 0 })
    expect(await own.used()).toBe(0)
  })
})

describe('steering', () => {
  const long = { url: 'https://big.lab.test/n/1?pages=5000', maxPages: 5000, maxDepth: 10, formats: [], maxConcurrency: 1 }

  it('cancels a job, which keeps what it has, and does it once', async () => {
    const { id } = await jobs.submit(long)
    await jobs.wait(id, (job) => job.completed >= 2)
    expect(dataOf(await call(app, key.secret, `/v1/jobs/${id}`, { method: 'DELETE' }))).toEqual({ id, status: 'cancelled' })
    const { job } = await jobs.get(id)
    expect(job.status).toBe('cancelled')
    expect(job.total).toBe(job.completed)
    expect(job.results.length).toBeGreaterThanOrEqual(2)
    expect(failedWith(await call(app, key.secret, `/v1/jobs/${id}`, { method: 'DELETE' }), 'conflict').details).toEqual({ status: 'cancelled' })
  })

  it('retries what failed, and only that; the new results come behind', async () => {
    const url = 'https://changes.lab.test/comes-and-goes'
    dataOf(await read(app, key, { url, cache: false }))
    const { id } = await jobs.submit({ urls: [article, url] })
    await jobs.wait(id)
    expect(byUrl(await jobs.results(id), url).error).toContain('404')
    expect(dataOf(await call(app, key.secret, `/v1/jobs/${id}/retry`, { method: 'POST' }))).toEqual({ id, status: 'processing', retrying: 1 })
    expect(await jobs.wait(id)).toMatchObject({ status: 'completed', total: 2, completed: 2, creditsUsed: 2 })
    const results = await jobs.results(id)
    expect(results.map((entry) => [entry.url, entry.error])).toEqual([[article, undefined], [url, undefined]])
    const frames = await framesOf(await open(`/v1/jobs/${id}/stream`))
    expect(frames.filter((frame) => frame.event === 'done')).toEqual([frames.at(-1)])

    const { message, details } = failedWith(await call(app, key.secret, `/v1/jobs/${id}/retry`, { method: 'POST' }), 'invalid_request')
    expect(message).toMatch(/no page/i)
    expect(details.issues).toHaveLength(1)
  })

  it('does not retry what still runs', async () => {
    const { id } = await jobs.submit(long)
    await jobs.wait(id, (job) => job.completed >= 1)
    expect(failedWith(await call(app, key.secret, `/v1/jobs/${id}/retry`, { method: 'POST' }), 'conflict').details).toEqual({ status: 'processing' })
    // Pages under way are counted, and between two of them there is none.
    await expect.poll(async () => dataOf(await call(app, key.secret, '/v1/queue/status')).activeJobs, { timeout: 20_000, interval: 5 }).toBe(1)
    dataOf(await call(app, key.secret, `/v1/jobs/${id}`, { method: 'DELETE' }))
  })

  it('takes no more jobs at once than the key has places, and says how many there are', async () => {
    const own = await app.key({ mode: 'live', concurrency: 2 })
    const mine = jobsOf(app, own)
    const answers = await Promise.all(Array.from({ length: 2 }, () => mine.submit(long)))
    const refused = await read(app, own, long)
    expect(failedWith(refused, 'concurrency_limited').details).toEqual({ active: 2, max: 2 })
    expect(refused.headers.get('retry-after')).toBeNull()
    dataOf(await read(app, own, { url: article }))
    for (const { id } of answers) dataOf(await call(app, own.secret, `/v1/jobs/${id}`, { method: 'DELETE' }))
    const { id } = await mine.submit({ urls: [article] })
    await mine.wait(id)
  })
})

describe('the stream of a job', () => {
  const parse = (frames: readonly Frame[]): void => {
    for (const { event, data } of frames) {
      if (event === 'page') python.page.parse(data)
      else if (event === 'error') expect(data).toEqual({ url: expect.any(String), error: expect.any(String) })
      else python.job.pick({ status: true, completed: true, total: true }).parse(data)
    }
  }

  it('tells progress, pages and errors under bare names, and ends with done', async () => {
    const { id } = await jobs.submit({ urls: [article, missing, docs], formats: ['markdown'] })
    const frames = await framesOf(await open(`/v1/jobs/${id}/stream`))
    parse(frames)
    expect(new Set(frames.map((frame) => frame.event))).toEqual(new Set(['progress', 'page', 'error', 'done']))
    expect(frames.filter((frame) => frame.event === 'page').map((frame) => String(frame.data.url)).toSorted()).toEqual([article, docs])
    expect(frames.find((frame) => frame.event === 'page' && frame.data.url === article)?.data).toMatchObject({ markdown: expect.stringMatching(/lighthouse/i), metadata: { statusCode: 200 }, credits: 1 })
    expect(frames.find((frame) => frame.event === 'error')?.data).toEqual({ url: missing, error: expect.stringContaining('404') })
    expect(frames.at(-1)).toMatchObject({ event: 'done', data: { status: 'completed', completed: 3, total: 3 } })
    expect(frames.filter((frame) => frame.event === 'done')).toHaveLength(1)

    const later = await framesOf(await open(`/v1/jobs/${id}/stream`))
    expect(later.filter((frame) => frame.event !== 'progress')).toEqual(frames.filter((frame) => frame.event !== 'progress'))
  })

  it('ends with done for a job that is cancelled', async () => {
    const { id } = await jobs.submit({ url: 'https://big.lab.test/n/1?pages=5000', maxPages: 5000, maxDepth: 10, formats: [], maxConcurrency: 1 })
    const stream = framesOf(await open(`/v1/jobs/${id}/stream`))
    await jobs.wait(id, (job) => job.completed >= 1)
    dataOf(await call(app, key.secret, `/v1/jobs/${id}`, { method: 'DELETE' }))
    const frames = await stream
    parse(frames)
    expect(frames.at(-1)).toMatchObject({ event: 'done', data: { status: 'cancelled' } })
  })

  it('answers an unknown job with JSON', async () => {
    const reply = await open('/v1/jobs/job_none/stream')
    expect(reply.status).toBe(404)
    expect(await reply.json()).toMatchObject({ success: false, error: { code: 'not_found' } })
  })
})

describe('the stream of the workspace', () => {
  it('tells of all jobs under names with job:, and goes on', async () => {
    const own = await app.key({ mode: 'live' })
    const mine = jobsOf(app, own)
    const controller = new AbortController()
    const seen = framesOf(await open('/v1/events', own, controller.signal), (frames) => frames.filter((frame) => frame.event === 'job:completed').length === 2)
    const ids = [(await mine.submit({ urls: [article, 'https://any.lab.test/delay?headers_ms=700'] })).id, (await mine.submit({ urls: [docs, missing] })).id]
    const frames = await seen
    controller.abort()
    expect(new Set(frames.map((frame) => frame.event))).toEqual(new Set(['job:progress', 'job:completed']))
    for (const id of ids) {
      const of = frames.filter((frame) => frame.data.jobId === id)
      expect(of[0]).toMatchObject({ event: 'job:progress', data: { jobId: id, status: expect.stringMatching(/^(queued|processing)$/), total: 2 } })
      expect(of.at(-1)).toMatchObject({ event: 'job:completed', data: { jobId: id, status: 'completed', completed: 2, total: 2, creditsUsed: id === ids[0] ? 2 : 1 } })
    }
  })
})

describe('a test key', () => {
  it('fails pages as it fails a read, for nothing', async () => {
    const own = await app.key()
    const mine = jobsOf(app, own)
    const { id } = await mine.submit({ urls: [`https://${failHost('target.http_error')}/`, article] })
    expect(await mine.wait(id)).toMatchObject({ status: 'completed', completed: 2, creditsUsed: 0 })
    expect((await mine.results(id)).filter((entry) => entry.error !== undefined)).toHaveLength(1)
  })
})
