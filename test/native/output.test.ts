import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { jobsOf } from '../support/jobs.ts'

let app: TestApp
let key: TestKey

beforeAll(async () => {
  app = await startTestApp()
  key = await app.key()
})
afterAll(() => app.close())

interface Data {
  markdown?: string
  total_tokens?: number
  truncated?: boolean
  sections?: { path: string[]; level: number; tokens: number; markdown?: string }[]
  chunks?: { index: number; path: string[]; tokens: number; text: string; page?: number }[]
  links?: { url: string; kind: string }[]
  metadata: { page_kind?: { kind: string; confidence: number }; reading_minutes?: number; word_count?: number; authors?: string[] }
}

const scrape = async (json: object): Promise<{ status: number; code?: string; data: Data }> => {
  const reply = await app.request('/v1/scrape', { json, headers: { authorization: `Bearer ${key.secret}` } })
  return { status: reply.status, ...(await reply.json() as { data: Data }) }
}

describe('POST /v1/scrape', () => {
  it('cuts to max_tokens and says of how many', async () => {
    const { data } = await scrape({ url: 'https://docs.lab.test/', max_tokens: 50 })
    expect(data.truncated).toBe(true)
    expect(data.total_tokens).toBeGreaterThan(50)
    const whole = await scrape({ url: 'https://docs.lab.test/' })
    expect(whole.data.markdown?.startsWith(data.markdown ?? '?')).toBe(true)
    expect(whole.data).not.toHaveProperty('truncated')
  })

  it('gives sections, and one of them by its path', async () => {
    const { data } = await scrape({ url: 'https://docs.lab.test/', formats: [{ type: 'sections', outline: true }] })
    const last = data.sections?.at(-1)
    expect(last?.path.length).toBeGreaterThan(1)
    expect(last).not.toHaveProperty('markdown')
    const one = await scrape({ url: 'https://docs.lab.test/', section: last?.path.join(' > ') })
    expect(one.data.markdown).toMatch(/^#/)
    expect(one.data.total_tokens).toBe(last?.tokens)
    expect((await scrape({ url: 'https://docs.lab.test/', section: 'No such thing' })).code).toBe('content.empty')
  })

  it('gives chunks, with the page of a document that has pages', async () => {
    const { data } = await scrape({ url: 'https://documents.lab.test/report.pdf', formats: [{ type: 'chunks', max_tokens: 60, overlap_tokens: 10 }] })
    expect(data.chunks?.find((chunk) => chunk.text.includes('Skerry Point'))).toMatchObject({ path: ['Gauge report', 'Readings'], page: 2 })
    const bad = await app.request('/v1/scrape', { json: { url: 'https://docs.lab.test/', formats: [{ type: 'chunks', max_tokens: 1 }] }, headers: { authorization: `Bearer ${key.secret}` } })
    expect(bad.status).toBe(400)
  })

  it('tells what kind of page it is, how long it takes to read, and what its links are', async () => {
    const { data } = await scrape({ url: 'https://article.lab.test/', formats: ['markdown', 'links'], mode: 'reader' })
    expect(data.metadata.reading_minutes).toBeGreaterThanOrEqual(1)
    expect(data.metadata.authors?.length).toBeGreaterThan(0)
    const normal = await scrape({ url: 'https://article.lab.test/', formats: ['links'] })
    expect(new Set(normal.data.links?.map((link) => link.kind))).toContain('navigation')
    for (const mode of ['normal', 'reader']) {
      const forum = await scrape({ url: 'https://forum.lab.test/', mode, formats: ['markdown', 'metadata'] })
      expect(forum.data.metadata.page_kind?.kind).toBe('forum')
      expect(forum.data.metadata.page_kind?.confidence).toBeGreaterThan(0.4)
    }
  })
})

it('works the same in a batch and in a crawl', async () => {
  const jobs = jobsOf(app, key.secret)
  const more = { formats: ['markdown', { type: 'chunks', max_tokens: 80 }], max_tokens: 30 }
  for (const [path, body] of [['batch', { urls: ['https://article.lab.test/'] }], ['crawl', { url: 'https://article.lab.test/', limit: 1, respect_robots: false }]] as const) {
    const id = await jobs.submit(`/v1/${path}`, { ...body, ...more })
    await jobs.wait(id)
    const [page] = await jobs.results(id)
    expect(page?.document, path).toMatchObject({ truncated: true, total_tokens: expect.any(Number), chunks: expect.any(Array) })
  }
})
