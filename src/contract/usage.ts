import type { Attempt } from '../failure/evidence.ts'
import type { FailureJson } from '../failure/failure.ts'
import type { Timings } from './outcome.ts'

/** Credits of a workspace. `limit` and `balance` are null where nothing is limited. */
export interface CreditState {
  unlimited: boolean
  balance: number | null
  used: number
  limit: number | null
  /** ISO 8601; when `used` starts again at 0. */
  resetAt: string | null
}

/** One past request as kept in history; secrets are redacted before it is stored. */
export interface RequestRecord {
  /** UUID of this record. */
  id: string
  /** As in the X-Request-Id of the reply: the caller's own, where it sent a well-formed one. */
  requestId: string
  /** ISO 8601. */
  at: string
  dialect: string
  method: string
  path: string
  verb: string | null
  keyId: string
  keyName: string
  mode: 'live' | 'test'
  status: number
  credits: number
  durationMs: number
  url: string | null
  intent: unknown
  failure: FailureJson | null
  evidence: Attempt[]
  timings: Timings
}

export interface Page<T> {
  items: T[]
  nextCursor: string | null
  /** Only where the query asked to count. */
  total?: number
}

/** State of a window after a request was counted in it. */
export interface RateState {
  limit: number
  remaining: number
  windowSeconds: number
  resetSeconds: number
}

export interface ConcurrencyState {
  limit: number | null
  running: number
}

/** What metering knows at the moment of the reply. */
export interface Account {
  creditsBilled: number
  credits?: CreditState
  rate?: RateState
  concurrency?: ConcurrencyState
}
