import { describe, expect, it } from 'vitest'
import type { Document } from '../../contract/document.ts'
import { succeeded } from '../../contract/outcome.ts'
import type { ScrapeIntent } from '../../contract/intent.ts'
import type { FailureCode } from '../../failure/catalog.ts'
import { fail, isFailure } from '../../failure/failure.ts'
import type { ReplyInfo } from '../dialect.ts'
import { readBody, readRoutes } from './read.ts'

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

const codeOf = (run: () => unknown): FailureCode | undefined => {
  try {
    run()
    return undefined
  } catch (error) {
    return isFailure(error) ? error.code : undefined
  }
}

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

  it('says that jobs and screenshots are not to be had', () => {
    expect(codeOf(() => intentOf({ urls: ['https://a.test'] }))).toBe('platform.not_configured')
    expect(codeOf(() => intentOf({ url: 'https://a.test', maxDepth: 1 }))).toBe('platform.not_configured')
    expect(codeOf(() => intentOf({ url: 'https://a.test', maxPages: 1, scrape: false }))).toBe('platform.not_configured')
    expect(codeOf(() => intentOf({ url: 'https://a.test', formats: ['markdown', 'screenshot'] }))).toBe('platform.browser_unavailable')
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

  it('does not fail a page for an extraction that cannot be had', () => {
    const { data } = replyTo({ url: 'https://a.test', extract: { prompt: 'the price' } })
    expect(data.extracted).toBeNull()
    expect(data.metadata.extraction).toEqual({ extractionError: 'Extraction is not available on this server' })
  })

  it('does not hide that a format failed', () => {
    const { data } = replyTo({ url: 'https://a.test' }, document({ formats: { html: '<p>' }, failedFormats: { markdown: fail('content.parse_failed').toJSON() } }))
    expect(data.metadata.warnings).toEqual(['The content could not be parsed.'])
  })
})
