import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { connect } from 'node:net'
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Deadline, DeadlineExceeded } from '../lib/deadline.ts'
import { fail } from './failure.ts'
import { normalize } from './normalize.ts'

const withCode = (code: string, more: object = {}) => Object.assign(new Error('raw text with a secret'), { code, ...more })

describe('codes', () => {
  it.each([
    ['ENOTFOUND', 'target.dns_failed'], ['EAI_AGAIN', 'target.dns_failed'], ['EAI_NODATA', 'target.dns_failed'], ['ENODATA', 'target.dns_failed'], ['ETIMEOUT', 'target.dns_failed'],
    ['ECONNREFUSED', 'target.connection_refused'],
    ['ECONNRESET', 'target.connection_reset'], ['EPIPE', 'target.connection_reset'], ['UND_ERR_SOCKET', 'target.connection_reset'], ['ERR_HTTP2_STREAM_ERROR', 'target.connection_reset'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'target.connection_reset'], ['Z_BUF_ERROR', 'target.connection_reset'],
    ['EHOSTUNREACH', 'target.unreachable'], ['ENETUNREACH', 'target.unreachable'], ['ETIMEDOUT', 'target.unreachable'], ['UND_ERR_HEADERS_OVERFLOW', 'target.unreachable'],
    ['Z_DATA_ERROR', 'content.parse_failed'], ['ERR__ERROR_FORMAT_PADDING_1', 'content.parse_failed'], ['ZSTD_error_prefix_unknown', 'content.parse_failed'],
    ['22021', 'caller.invalid_request'], ['22P05', 'caller.invalid_request'],
    ['EMFILE', 'platform.overloaded'], ['ENFILE', 'platform.overloaded'],
    ['UND_ERR_HEADERS_TIMEOUT', 'target.timeout'], ['UND_ERR_CONNECT_TIMEOUT', 'target.timeout'],
    ['ERR_SOMETHING_ELSE', 'platform.internal'], ['', 'platform.internal'],
  ])('%s is %s', (code, expected) => {
    expect(normalize(withCode(code), { target: true }).code).toBe(expected)
  })

  it.each([
    ['CERT_HAS_EXPIRED', 'expired'], ['CERT_NOT_YET_VALID', 'expired'], ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self_signed'], ['SELF_SIGNED_CERT_IN_CHAIN', 'self_signed'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'hostname'], ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'untrusted'], ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'untrusted'], ['CERT_REVOKED', 'untrusted'],
    ['EPROTO', 'protocol'], ['ERR_SSL_WRONG_VERSION_NUMBER', 'protocol'], ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'protocol'], ['ERR_TLS_HANDSHAKE_TIMEOUT', 'protocol'],
  ])('%s is target.tls_invalid (%s)', (code, reason) => {
    expect(normalize(withCode(code), { target: true })).toMatchObject({ code: 'target.tls_invalid', facts: { reason } })
  })

  it('of a connection that was not to a target are a fault of ours', () => {
    for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'ECONNRESET', 'CERT_HAS_EXPIRED', 'EACCES']) expect(normalize(withCode(code)).code).toBe('platform.internal')
  })

  it('are those that node really uses', async () => {
    const raised = async (work: () => unknown) => {
      try {
        await work()
      } catch (error) {
        return normalize(error, { target: true }).code
      }
      throw new Error('nothing was raised')
    }
    expect(await raised(() => gunzipSync('plain text'))).toBe('content.parse_failed')
    expect(await raised(() => brotliDecompressSync('plain text, long enough'))).toBe('content.parse_failed')
    expect(await raised(() => zstdDecompressSync('plain text, long enough'))).toBe('content.parse_failed')
    expect(await raised(() => lookup(''.padEnd(300, 'a')))).toBe('target.dns_failed')
    expect(await raised(async () => { throw (await once(connect(1, '127.0.0.1'), 'error'))[0] })).toBe('target.connection_refused')
  })
})

describe('aborts', () => {
  const deadline = new Deadline(1234)
  deadline.clear()

  it('by a deadline tell the stage and the whole budget', () => {
    expect(normalize(new DeadlineExceeded(99), { stage: 'connection', deadline }).facts).toEqual({ stage: 'connection', afterMs: 1234 })
    expect(normalize(new DeadlineExceeded(99)).facts).toEqual({ stage: 'the target', afterMs: 99 })
    expect(normalize(new DOMException('x', 'TimeoutError'), { deadline }).code).toBe('target.timeout')
  })

  it('by a caller are a cut connection', () => {
    expect(normalize(new DOMException('x', 'AbortError')).code).toBe('target.connection_reset')
  })
})

describe('whatever comes', () => {
  it('a failure passes unchanged, with the evidence of the context before its own', () => {
    const own = { tier: 'http' as const, ms: 1, outcome: 'ok' }
    const before = { tier: 'cache' as const, ms: 2, outcome: 'ok' }
    const failure = fail('target.http_error', { status: 500 }, { evidence: [own] })
    expect(normalize(failure)).toBe(failure)
    expect(normalize(failure, { evidence: [before] })).toMatchObject({ code: 'target.http_error', facts: { status: 500 }, evidence: [before, own] })
  })

  it('the first of several errors decides', () => {
    expect(normalize(new AggregateError([withCode('ECONNREFUSED'), withCode('ENETUNREACH')]), { target: true }).code).toBe('target.connection_refused')
  })

  it('an unknown error gets an id, keeps its cause inside, and shows nothing of it', () => {
    const error = withCode('X')
    const [one, two] = [normalize(error), normalize(error)]
    expect(one.code).toBe('platform.internal')
    expect(one.facts).toMatchObject({ id: expect.stringMatching(/^err_[0-9a-z]{26}$/) as string })
    expect(one.facts).not.toEqual(two.facts)
    expect(one.cause).toBe(error)
    expect(JSON.stringify(one)).not.toContain('secret')
  })

  it('is a failure, never a throw', () => {
    fc.assert(fc.property(fc.anything(), fc.boolean(), (value, target) => {
      expect(normalize(value, { target }).code).toBe('platform.internal')
    }))
  })
})
