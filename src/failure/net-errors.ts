import type { TlsReason } from './facts.ts'
import { fail, type Failure } from './failure.ts'

type Simple = 'target.dns_failed' | 'target.connection_refused' | 'target.connection_reset' | 'target.unreachable' | 'content.render_failed'

const simple: Record<string, Simple> = {
  ERR_NAME_NOT_RESOLVED: 'target.dns_failed',
  ERR_CONNECTION_REFUSED: 'target.connection_refused',
  ERR_CONNECTION_RESET: 'target.connection_reset',
  ERR_CONNECTION_CLOSED: 'target.connection_reset',
  ERR_CONNECTION_ABORTED: 'target.connection_reset',
  ERR_EMPTY_RESPONSE: 'target.connection_reset',
  ERR_SOCKET_NOT_CONNECTED: 'target.connection_reset',
  ERR_CONTENT_LENGTH_MISMATCH: 'target.connection_reset',
  ERR_INCOMPLETE_CHUNKED_ENCODING: 'target.connection_reset',
  ERR_INCOMPLETE_HTTP2_FRAME: 'target.connection_reset',
  ERR_HTTP2_PROTOCOL_ERROR: 'target.connection_reset',
  ERR_HTTP2_SERVER_REFUSED_STREAM: 'target.connection_reset',
  ERR_TUNNEL_CONNECTION_FAILED: 'target.unreachable',
  ERR_ADDRESS_UNREACHABLE: 'target.unreachable',
  ERR_INTERNET_DISCONNECTED: 'target.unreachable',
  ERR_NETWORK_CHANGED: 'target.unreachable',
  ERR_INVALID_HTTP_RESPONSE: 'target.unreachable',
  ERR_INVALID_CHUNKED_ENCODING: 'target.unreachable',
  ERR_RESPONSE_HEADERS_TOO_BIG: 'target.unreachable',
  ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION: 'target.unreachable',
  ERR_CONTENT_DECODING_FAILED: 'content.render_failed',
  ERR_ABORTED: 'content.render_failed',
  ERR_INSUFFICIENT_RESOURCES: 'content.render_failed',
}

const tls: Record<string, TlsReason> = {
  ERR_CERT_DATE_INVALID: 'expired',
  ERR_CERT_AUTHORITY_INVALID: 'untrusted',
  ERR_CERT_COMMON_NAME_INVALID: 'hostname',
  ERR_SSL_PROTOCOL_ERROR: 'protocol',
  ERR_SSL_VERSION_OR_CIPHER_MISMATCH: 'protocol',
  ERR_SSL_OBSOLETE_VERSION: 'protocol',
  ERR_BAD_SSL_CLIENT_AUTH_CERT: 'protocol',
}

/** A network error of Chromium by its name; undefined where the text holds none. */
export const fromNetError = (text: string, cause: unknown): Failure | undefined => {
  const name = /net::(ERR_[A-Z0-9_]+)/.exec(text)?.[1]
  if (name === undefined) return undefined
  if (name === 'ERR_TOO_MANY_REDIRECTS') return fail('target.too_many_redirects', { hops: 20 }, { cause })
  if (name === 'ERR_CONNECTION_TIMED_OUT' || name === 'ERR_TIMED_OUT') return fail('target.timeout', { stage: 'connection', afterMs: 0 }, { cause })
  if (name.startsWith('ERR_BLOCKED_BY')) return fail('content.render_failed', {}, { cause })
  const reason = tls[name] ?? (name.startsWith('ERR_CERT_') ? 'untrusted' : name.startsWith('ERR_SSL_') ? 'protocol' : undefined)
  if (reason) return fail('target.tls_invalid', { reason }, { cause })
  return fail(simple[name] ?? 'target.unreachable', {}, { cause })
}
