import { gunzipSync } from 'node:zlib'
import { Parser } from 'htmlparser2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLab } from '../../client.testing.ts'
import { sitePages } from './content.ts'

let { get, close }: Awaited<ReturnType<typeof openLab>> = {} as never
beforeAll(async () => {
  ({ get, close } = await openLab())
})
afterAll(() => close())

const origin = 'https://site.lab.test'
const locs = (xml: string): string[] => Array.from(xml.matchAll(/<loc>(.*?)<\/loc>/g), (match) => match[1] ?? '')

const linksOf = (html: string, url: string): string[] => {
  const hrefs: string[] = []
  let base = url
  const parser = new Parser({
    onopentag: (name, { href }) => {
      if (href === undefined) return
      if (name === 'base') base = new URL(href, url).href
      if (name === 'a' || name === 'area') hrefs.push(href)
    },
  })
  parser.end(html)
  return hrefs.flatMap((href) => (URL.canParse(href, base) ? [new URL(href, base).href] : []))
}

/** The plainest crawl: no traps, no disallowed parts, no queries, no files. */
const crawl = async (): Promise<Map<string, number>> => {
  const seen = new Map<string, number>()
  const queue = [`${origin}/`]
  for (const url of queue) {
    const path = url.slice(origin.length)
    if (seen.has(path) || /^\/(private|search|maze|events\/calendar|loop|files|slow|img)/.test(path)) continue
    const got = await get(url)
    seen.set(path, got.status)
    const found = got.headers.location === undefined ? linksOf(got.text, url) : [new URL(got.headers.location, url).href]
    for (const link of found) {
      const plain = link.replace(/[?#].*$/, '')
      if (plain.startsWith(`${origin}/`)) queue.push(plain)
    }
  }
  return seen
}

describe('the site to crawl', () => {
  it('reaches every page but those that are hidden on purpose', async () => {
    const seen = await crawl()
    const reached = [...seen].filter(([, status]) => status === 200).map(([path]) => path)
    const hidden = ['/orphan', '/news/2024/bees', '/news/2024/frost']
    const expected = sitePages.map((one) => one.path).filter((path) => !hidden.includes(path))
    expect(reached.filter((path) => !['/print/about', '/login', '/flaky'].includes(path)).sort()).toEqual(expected.sort())
    expect(seen.get('/missing')).toBe(404)
    expect(seen.get('/gone')).toBe(410)
    expect(seen.get('/error')).toBe(500)
    expect(seen.get('/old-plots')).toBe(301)
    expect(seen.size).toBeGreaterThan(40)
  })

  it('lists its pages in an index of sitemaps, one plain, one packed, one missing', async () => {
    const maps = locs((await get(`${origin}/sitemap.xml`)).text)
    const [pages = '', news = '', missing = ''] = maps
    expect(locs((await get(pages)).text)).toContain(`${origin}/orphan`)
    const packed = await get(news)
    expect(packed.headers['content-type']).toBe('application/gzip')
    expect(locs(gunzipSync(packed.body).toString())).toContain(`${origin}/news/2024/bees`)
    expect((await get(missing)).status).toBe(404)
  })

  it('has a robots.txt with a way in and ways out', async () => {
    const { text } = await get(`${origin}/robots.txt`)
    for (const line of ['Disallow: /private/', 'Allow: /private/open', 'Crawl-delay: 1', `Sitemap: ${origin}/sitemap.xml`]) expect(text).toContain(line)
  })

  it('has traps without an end: a calendar and a maze', async () => {
    let url = `${origin}/events/calendar?month=2025-12`
    for (let i = 0; i < 14; i++) url = linksOf((await get(url)).text, url).find((link) => link.includes('month=') && !link.includes('day=') && link > url) ?? ''
    expect(url).toBe(`${origin}/events/calendar?month=2027-02`)
    const deeper = linksOf((await get(`${origin}/maze/a/b/`)).text, `${origin}/maze/a/b/`)
    expect(deeper).toContain(`${origin}/maze/a/b/a/b/`)
  })

  it('resolves links against a base, and moves in chains', async () => {
    expect(linksOf((await get(`${origin}/base/page`)).text, `${origin}/base/page`)).toContain(`${origin}/guides/winter`)
    expect((await get(`${origin}/guides/composting`)).headers.location).toBe('/guides/compost-heap')
    expect((await get(`${origin}/guides/compost-heap`)).headers.location).toBe(`${origin}/guides/compost`)
  })

  it('names its duplicates, fails at first where it is flaky, and has a subdomain', async () => {
    expect((await get(`${origin}/print/about`)).text).toContain(`<link rel="canonical" href="${origin}/about">`)
    const statuses = new Set([(await get(`${origin}/flaky`)).status, (await get(`${origin}/flaky`)).status])
    expect(statuses).toEqual(new Set([200, 503]))
    expect((await get('https://blog.site.lab.test/first')).text).toContain('It rained.')
  })
})
