import type { Actor } from '../contract/actor.ts'
import type { CreditState, Page, RateState, RequestRecord } from '../contract/usage.ts'
import type { HistoryQuery, Replay } from '../contract/verbs.ts'
import { fail } from '../failure/failure.ts'
import { systemClock, type Clock } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import type { Logger } from '../lib/logger.ts'
import type { Store } from '../store/db.ts'
import { listLedger, listUsage, type LedgerEntry, type UsageDay } from '../store/ledger.ts'
import { expireForeign, releaseExpired, renewHeld } from '../store/permits.ts'
import { getRequest, listRequests } from '../store/requests.ts'
import { deleteIdempotencyBefore, deleteRequestsBefore } from '../store/retention.ts'
import { retryLost } from '../store/retry.ts'
import { ensureWorkspace, listWorkspaces, setMonthlyCredits, topUpWorkspace, workspaceCredits, type WorkspaceRecord } from '../store/workspaces.ts'
import { clientOf } from './address.ts'
import { createAuthentication } from './authentication.ts'
import { createKeys, type Keys } from './keys.ts'
import { createMemoryThrottle } from './memory-throttle.ts'
import { createPermits, type Permits } from './permits.ts'
import { createReplays, type ReplayInput } from './replays.ts'
import { createSharedThrottle } from './shared-throttle.ts'
import { addressLimited, rateState, type Entrance } from './throttle.ts'

export interface MeterOptions {
  store: Store
  clock?: Clock
  logger?: Logger
  /** Requests per minute and address; 0 is no limit. */
  ipRpm: number
  /** Days for which history is kept; 0 keeps none. */
  historyDays: number
  /** How long a reservation, a place among the running requests or a started idempotency key outlives its process. */
  leaseTtlMs?: number
  sweepEveryMs?: number
  touchEveryMs?: number
}

export interface Meter extends Permits {
  /** Counts the client's address; throws account.ip_rate_limited. Where `ipRpm` is 0 nothing is counted and the state's limit is 0. */
  guardAddress(address: string): Promise<RateState>
  /** Throws account.missing_key, invalid_key, revoked_key or expired_key. */
  authenticate(secret: string | undefined): Promise<Actor>
  /** Takes a place in the key's rate window and among its running requests, or throws; `throttled: false` only looks. */
  enter(actor: Actor, options: { throttled: boolean }): Promise<Entrance>
  credits(workspaceId: string): Promise<CreditState>
  topUp(workspaceId: string, credits: number, note?: string): Promise<CreditState>
  /** Null makes the workspace unlimited. */
  setMonthlyCredits(workspaceId: string, credits: number | null): Promise<CreditState>
  idempotent(actor: Actor, input: ReplayInput): Promise<Replay>
  readonly keys: Keys
  readonly requests: {
    list(workspaceId: string, query: HistoryQuery): Promise<Page<RequestRecord>>
    /** Throws caller.not_found. */
    get(workspaceId: string, id: string): Promise<RequestRecord>
  }
  readonly usage: {
    /** Billed requests by day and key since a day (YYYY-MM-DD, UTC). */
    days(workspaceId: string, since: string): Promise<UsageDay[]>
    ledger(workspaceId: string, query: { limit: number; cursor?: string }): Promise<Page<LedgerEntry>>
  }
  readonly workspaces: {
    ensure(id: string, name: string): Promise<void>
    list(): Promise<WorkspaceRecord[]>
  }
  /** Gives back what dead processes held and forgets what has had its time. Returns how many reservations came back. */
  sweep(): Promise<number>
  /** Takes over what a killed process left and keeps sweeping. */
  start(): Promise<void>
  stop(): Promise<void>
}

/** A request lasts 300 s at most; what is held for longer was forgotten and is not kept alive. */
const heldMsMax = 15 * 60_000

export const createMeter = (options: MeterOptions): Meter => {
  const { store, clock = systemClock, logger, ipRpm, historyDays } = options
  const { leaseTtlMs = 60_000, sweepEveryMs = 15_000, touchEveryMs = 60_000 } = options
  const { db } = store
  const holder = newId('prc')
  const now = (): Date => new Date(clock())
  const onError = (err: unknown): void => logger?.warn({ err }, 'metering in the background failed and will be tried again')

  const authentication = createAuthentication({ db, clock, touchEveryMs, onError })
  const throttle = store.kind === 'pglite'
    ? createMemoryThrottle(clock)
    : createSharedThrottle({ db, holder, leaseTtlMs, now: () => (clock === systemClock ? null : now()) })
  const permits = createPermits({ store, clock, holder, ttlMs: leaseTtlMs, historyDays, isUnlimited: authentication.isUnlimited })
  const keys = createKeys(db, clock, authentication.forget)
  const idempotent = createReplays({ db, clock, holder, ttlMs: leaseTtlMs })

  const credits = async (workspaceId: string): Promise<CreditState> => {
    const state = await retryLost(() => workspaceCredits(db, workspaceId, now()))
    if (!state) throw fail('caller.not_found', { kind: 'workspace', id: workspaceId })
    const unlimited = state.monthlyCredits === null
    return { unlimited, balance: unlimited ? null : state.balance, used: state.used, limit: state.monthlyCredits, resetAt: state.resetAt.toISOString() }
  }

  const sweep = async (): Promise<number> => {
    const released = await releaseExpired(db, now())
    await throttle.sweep()
    await deleteIdempotencyBefore(db, now())
    if (historyDays > 0) await deleteRequestsBefore(db, new Date(clock() - historyDays * 86_400_000))
    return released
  }

  const renew = async (): Promise<void> => {
    await throttle.renew()
    await renewHeld(db, holder, { now: now(), expiresAt: new Date(clock() + leaseTtlMs), bornAfter: new Date(clock() - heldMsMax) })
  }

  const rounds = createRounds(sweepEveryMs, async () => {
    await renew()
    await sweep()
  }, onError)

  return {
    ...permits,
    authenticate: authentication.authenticate,
    idempotent,
    keys,
    credits,
    sweep,

    async guardAddress(address) {
      if (ipRpm === 0) return rateState(0, 0, 0)
      const { counted, resetMs } = await throttle.countAddress(clientOf(address), ipRpm)
      if (counted > ipRpm) throw addressLimited(ipRpm, resetMs)
      return rateState(ipRpm, counted, resetMs)
    },

    enter: (actor, { throttled }) => (throttled ? throttle.enter(actor) : throttle.look(actor)),

    async topUp(workspaceId, amount, note) {
      await credits(workspaceId)
      await topUpWorkspace(db, workspaceId, amount, note ?? null, now())
      return credits(workspaceId)
    },

    async setMonthlyCredits(workspaceId, monthly) {
      await credits(workspaceId)
      await setMonthlyCredits(db, workspaceId, monthly, now())
      authentication.forget()
      return credits(workspaceId)
    },

    requests: {
      list: (workspaceId, query) => listRequests(db, workspaceId, query),
      async get(workspaceId, id) {
        const found = await getRequest(db, workspaceId, id)
        if (!found) throw fail('caller.not_found', { kind: 'request', id })
        return found
      },
    },

    usage: {
      days: (workspaceId, since) => listUsage(db, workspaceId, since),
      ledger: (workspaceId, query) => listLedger(db, workspaceId, query),
    },

    workspaces: {
      ensure: (id, name) => ensureWorkspace(db, id, name, now()),
      list: () => listWorkspaces(db),
    },

    async start() {
      if (store.kind === 'pglite') await expireForeign(db, holder, now())
      await sweep()
      rounds.start()
    },

    async stop() {
      await rounds.stop()
      await authentication.drain()
    },
  }
}

/** Runs a task again and again, never twice at once. */
const createRounds = (everyMs: number, task: () => Promise<void>, onError: (err: unknown) => void) => {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  const round = (): void => {
    running ??= task().catch(onError).finally(() => (running = undefined))
  }
  return {
    start(): void {
      timer ??= setInterval(round, everyMs).unref()
    },
    async stop(): Promise<void> {
      clearInterval(timer)
      timer = undefined
      await running
    },
  }
}
