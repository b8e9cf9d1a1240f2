import { readdir, readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { dataOf, failedWith, jobsOf, read, type Entry } from './reader.client.ts'

let app: TestApp
let key: TestKey
let jobs: ReturnType<typeof jobsOf>

beforeAll(async () => {
  app = await startTestApp({ labForLive: true, browsers: '1', browserRecyclePages: '10', hostPages: '20', jobPagesEach: '20' })
  key = await app.key({ mode: 'live' })
  jobs = jobsOf(app, key)
})
afterAll(() => app.close())

const article = 'https://article.lab.test/'
const page = async (json: Record<string, unknown>) => dataOf(await read(app, key, json)) as { markdown: string; rawHtml: string; metadata: { statusCode: number; warnings?: string[] } }

/** Processes below this one that are browsers. */
const browsers = async (): Promise<number[]> => {
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger)
  const seen = await Promise.all(pids.map(async (pid) => ({ pid, stat: await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''), line: await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') })))
  return seen.filter(({ stat, line }) => line.includes('--headless') && Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === process.pid).map(({ pid }) => pid)
}

/** Cases on which the vendor's own engine was seen to fail. */
describe('what the vendor’s engine loses', () => {
  it('timeoutMs holds, of a page that takes longer and of one that never ends', async () => {
    expect(failedWith(await read(app, key, { url: 'https://any.lab.test/delay?headers_ms=8000', timeoutMs: 2000 }), 'scrape_timeout').details).toEqual({ timeoutMs: 2000 })
    expect(failedWith(await read(app, key, { url: 'https://any.lab.test/hang', timeoutMs: 1000, waitForSelector: 'main' }), 'scrape_timeout').details).toEqual({ timeoutMs: 1000 })
  })

  it('cookies of one read are not sent with the next, by HTTP or by browser', async () => {
    for (const more of [{}, { waitForSelector: 'body' }]) {
      await page({ url: 'https://any.lab.test/set-cookie?mine=secret&attributes=Path=/', cache: false, ...more })
      expect((await page({ url: 'https://any.lab.test/cookies', cache: false, ...more })).rawHtml).not.toContain('secret')
    }
  })

  it('JSON is JSON, and a PDF is text', async () => {
    expect((await page({ url: 'https://data.lab.test/data.json' })).markdown).toMatch(/^```json\n\{/)
    expect((await page({ url: 'https://data.lab.test/report.pdf' })).markdown).toContain('Skerry Point: 412 cm')
  })

  it('a challenge that browsers pass is passed, and a wall on a 200 is none of the page', async () => {
    expect((await page({ url: 'https://challenge.lab.test/' })).markdown).toContain('You have passed.')
    expect(failedWith(await read(app, key, { url: 'https://target-blocked.fail.test/' }), 'upstream_unavailable').details.cause).toBe('target.blocked')
  })

  it('a selector that never comes costs time, not the page', async () => {
    const { markdown, metadata } = await page({ url: article, waitForSelector: '#never-there', timeoutMs: 3000 })
    expect(markdown).toMatch(/lighthouse/i)
    expect(metadata.warnings?.join(' ')).toMatch(/did not come/)
    expect((await page({ url: 'https://spa.lab.test/', waitForSelector: 'h1' })).markdown).toContain('Klara II')
    const { details } = failedWith(await read(app, key, { url: article, waitForSelector: 'p[', timeoutMs: 3000 }), 'invalid_request')
    expect((details.issues as { path: string[] }[])[0]?.path).toEqual(['waitForSelector'])
  })

  it('includeTags come before excludeTags, and addresses are whole', async () => {
    const whole = await page({ url: article, includeTags: ['article'] })
    const without = await page({ url: article, includeTags: ['article'], excludeTags: ['p'] })
    expect(without.markdown.length).toBeGreaterThan(0)
    expect(without.markdown.length).toBeLessThan(whole.markdown.length / 2)
    expect((await page({ url: 'https://site.lab.test/', onlyMainContent: false })).markdown).not.toMatch(/\]\((\/|\.)/)
  })

  it('no page of sixty is lost while the browser is replaced every ten', async () => {
    const urls = Array.from({ length: 60 }, (_, i) => `https://big.lab.test/n/${i + 1}`)
    const { id } = await jobs.submit({ urls, waitForSelector: 'body', formats: ['markdown'], batchConcurrency: 20 })
    expect(await jobs.wait(id)).toMatchObject({ status: 'completed', completed: 60, total: 60, creditsUsed: 60 })
    expect((await jobs.results(id)).filter((entry: Entry) => entry.error !== undefined)).toEqual([])
  }, 120_000)

  it('a browser that dies is replaced', async () => {
    await page({ url: article, formats: ['screenshot'] })
    const before = await browsers()
    expect(before.length).toBeGreaterThan(0)
    for (const pid of before) process.kill(pid, 'SIGKILL')
    await page({ url: article, formats: ['screenshot'] })
    expect((await browsers()).some((pid) => !before.includes(pid))).toBe(true)
  })

  it('a crawl keeps pages apart that differ in their query', async () => {
    const { id } = await jobs.submit({ url: 'https://listing.lab.test/', maxDepth: 2, maxPages: 40, formats: [] })
    await jobs.wait(id)
    const urls = (await jobs.results(id)).map(({ url }) => url)
    expect(urls).toEqual(expect.arrayContaining(['https://listing.lab.test/?page=2', 'https://listing.lab.test/?page=3']))
  })
})
