import { describe, expect, it } from 'vitest'
import type { Document } from '../../contract/document.ts'
import { succeeded } from '../../contract/outcome.ts'
import type { ScrapeIntent } from '../../contract/intent.ts'
import { fail } from '../../failure/failure.ts'
import type { ReplyInfo } from '../dialect.ts'
import { readRoutes } from './read.ts'
import { readBody } from './read-body.ts'

const read = readRoutes[0]!

const infoOf = (input?: unknown, durationMs = 12.6): ReplyInfo => ({
  id: '00000000-0000-4000-8000-000000000000', requestId: 'req-00000001', durationMs,
  origin: 'https://here.test', base: 'https://here.test/reader', method: 'POST', path: '/v1/read', target: '/v1/read',
  headers: new Headers(), authenticated: true, account: { creditsBilled: 1 }, now: new Date('2026-11-20T12:00:00Z'), input,
})

const intentOf = (body: unknown): ScrapeIntent => read.toIntent({ body: readBody.parse(body), query: undefined, params: undefined }, infoOf()) as ScrapeIntent

const document = (parts: Partial<Document> = {}): Document => ({
  url: 'https://a.test', finalUrl: 'https://a.test/', status: 200, contentType: 'text/html', fetchedAt: '2026-11-20T11:00:00.000Z',
  renderer: 'static', cached: false, formats: { markdown: '# Hi', html: '<h1>Hi</h1>', raw_html: '<html><h1>Hi</h1></html>' },
  metadata: { title: 'Hi' }, warnings: [], ...parts,
})

const replyTo = (body: unknown, page = document(), durationMs = 12.6) => {
  const reply = read.render(succeeded(page), infoOf({ body: readBody.parse(body) }, durationMs))
  return { status: reply.status, data: (read.response.parse(reply.body) as { data: Record<string, unknown> & { metadata: Record<string, unknown> } }).data }
}

const issues = (body: unknown) => readBody.safeParse(body).error?.issues.map((issue) => [issue.path.join('.'), issue.message])

describe('POST /v1/read', () => {
  it('asks for main content with the defaults of the contract', () => {
    expect(intentOf({ url: 'https://a.test' })).toMatchObject({ url: 'https://a.test', mode: 'reader', timeoutMs: 30_000, maxAgeS: 86_400, includeSelectors: [], excludeSelectors: [], render: 'auto' })
  })

  it('carries every option that the engine knows', () => {
    expect(intentOf({ url: 'https://a.test', onlyMainContent: false, includeTags: ['main'], excludeTags: ['.ad'], timeoutMs: 1000, cache: false })).toMatchObject({ mode: 'normal', includeSelectors: ['main'], excludeSelectors: ['.ad'], timeoutMs: 1000, maxAgeS: 0 })
  })

  it('makes the same intent whatever the formats, so that a stored page serves them all', () => {
    expect(intentOf({ url: 'https://a.test', formats: ['html'] })).toEqual(intentOf({ url: 'https://a.test', formats: [] }))
  })

  it('lets through what clients send beside: pollTimeout, unknown keys, no formats', () => {
    expect(issues({ url: 'https://a.test', pollTimeout: 5000, somethingNew: { a: 1 }, formats: [], batchConcurrency: 3, maxConcurrency: 4, scrape: false, waitForSelector: '#x', webhook: { url: 'https://b.test/hook', secret: 'x'.repeat(16) } })).toBeUndefined()
  })

  it('names what is wrong at its field', () => {
    expect(issues({ url: 'no url' })).toEqual([['url', 'Invalid url']])
    expect(issues({})).toEqual([['url', 'Required: send url or urls']])
    expect(issues({ url: 'https://a.test', urls: ['https://b.test'] })?.[0]?.[0]).toBe('urls')
    expect(issues({ urls: ['https://b.test', 'x'] })).toEqual([['urls.1', 'Invalid url']])
    expect(issues({ urls: ['https://b.test'], extract: { prompt: 'x' } })?.[0]?.[0]).toBe('extract')
    expect(issues({ url: 'https://a.test', extract: {} })?.[0]?.[0]).toBe('extract')
  })

  it.each([
    ['timeoutMs', 999], ['timeoutMs', 120_001], ['timeoutMs', 1000.5], ['timeoutMs', '1000'], ['maxDepth', 0], ['maxDepth', 11], ['maxPages', 0], ['maxPages', 10_001],
    ['batchConcurrency', 0], ['batchConcurrency', 21], ['maxConcurrency', 0], ['proxyMode', 'residential'], ['formats', ['pdf']], ['formats', 'markdown'],
    ['onlyMainContent', 'yes'], ['cache', 1], ['includeTags', 'main'], ['urls', []], ['urls', Array.from({ length: 1001 }, () => 'https://a.test')],
    ['webhook', { url: 'https://b.test', secret: 'x'.repeat(15) }], ['webhook', { url: 'https://b.test', secret: 'x'.repeat(257) }], ['webhook', {}],
  ])('refuses %s = %j', (field, value) => {
    const paths = issues({ ...(field === 'urls' ? {} : { url: 'https://a.test' }), [field]: value })?.map(([path]) => path)
    expect(paths?.[0]).toMatch(new RegExp(`^${field}`))
  })

  it.each([['timeoutMs', 1000], ['timeoutMs', 120_000], ['maxDepth', 1], ['maxDepth', 10], ['maxPages', 1], ['maxPages', 10_000], ['batchConcurrency', 20], ['maxConcurrency', 1000]])('takes %s = %j', (field, value) => {
    expect(issues({ url: 'https://a.test', [field]: value })).toBeUndefined()
  })

  it('is a page with url alone, and otherwise a job whose words are kept', () => {
    const rowOf = (body: unknown) => read.instead?.({ body: readBody.parse(body), query: undefined, params: undefined })
    const jobOf = (body: unknown) => {
      const row = rowOf(body)
      return { verb: row?.verb, prices: row?.prices, intent: row?.toIntent({ body: readBody.parse(body), query: undefined, params: undefined }, infoOf()) }
    }
    expect(rowOf({ url: 'https://a.test', scrape: false, batchConcurrency: 2 })).toBeUndefined()
    expect(jobOf({ urls: ['https://a.test'], proxyMode: 'stealth', batchConcurrency: 4, maxConcurrency: 3, maxDepth: 2 })).toMatchObject({
      verb: 'batch', intent: { pages: [{ url: 'https://a.test', mode: 'reader', maxAgeS: 0, formats: [{ kind: 'markdown' }] }], funded: true, pace: { pagesAtOnce: 3 }, metadata: { formats: ['markdown'], proxyMode: 'stealth' } },
    })
    expect(jobOf({ url: 'https://a.test', maxDepth: 1, formats: [] })).toMatchObject({ verb: 'crawl', intent: { seeds: ['https://a.test'], maxDepth: 1, limit: 20, scope: 'host', sitemap: 'skip', page: { formats: [] } } })
    expect(jobOf({ url: 'https://a.test', maxPages: 5, scrape: false })).toMatchObject({ verb: 'crawl', prices: { page: 0, seed: 1 }, intent: { maxDepth: 2, limit: 5, page: { formats: [] } } })
  })

  it('takes a fresh page for a screenshot and for an extraction', () => {
    expect(intentOf({ url: 'https://a.test', formats: ['markdown', 'screenshot'] })).toMatchObject({ maxAgeS: 0, formats: [{}, {}, {}, { kind: 'screenshot', screenshot: { type: 'png', fullPage: true, delivery: 'base64' } }] })
    expect(intentOf({ url: 'https://a.test', extract: { schema: { price: 'number' } } })).toMatchObject({ maxAgeS: 0, formats: [{}, {}, {}, { kind: 'json', extract: { schema: { type: 'object', properties: { price: { type: 'number' } } } } }] })
    expect(intentOf({ url: 'https://a.test', waitForSelector: '#x' })).toMatchObject({ maxAgeS: 86_400, browser: { waitFor: { selector: '#x', optional: true } } })
  })

  it('asks for nothing that a page must hold, and keeps a schema otherwise as it was', () => {
    const schema = { type: 'object', properties: { name: { type: 'string' }, list: { type: 'array', items: { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] } } }, required: ['name'] }
    const { formats } = intentOf({ url: 'https://a.test', extract: { schema, prompt: 'both' } })
    expect(formats.at(-1)?.extract).toEqual({ prompt: 'both', schema: { type: 'object', properties: { name: { type: 'string' }, list: { type: 'array', items: { type: 'object', properties: { a: { type: 'integer' } } } } } } })
    expect(intentOf({ url: 'https://a.test', extract: { schema: { type: 'object' } } }).formats.at(-1)?.extract).toEqual({ schema: { type: 'object' } })
  })
})

describe('the reply to a read', () => {
  it('echoes the address as sent, with integers and strings where clients insist on them', () => {
    expect(replyTo({ url: 'https://a.test' })).toEqual({
      status: 200,
      data: {
        url: 'https://a.test', markdown: '# Hi', rawHtml: '<html><h1>Hi</h1></html>',
        metadata: { title: 'Hi', description: null, statusCode: 200, duration: 13, cached: false, proxyMode: 'standard', scrapedAt: '2026-11-20T11:00:00.000Z' },
      },
    })
  })

  it('takes at least a millisecond', () => {
    expect(replyTo({ url: 'https://a.test' }, document(), 0.2).data.metadata.duration).toBe(1)
  })

  it('tells the final address only where it differs', () => {
    expect(replyTo({ url: 'https://a.test/#part' }).data).not.toHaveProperty('finalUrl')
    expect(replyTo({ url: 'https://a.test' }, document({ finalUrl: 'https://a.test/b' })).data.finalUrl).toBe('https://a.test/b')
  })

  it('has the key of each format asked for, even where it is empty, and no other', () => {
    expect(replyTo({ url: 'https://a.test', formats: ['html'] }, document({ formats: {} })).data).toMatchObject({ html: '' })
    expect(replyTo({ url: 'https://a.test', formats: ['html'] }).data).not.toHaveProperty('markdown')
    expect(Object.keys(replyTo({ url: 'https://a.test', formats: [] }, document({ formats: {} })).data)).toEqual(['url', 'metadata'])
  })

  it.each([['standard', 'standard'], ['premium', 'premium'], ['stealth', 'stealth'], ['auto', 'standard']])('answers proxyMode %s with %s', (asked, served) => {
    expect(replyTo({ url: 'https://a.test', proxyMode: asked }).data.metadata.proxyMode).toBe(served)
  })

  it('tells the older generation of clients whether it escalated, and only them', () => {
    expect(replyTo({ url: 'https://a.test', proxyMode: 'stealth' }).data.metadata.proxyEscalated).toBe(false)
    expect(replyTo({ url: 'https://a.test', proxyMode: 'premium' }).data.metadata).not.toHaveProperty('proxyEscalated')
  })

  it('leaves the mode out for a stored page and keeps its time', () => {
    const { metadata } = replyTo({ url: 'https://a.test' }, document({ cached: true, fetchedAt: '2026-11-19T00:00:00.000Z' })).data
    expect(metadata).toMatchObject({ cached: true, scrapedAt: '2026-11-19T00:00:00.000Z' })
    expect(metadata).not.toHaveProperty('proxyMode')
  })

  it('does not fail a page for an extraction that failed', () => {
    const { data } = replyTo({ url: 'https://a.test', extract: { prompt: 'the price' } }, document({ failedFormats: { json: fail('content.extraction_failed').toJSON() } }))
    expect(data.extracted).toBeNull()
    expect(data.metadata.extraction).toEqual({ extractionError: fail('content.extraction_failed').message })
    expect(data.metadata).not.toHaveProperty('warnings')
  })

  it('is null where the schema names what the page does not hold, at every level', () => {
    const schema = { type: 'object', properties: { name: { type: 'string' }, price: { type: 'number' }, offers: { type: 'array', items: { type: 'object', properties: { a: {}, b: {} } } } } }
    const { data } = replyTo({ url: 'https://a.test', extract: { schema } }, document({ formats: { json: { name: 'Hi', offers: [{ a: 1 }] } } }))
    expect(data.extracted).toEqual({ name: 'Hi', price: null, offers: [{ a: 1, b: null }] })
    expect(replyTo({ url: 'https://a.test', extract: { schema: { name: 'string', price: 'number' } } }, document({ formats: { json: { name: 'Hi' } } })).data.extracted).toEqual({ name: 'Hi', price: null })
  })

  it('does not hide that a format failed', () => {
    const { data } = replyTo({ url: 'https://a.test' }, document({ formats: { html: '<p>' }, failedFormats: { markdown: fail('content.parse_failed').toJSON() } }))
    expect(data.metadata.warnings).toEqual(['The content could not be parsed.'])
  })
})
