import { z } from 'zod'
import type { Issue } from '../../failure/facts.ts'
import type { Failure } from '../../failure/failure.ts'
import { rowFor, type FailureMap, type Reply, type ReplyInfo } from '../dialect.ts'
import { gatewayError } from './gateway-error.ts'
import { urlError } from './url-error.ts'

/** What `needs` of account.scope_denied says on the routes that the vendor opens by invitation only. */
export const betaAccess = 'beta access'

interface Row {
  status: number
  msg(failure: Failure): string
}

const own = (status: number): Row => ({ status, msg: (failure) => failure.message })
const fixed = (status: number, msg: string): Row => ({ status, msg: () => msg })

/** The vendor's text first, so that what matches on it still does; then what it leaves out. */
const more = (status: number, msg: string): Row => ({ status, msg: (failure) => `${msg}: ${failure.message}` })
const perUrl = (status: number): Row => ({ status, msg: (failure) => urlError(failure) })

const factsOf = (failure: Failure): Record<string, unknown> => failure.plainFacts

export const failures = {
  caller: own(400),
  'caller.invalid_request': { status: 400, msg: (failure) => invalid((factsOf(failure).issues ?? []) as Issue[]) },
  'caller.payload_too_large': { status: 413, msg: (failure) => `Payload too large: the limit is ${String(factsOf(failure).limitBytes)} bytes` },
  'caller.unsupported_media_type': more(415, 'Unsupported media type'),
  'caller.not_acceptable': own(406),
  'caller.route_not_found': more(404, 'Not Found'),
  'caller.method_not_allowed': more(405, 'Method Not Allowed'),
  'caller.not_found': more(404, 'Not Found'),
  'caller.conflict': own(409),
  'caller.job_not_ready': own(409),
  'caller.idempotency_conflict': own(409),
  'caller.idempotency_in_progress': own(409),

  account: fixed(401, 'Invalid API Key'),
  'account.revoked_key': more(401, 'Invalid API Key'),
  'account.expired_key': more(401, 'Invalid API Key'),
  'account.scope_denied': { status: 403, msg: (failure) => (factsOf(failure).needs === betaAccess ? 'Beta access required' : `Forbidden: ${failure.message}`) },
  'account.insufficient_credits': fixed(403, 'Insufficient balance in account'),
  // The vendor's clients repeat a 429 within seconds; a cap that lasts until midnight is an empty balance to them.
  'account.daily_cap_exceeded': more(403, 'Insufficient balance in account'),
  'account.rate_limited': more(429, 'Exceeding the rate limit'),
  'account.ip_rate_limited': more(429, 'Exceeding the rate limit'),
  'account.concurrency_limited': more(429, 'Exceeding the rate limit'),

  policy: perUrl(403),
  target: perUrl(502),
  'target.timeout': perUrl(504),
  content: perUrl(422),

  platform: own(503),
  'platform.not_configured': own(501),
  'platform.internal': fixed(500, 'Internal error'),
} satisfies FailureMap<Row>

const invalidParams = 'Invalid params'
const prefix = `${invalidParams}. `

/** One line for all parameters that are wrong, each with its first issue, the first one worded as the vendor words it. */
const invalid = (issues: readonly Issue[]): string => {
  const byParameter = Map.groupBy(issues, (issue) => issue.path.join('.')).values()
  const [first, ...rest] = [...byParameter].flatMap(([issue]) => (issue ? [issue.message] : []))
  if (first === undefined) return invalidParams
  const head = first.startsWith('Missing ') || first.startsWith(invalidParams) ? first : prefix + first
  return [head, ...new Set(rest.map((message) => (message.startsWith(prefix) ? message.slice(prefix.length) : message)))].join('; ')
}

export const failureBody = z.looseObject({
  code: z.int().describe('The HTTP status'),
  msg: z.string(),
  request_id: z.string(),
  data: z.looseObject({}),
  meta: z.looseObject({}),
})

export const renderFailure = (failure: Failure, info: ReplyInfo): Reply => {
  const row: Row = rowFor<Row>(failures, failure)
  const msg = row.msg(failure)
  return { status: row.status, body: { code: row.status, msg, request_id: info.requestId, data: {}, meta: {}, ...gatewayError(row.status, msg, info.path) } }
}
