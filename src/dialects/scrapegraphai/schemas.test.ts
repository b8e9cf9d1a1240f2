import fc from 'fast-check'
import * as published from 'scrapegraph-js'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { crawlBody, crawlPagesQuery } from './crawl.ts'
import { extractBody } from './extract.ts'
import { idParams } from './fields.ts'
import { historyQuery } from './history.ts'
import { activityQuery, monitorBody, monitorChange } from './monitor.ts'
import { scrapeBody } from './scrape.ts'
import { searchBody } from './search.ts'
import { urlField } from './url.ts'

type Verdict = { data: unknown } | { issues: string }

/** Issues as text, so that the order of their keys counts too. */
const judge = (schema: { safeParse(value: unknown): { success: boolean; data?: unknown; error?: { issues: unknown } } }, value: unknown): Verdict => {
  const parsed = schema.safeParse(value)
  return parsed.success ? { data: parsed.data } : { issues: JSON.stringify(parsed.error?.issues, null, 1) }
}

const uuid = '7bc67b9e-e539-4d7f-b378-ceb4d86910bc'
const url = 'https://example.com/a?b=1'
const fetchConfig = { mode: 'js', stealth: true, timeout: 5000, wait: 10, scrolls: 3, headers: { a: 'b' }, cookies: { c: 'd' }, country: 'US', mock: { minKb: 2 } }
const formats = [
  { type: 'markdown', mode: 'reader' }, { type: 'html', mode: 'prune' }, { type: 'links' }, { type: 'images' }, { type: 'summary' },
  { type: 'json', prompt: 'p', schema: { type: 'object' } }, { type: 'screenshot', fullPage: true, width: 1280, height: 720, quality: 50 }, { type: 'branding' },
]

interface Pair {
  ours: z.ZodType
  theirs: unknown
  sample: unknown
}

const pairs: Record<string, Pair> = {
  scrape: { ours: scrapeBody, theirs: published.scrapeRequestSchema, sample: { url, contentType: 'text/html', formats, fetchConfig } },
  extract: { ours: extractBody, theirs: published.extractRequestBaseSchema, sample: { url, html: '<p>', markdown: '#', mode: 'reader', prompt: 'p', schema: {}, contentType: 'text/csv', fetchConfig } },
  search: { ours: searchBody, theirs: published.searchRequestSchema, sample: { query: 'q', numResults: 5, format: 'html', mode: 'normal', prompt: 'p', schema: {}, locationGeoCode: 'de', timeRange: 'past_week', fetchConfig } },
  crawl: { ours: crawlBody, theirs: published.crawlRequestSchema, sample: { url, formats, maxDepth: 2, maxPages: '10', maxLinksPerPage: 5, allowExternal: true, includePatterns: ['/a/*'], excludePatterns: [], contentTypes: ['text/html'], fetchConfig } },
  'monitor create': { ours: monitorBody, theirs: published.monitorCreateSchema, sample: { url, name: 'n', formats, webhookUrl: url, interval: '1h', fetchConfig } },
  'monitor update': { ours: monitorChange, theirs: published.monitorUpdateSchema, sample: { name: 'n', formats, webhookUrl: null, interval: '1h', fetchConfig } },
  'history filter': { ours: historyQuery, theirs: published.historyFilterSchema, sample: { page: '2', limit: '5', service: 'scrape' } },
  'crawl pages': { ours: crawlPagesQuery, theirs: published.crawlPagesQuerySchema, sample: { cursor: '0', limit: '5' } },
  'monitor activity': { ours: activityQuery, theirs: published.monitorActivityQuerySchema, sample: { cursor: '2026-01-01T00:00:00Z', limit: '5' } },
  'path id': { ours: idParams, theirs: published.uuidParamSchema, sample: { id: uuid } },
  url: { ours: urlField, theirs: published.urlSchema, sample: url },
}

type Judged = Parameters<typeof judge>[0]

const same = (pair: Pair, value: unknown): void => {
  // Safe: every published schema has `safeParse`; its types come from another copy of the library.
  expect(judge(pair.ours, value)).toEqual(judge(pair.theirs as Judged, value))
}

const awkward = [
  undefined, null, true, false, 0, -1, 0.5, 1, 7, 21, 100, 101, 999, 1001, 60_001, 2 ** 53, -(2 ** 60), Number.MAX_VALUE, NaN, Infinity,
  '', ' ', 'x', '1', '-1', '1.5', '1e3', 'true', 'markdown', 'normal', 'reader', 'auto', 'text/html', 'all', '*', 'uk', 'usa', 'past_week', 'schema', 'scrape', uuid, uuid.toUpperCase(),
  '2026-01-01', '2026-01-01T00:00:00', '2026-01-01T00:00:00+02:00', 'x'.repeat(501), 'x'.repeat(10_001),
  [], [null], ['text/html'], ['text/html', 'text/html'], ['nope'], [{}], {}, { type: 'markdown' }, { type: 'nope' }, { a: 1 }, { a: 'b' }, Array.from({ length: 12 }, () => ({ type: 'links' })),
]

const hosts = [
  'example.com', 'example.com.', 'EXAMPLE.com:8080', 'bücher.de', 'xn--bcher-kva.de', 'intranet', 'localhost', 'localhost:3000', 'a.localhost', 'printer.local', 'printer.local.', 'x.internal', 'a_b.com', '-a.com',
  '127.0.0.1', '127.1', '0x7f.0.0.1', '2130706433', '10.0.0.1', '172.16.0.1', '172.32.0.1', '192.168.1.1', '192.169.1.1', '169.254.169.254', '0.0.0.0', '100.64.0.1', '8.8.8.8', '8.8.8.8.', '256.1.1.1', '1.2.3',
  '[::1]', '[::]', '[fe80::1]', '[fd00::1]', '[fc00::1]', '[::ffff:127.0.0.1]', '[::ffff:8.8.8.8]', '[2001:db8::1]', '[2606:4700::1111]', '[nope]',
  'user:pass@example.com', '@example.com', 'a..com', `${'a'.repeat(64)}.com`, `${'a.'.repeat(130)}com`, '', '.', 'exa mple.com', 'com', 'target-blocked.fail.test', '例え.jp',
]
const schemes = ['', ' ', 'https://', 'http://', 'HTTP://', 'ftp://', 'file://', 'javascript:', 'data:', 'ws://', '//', 'h ttp://', 'x+y.z-1://']
const tails = ['', '/', '/a b', '?q=1', '#f', ':99999', ' ']

const urls = schemes.flatMap((scheme) => hosts.flatMap((host) => tails.map((tail) => scheme + host + tail)))

type Place = (string | number)[]

const placesOf = (value: unknown, at: Place = []): Place[] =>
  typeof value === 'object' && value !== null ? [at, ...Object.entries(value).flatMap(([key, item]) => placesOf(item, [...at, key]))] : [at]

const put = (value: unknown, [key, ...rest]: Place, item: unknown): unknown => {
  if (key === undefined) return item
  if (typeof value !== 'object' || value === null) return value
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...value }
  const target = copy as Record<string, unknown>
  const put_ = put(target[key], rest, item)
  if (put_ === undefined && !Array.isArray(copy)) delete target[key]
  else target[key] = put_
  return copy
}

describe('the schemas of this dialect are those that scrapegraph-js 2.2.0 exports', () => {
  for (const [name, pair] of Object.entries(pairs)) {
    it(`${name}: the sample, nothing, and each of its fields replaced by each awkward value`, () => {
      expect(judge(pair.ours, pair.sample)).toHaveProperty('data')
      same(pair, pair.sample)
      for (const value of awkward) {
        for (const place of placesOf(pair.sample)) same(pair, put(pair.sample, place, value))
      }
    })

    it(`${name}: several wrong fields at once, unknown keys and any JSON`, () => {
      const place = fc.constantFrom(...placesOf(pair.sample))
      const item = fc.oneof(fc.constantFrom(...awkward), fc.jsonValue(), fc.constantFrom(...urls))
      const broken = fc.array(fc.tuple(place, item), { minLength: 1, maxLength: 6 })
        .map((changes) => changes.reduce<unknown>((value, [at, change]) => put(value, at, change), pair.sample))
      fc.assert(fc.property(fc.oneof({ weight: 5, arbitrary: broken }, { weight: 1, arbitrary: fc.jsonValue() }), (value) => same(pair, value)), { numRuns: 400 })
    })
  }

  it('url: hosts, addresses and schemes of every kind', () => {
    const refused = urls.filter((text) => 'issues' in judge(urlField, text))
    for (const text of urls) same(pairs.url!, text)
    expect(refused.length).toBeGreaterThan(urls.length / 2)
    expect(refused.length).toBeLessThan(urls.length)
  })

  it('url: any text', () => {
    const pair = pairs.url!
    fc.assert(fc.property(fc.oneof(fc.webUrl(), fc.domain(), fc.ipV4(), fc.ipV6().map((address) => `http://[${address}]/`), fc.string(), fc.string({ unit: 'binary' })), (text) => same(pair, text)), { numRuns: 1000 })
  })
})

describe('fields newer than the published schemas', () => {
  const issues = (value: unknown) => {
    const parsed = scrapeBody.safeParse(value)
    return parsed.success ? [] : parsed.error.issues.map((issue) => [issue.path.join('.'), issue.message])
  }

  it('reads text/markdown as a content type and as an allowed type', () => {
    expect(issues({ url, contentType: 'text/markdown', allowedTypes: ['text/markdown', 'text/html'] })).toEqual([])
  })

  it('refuses an empty or repeated list of allowed types, "all" and "*"', () => {
    expect(issues({ url, allowedTypes: [] })).toEqual([['allowedTypes', 'Too small: expected array to have >=1 items']])
    expect(issues({ url, allowedTypes: ['text/html', 'text/html'] })).toEqual([['allowedTypes', 'duplicate content types not allowed']])
    expect(issues({ url, allowedTypes: ['all', '*'] }).map(([path]) => path)).toEqual(['allowedTypes.0', 'allowedTypes.1'])
  })

  it('bounds the pages of a PDF: 1 to 500, or -1 for all', () => {
    for (const maxPages of [1, 25, 500, -1]) expect(issues({ url, processors: [{ type: 'pdf', maxPages }] })).toEqual([])
    for (const maxPages of [0, -2, 501, 1.5, '3']) expect(issues({ url, processors: [{ type: 'pdf', maxPages }] })).toHaveLength(1)
    expect(scrapeBody.parse({ url, processors: [{ type: 'pdf' }] }).processors).toEqual([{ type: 'pdf', maxPages: 25 }])
    expect(issues({ url, processors: [] })).toHaveLength(1)
    expect(issues({ url, processors: [{ type: 'pdf' }, { type: 'pdf' }] })).toEqual([['processors', 'duplicate processor types not allowed']])
  })

  it('looks at the first hundred of a flood of formats', () => {
    expect(issues({ url, formats: Array.from({ length: 500_000 }, () => 0) })).toHaveLength(100)
    expect(issues({ url, formats: Array.from({ length: 500_000 }, () => ({ type: 'links' })) })).toEqual([['formats', 'duplicate format types not allowed']])
  })
})
