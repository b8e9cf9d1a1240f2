import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { expectExact, jobsOf } from '../support/jobs.ts'

let app: TestApp
let key: TestKey
let jobs: ReturnType<typeof jobsOf>

beforeAll(async () => {
  app = await startTestApp()
  key = await app.key()
  jobs = jobsOf(app, key.secret)
})
afterAll(() => app.close())

describe('a batch', () => {
  it('fetches every entry with its own options, in any order, and counts exactly', async () => {
    const id = await jobs.submit('/v1/batch', {
      urls: ['https://article.lab.test/', { url: 'https://docs.lab.test/', formats: ['text'] }, 'https://target-http-error.fail.test/', 'https://article.lab.test/'],
      metadata: { mine: 1 }, tries: 1,
    })
    const job = await jobs.wait(id)
    expect(job).toMatchObject({ kind: 'batch', state: 'partial', counts: { discovered: 4, queued: 0, done: 3, failed: 1, skipped: 0 }, metadata: { mine: 1 }, credits: 0 })
    const pages = await jobs.pages(id)
    expectExact(job, pages)
    const results = await jobs.results(id, 2)
    expect(results.map((page) => page.n).toSorted((a, b) => a - b)).toEqual(pages.map((page) => page.n))
    expect(results.find((page) => page.url.includes('docs'))?.document).toMatchObject({ text: expect.any(String) as string })
    expect(results.find((page) => page.url.includes('docs'))?.document?.markdown).toBeUndefined()
    expect(results.find((page) => page.failure)).toMatchObject({ failure: { code: 'target.http_error', evidence: [expect.anything()] }, document: null })
  })

  it('is refused with the path of what is wrong', async () => {
    const body = await jobs.call<{ code: string; issues: { path: unknown[] }[] }>('/v1/batch', { json: { urls: ['https://a.example/', 'not a url'], delay: 1 } }, 400)
    expect(body.code).toBe('caller.invalid_request')
  })
})

describe('a crawl', () => {
  it('gives every page in its own formats, data that is extracted from it included', async () => {
    const id = await jobs.submit('/v1/crawl', { url: 'https://docs.lab.test/', limit: 3, delay_ms: 0, formats: ['markdown', { type: 'json', selectors: { title: 'h1' } }] })
    await jobs.wait(id)
    const documents = (await jobs.results(id)).map(({ document }) => document as { markdown?: string; json?: { title?: string } } | null)
    expect(documents).toHaveLength(3)
    for (const document of documents) expect(document?.markdown).toContain(document?.json?.title ?? 'no title')
  })

  it('gives every page of the site once, and every URL a reason', async () => {
    const id = await jobs.submit('/v1/crawl', { url: 'https://site.lab.test/', limit: 500, delay_ms: 0 })
    const job = await jobs.wait(id)
    const pages = await jobs.pages(id, 500)
    expectExact(job, pages)
    expect(job.state).toBe('partial')
    const done = pages.filter((page) => page.state === 'done').map((page) => page.url)
    expect(new Set(done).size).toBe(done.length)
    expect(done).toContain('https://site.lab.test/guides/compost')
    expect(done.filter((url) => /\/about\/?(?:[?#].*)?$/.test(url) && !url.includes('print'))).toHaveLength(1)
    expect(pages.filter((page) => page.state === 'failed').map((page) => new URL(page.url).pathname).toSorted()).toMatchInlineSnapshot(`
      [
        "/error",
        "/gone",
        "/loop-a",
        "/missing",
      ]
    `)
    expect(job.skipped_by_reason).toMatchInlineSnapshot(`
      {
        "canonical": 1,
        "external": 1,
        "nofollow": 1,
        "redirect": 2,
        "robots": 3,
        "subdomain": 2,
        "trap": 30,
      }
    `)
    expect(done.length).toMatchInlineSnapshot(`46`)
  })

  it.each([1, 7, 60])('of %i pages gives so many, and not one more', async (limit) => {
    const id = await jobs.submit('/v1/crawl', { url: 'https://big.lab.test/n/1', limit, sitemap: 'skip' })
    const job = await jobs.wait(id)
    const pages = await jobs.pages(id, 500)
    expectExact(job, pages)
    expect(job.counts.done).toBe(limit)
    expect(job.state).toBe('completed')
  })
})
