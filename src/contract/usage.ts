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

/** What a key was billed on one day. */
export interface UsageDay {
  /** YYYY-MM-DD, UTC. */
  day: string
  keyId: string
  credits: number
  requests: number
}

/** One line of the append-only ledger; the balance is the sum of the amounts. */
export interface LedgerLine {
  id: number
  /** ISO 8601. */
  at: string
  kind: string
  amount: number
  /** Credits billed by this line, also where the workspace is unlimited. */
  used: number
  keyId: string | null
  requestId: string | null
  note: string | null
}

export interface Workspace {
  id: string
  name: string
  /** Null is unlimited. */
  monthlyCredits: number | null
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
