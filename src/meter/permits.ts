import type { Actor } from '../contract/actor.ts'
import type { RequestRecord } from '../contract/usage.ts'
import type { CreditPolicy } from '../contract/verbs.ts'
import { fail } from '../failure/failure.ts'
import type { Clock } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import { createBatcher } from '../store/batcher.ts'
import type { Store } from '../store/db.ts'
import { admitPermits, byLock, settlePermits, type AdmitItem, type Reservation, type SettleItem } from '../store/permits.ts'
import { toRequestJson } from '../store/requests.ts'
import { retryLost } from '../store/retry.ts'
import { workspaceCredits } from '../store/workspaces.ts'
import { redactRecord } from './redact.ts'

/** Leave to spend, to be settled or released. */
export interface Permit extends Reservation {
  /** False where nothing was reserved. */
  readonly reserved: boolean
  /** Nothing is ever billed: a `test` key. */
  readonly free: boolean
}

export type HistoryEntry = RequestRecord & { workspaceId: string }

export interface Permits {
  /** Throws account.insufficient_credits or account.daily_cap_exceeded. */
  admit(actor: Actor, input: { requestId: string; credits: number; policy: CreditPolicy }): Promise<Permit>
  /** Bills `credits` and records the request, in one transaction. Calling it again changes nothing. */
  settle(permit: Permit, outcome: { credits: number; record?: HistoryEntry }): Promise<void>
  /** Ends a permit unbilled. */
  release(permit: Permit, record?: HistoryEntry): Promise<void>
  /** Keeps a request that never got a permit. */
  record(record: HistoryEntry): Promise<void>
}

interface Options {
  store: Store
  clock: Clock
  holder: string
  ttlMs: number
  historyDays: number
  isUnlimited: (actor: Actor) => boolean
}

/** Processes that bill one key at once mostly write different rows; the embedded engine has one writer. */
const shards = 8

export const createPermits = ({ store: { db, kind }, clock, holder, ttlMs, historyDays, isUnlimited }: Options): Permits => {
  const shard = kind === 'pglite' ? 0 : Math.floor(Math.random() * shards)

  const admitOne = createBatcher((items: readonly AdmitItem[]) => retryLost(() => admitPermits(db, items)), byLock)
  const settleOne = createBatcher(async (items: readonly SettleItem[]) => {
    await retryLost(() => settlePermits(db, items))
    return items.map(() => undefined)
  }, byLock)

  const toJson = (record: HistoryEntry | undefined): string | null =>
    record === undefined || historyDays === 0 ? null : toRequestJson(redactRecord(record))

  const end = async (permit: Permit, credits: number | null, entry: HistoryEntry | undefined): Promise<void> => {
    const record = toJson(entry && { ...entry, credits: credits ?? 0 })
    const nothingToSettle = !permit.reserved && !credits
    if (nothingToSettle && record === null) return
    const { workspaceId, keyId } = permit
    await settleOne({ workspaceId, keyId, permit: nothingToSettle ? null : permit, credits, shard, now: new Date(clock()), record })
  }

  const refuse = async (actor: Actor, verdict: 'credits' | 'key_credits' | 'daily_cap', required: number, available: number, now: Date) => {
    if (verdict === 'daily_cap') return fail('account.daily_cap_exceeded', { cap: actor.limits.dailyCreditCap ?? 0, resetAt: nextDay(now).toISOString() })
    // A key's own limit is for its lifetime.
    const credits = verdict === 'credits' ? await workspaceCredits(db, actor.workspaceId, now) : undefined
    return fail('account.insufficient_credits', { required, available, resetAt: credits?.resetAt.toISOString() ?? null })
  }

  return {
    async admit(actor, { requestId, credits, policy }) {
      assertCredits(credits)
      const free = actor.mode === 'test'
      const reservation = { permitId: newId('pmt'), workspaceId: actor.workspaceId, keyId: actor.keyId, requestId }
      const gate = policy === 'gate'
      if (free || isUnlimited(actor) || (credits === 0 && !gate)) return { ...reservation, reserved: false, free }
      const now = new Date(clock())
      const { verdict, available } = await admitOne({ ...reservation, credits, gate, holder, now, expiresAt: new Date(now.getTime() + ttlMs) })
      if (verdict !== 'ok') throw await refuse(actor, verdict, credits, available, now)
      return { ...reservation, reserved: !gate, free }
    },

    async settle(permit, { credits, record }) {
      assertCredits(credits)
      await end(permit, permit.free ? 0 : credits, record)
    },

    release: (permit, record) => end(permit, null, record),

    async record(entry) {
      const { workspaceId, keyId } = entry
      const record = toJson(entry)
      if (record !== null) await settleOne({ workspaceId, keyId, permit: null, credits: null, shard, now: new Date(clock()), record })
    },
  }
}

/** Credits are whole; a fraction or a negative price is our mistake and no caller's. */
const assertCredits = (credits: number): void => {
  if (!Number.isSafeInteger(credits) || credits < 0) throw new Error(`${credits} is no number of credits`)
}

const nextDay = (now: Date): Date => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1))
