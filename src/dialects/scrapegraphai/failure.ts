import { z } from 'zod'
import type { Issue } from '../../failure/facts.ts'
import type { Failure } from '../../failure/failure.ts'
import { rowFor, type FailureMap, type Reply, type ReplyInfo } from '../dialect.ts'
import { privateUrlMessage } from './url.ts'

interface Row {
  status: number
  type: string
  /** The vendor's fixed text; the failure's own where there is none. */
  message?: string
}

const validation = (status = 400): Row => ({ status, type: 'validation', message: 'Validation failed' })
const invalidKey: Row = { status: 403, type: 'auth_invalid_key', message: 'Invalid or deprecated API key' }
const rateLimited: Row = { status: 429, type: 'rate_limited', message: 'Too many requests' }
const notFound: Row = { status: 404, type: 'not_found', message: 'Request not found' }
const internal = (status = 500): Row => ({ status, type: 'internal_error', message: 'An error occurred while processing your request' })
/** The same type with a text that says what is missing: most clients show nothing else. */
const unavailable = (status = 503): Row => ({ status, type: 'internal_error' })
const upstream = (status = 502): Row => ({ status, type: 'upstream_failed' })
const conflict: Row = { status: 409, type: 'conflict' }

export const failureMap = {
  caller: validation(),
  'caller.payload_too_large': validation(413),
  'caller.unsupported_media_type': validation(415),
  'caller.not_acceptable': validation(406),
  'caller.route_not_found': { status: 404, type: 'not_found' },
  'caller.method_not_allowed': { status: 405, type: 'method_not_allowed' },
  'caller.not_found': notFound,
  'caller.conflict': conflict,
  'caller.job_not_ready': conflict,
  'caller.idempotency_conflict': conflict,
  'caller.idempotency_in_progress': conflict,
  account: invalidKey,
  'account.missing_key': { status: 401, type: 'auth_missing_key', message: 'API key required' },
  'account.scope_denied': { status: 403, type: 'auth_invalid_key' },
  'account.insufficient_credits': { status: 402, type: 'insufficient_credits', message: 'Not enough credits to complete this request' },
  'account.daily_cap_exceeded': rateLimited,
  'account.rate_limited': rateLimited,
  'account.ip_rate_limited': rateLimited,
  'account.concurrency_limited': rateLimited,
  policy: validation(),
  target: upstream(),
  'target.timeout': upstream(504),
  content: upstream(422),
  'content.render_failed': upstream(),
  platform: internal(),
  'platform.overloaded': internal(503),
  'platform.shutting_down': internal(503),
  'platform.browser_unavailable': unavailable(),
  'platform.proxy_unavailable': unavailable(),
  'platform.model_unavailable': unavailable(),
  'platform.search_unavailable': unavailable(),
  'platform.not_configured': unavailable(501),
} satisfies FailureMap<Row>

const issueCodes = new Set([
  'invalid_type', 'invalid_format', 'invalid_value', 'invalid_union', 'invalid_key', 'invalid_element',
  'too_small', 'too_big', 'not_multiple_of', 'unrecognized_keys', 'custom',
])

const issue = z.looseObject({ path: z.array(z.union([z.string(), z.number()])), code: z.string(), message: z.string() })

export const errorBody = z.object({
  error: z.object({ type: z.string(), message: z.string(), details: z.array(issue).optional() }),
  detail: z.string().describe('What went wrong in one sentence'),
})

/** The typed error of the envelope and of an entry in the history. */
export const errorOf = (failure: Failure): z.output<typeof errorBody>['error'] => {
  const row: Row = rowFor<Row>(failureMap, failure)
  const message = row.message ?? sentence(failure)
  return row.type === 'validation' ? { type: row.type, message, details: detailsOf(failure) } : { type: row.type, message }
}

export const renderFailure = (failure: Failure, info: ReplyInfo): Reply => ({
  status: rowFor<Row>(failureMap, failure).status,
  headers: limitHeaders(failure, info),
  // The clients of the vendor show `detail` and nothing of `error`.
  body: { error: errorOf(failure), detail: sentence(failure) },
})

const sentence = (failure: Failure): string => {
  const { issues, setting } = failure.plainFacts
  if (Array.isArray(issues)) return summary(detailsOf(failure))
  // A feature that is missing altogether has no setting to name.
  if (typeof setting === 'string' && !/^[A-Z_]+$/.test(setting)) return `${setting} is not available on this server.`
  return failure.message
}

const summary = (issues: readonly Issue[]): string => {
  const lines = issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
  return [...new Set(lines)].slice(0, 10).join('; ') || 'Validation failed'
}

const detailsOf = (failure: Failure): Issue[] => {
  const { issues, reason } = failure.plainFacts
  if (Array.isArray(issues)) return issues.map(asPublished)
  if (failure.class !== 'policy') return [{ code: 'custom', path: [], message: failure.message }]
  const isPlace = failure.code === 'policy.url_blocked' && reason !== 'port' && reason !== 'credentials' && reason !== 'malformed'
  return [{ code: 'custom', path: ['url'], message: isPlace ? privateUrlMessage : failure.message }]
}

/** Where this contract has the field that a verb calls otherwise. */
const places: Record<string, string> = { include: 'includePatterns', exclude: 'excludePatterns', schedule: 'interval' }

const placeOf = ([first, ...rest]: Issue['path']): Issue['path'] => {
  if (first === 'webhook' && rest[0] === 'url') return ['webhookUrl']
  return first === undefined ? [] : [places[first] ?? first, ...rest]
}

/** Issues that no schema made get a code that clients know and the place where this contract has the field. */
const asPublished = (found: Issue): Issue => {
  if (issueCodes.has(found.code)) return found
  const { code: _, path, ...rest } = found
  const isPageHeader = found.code === 'invalid_header' && (path[0] === 'headers' || path[0] === 'cookies')
  return { code: 'custom', path: isPageHeader ? ['fetchConfig', ...path] : placeOf(path), ...rest }
}

const limitHeaders = (failure: Failure, info: ReplyInfo): Record<string, string> => {
  const { limit, retryAfterSeconds, resetAt } = failure.plainFacts
  const seconds = Math.floor(info.now.getTime() / 1000)
  if (failure.code === 'account.daily_cap_exceeded' && typeof resetAt === 'string') {
    return { 'retry-after': String(Math.max(1, Math.ceil(Date.parse(resetAt) / 1000) - seconds)) }
  }
  if (failure.code !== 'account.rate_limited' && failure.code !== 'account.ip_rate_limited') return {}
  return { 'x-ratelimit-limit': String(limit), 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(seconds + Number(retryAfterSeconds)) }
}
