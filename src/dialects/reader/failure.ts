import { z } from 'zod'
import { isOver, type JobState } from '../../contract/jobs.ts'
import { fail, type Failure } from '../../failure/failure.ts'
import type { Issue } from '../../failure/facts.ts'
import { rowFor, type FailureMap, type Reply, type ReplyInfo } from '../dialect.ts'
import { nextReset } from './reset.ts'

/** The vendor's codes, each with the one status that it always has. */
export const codes = {
  invalid_request: 400,
  unauthenticated: 401,
  insufficient_credits: 402,
  url_blocked: 403,
  not_found: 404,
  session_not_found: 404,
  conflict: 409,
  session_expired: 410,
  rate_limited: 429,
  concurrency_limited: 429,
  internal_error: 500,
  upstream_unavailable: 502,
  scrape_timeout: 504,
} as const

export type ReaderCode = keyof typeof codes

type Details = Record<string, unknown>

interface Row {
  code: ReaderCode
  message?: (failure: Failure, info: ReplyInfo) => string
  details?: (failure: Failure, info: ReplyInfo) => Details
}

const one = (name: string, value: unknown): Details => (value === undefined ? {} : { [name]: value })

interface AskedBody {
  url?: string
  urls?: string[]
  timeoutMs?: number
  maxDepth?: number
  maxPages?: number
  webhook?: { url: string }
}

/** What the request asked, where it got as far as being understood. */
const asked = (info: ReplyInfo): AskedBody => (info.input as { body?: AskedBody } | undefined)?.body ?? {}

/** The address that a request was refused for: of those that make jobs that of the webhook, since pages fail one by one. */
const addressOf = (info: ReplyInfo): string | undefined => {
  const { url, urls, maxDepth, maxPages, webhook } = asked(info)
  return webhook && (urls !== undefined || maxDepth !== undefined || maxPages !== undefined) ? webhook.url : url
}

/** Paths that the verbs name in words of their own. */
const pathOf = (path: Issue['path']): Issue['path'] => {
  if (path[0] === 'schema') return ['extract', ...path]
  return path[0] === 'wait_for' ? ['waitForSelector'] : path
}

const publicIssue = ({ path, code, message }: Issue): Issue => ({ path: pathOf(path), code, message })

const invalid = (info: ReplyInfo): string => (info.method === 'GET' ? 'Invalid query parameters' : 'Invalid request body')

/** A request that no repeat can mend, told as an issue with the field to change. */
const atFault = (field: 'url' | 'extract' | null): Row => ({
  code: 'invalid_request',
  message: (failure) => failure.message,
  details: (failure) => ({ issues: [{ path: field === null ? [] : [field], code: failure.code, message: failure.message }] }),
})

const blocked = (reason?: string): Row => ({
  code: 'url_blocked',
  details: (failure, info) => ({ ...one('url', addressOf(info)), reason: reason ?? failure.plainFacts.reason }),
})

/** The vendor's word for a state of a job. */
const stateWord = (state: string): string => ({ running: 'processing', paused: 'processing', partial: 'completed' })[state] ?? state

const upstream: Row = { code: 'upstream_unavailable', details: (failure) => ({ ...failure.plainFacts, cause: failure.code }) }
const limited: Row = { code: 'rate_limited', details: ({ plainFacts: { limit, windowSeconds, retryAfterSeconds } }) => ({ limit, windowSeconds, retryAfterSeconds }) }
const map = {
  caller: atFault(null),
  account: { code: 'unauthenticated' },
  policy: blocked('policy'),
  target: upstream,
  content: upstream,
  platform: upstream,

  'caller.invalid_request': {
    code: 'invalid_request',
    message: (_, info) => invalid(info),
    details: (failure) => ({ issues: (failure.plainFacts.issues as Issue[]).map(publicIssue) }),
  },
  'caller.route_not_found': { code: 'not_found' },
  'caller.method_not_allowed': { code: 'not_found' },
  'caller.not_found': { code: 'not_found' },
  'caller.conflict': {
    code: 'conflict',
    message: ({ message, plainFacts: { limit } }) => (typeof limit === 'number' ? `There may be ${limit} webhooks, and there are.` : message),
    details: ({ plainFacts: { state, limit } }) => (limit === undefined ? { status: stateWord(String(state)) } : { limit }),
  },
  'caller.job_not_ready': { code: 'conflict', details: (failure) => ({ status: failure.plainFacts.status }) },
  'caller.idempotency_conflict': { code: 'conflict' },
  'caller.idempotency_in_progress': { code: 'conflict', details: () => ({ status: 'processing' }) },

  'account.insufficient_credits': {
    code: 'insufficient_credits',
    message: ({ plainFacts: { required, available } }) => `You need ${String(required)} credits but only ${String(available)} are available.`,
    details: ({ plainFacts: { required, available, resetAt } }, info) => ({ required, available, resetAt: resetAt ?? nextReset(info.now) }),
  },
  // Not rate_limited: clients would repeat within seconds what stays shut until midnight.
  'account.daily_cap_exceeded': {
    code: 'insufficient_credits',
    details: ({ plainFacts: { resetAt } }) => ({ required: 1, available: 0, resetAt }),
  },
  'account.rate_limited': limited,
  'account.ip_rate_limited': limited,
  'account.concurrency_limited': { code: 'concurrency_limited', details: ({ plainFacts: { running, limit } }) => ({ active: running, max: limit }) },

  'policy.url_blocked': blocked(),
  'policy.url_blocklisted': blocked('blocklist'),
  'policy.robots_disallowed': blocked('robots_txt'),

  'target.timeout': {
    code: 'scrape_timeout',
    details: (failure, info) => ({ timeoutMs: asked(info).timeoutMs ?? failure.plainFacts.afterMs }),
  },

  // Clients repeat upstream_unavailable; these would fail the same way each time.
  'content.unsupported_type': atFault('url'),
  'content.encrypted': atFault('url'),
  'content.too_large': atFault('url'),
  'content.action_failed': atFault(null),
  'content.extraction_failed': atFault('extract'),
  'content.extraction_invalid': atFault('extract'),

  'platform.not_configured': {
    code: 'upstream_unavailable',
    message: (failure) => `Not available on this server: ${String(failure.plainFacts.setting)}.`,
    details: (failure) => ({ cause: failure.code, feature: failure.plainFacts.setting }),
  },
  'platform.internal': { code: 'internal_error' },
} satisfies FailureMap<Row>

/** The two codes outside the vendor's catalogue of eleven, which only browser sessions have. */
const sessionRow = ({ code, plainFacts }: Failure): Row | undefined => {
  if (code === 'caller.not_found' && plainFacts.kind === 'session') return { code: 'session_not_found' }
  if (code === 'caller.conflict' && plainFacts.state === 'expired') return { code: 'session_expired' }
  return undefined
}

/** The contract calls it a bad request to repeat a job of which nothing has failed. */
const retryRow = ({ code, plainFacts }: Failure, { path }: ReplyInfo): Row | undefined =>
  code === 'caller.conflict' && path.endsWith('/retry') && isOver(String(plainFacts.state) as JobState)
    ? { code: 'invalid_request', message: () => 'No page of this job has failed', details: () => ({ issues: [{ path: ['id'], code: 'nothing_to_retry', message: 'No page of this job has failed' }] }) }
    : undefined

const rowOf = (failure: Failure): Row => sessionRow(failure) ?? rowFor<Row>(map, failure)

export const readerCode = (failure: Failure): ReaderCode => rowOf(failure).code

/** Failures that the catalogue's own examples do not show. */
export const sessionFailures: readonly Failure[] = [
  fail('caller.not_found', { kind: 'session', id: 'ses_6f1b9c1e-0c7e-4b52-9d3a-2f6f0f1c9e11' }),
  fail('caller.conflict', { state: 'expired' }),
]

export const failureBody = z.object({
  success: z.literal(false),
  error: z.object({
    code: z.enum(Object.keys(codes) as [ReaderCode, ...ReaderCode[]]),
    message: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
    docsUrl: z.url(),
  }),
})

export const renderFailure = (failure: Failure, info: ReplyInfo): Reply => {
  const row = retryRow(failure, info) ?? rowOf(failure)
  const details = row.details?.(failure, info)
  return {
    status: codes[row.code],
    body: {
      success: false,
      error: {
        code: row.code,
        message: row.message?.(failure, info) ?? failure.message,
        ...(details === undefined ? {} : { details }),
        docsUrl: `${info.origin}/docs/reader/errors#${row.code.replaceAll('_', '-')}`,
      },
    },
  }
}
