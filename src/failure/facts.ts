import type { FailureCode } from './catalog.ts'

/** One field that is wrong. Further members are those of the zod issue it came from. */
export interface Issue {
  path: (string | number)[]
  code: string
  message: string
  [more: string]: unknown
}

export type BlockReason =
  | 'private' | 'loopback' | 'link_local' | 'metadata' | 'reserved_address' | 'reserved_tld'
  | 'scheme' | 'port' | 'credentials' | 'malformed' | 'resolved_private'

export type TlsReason = 'expired' | 'self_signed' | 'hostname' | 'untrusted' | 'protocol'

interface Limited {
  limit: number
  windowSeconds: number
  retryAfterSeconds: number
}

/** What each code tells beside its message. Codes not listed carry nothing. */
interface ListedFacts {
  'caller.invalid_request': { issues: Issue[] }
  'caller.payload_too_large': { limitBytes: number }
  'caller.not_acceptable': { available: string[] }
  'caller.method_not_allowed': { allow: string[] }
  'caller.not_found': { kind: string; id: string }
  /** `limit`: how many there may be, where there are as many already. */
  'caller.conflict': { state: string; limit?: number }
  'caller.job_not_ready': { status: string }
  'account.expired_key': { expiredAt: string }
  'account.scope_denied': { needs: string }
  'account.insufficient_credits': { required: number; available: number; resetAt: string | null }
  'account.daily_cap_exceeded': { cap: number; resetAt: string }
  'account.rate_limited': Limited
  'account.ip_rate_limited': Limited
  'account.concurrency_limited': { limit: number; running: number }
  'policy.url_blocked': { reason: BlockReason }
  'policy.robots_disallowed': { rule: string }
  'target.tls_invalid': { reason: TlsReason }
  'target.timeout': { stage: string; afterMs: number }
  'target.too_many_redirects': { hops: number }
  'target.http_error': { status: number; soft?: boolean }
  'target.blocked': { vendor: string; signal: string }
  'target.rate_limited': { status: number; retryAfterSeconds: number | null }
  'content.unsupported_type': { contentType: string }
  'content.too_large': { limitBytes: number }
  /** `results`: of the actions before it. */
  'content.action_failed': { index: number; action: string; reason: string; results?: unknown[] }
  'content.extraction_invalid': { violations: { path: string; message: string }[] }
  'platform.overloaded': { retryAfterSeconds: number }
  'platform.not_configured': { setting: string }
  'platform.internal': { id: string }
}

export type FactsOf<C extends FailureCode> = C extends keyof ListedFacts ? ListedFacts[C] : Record<string, never>

/** Codes that carry facts, with an example of each: for generated pages, `*.fail.test` and snapshots. */
export const exampleFacts: ListedFacts = {
  'caller.invalid_request': { issues: [{ path: ['url'], code: 'invalid_type', message: 'Required' }] },
  'caller.payload_too_large': { limitBytes: 10_485_760 },
  'caller.not_acceptable': { available: ['application/json'] },
  'caller.method_not_allowed': { allow: ['POST'] },
  'caller.not_found': { kind: 'job', id: 'job_01k0000000000000000000000' },
  'caller.conflict': { state: 'completed' },
  'caller.job_not_ready': { status: 'running' },
  'account.expired_key': { expiredAt: '2026-01-31T00:00:00.000Z' },
  'account.scope_denied': { needs: 'admin' },
  'account.insufficient_credits': { required: 50, available: 10, resetAt: '2026-12-01T00:00:00.000Z' },
  'account.daily_cap_exceeded': { cap: 1000, resetAt: '2026-11-21T00:00:00.000Z' },
  'account.rate_limited': { limit: 60, windowSeconds: 60, retryAfterSeconds: 12 },
  'account.ip_rate_limited': { limit: 300, windowSeconds: 60, retryAfterSeconds: 30 },
  'account.concurrency_limited': { limit: 5, running: 5 },
  'policy.url_blocked': { reason: 'private' },
  'policy.robots_disallowed': { rule: 'Disallow: /private/' },
  'target.tls_invalid': { reason: 'expired' },
  'target.timeout': { stage: 'response headers', afterMs: 30_000 },
  'target.too_many_redirects': { hops: 10 },
  'target.http_error': { status: 404 },
  'target.blocked': { vendor: 'cloudflare', signal: 'challenge page' },
  'target.rate_limited': { status: 429, retryAfterSeconds: 60 },
  'content.unsupported_type': { contentType: 'video/mp4' },
  'content.too_large': { limitBytes: 52_428_800 },
  'content.action_failed': { index: 2, action: 'click', reason: 'selector matches nothing' },
  'content.extraction_invalid': { violations: [{ path: '/price', message: 'must be number' }] },
  'platform.overloaded': { retryAfterSeconds: 5 },
  'platform.not_configured': { setting: 'LYREBIRD_MODEL_BASE_URL' },
  'platform.internal': { id: 'err_01k0000000000000000000000' },
}

export const exampleFactsOf = <C extends FailureCode>(code: C): FactsOf<C> =>
  // Codes outside the table carry no facts; the conditional type says the same.
  ((exampleFacts as Partial<Record<FailureCode, unknown>>)[code] ?? {}) as FactsOf<C>
