import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReplyInfo } from '../dialect.ts'
import type { Document } from '../../contract/document.ts'
import { fail } from '../../failure/failure.ts'
import { failureBody, renderFailure } from './failure.ts'
import { fetchBody, fetchIntent, fetchRoutes } from './fetch.ts'
import { jobBody } from './jobs.ts'
import { crawlBody, interactBody, mapBody, searchBody } from './surfaces.ts'

const info: ReplyInfo = {
  id: '00000000-0000-4000-8000-000000000000', requestId: '00000000-0000-4000-8000-000000000000', durationMs: 1, origin: 'http://lyrebird.test', base: 'http://lyrebird.test/scrapio',
  method: 'POST', path: '/v1/fetch', target: '/v1/fetch', headers: new Headers(), authenticated: true, account: { creditsBilled: 0 }, now: new Date(0),
}
const url = 'https://article.lab.test/'
const bodies = { fetch: fetchBody, crawl: crawlBody, map: mapBody, interact: interactBody, search: searchBody, jobs: jobBody }
const names = ['url', 'seeds', 'query', 'output', 'extract', 'mode', 'fields', 'actions', 'type', 'kind', 'input', 'job_type', 'payload', 'prompt', 'session', 'wait_for', 'timeout_ms', '__proto__', 'constructor']
const value = fc.letrec((tie) => ({
  any: fc.oneof({ depthSize: 'medium' }, fc.constantFrom(url, 'page', 'json', 'schema', 'click', 'crawl', '', null, true, 0, 1.5), fc.string(), fc.array(tie('any'), { maxLength: 3 }), fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), tie('any'), { maxKeys: 5 })),
})).any

describe('bodies', () => {
  for (const [name, schema] of Object.entries(bodies)) {
    it(`${name}: whatever comes is taken or refused in the vendor's shape`, () => {
      fc.assert(fc.property(value, (sent) => {
        const parsed = schema.safeParse(sent)
        if (parsed.success) return
        const issues = parsed.error.issues.map((issue) => ({ path: issue.path.map((part) => (typeof part === 'number' ? part : String(part))), code: issue.code, message: issue.message }))
        const { status, body } = renderFailure(fail('caller.invalid_request', { issues }), info)
        expect(status).toBe(400)
        expect(failureBody.safeParse(body).error).toBeUndefined()
      }), { numRuns: 300 })
    })
  }

  it('reads the job bodies of old clients as those of today', () => {
    const webhook = { url: 'https://hooks.lab.test/' }
    expect(jobBody.parse({ job_type: 'fetch', payload: { url }, webhook_url: webhook.url })).toEqual({ kind: 'fetch', input: { url }, webhook })
    expect(jobBody.parse({ job_type: 'crawl', payload: { seeds: [url] } })).toEqual({ kind: 'crawl', input: { seeds: [url] } })
    expect(jobBody.safeParse({ job_type: 'fetch', payload: { url }, kind: 'fetch', input: { url } }).success).toBe(false)
    expect(jobBody.safeParse({ job_type: 'fetch', payload: { url }, priority: 1 }).success).toBe(false)
  })
})

describe('fetch', () => {
  it('becomes an intent of the documented defaults', () => {
    expect(fetchIntent(fetchBody.parse({ url }))).toMatchObject({ url, formats: [{ kind: 'raw_html' }], render: 'auto', timeoutMs: 10_000, maxAgeS: 0, headers: {}, respectRobots: false })
    expect(fetchIntent(fetchBody.parse({ url, render_js: true, timeout_ms: 300_000, output: ['markdown'] }))).toMatchObject({ formats: [{ kind: 'markdown', mode: 'reader' }], render: 'js', timeoutMs: 300_000 })
    expect(fetchIntent(fetchBody.parse({ url })).browser).toBeUndefined()
    expect(fetchIntent(fetchBody.parse({ url, device: 'tablet' })).browser).toEqual({ device: 'mobile', viewport: { width: 820, height: 1180, scale: 2 } })
  })

  it('is no answer, and unbilled, where every output failed', () => {
    const document: Document = {
      url, finalUrl: url, status: 200, contentType: 'text/html', fetchedAt: '2026-11-20T00:00:00.000Z', renderer: 'static', cached: false,
      formats: { raw_html: '' }, metadata: {}, failedFormats: { markdown: fail('content.too_large', { limitBytes: 5 }).toJSON() }, warnings: [],
    }
    const veto = (output: string[]) => fetchRoutes[0]?.veto?.({ document }, { ...info, input: { body: { url, output } } })
    expect(veto(['markdown', 'screenshot'])).toMatchObject({ code: 'content.too_large', facts: { limitBytes: 5 } })
    expect(veto(['markdown', 'html'])).toBeUndefined()
  })
})
