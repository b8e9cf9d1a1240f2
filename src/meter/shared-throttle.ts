import type { Actor } from '../contract/actor.ts'
import { newId } from '../lib/ids.ts'
import type { Database } from '../store/db.ts'
import { countAddressRow, deleteLease, enterRow, peekRow, renewLeases, sweepThrottle } from '../store/throttle-rows.ts'
import { concurrencyLimited, rateLimited, rateState, windowMs, type Entrance, type Throttle } from './throttle.ts'

export interface SharedThrottleOptions {
  db: Database
  holder: string
  /** Null leaves time to the database, whose clock all processes share. */
  now: () => Date | null
  leaseTtlMs: number
}

export const createSharedThrottle = ({ db, holder, now, leaseTtlMs }: SharedThrottleOptions): Throttle => {
  const leases = new Set<string>()
  /** Requests of keys without a limit, which need no row. */
  const running = new Map<string, number>()
  /** Addresses that are over their limit until the minute ends, so that a flood stops here and not in the database. */
  const refused = new Map<string, { until: number; counted: number }>()

  return {
    countAddress: async (address, limit) => {
      const local = now()?.getTime() ?? Date.now()
      const known = refused.get(address)
      if (known && known.until > local) return { counted: ++known.counted, resetMs: known.until - local }
      const { counted, resetMs } = await countAddressRow(db, address, now())
      if (counted > limit) refused.set(address, { until: local + resetMs, counted })
      return { counted, resetMs }
    },

    enter: async (actor): Promise<Entrance> => {
      const { keyId, limits: { rpm, concurrency } } = actor
      if (rpm === null && concurrency === null) return enterUnlimited(running, keyId)
      const leaseId = newId('lse')
      const entered = await enterRow(db, { keyId, rpm, concurrency, leaseId, holder, now: now(), ttlMs: leaseTtlMs })
      if (entered.verdict === 'rate') throw rateLimited(rpm ?? 0, entered.waitMs)
      if (entered.verdict === 'concurrency') throw concurrencyLimited(concurrency ?? 0, entered.running)
      if (concurrency !== null) leases.add(leaseId)
      return {
        ...rateOf(actor, entered),
        concurrency: { limit: concurrency, running: Math.max(1, entered.running) },
        leave: async () => {
          if (leases.delete(leaseId)) await deleteLease(db, leaseId)
        },
      }
    },

    look: async (actor) => {
      const { keyId, limits: { rpm, concurrency } } = actor
      const leave = async (): Promise<void> => {}
      if (rpm === null && concurrency === null) return { concurrency: { limit: null, running: running.get(keyId) ?? 0 }, leave }
      const seen = await peekRow(db, keyId, now())
      return { ...rateOf(actor, seen), concurrency: { limit: concurrency, running: seen.running }, leave }
    },

    renew: () => renewLeases(db, [...leases], now(), leaseTtlMs),

    sweep: async () => {
      const local = now()?.getTime() ?? Date.now()
      for (const [address, { until }] of refused) if (until <= local) refused.delete(address)
      await sweepThrottle(db, now())
    },
  }
}

const rateOf = ({ limits: { rpm } }: Actor, { counted, waitMs }: { counted: number; waitMs: number }) =>
  rpm === null ? {} : { rate: rateState(rpm, counted, Math.min(windowMs, waitMs)) }

const enterUnlimited = (running: Map<string, number>, keyId: string): Entrance => {
  const count = (running.get(keyId) ?? 0) + 1
  running.set(keyId, count)
  let left = false
  return {
    concurrency: { limit: null, running: count },
    leave: async () => {
      if (left) return
      left = true
      const remaining = (running.get(keyId) ?? 1) - 1
      if (remaining > 0) running.set(keyId, remaining)
      else running.delete(keyId)
    },
  }
}
