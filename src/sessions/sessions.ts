import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { Actor } from '../contract/actor.ts'
import { sessionPrice, type PriceList } from '../contract/price.ts'
import type { SessionBrowser, SessionBrowsers, SessionEnd, SessionIntent, SessionRecord, SessionRelay } from '../contract/sessions.ts'
import { fail } from '../failure/failure.ts'
import type { Clock } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import type { Logger } from '../lib/logger.ts'
import type { Meter } from '../meter/meter.ts'
import type { Store } from '../store/db.ts'
import type { Profiles } from './profiles.ts'
import {
  announceSession, askToEnd, billSession, deleteSession, deleteSessionsBefore, endLost, endSession, findSession, getSession, insertSession, listActiveSessions, renewSessions,
} from '../store/sessions.ts'

export interface Origin {
  prices: PriceList
  dialect: string
  requestId: string
  /** Nothing is billed. */
  free: boolean
  isBlocked(url: string): boolean
}

export interface Sessions extends SessionRelay {
  /** Throws platform.overloaded, account.concurrency_limited, platform.browser_unavailable. What the first minute costs is for the caller to bill. */
  create(actor: Actor, origin: Origin, intent: SessionIntent, signal: AbortSignal): Promise<SessionRecord>
  list(workspaceId: string): Promise<SessionRecord[]>
  /** Throws caller.not_found, as `end`. */
  get(workspaceId: string, id: string): Promise<SessionRecord>
  end(workspaceId: string, id: string): Promise<SessionRecord>
  /** Sessions whose browsers this process has. */
  readonly running: number
  start(): Promise<void>
  /** Ends those that are here. */
  stop(): Promise<void>
}

interface Options {
  store: Store
  meter: Meter
  browsers: SessionBrowsers
  profiles: Profiles
  clock: Clock
  logger: Logger
  /** WebSocket address of this very process. */
  address: string | null
  keepMs: number
  tickMs?: number
  leaseMs?: number
}

interface Live {
  record: SessionRecord
  actor: Actor
  origin: Origin
  intent: SessionIntent
  browser: SessionBrowser
  expiresAt: number
  paidUntil: number
  ending: Promise<void> | undefined
}

const minuteMs = 60_000
const sweepEveryMs = 5_000
const housekeepingMs = 600_000
/** How long a process waits for another to end what only that one can end. */
const elsewhereMs = 5_000

/** Leases of browsers: begun, paid by the minute, and ended in time, also where the process that had one died. */
export const createSessions = ({ store, meter, browsers, profiles, clock, logger, address, keepMs, tickMs = 500, leaseMs = 15_000 }: Options): Sessions => {
  const { db } = store
  const holder = newId('ses_prc')
  const live = new Map<string, Live>()
  let opening = 0
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let round: Promise<void> | undefined
  let [sweptAt, keptAt] = [0, 0]

  /** What the browser holds, before it goes. */
  const save = async ({ intent, actor, browser, record }: Live): Promise<void> => {
    if (!intent.profile?.save) return
    try {
      const { cookies, origins } = await inTime(browser.state())
      await profiles.change(actor, intent.profile.name, (was) => ({ cookies, origins: [...was.origins.filter(({ origin }) => !origins.some((now) => now.origin === origin)), ...origins] }))
    } catch (err) {
      logger.warn({ err, session: record.id }, 'the profile of a session could not be kept')
    }
  }

  const end = (it: Live, reason: SessionEnd): Promise<void> => (it.ending ??= (async () => {
    if (reason !== 'crashed' && reason !== 'memory') await save(it)
    await it.browser.close().catch((err: unknown) => logger.error({ err, session: it.record.id }, 'the browser of a session does not end'))
    await endSession(db, it.record.id, reason, new Date(clock()))
    live.delete(it.record.id)
  })().catch((err: unknown) => {
    logger.error({ err, session: it.record.id }, 'the end of a session could not be written; its lease ends it')
    live.delete(it.record.id)
  }))

  /** The minute that begins, before it is used. */
  const pay = async (it: Live, now: number): Promise<void> => {
    if (it.origin.free || now < it.paidUntil) return
    const credits = sessionPrice(it.origin.prices).minute
    const minutes = Math.floor((now - it.paidUntil) / minuteMs) + 1
    it.paidUntil += minutes * minuteMs
    if (credits === 0) return
    try {
      const permit = await meter.admit(it.actor, { requestId: it.origin.requestId, credits: credits * minutes, policy: 'reserve' })
      await meter.settle(permit, { credits: credits * minutes })
      await billSession(db, it.record.id, credits * minutes)
    } catch (error) {
      logger.info({ err: error, session: it.record.id }, 'a session ends: its next minute cannot be paid')
      await end(it, 'credits')
    }
  }

  const tick = async (): Promise<void> => {
    const now = clock()
    const all = [...live.values()].filter(({ ending }) => !ending)
    for (const it of all) {
      if (now >= it.expiresAt) void end(it, 'expired')
      else if (now - it.browser.lastUsedAt >= it.record.idleMs) void end(it, 'idle')
    }
    if (all.length > 0) {
      const states = await renewSessions(db, holder, all.map((it) => ({ id: it.record.id, at: new Date(it.browser.lastUsedAt) })), new Date(now + leaseMs), new Date(now))
      for (const { id, over, endAsked, revoked } of states) {
        const it = live.get(id)
        if (it && (over || endAsked || revoked)) void end(it, over ? 'lost' : endAsked ? 'deleted' : 'revoked')
      }
      await Promise.all(all.filter(({ ending }) => !ending).map((it) => pay(it, now)))
    }
    if (now - sweptAt >= sweepEveryMs) {
      sweptAt = now
      await endLost(db, new Date(now), holder)
    }
    if (now - keptAt >= housekeepingMs) {
      keptAt = now
      await deleteSessionsBefore(db, new Date(now - keepMs))
    }
  }

  const get = async (workspaceId: string, id: string): Promise<SessionRecord> => {
    const found = await getSession(db, workspaceId, id, new Date(clock()))
    if (!found) throw fail('caller.not_found', { kind: 'session', id })
    return found
  }

  const begin = async (actor: Actor, origin: Origin, intent: SessionIntent, signal: AbortSignal): Promise<SessionRecord> => {
    const now = new Date(clock())
    const id = newId('ses', now.getTime())
    const { start, minute } = sessionPrice(origin.prices)
    const state = intent.profile ? await profiles.load(actor, intent.profile) : undefined
    const { inserted, running } = await insertSession(db, {
      id, workspaceId: actor.workspaceId, keyId: actor.keyId, mode: actor.mode, dialect: origin.dialect, token: randomBytes(32).toString('base64url'), address, intent,
      holder, leaseUntil: new Date(now.getTime() + leaseMs + 30_000), now, credits: origin.free ? 0 : start + minute,
    }, actor.limits.concurrency)
    if (!inserted) throw fail('account.concurrency_limited', { limit: actor.limits.concurrency ?? 0, running })
    try {
      const browser = await browsers.open({ mode: actor.mode, browser: intent.browser, isBlocked: origin.isBlocked, sticky: id, ...(state ? { state } : {}), ...(intent.proxy ? { proxy: intent.proxy } : {}) }, signal)
      const it: Live = { record: await get(actor.workspaceId, id), actor, origin, intent, browser, expiresAt: now.getTime() + intent.ttlMs, paidUntil: now.getTime() + minuteMs, ending: undefined }
      live.set(id, it)
      void browser.gone.then((why) => end(it, why === 'memory' ? why : 'crashed'))
      if (stopped) await end(it, 'shutdown')
      await announceSession(db, id)
      return it.record
    } catch (error) {
      await deleteSession(db, id).catch((err: unknown) => logger.error({ err, session: id }, 'a session that did not begin could not be taken back; its lease ends it'))
      throw error
    }
  }

  return {
    get,
    list: (workspaceId) => listActiveSessions(db, workspaceId, new Date(clock())),

    async create(actor, origin, intent, signal) {
      if (stopped) throw fail('platform.shutting_down')
      if (browsers.max === 0) throw fail('platform.browser_unavailable')
      if (live.size + opening >= browsers.max) throw fail('platform.overloaded', { retryAfterSeconds: 10 })
      opening++
      try {
        return await begin(actor, origin, intent, signal)
      } finally {
        opening--
      }
    },

    async end(workspaceId, id) {
      const record = await get(workspaceId, id)
      if (record.state !== 'active') return record
      const it = live.get(id)
      if (it) await end(it, 'deleted')
      else await askToEnd(db, id)
      for (const until = Date.now() + elsewhereMs; ;) {
        const now = await get(workspaceId, id)
        if (now.state !== 'active' || Date.now() > until) return now
        await new Promise((resolve) => { setTimeout(resolve, 100).unref() })
      }
    },

    async admit(id, token) {
      const found = await findSession(db, id)
      if (!found || !same(found.record.token, token)) throw fail('caller.not_found', { kind: 'session', id: id.slice(0, 100) })
      if (found.record.state !== 'active') throw fail('caller.conflict', { state: found.record.state })
      const it = live.get(id)
      if (!it || it.ending) throw fail('caller.conflict', { state: found.holder === holder ? 'ending' : 'held by another process of this server' })
      return (client) => it.browser.attach(client)
    },

    get running() {
      return live.size
    },

    async start() {
      // The embedded database has one process: whoever else is named there is dead.
      await endLost(db, new Date(clock()), holder, store.kind === 'pglite')
      timer = setInterval(() => {
        round ??= tick().catch((err: unknown) => logger.warn({ err }, 'sessions could not be looked after')).finally(() => (round = undefined))
      }, tickMs).unref()
    },

    async stop() {
      stopped = true
      clearInterval(timer)
      await round
      await Promise.all([...live.values()].map((it) => end(it, 'shutdown')))
    },
  }
}

const savingMs = 10_000

const inTime = async <T>(work: Promise<T>): Promise<T> => {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('the browser does not answer')), savingMs).unref()
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

const same = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
