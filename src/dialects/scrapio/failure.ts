import { z } from 'zod'
import type { Issue } from '../../failure/facts.ts'
import type { Failure } from '../../failure/failure.ts'
import { rowFor, type FailureMap, type Reply, type ReplyInfo } from '../dialect.ts'

/** What platform.not_configured names where only a model is missing. */
export const modelSetting = 'LYREBIRD_MODEL_BASE_URL'

interface Row {
  status: number
  /** As on the vendor's first error page. */
  code: string
  /** As on its newest, where that differs. */
  newCode?: string
  /** In place of the catalogue's sentence. */
  message?(failure: Failure): string
  /** In place of the catalogue's advice. */
  retryable?: boolean
}

const factsOf = (failure: Failure): Record<string, unknown> => failure.plainFacts
const says = (message: string) => (): string => message

const invalid = (status = 400): Row => ({ status, code: 'invalid_request' })
const unauthorized = (code: string): Row => ({ status: 401, code, newCode: 'unauthorized' })
const extraction: Row = { status: 422, code: 'extraction_failed' }
const withoutModel: Row = { ...extraction, newCode: 'llm_unavailable' }
/** The vendor's page says "blocked or rejected": `diagnostics.blocked` tells which. */
const rejected: Row = { status: 502, code: 'target_blocked' }
const limited: Row = { status: 429, code: 'rate_limited' }
const conflict = (code: string): Row => ({ status: 409, code })
const unavailable = (code: string): Row => ({ status: 503, code })

export const failureMap = {
  caller: invalid(),
  'caller.payload_too_large': invalid(413),
  'caller.unsupported_media_type': invalid(415),
  'caller.not_acceptable': invalid(406),
  'caller.route_not_found': { status: 404, code: 'not_found' },
  'caller.method_not_allowed': { status: 405, code: 'method_not_allowed' },
  'caller.not_found': { status: 404, code: 'not_found', message: (failure) => `The ${kindOf(failure).replaceAll('_', ' ')} does not exist or has expired.` },
  'caller.conflict': conflict('conflict'),
  'caller.job_not_ready': conflict('job_not_ready'),
  'caller.idempotency_conflict': conflict('idempotency_conflict'),
  'caller.idempotency_in_progress': conflict('idempotency_in_progress'),

  account: unauthorized('invalid_api_key'),
  'account.missing_key': { ...unauthorized('missing_api_key'), message: says('The Authorization header is missing: send Authorization: Bearer <key>.') },
  'account.scope_denied': { status: 403, code: 'forbidden' },
  'account.insufficient_credits': { status: 402, code: 'credits_exhausted', message: says('No credits are left in this workspace or for this key.') },
  // Clients repeat a 429 within seconds; the cap lasts until midnight.
  'account.daily_cap_exceeded': { status: 429, code: 'daily_credit_cap_exceeded', retryable: false },
  'account.rate_limited': limited,
  'account.ip_rate_limited': limited,
  'account.concurrency_limited': limited,

  policy: invalid(),
  'policy.robots_disallowed': rejected,

  target: rejected,
  'target.blocked': { ...rejected, retryable: false, message: says('The target site blocked the request.') },
  'target.rate_limited': limited,
  'target.timeout': { status: 504, code: 'timeout', message: (failure) => `The fetch exceeded timeout_ms (${String(factsOf(failure).afterMs)} ms), waiting for: ${String(factsOf(failure).stage)}. A larger timeout_ms may help.` },

  content: extraction,
  'content.action_failed': { status: 422, code: 'action_failed' },
  'content.extraction_invalid': { status: 422, code: 'extraction_validation_error', newCode: 'schema_validation_failed', message: (failure) => violated(failure) },

  platform: unavailable('service_unavailable'),
  'platform.browser_unavailable': unavailable('browser_unavailable'),
  'platform.proxy_unavailable': unavailable('proxy_unavailable'),
  'platform.search_unavailable': unavailable('search_unavailable'),
  'platform.model_unavailable': withoutModel,
  // Clients repeat a 503 three times.
  'platform.not_configured': { status: 501, code: 'not_available', message: (failure) => missing(failure) },
  'platform.internal': { status: 500, code: 'internal_error' },
} satisfies FailureMap<Row>

const tooLong: Row = { status: 422, code: 'invalid_request', newCode: 'instruction_limits_exceeded' }

/** What the newest page calls an extraction that gave nothing, by what was asked. */
const emptyCodes: Readonly<Record<string, string>> = { selectors: 'selectors_unsupported', schema: 'schema_validation_failed' }

const byAmazon: Row = { ...failureMap['target.blocked'], code: 'blocked_by_amazon', message: says("Amazon's bot-protection blocked the request.") }

/** The row of a failure, by its code and, where the vendor tells them apart, by its facts. */
const rowOf = (failure: Failure, extract?: Asked): Row => {
  const { vendor, setting, issues } = factsOf(failure)
  if (failure.code === 'caller.invalid_request' && (issues as Issue[] | undefined)?.some(({ code }) => code === 'instruction_limits')) return tooLong
  if (failure.code === 'content.extraction_failed' && extract) return { ...extraction, newCode: emptyCodes[extract.mode] ?? extraction.code }
  if (failure.code === 'content.action_failed' && failure.plainFacts.reason === 'selector matches nothing') return { ...failureMap['content.action_failed'], code: 'selector_not_found' }
  if (failure.code === 'target.blocked' && vendor === 'amazon') return byAmazon
  if (failure.code === 'platform.not_configured' && setting === modelSetting) return withoutModel
  const row: Row = rowFor<Row>(failureMap, failure)
  return failure.code === 'caller.not_found' ? { ...row, code: `${kindOf(failure)}_not_found` } : row
}

const kindOf = (failure: Failure): string => {
  const kind = String(factsOf(failure).kind).replaceAll(/\W+/g, '_')
  return kind === 'webhook' ? 'webhook_endpoint' : kind
}

/** A feature that is missing altogether has no setting to name. */
const missing = (failure: Failure): string => {
  const setting = String(factsOf(failure).setting)
  return /^[A-Z_]+$/.test(setting) ? failure.message : `${setting} is not available on this server.`
}

const linesMax = 10
/** Names of fields are the caller's and may be of any length. */
const lineCharsMax = 200

const violated = (failure: Failure): string => {
  const violations = (factsOf(failure).violations ?? []) as { path: string; message: string }[]
  const lines = violations.slice(0, linesMax).map(({ path, message }) => `${path || 'the data'} ${message}`)
  return ['The extracted data does not match the schema', lines.join('; ')].filter(Boolean).join(': ')
}

const nameOf = (path: readonly (string | number)[]): string =>
  path.reduce<string>((name, part) => (typeof part === 'number' ? `${name}[${part}]` : name === '' ? part : `${name}.${part}`), '')

/** The first thing wrong with each field; what begins in lower case goes on after the field's name. */
const linesOf = (failure: Failure): string[] => {
  const lines = new Map<string, string>()
  for (const { path, message } of (factsOf(failure).issues ?? []) as Issue[]) {
    const name = nameOf(path)
    if (!lines.has(name)) lines.set(name, /^[a-z]/.test(message) ? `${name || 'the body'} ${message}` : message)
  }
  return [...lines.values()].slice(0, linesMax).map((line) => (line.length > lineCharsMax ? `${line.slice(0, lineCharsMax)}…` : line))
}

const messageOf = (failure: Failure, extract?: Asked): string =>
  linesOf(failure).join('; ') || (rowOf(failure, extract).message?.(failure) ?? failure.message)

/** What was to be extracted, where that is known: the newest codes tell the ways apart. */
type Asked = { mode: string } | undefined

export const errorOf = (failure: Failure, extract?: Asked) => {
  const { code, newCode = code } = rowOf(failure, extract)
  return { code, message: messageOf(failure, extract), new_code: newCode }
}

const diagnostics = z.looseObject({
  outcome: z.literal('failed'),
  retryable: z.boolean(),
  blocked: z.literal(true).optional(),
  timed_out: z.literal(true).optional(),
  reason: z.string().describe("This server's name of the failure: `/errors/<reason>` explains it"),
})

export const failureBody = z.looseObject({
  request_id: z.string(),
  hint: z.string().optional().describe('Of interact: a better way to that site'),
  error: z.looseObject({
    code: z.string(),
    message: z.string(),
    new_code: z.string().describe("The code of the vendor's newest documentation, where it renamed `code`; otherwise the same"),
    details: z.array(z.string()).optional(),
  }),
  diagnostics: diagnostics.optional(),
})

/** Left out where nothing but the request is at fault. */
export const diagnosticsOf = (failure: Failure): z.output<typeof diagnostics> | undefined => {
  const row = rowOf(failure)
  if ((failure.class === 'caller' || failure.class === 'account') && failure.retry !== 'later') return undefined
  return {
    outcome: 'failed',
    retryable: row.retryable ?? failure.retry === 'later',
    ...(failure.code === 'target.blocked' ? { blocked: true } : {}),
    ...(failure.code === 'target.timeout' ? { timed_out: true } : {}),
    reason: failure.code,
  }
}

export const renderFailure = (failure: Failure, info: ReplyInfo): Reply => ({
  status: rowOf(failure).status,
  headers: retryAfter(failure, info),
  body: { request_id: info.requestId, ...placed(info, failure), ...(info.path === '/v1/interact' ? hintFor(info) : {}) },
})

const bodyOf = (info: ReplyInfo): Record<string, unknown> => ((info.input as { body?: unknown } | undefined)?.body ?? {}) as Record<string, unknown>

/** Sites that the vendor has routes of their own for. */
const named = /(?:^|\.)(?:(?:amazon|booking|agoda|airbnb|target|autotrader|walmart|youtube|reddit|producthunt|tiktok)\.[a-z.]{2,6}|apps\.apple\.com|youtu\.be)$/i

const hintFor = (info: ReplyInfo): { hint?: string } => {
  const { url } = bodyOf(info)
  const host = typeof url === 'string' ? (URL.parse(url)?.hostname ?? '') : ''
  return named.test(host) ? { hint: `${host} is hard to drive: where this server has a route for that site, it answers with the data itself.` } : {}
}

/** The two result-page routes have places of their own for what stands beside code and message. */
const placed = (info: ReplyInfo, failure: Failure): object => {
  const { path } = info
  const error = errorOf(failure, bodyOf(info).extract as Asked)
  const found = diagnosticsOf(failure)
  if (path !== '/v1/google/search' && path !== '/v1/fast-search') return { error, ...(found ? { diagnostics: found } : {}) }
  const lines = linesOf(failure)
  const details = lines.length > 0 ? { details: lines } : {}
  if (path === '/v1/fast-search' || found === undefined) return { error: { ...error, ...details } }
  return { error: { ...error, ...details, diagnostics: Object.fromEntries(Object.entries(found).map(([key, value]) => [key, String(value)])) } }
}

const retryAfter = (failure: Failure, info: ReplyInfo): Record<string, string> => {
  const { resetAt } = factsOf(failure)
  if (failure.code !== 'account.daily_cap_exceeded' || typeof resetAt !== 'string') return {}
  return { 'retry-after': String(Math.max(1, Math.ceil((Date.parse(resetAt) - info.now.getTime()) / 1000))) }
}
