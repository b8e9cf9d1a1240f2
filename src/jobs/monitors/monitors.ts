import type { Actor } from '../../contract/actor.ts'
import type { MonitorChange, MonitorIntent, MonitorRecord, MonitorRun } from '../../contract/monitors.ts'
import type { Page } from '../../contract/usage.ts'
import { fail } from '../../failure/failure.ts'
import type { Clock } from '../../lib/clock.ts'
import { newId } from '../../lib/ids.ts'
import type { Database, Store } from '../../store/db.ts'
import { insertJob } from '../../store/jobs.ts'
import {
  deleteMonitor, deleteOldRuns, dueMonitors, getMonitor, getMonitorWork, getRun, insertMonitor, insertRun, isRunning, listMonitors, listRuns, moveOn, updateMonitor, type MonitorWork,
} from '../../store/monitors.ts'
import type { JobBus } from '../jobs.ts'
import { compilePattern } from '../patterns.ts'
import { nextRun } from './schedule.ts'

export interface Monitors {
  create(actor: Actor, origin: { prices: unknown; dialect: string; requestId: string }, intent: MonitorIntent): Promise<MonitorRecord>
  list(workspaceId: string): Promise<MonitorRecord[]>
  /** Throws caller.not_found, as all that take an id. */
  get(workspaceId: string, id: string): Promise<MonitorRecord>
  update(workspaceId: string, id: string, change: MonitorChange, active?: boolean): Promise<MonitorRecord>
  delete(workspaceId: string, id: string): Promise<MonitorRecord>
  trigger(workspaceId: string, id: string): Promise<MonitorRun>
  runs(workspaceId: string, id: string, query: { limit: number; cursor?: string; before?: string; changed?: boolean; snapshots?: boolean }): Promise<Page<MonitorRun>>
  run(workspaceId: string, id: string, runId: string | null): Promise<MonitorRun>
  /** Begins what is due; how many. */
  tick(): Promise<number>
  housekeeping(): Promise<void>
}

interface Deps {
  store: Store
  clock: Clock
  bus: JobBus
  retentionS: number
  addWebhook(trx: Database, owner: { workspaceId: string; monitorId: string; mode: string }, webhook: NonNullable<MonitorIntent['webhook']>, dialect: string): Promise<void>
}

/** Later than this, a time has been missed. */
const graceMs = 60_000
const runsKeptMs = 90 * 86_400_000

/** Throws caller.invalid_request. */
const requireValid = (intent: MonitorIntent, now: Date): void => {
  const issues = []
  if (!isZone(intent.timeZone)) issues.push({ path: ['time_zone'], code: 'invalid_time_zone', message: 'Not an IANA time zone' })
  else if (!nextRun(intent.schedule, intent.timeZone, now, now)) {
    issues.push({ path: ['schedule'], code: 'invalid_schedule', message: 'Give five fields of cron (`0 9 * * 1-5`) or an interval of at least a minute (`every 10m`)' })
  }
  intent.watch.ignore.forEach((value, i) => {
    if (!compilePattern({ kind: 'regex', value })) issues.push({ path: ['watch', 'ignore', i], code: 'invalid_pattern', message: 'Not a valid regular expression (RE2 syntax)' })
  })
  if (issues.length > 0) throw fail('caller.invalid_request', { issues })
}

const isZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

const changed = (before: MonitorIntent, { page, options, watch, ...change }: MonitorChange): MonitorIntent => {
  const after: MonitorIntent = { ...before, ...change, watch: { ...before.watch, ...watch }, ...(options ? { options: { ...before.options, ...options } } : {}) }
  if (!page || after.target.kind !== 'page') return after
  const { url = after.target.url, ...more } = page
  return { ...after, target: { kind: 'page', url, page: { ...after.target.page, ...more } } }
}

export const createMonitors = ({ store: { db }, clock, bus, retentionS, addWebhook }: Deps): Monitors => {
  const now = (): Date => new Date(clock())

  const get = async (workspaceId: string, id: string): Promise<MonitorRecord> => {
    const found = await getMonitor(db, workspaceId, id)
    if (!found) throw fail('caller.not_found', { kind: 'monitor', id })
    return found
  }

  /** A run is a job like any other; the monitor's own rows are written beside it. */
  const begin = async (monitor: MonitorWork, trigger: MonitorRun['trigger'], dueAt: Date, claim: (trx: Database) => Promise<boolean>): Promise<string | undefined> => {
    const runId = newId('run', clock())
    try {
      await insertJob(db, {
        id: newId('job', clock()), workspaceId: monitor.workspaceId, keyId: monitor.keyId, kind: 'monitor', stage: 'prepare', hasFinish: false,
        actor: monitor.actor, intent: { monitorId: monitor.id, runId }, prices: monitor.prices, dialect: monitor.dialect, requestId: monitor.requestId,
        pageLimit: null, pagesAtOnce: 1, hostAtOnce: 1, hostDelayMs: 0, triesMax: 1, frontierMax: 1, keepS: Math.min(retentionS, 3600), now: now(),
      }, [], async (trx) => {
        if (!(await claim(trx))) throw new Lost()
        await insertRun(trx, { id: runId, monitorId: monitor.id, workspaceId: monitor.workspaceId, state: 'running', trigger, dueAt })
      })
    } catch (error) {
      if (error instanceof Error && error.name === 'Lost') return undefined
      throw error
    }
    bus.work()
    return runId
  }

  const tickOne = async (monitor: MonitorWork): Promise<void> => {
    const dueAt = monitor.nextAt
    if (!dueAt) return
    const intent = monitor.intent as MonitorIntent
    const next = nextRun(intent.schedule, intent.timeZone, monitor.createdAt, now()) ?? null
    const late = clock() - dueAt.getTime() > graceMs
    if ((late && intent.missed === 'skip') || await isRunning(db, monitor.id)) {
      await db.transaction().execute(async (trx) => {
        if (await moveOn(trx, monitor.id, dueAt, next)) await insertRun(trx, { id: newId('run', clock()), monitorId: monitor.id, workspaceId: monitor.workspaceId, state: 'skipped', trigger: 'schedule', dueAt })
      })
      return
    }
    await begin(monitor, 'schedule', dueAt, (trx) => moveOn(trx, monitor.id, dueAt, next))
  }

  return {
    get,
    list: (workspaceId) => listMonitors(db, workspaceId),

    async create(actor, origin, intent) {
      requireValid(intent, now())
      const id = newId('mon', clock())
      const at = now()
      const monitor = { id, workspaceId: actor.workspaceId, keyId: actor.keyId, actor, ...origin, intent, nextAt: nextRun(intent.schedule, intent.timeZone, at, at) ?? null, now: at }
      // The first run, which all others are compared with, begins together with the monitor.
      await begin({ ...monitor, active: true, createdAt: at, lastDigestAt: null }, 'created', at, async (trx) => {
        await insertMonitor(trx, monitor)
        if (intent.webhook) await addWebhook(trx, { workspaceId: actor.workspaceId, monitorId: id, mode: actor.mode }, intent.webhook, origin.dialect)
        return true
      })
      return get(actor.workspaceId, id)
    },

    async update(workspaceId, id, change, active) {
      const before = await get(workspaceId, id)
      const intent = changed(before.intent, change)
      requireValid(intent, now())
      const on = active ?? before.active
      const rescheduled = change.schedule !== undefined || change.timeZone !== undefined || on !== before.active
      const nextAt = !on ? null : rescheduled || before.nextAt === null ? nextRun(intent.schedule, intent.timeZone, new Date(before.createdAt), now()) ?? null : new Date(before.nextAt)
      await updateMonitor(db, id, { intent, active: on, nextAt, now: now() })
      if (change.webhook !== undefined) {
        await db.transaction().execute(async (trx) => {
          await trx.deleteFrom('webhook_endpoints').where('monitor_id', '=', id).execute()
          const work = await getMonitorWork(trx, id)
          if (change.webhook && work) await addWebhook(trx, { workspaceId, monitorId: id, mode: (work.actor as Actor).mode }, change.webhook, before.dialect)
        })
      }
      return get(workspaceId, id)
    },

    async delete(workspaceId, id) {
      const monitor = await get(workspaceId, id)
      await deleteMonitor(db, id)
      return monitor
    },

    async trigger(workspaceId, id) {
      await get(workspaceId, id)
      const work = await getMonitorWork(db, id)
      const runId = work && await begin(work, 'manual', now(), async (trx) => !(await isRunning(trx, id)))
      if (runId === undefined) throw fail('caller.conflict', { state: 'running' })
      const run = await getRun(db, id, runId)
      if (!run) throw fail('caller.not_found', { kind: 'run', id: runId })
      return run
    },

    async runs(workspaceId, id, query) {
      await get(workspaceId, id)
      return listRuns(db, id, query)
    },

    async run(workspaceId, id, runId) {
      await get(workspaceId, id)
      const run = await getRun(db, id, runId)
      if (!run) throw fail('caller.not_found', { kind: 'run', id: runId ?? 'latest' })
      return run
    },

    async tick() {
      const due = await dueMonitors(db, now(), 20)
      for (const monitor of due) await tickOne(monitor)
      return due.length === 20 ? due.length : 0
    },

    housekeeping: () => deleteOldRuns(db, new Date(clock() - runsKeptMs)),
  }
}

/** Another worker has begun this run. */
class Lost extends Error {
  override readonly name = 'Lost'
}
