import type { Reply, ReplyInfo } from '../dialects/dialect.ts'
import type { Timings } from '../contract/outcome.ts'
import type { Failure } from '../failure/failure.ts'
import type { StoredReply } from '../contract/verbs.ts'

/** Headers that every reply carries, whatever the dialect. */
export const commonHeaders = (info: ReplyInfo, timings: Timings, failure?: Failure): Record<string, string> => {
  const headers: Record<string, string> = {
    'x-request-id': info.requestId,
    // The total first: clients take the first duration for the whole.
    'server-timing': [`total;dur=${info.durationMs}`, ...Object.entries(timings).map(([name, ms]) => `${name};dur=${Math.round(ms * 10) / 10}`)].join(', '),
  }
  const rate = info.account.rate
  if (rate) {
    headers['ratelimit-policy'] = `"key";q=${rate.limit};w=${rate.windowSeconds}`
    headers.ratelimit = `"key";r=${rate.remaining};t=${rate.resetSeconds}`
  }
  if (failure?.retryAfterSeconds !== undefined) headers['retry-after'] = String(failure.retryAfterSeconds)
  if (failure?.code === 'caller.method_not_allowed') headers.allow = (failure.facts as { allow: string[] }).allow.join(', ')
  return headers
}

/** A reply as text; streams are passed through by `toResponse`. */
export const toStored = (reply: Reply, headers: Record<string, string>): StoredReply => ({
  status: reply.status,
  headers: { ...headers, 'content-type': reply.contentType ?? 'application/json; charset=utf-8', ...reply.headers },
  body: typeof reply.body === 'string' && reply.contentType !== undefined ? reply.body : JSON.stringify(reply.body),
})

export const toResponse = (stored: StoredReply): Response =>
  new Response(hasNoBody(stored.status) ? null : stored.body, { status: stored.status, headers: stored.headers })

const hasNoBody = (status: number): boolean => status === 204 || status === 304
