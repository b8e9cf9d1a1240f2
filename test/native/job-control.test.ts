import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { expectExact, jobsOf } from '../support/jobs.ts'

let app: TestApp
let key: TestKey
let jobs: ReturnType<typeof jobsOf>

beforeAll(async () => {
  app = await startTestApp({ labForLive: true })
  key = await app.key({ mode: 'live' })
  jobs = jobsOf(app, key.secret)
})
afterAll(() => app.close())

const endless = { url: 'https://big.lab.test/n/1?pages=5000', limit: 5000, sitemap: 'skip', host_pages: 2, delay_ms: 20 }

/** Frames of a stream until it ends, or until `enough`. */
const framesOf = async (reply: Response, enough: (frames: Frame[]) => boolean = () => false): Promise<Frame[]> => {
  expect(reply.headers.get('content-type')).toMatch(/^text\/event-stream/)
  const frames: Frame[] = []
  let text = ''
  for await (const chunk of reply.body ?? []) {
    text += Buffer.from(chunk).toString()
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n')
      text = text.slice(end + 2)
      const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
      const data = field('data')
      if (data !== undefined) frames.push({ id: field('id'), event: field('event') ?? '', data: JSON.parse(data) as Record<string, unknown> })
    }
    if (enough(frames)) break
  }
  return frames
}
interface Frame { id: string | undefined; event: string; data: Record<string, unknown> }

describe('billing', () => {
  it('is by the page that is done, and the ledger says the same as the job', async () => {
    const own = await app.key({ mode: 'live' })
    const mine = jobsOf(app, own.secret)
    const id = await mine.submit('/v1/batch', { urls: ['https://article.lab.test/', 'https://docs.lab.test/', 'https://target-http-error.fail.test/'], tries: 1 })
    const job = await mine.wait(id)
    expectExact(job, await mine.pages(id))
    expect(job.credits).toBe(2)
    expect(await own.used()).toBe(2)
  })

  it('stops where credits run out, and a retry after a top-up fetches what failed, and only that', async () => {
    const own = await app.key({ mode: 'live', monthlyCredits: 3, scopes: ['scrape', 'read', 'admin'] })
    const mine = jobsOf(app, own.secret)
    const urls = Array.from({ length: 6 }, (_, i) => `https://big.lab.test/n/${i + 1}`)
    const id = await mine.submit('/v1/batch', { urls })
    const job = await mine.wait(id)
    const pages = await mine.pages(id)
    expectExact(job, pages)
    expect(job).toMatchObject({ state: 'partial', credits: 3, counts: { done: 3, failed: 3 } })
    expect(pages.filter((page) => page.failure).map((page) => page.failure?.code)).toEqual(Array(3).fill('account.insufficient_credits'))
    expect(await own.used()).toBe(3)
    await mine.call('/v1/batch', { json: { urls } }, 402)

    await mine.call('/v1/usage/credits', { json: { credits: 10 } })
    expect((await mine.call<{ data: { retrying: number } }>(`/v1/jobs/${id}/retry`, { method: 'POST' }, 202)).data.retrying).toBe(3)
    const again = await mine.wait(id)
    expectExact(again, await mine.pages(id))
    expect(again).toMatchObject({ state: 'completed', credits: 6, counts: { done: 6, failed: 0 } })
    expect(await own.used()).toBe(6)
    await mine.call(`/v1/jobs/${id}/retry`, { method: 'POST' }, 409)
  })
})

describe('steering', () => {
  it('pauses, resumes and cancels, each once', async () => {
    const id = await jobs.submit('/v1/crawl', endless)
    await jobs.wait(id, (job) => job.counts.done > 3)
    expect((await jobs.call<{ data: { state: string } }>(`/v1/jobs/${id}/pause`, { method: 'POST' })).data.state).toBe('paused')
    await jobs.call(`/v1/jobs/${id}/pause`, { method: 'POST' }, 409)
    const before = await jobs.get(id)
    expect(before.state).toBe('paused')
    expect((await jobs.call<{ data: { state: string } }>(`/v1/jobs/${id}/resume`, { method: 'POST' })).data.state).toBe('running')
    await jobs.wait(id, (job) => job.counts.done > before.counts.done)
    const cancelled = await jobs.call<{ data: { state: string } }>(`/v1/jobs/${id}/cancel`, { method: 'POST' })
    expect(cancelled.data.state).toBe('cancelled')
    const job = await jobs.get(id)
    const pages = await jobs.pages(id, 500)
    expectExact(job, pages)
    expect(job.skipped_by_reason.cancelled).toBeGreaterThan(0)
    expect((await jobs.call<{ state?: string }>(`/v1/jobs/${id}/cancel`, { method: 'POST' }, 409)).state).toBe('cancelled')
    await jobs.call(`/v1/jobs/${id}`, { method: 'DELETE' })
    await jobs.call(`/v1/jobs/${id}`, {}, 404)
  })

  it('is not for other workspaces', async () => {
    const id = await jobs.submit('/v1/batch', { urls: ['https://article.lab.test/'] })
    const other = jobsOf(app, (await app.key()).secret)
    for (const [method, path] of [['GET', ''], ['GET', '/results'], ['GET', '/pages'], ['POST', '/cancel'], ['POST', '/retry'], ['DELETE', '']] as const) {
      await other.call(`/v1/jobs/${id}${path}`, { method }, 404)
    }
    expect((await other.call<{ data: unknown[] }>('/v1/jobs')).data).toEqual([])
    await jobs.wait(id)
  })
})

describe('events', () => {
  it('tell the whole story once, in order, and go on behind any of them', async () => {
    const id = await jobs.submit('/v1/crawl', { url: 'https://big.lab.test/n/1?pages=20', sitemap: 'skip' })
    const ask = (headers: Record<string, string> = {}) => app.request(`/v1/jobs/${id}/events`, { headers: { authorization: `Bearer ${key.secret}`, ...headers } })
    const frames = await framesOf(await ask())
    const numbered = frames.filter((frame) => frame.id !== undefined)
    expect(numbered.map((frame) => Number(frame.id))).toEqual(numbered.map((_, i) => i + 1))
    expect(numbered[0]?.event).toBe('job.started')
    expect(numbered.at(-1)).toMatchObject({ event: 'job.completed', data: { job_id: id, counts: { done: 20, queued: 0 } } })
    expect(numbered.filter((frame) => frame.event === 'job.page')).toHaveLength(20)
    const rest = (await framesOf(await ask({ 'last-event-id': '15' }))).filter((frame) => frame.id !== undefined)
    expect(rest).toEqual(numbered.slice(15))
  })

  it('of the workspace come as they happen', async () => {
    const controller = new AbortController()
    const reply = await app.app.fetch(new Request('http://lyrebird.test/v1/events', { headers: { authorization: `Bearer ${key.secret}` }, signal: controller.signal }))
    const seen = framesOf(reply, (frames) => frames.some((frame) => frame.event === 'job.completed'))
    const id = await jobs.submit('/v1/batch', { urls: ['https://article.lab.test/'] })
    const frames = await seen
    controller.abort()
    expect(frames.filter((frame) => frame.data.job_id === id).map((frame) => frame.event)).toEqual(['job.started', 'job.completed'])
  })
})

describe('the stream of the workspace', () => {
  it('tells how open jobs come on where that is asked for', async () => {
    const own = await app.key({ mode: 'live' })
    const controller = new AbortController()
    const reply = await app.app.fetch(new Request('http://lyrebird.test/v1/events?progress=true', { headers: { authorization: `Bearer ${own.secret}` }, signal: controller.signal }))
    const mine = jobsOf(app, own.secret)
    const seen = framesOf(reply, (frames) => frames.some((frame) => frame.event === 'progress' && (frame.data.counts as { done: number }).done > 1))
    const id = await mine.submit('/v1/crawl', endless)
    const progress = (await seen).filter((frame) => frame.event === 'progress')
    controller.abort()
    expect(progress.at(-1)).toMatchObject({ id: undefined, data: { job_id: id, kind: 'crawl', state: 'running', limit: 5000 } })
    await mine.call(`/v1/jobs/${id}/cancel`, { method: 'POST' })
  })
})

describe('a map', () => {
  it('lists what sitemaps, feeds and links name, and ranks by words', async () => {
    const { data } = await jobs.call<{ data: { urls: { url: string; source: string }[]; exhausted: boolean; failures: { url: string }[] } }>('/v1/map', { json: { url: 'https://site.lab.test/' } })
    const urls = data.urls.map((entry) => entry.url)
    expect(new Set(urls).size).toBe(urls.length)
    expect(urls).toEqual(expect.arrayContaining(['https://site.lab.test/', 'https://site.lab.test/guides/compost', 'https://site.lab.test/news/2024/bees']))
    expect(urls.every((url) => new URL(url).hostname === 'site.lab.test')).toBe(true)
    expect(data.failures.map((one) => one.url)).toEqual(['https://site.lab.test/sitemap-missing.xml'])
    const ranked = await jobs.call<{ data: { urls: { url: string }[] } }>('/v1/map', { json: { url: 'https://site.lab.test/', search: 'compost', limit: 3 } })
    expect(ranked.data.urls[0]?.url).toContain('compost')
    expect(ranked.data.urls).toHaveLength(3)
  })

  it('is the same as a job, with counts of what it found', async () => {
    const id = await jobs.submit('/v1/map/jobs', { url: 'https://site.lab.test/', limit: 5 })
    const job = await jobs.wait(id) as unknown as { counts: { discovered: number; done: number; skipped: number }; skipped_by_reason: object; result: { urls: { last_modified?: string }[]; discovered: number } }
    expect(job.result.urls).toHaveLength(5)
    expect(job.counts).toMatchObject({ discovered: job.result.discovered, done: 5, failed: 0, queued: 0, skipped: job.result.discovered - 5 })
    expect(job.skipped_by_reason).toEqual({ limit: job.counts.skipped })
    expect(JSON.stringify(job.result)).not.toContain('lastModified')
  })

  it('fails as its only seed does', async () => {
    expect((await jobs.call<{ code: string }>('/v1/map', { json: { url: 'https://target-dns-failed.fail.test/' } }, 502)).code).toBe('target.dns_failed')
  })
})
