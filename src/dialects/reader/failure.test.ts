import { describe, expect, it } from 'vitest'
import { failureCodes } from '../../failure/catalog.ts'
import { exampleFactsOf } from '../../failure/facts.ts'
import { Failure, fail } from '../../failure/failure.ts'
import type { ReplyInfo } from '../dialect.ts'
import { codes, failureBody, readerCode, renderFailure, sessionFailures } from './failure.ts'

const info: ReplyInfo = {
  id: '00000000-0000-4000-8000-000000000000', requestId: 'req-00000001', durationMs: 5,
  origin: 'https://here.test', base: 'https://here.test/reader', method: 'POST', path: '/v1/read', target: '/v1/read',
  headers: new Headers(), authenticated: true, account: { creditsBilled: 0 }, now: new Date('2026-11-20T12:00:00Z'),
}

const asking = (body: Record<string, unknown>): ReplyInfo => ({ ...info, input: { body } })

const errorOf = (failure: Failure, about: ReplyInfo = info) => {
  const { status, body } = renderFailure(failure, about)
  return { status, ...failureBody.parse(body).error }
}

describe('failures in the words of Reader', () => {
  it('give every code of the catalogue one of the thirteen codes, at the status that belongs to it', () => {
    for (const code of failureCodes) {
      const { status, code: name, docsUrl } = errorOf(new Failure(code, exampleFactsOf(code)))
      expect(status, code).toBe(codes[name])
      expect(docsUrl, code).toBe(`https://here.test/docs/reader/errors#${name.replaceAll('_', '-')}`)
    }
  })

  it('use all thirteen', () => {
    const used = new Set([...failureCodes.map((code): Failure => new Failure(code, exampleFactsOf(code))), ...sessionFailures].map(readerCode))
    expect([...used].toSorted()).toEqual(Object.keys(codes).toSorted())
  })

  it('carry the documented details', () => {
    expect(errorOf(fail('account.insufficient_credits', { required: 50, available: 10, resetAt: '2026-12-01T00:00:00.000Z' }))).toEqual({
      status: 402, code: 'insufficient_credits', message: 'You need 50 credits but only 10 are available.',
      details: { required: 50, available: 10, resetAt: '2026-12-01T00:00:00.000Z' },
      docsUrl: 'https://here.test/docs/reader/errors#insufficient-credits',
    })
    expect(errorOf(fail('account.rate_limited', { limit: 60, windowSeconds: 60, retryAfterSeconds: 12 })).details).toEqual({ limit: 60, windowSeconds: 60, retryAfterSeconds: 12 })
    expect(errorOf(fail('account.concurrency_limited', { limit: 5, running: 5 })).details).toEqual({ active: 5, max: 5 })
    expect(errorOf(fail('caller.conflict', { state: 'completed' })).details).toEqual({ status: 'completed' })
    expect(errorOf(fail('policy.url_blocked', { reason: 'loopback' }), asking({ url: 'http://127.0.0.1/' })).details).toEqual({ url: 'http://127.0.0.1/', reason: 'loopback' })
    expect(errorOf(fail('target.timeout', { stage: 'body', afterMs: 1990 }), asking({ url: 'http://a.test/', timeoutMs: 2000 })).details).toEqual({ timeoutMs: 2000 })
    expect(errorOf(fail('target.timeout', { stage: 'body', afterMs: 1990 })).details).toEqual({ timeoutMs: 1990 })
  })

  it('name the fields that are wrong, and nothing of zod beside', () => {
    const failure = fail('caller.invalid_request', { issues: [{ path: ['url'], code: 'invalid_format', message: 'Invalid url', format: 'url', pattern: '/x/' }] })
    expect(errorOf(failure)).toMatchObject({ status: 400, message: 'Invalid request body', details: { issues: [{ path: ['url'], code: 'invalid_format', message: 'Invalid url' }] } })
    expect(errorOf(failure, { ...info, method: 'GET' }).message).toBe('Invalid query parameters')
  })

  it('say when credits come back even where the failure does not know', () => {
    expect(errorOf(fail('account.insufficient_credits', { required: 1, available: 0, resetAt: null })).details?.resetAt).toBe('2026-12-01T00:00:00.000Z')
  })

  it('do not send clients into retries that cannot help', () => {
    for (const code of ['content.unsupported_type', 'content.too_large', 'account.daily_cap_exceeded', 'account.scope_denied'] as const) {
      expect(errorOf(new Failure(code, exampleFactsOf(code))).status, code).toBeLessThan(429)
    }
  })

  it('keep the two codes of sessions to sessions', () => {
    expect(errorOf(fail('caller.not_found', { kind: 'session', id: 'x' }))).toMatchObject({ status: 404, code: 'session_not_found' })
    expect(errorOf(fail('caller.not_found', { kind: 'job', id: 'x' }))).toMatchObject({ status: 404, code: 'not_found' })
    expect(errorOf(fail('caller.conflict', { state: 'expired' }))).toMatchObject({ status: 410, code: 'session_expired' })
  })
})
