import type { BlockReason, Issue } from '../../failure/facts.ts'
import type { Failure } from '../../failure/failure.ts'
import { rowFor, type FailureMap, type Reply, type ReplyInfo } from '../dialect.ts'
import { metaOf } from './envelope.ts'
import { urlErrors, urlRequired, urlUnfit } from './query.ts'

interface Row {
  status: number
  error: string | ((failure: Failure) => string)
}

const unfit: Row = { status: 400, error: urlUnfit }
const blocklisted: Row = { status: 403, error: 'URL is blocklisted for this API key' }
const inaccessible: Row = { status: 500, error: 'Page not accessible' }
const broken: Row = { status: 500, error: 'Extraction failed' }
const unavailable: Row = { status: 503, error: 'Service temporarily unavailable' }

/** The vendor's form of a message of ours: one sentence or more, no stop at the end. */
const own = (status: number): Row => ({ status, error: (failure) => failure.message.replace(/\.$/, '') })

export const failures = {
  caller: own(400),
  'caller.invalid_request': { status: 400, error: (failure) => invalid((failure.plainFacts.issues ?? []) as Issue[]) },
  'caller.payload_too_large': own(413),
  'caller.unsupported_media_type': own(415),
  'caller.not_acceptable': own(406),
  'caller.route_not_found': { status: 404, error: 'Not found' },
  'caller.method_not_allowed': { status: 405, error: 'Method not allowed' },
  'caller.not_found': { status: 404, error: 'Not found' },
  'caller.conflict': own(409),
  'caller.job_not_ready': own(409),
  'caller.idempotency_conflict': own(409),
  'caller.idempotency_in_progress': own(409),

  account: own(403),
  'account.missing_key': { status: 401, error: 'Missing API key' },
  'account.invalid_key': { status: 403, error: 'Invalid API key' },
  'account.revoked_key': { status: 403, error: 'API key has been revoked' },
  'account.expired_key': { status: 403, error: 'API key has expired' },
  'account.insufficient_credits': { status: 403, error: 'Credit limit exceeded' },
  'account.daily_cap_exceeded': { status: 403, error: 'Credit limit exceeded' },
  'account.rate_limited': { status: 429, error: 'Rate limit exceeded for this API key' },
  'account.ip_rate_limited': { status: 429, error: 'Too many requests' },
  'account.concurrency_limited': { status: 429, error: 'Concurrency limit exceeded for this API key' },

  policy: blocklisted,

  target: inaccessible,
  'target.dns_failed': { status: 422, error: 'Could not resolve hostname' },
  'target.connection_refused': { status: 502, error: 'Connection refused' },
  'target.tls_invalid': { status: 502, error: 'SSL certificate error' },
  'target.timeout': { status: 504, error: 'Request timed out' },

  content: broken,

  platform: unavailable,
  'platform.not_configured': broken,
  'platform.internal': broken,
} satisfies FailureMap<Row>

/**
 * Of URLs that are never dialled the vendor's page says both 400 `Invalid URL` and 403. It is 400 for what the URL
 * itself shows, and 403 where one that looks well leads to such a place: by the address of its name or by a redirect.
 */
const blockedRow = (failure: Failure): Row => {
  const reason = failure.plainFacts.reason as BlockReason
  const redirected = failure.evidence.some((attempt) => attempt.status !== undefined)
  if (!redirected) return reason === 'resolved_private' ? blocklisted : unfit
  return nonsense.has(reason) ? inaccessible : blocklisted
}

/** What only a broken site redirects to. */
const nonsense: ReadonlySet<BlockReason> = new Set(['malformed', 'scheme', 'credentials'])

const rowOf = (failure: Failure): Row => (failure.code === 'policy.url_blocked' ? blockedRow(failure) : rowFor<Row>(failures, failure))

/** The vendor names one error at a time. */
const invalid = ([first]: readonly Issue[]): string => {
  if (first === undefined) return urlUnfit
  return first.path[0] === 'url' && !urlErrors.has(first.message) ? urlRequired : first.message
}

export const renderFailure = (failure: Failure, info: ReplyInfo): Reply => {
  const { status, error } = rowOf(failure)
  return {
    status,
    ...(isPassing(status) && failure.retryAfterSeconds === undefined ? { headers: { 'retry-after': '1' } } : {}),
    body: { success: false, error: typeof error === 'string' ? error : error(failure), meta: metaOf(info) },
  }
}

/** Limits and overload: what the vendor's clients are told to repeat with growing pauses, of which this is the first. */
const isPassing = (status: number): boolean => status === 429 || status === 503
