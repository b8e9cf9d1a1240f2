import type { Deadline } from '../lib/deadline.ts'
import { isDeadlineExceeded } from '../lib/deadline.ts'
import { newId } from '../lib/ids.ts'
import type { Attempt } from './evidence.ts'
import type { TlsReason } from './facts.ts'
import { fail, isFailure, type Failure } from './failure.ts'
import { fromNetError } from './net-errors.ts'

export interface NormalizeContext {
  /** What was being waited for; part of a timeout's facts. */
  stage?: string
  deadline?: Deadline
  /** The error comes from a connection to a target. Without this a refused connection is a fault of ours: a database that is down is nobody's page. */
  target?: boolean
  /** Attempts that go before the failure's own. */
  evidence?: Attempt[]
}

/** Any error as a `Failure`. The only place that reads the codes and names of errors that are not ours. */
export const normalize = (error: unknown, context: NormalizeContext = {}): Failure => {
  const failure = isFailure(error) ? error : classify(error, context)
  return context.evidence && context.evidence.length > 0 ? failure.withEvidence(context.evidence) : failure
}

type SimpleTarget = 'target.dns_failed' | 'target.connection_refused' | 'target.connection_reset' | 'target.unreachable' | 'content.parse_failed'

const byCode: Record<string, SimpleTarget> = {
  ENOTFOUND: 'target.dns_failed',
  ENODATA: 'target.dns_failed',
  ESERVFAIL: 'target.dns_failed',
  EREFUSED: 'target.dns_failed',
  EFORMERR: 'target.dns_failed',
  EBADNAME: 'target.dns_failed',
  EBADRESP: 'target.dns_failed',
  ENOTIMP: 'target.dns_failed',
  ETIMEOUT: 'target.dns_failed',
  ECONNREFUSED: 'target.connection_refused',
  ECONNRESET: 'target.connection_reset',
  ECONNABORTED: 'target.connection_reset',
  EPIPE: 'target.connection_reset',
  UND_ERR_SOCKET: 'target.connection_reset',
  UND_ERR_INFO: 'target.connection_reset',
  UND_ERR_CLOSED: 'target.connection_reset',
  UND_ERR_DESTROYED: 'target.connection_reset',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'target.connection_reset',
  ERR_STREAM_PREMATURE_CLOSE: 'target.connection_reset',
  ERR_HTTP2_STREAM_ERROR: 'target.connection_reset',
  ERR_HTTP2_SESSION_ERROR: 'target.connection_reset',
  ERR_HTTP2_GOAWAY_SESSION: 'target.connection_reset',
  ERR_HTTP2_INVALID_SESSION: 'target.connection_reset',
  ERR_HTTP2_STREAM_CANCEL: 'target.connection_reset',
  // The compressed body ended early.
  Z_BUF_ERROR: 'target.connection_reset',
  EHOSTUNREACH: 'target.unreachable',
  EHOSTDOWN: 'target.unreachable',
  ENETUNREACH: 'target.unreachable',
  ENETDOWN: 'target.unreachable',
  ETIMEDOUT: 'target.unreachable',
  EADDRNOTAVAIL: 'target.unreachable',
  EAFNOSUPPORT: 'target.unreachable',
  EACCES: 'target.unreachable',
  EPERM: 'target.unreachable',
  EINVAL: 'target.unreachable',
  UND_ERR_HEADERS_OVERFLOW: 'target.unreachable',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'target.unreachable',
  ERR_HTTP2_ERROR: 'target.unreachable',
  Z_DATA_ERROR: 'content.parse_failed',
  Z_NEED_DICT: 'content.parse_failed',
  Z_STREAM_ERROR: 'content.parse_failed',
}
const byPrefix: [prefix: string, code: SimpleTarget][] = [
  ['EAI_', 'target.dns_failed'],
  ['ZSTD_', 'content.parse_failed'],
  // Node names brotli's errors after brotli's own: ERR__ERROR_FORMAT_…, ERR__ERROR_ALLOC_….
  ['ERR__ERROR_', 'content.parse_failed'],
  ['ERR_PADDING', 'content.parse_failed'],
]

const tlsByCode: Record<string, TlsReason> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self_signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'self_signed',
  ERR_TLS_CERT_ALTNAME_INVALID: 'hostname',
  HOSTNAME_MISMATCH: 'hostname',
  CERT_UNTRUSTED: 'untrusted',
  CERT_REVOKED: 'untrusted',
  CERT_REJECTED: 'untrusted',
  CERT_SIGNATURE_FAILURE: 'untrusted',
  CERT_CHAIN_TOO_LONG: 'untrusted',
  INVALID_CA: 'untrusted',
  INVALID_PURPOSE: 'untrusted',
  PATH_LENGTH_EXCEEDED: 'untrusted',
  EPROTO: 'protocol',
}
const tlsByPrefix: [prefix: string, reason: TlsReason][] = [
  ['UNABLE_TO_', 'untrusted'],
  ['ERROR_IN_CERT', 'untrusted'],
  ['ERR_SSL_', 'protocol'],
  ['ERR_TLS_', 'protocol'],
  ['ERR_OSSL_', 'protocol'],
]

/** PostgreSQL's text holds no NUL, and its JSON no half of a surrogate pair: what a caller wrote cannot be a name, an id or a note. */
const unstorable = new Set(['22021', '22P05'])
const exhausted = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'])
const timeouts = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])
/** nghttp2's ENHANCE_YOUR_CALM, which our side sends at a flood of headers. */
const http2EnhanceYourCalm = 11

const classify = (error: unknown, context: NormalizeContext): Failure => {
  const options = { cause: error }
  const code = textOf(error, 'code')
  if (isDeadlineExceeded(error)) return timeout(context, error.afterMs, error)
  if (textOf(error, 'name') === 'TimeoutError' || timeouts.has(code)) return timeout(context, 0, error)
  // Nobody is left to read this answer; what remains is the record that the connection was cut short.
  if (textOf(error, 'name') === 'AbortError') return fail('target.connection_reset', {}, options)
  if (unstorable.has(code)) return fail('caller.invalid_request', { issues: [{ path: [], code: 'invalid_text', message: 'A text holds a character that cannot be stored' }] }, options)
  if (exhausted.has(code)) return fail('platform.overloaded', { retryAfterSeconds: 1 }, options)
  return (context.target && ofTarget(error, code)) || fail('platform.internal', { id: newId('err') }, options)
}

const ofTarget = (error: unknown, code: string): Failure | undefined => {
  const options = { cause: error }
  if (textOf(error, 'syscall') === 'getaddrinfo') return fail('target.dns_failed', {}, options)
  if ((error as { http2ErrorCode?: unknown } | null)?.http2ErrorCode === http2EnhanceYourCalm) return fail('target.unreachable', {}, options)
  // undici's parser leaves the code out; an end in the middle of a message is a cut, all else is not HTTP.
  if (textOf(error, 'name') === 'HTTPParserError') return fail(/Invalid EOF/.test(textOf(error, 'message')) ? 'target.connection_reset' : 'target.unreachable', {}, options)
  const tls = tlsByCode[code] ?? startOf(tlsByPrefix, code)
  if (tls) return fail('target.tls_invalid', { reason: tls }, options)
  const known = byCode[code] ?? startOf(byPrefix, code)
  if (known) return fail(known, {}, options)
  const net = fromNetError(textOf(error, 'message'), error)
  if (net) return net
  // Every address of a name failed in its own way: the first says as much as any.
  return error instanceof AggregateError && error.errors.length > 0 ? ofTarget(error.errors[0], textOf(error.errors[0], 'code')) : undefined
}

const timeout = ({ stage, deadline }: NormalizeContext, afterMs: number, cause: unknown): Failure =>
  fail('target.timeout', { stage: stage ?? 'the target', afterMs: deadline?.budgetMs ?? afterMs }, { cause })

const textOf = (error: unknown, key: 'code' | 'name' | 'syscall' | 'message'): string => {
  const value = typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[key] : undefined
  return typeof value === 'string' ? value : ''
}

const startOf = <T>(table: readonly [prefix: string, value: T][], code: string): T | undefined =>
  table.find(([prefix]) => code.startsWith(prefix))?.[1]
