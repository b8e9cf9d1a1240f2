import type { Actor } from '../contract/actor.ts'
import type { ConcurrencyState, RateState } from '../contract/usage.ts'
import { fail } from '../failure/failure.ts'

export const windowMs = 60_000
const windowSeconds = windowMs / 1000

export interface Entrance {
  rate?: RateState
  concurrency: ConcurrencyState
  /** Gives the place among the running requests back. Safe to call twice. */
  leave(): Promise<void>
}

/** Counters of the present minute: in memory where one process has them all, rows where several share them. */
export interface Throttle {
  /** Counts a request in its address's minute. */
  countAddress(address: string, limit: number): Promise<{ counted: number; resetMs: number }>
  /** Takes a place in the key's window and among its running requests, or neither and throws. */
  enter(actor: Actor): Promise<Entrance>
  /** Where the key stands, without a place. */
  look(actor: Actor): Promise<Entrance>
  /** Keeps alive what is running here. */
  renew(): Promise<void>
  sweep(): Promise<void>
}

const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000))

export const rateState = (limit: number, counted: number, resetMs: number): RateState => ({
  limit,
  remaining: Math.max(0, limit - counted),
  windowSeconds,
  resetSeconds: seconds(resetMs),
})

export const rateLimited = (limit: number, waitMs: number) =>
  fail('account.rate_limited', { limit, windowSeconds, retryAfterSeconds: seconds(waitMs) })

export const addressLimited = (limit: number, waitMs: number) =>
  fail('account.ip_rate_limited', { limit, windowSeconds, retryAfterSeconds: seconds(waitMs) })

export const concurrencyLimited = (limit: number, running: number) =>
  fail('account.concurrency_limited', { limit, running })
