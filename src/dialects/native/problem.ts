import { z } from 'zod'
import type { Failure } from '../../failure/failure.ts'
import { classOf, failureClasses, rowOf } from '../../failure/catalog.ts'
import type { Reply, ReplyInfo } from '../dialect.ts'

const attempt = z.looseObject({ tier: z.string(), outcome: z.string(), ms: z.number() })
const issue = z.looseObject({ path: z.array(z.union([z.string(), z.number()])), code: z.string(), message: z.string() })

/** RFC 9457 problem details with the members of ours. */
export const problem = z.looseObject({
  type: z.url(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string(),
  code: z.string(),
  request_id: z.string(),
  retry: z.object({ advice: z.enum(['never', 'later', 'after_change']), after_seconds: z.number().nullable() }),
  who_acts: z.enum(failureClasses),
  billed_credits: z.number(),
  issues: z.array(issue).optional(),
  evidence: z.array(attempt),
})

export const renderProblem = (failure: Failure, info: ReplyInfo): Reply => ({
  status: failure.status,
  contentType: 'application/problem+json; charset=utf-8',
  body: {
    type: `${info.origin}/errors/${failure.code}`,
    title: rowOf(failure.code).title,
    status: failure.status,
    detail: failure.message,
    instance: `urn:lyrebird:request:${info.requestId}`,
    code: failure.code,
    request_id: info.requestId,
    retry: { advice: failure.retry, after_seconds: failure.retryAfterSeconds ?? null },
    who_acts: classOf(failure.code),
    billed_credits: info.account.creditsBilled,
    ...snakeFacts(failure.plainFacts),
    evidence: failure.evidence,
  },
})

/** Facts become members of their own; `status` of a target must not hide the problem's. */
const snakeFacts = (facts: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(facts).map(([name, value]) => [name === 'status' ? 'target_status' : snake(name), value]))

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
