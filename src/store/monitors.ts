import { sql, type Selectable } from 'kysely'
import type { MonitorDiff, MonitorIntent, MonitorRecord, MonitorRun, Snapshot } from '../contract/monitors.ts'
import type { Page } from '../contract/usage.ts'
import type { FailureJson } from '../failure/failure.ts'
import type { Database } from './db.ts'
import { text } from './jobs.ts'
import { pack, unpack } from './pack.ts'
import type { MonitorRow, MonitorRunRow } from './tables.ts'

const json = (value: unknown) => sql<string>`${text(value)}::json`

export interface NewMonitor {
  id: string
  workspaceId: string
  keyId: string
  actor: unknown
  prices: unknown
  dialect: string
  requestId: string
  intent: unknown
  nextAt: Date | null
  now: Date
}

export const insertMonitor = async (db: Database, it: NewMonitor): Promise<void> => {
  await db.insertInto('monitors').values({
    id: it.id, workspace_id: it.workspaceId, key_id: it.keyId, actor: json(it.actor), prices: json(it.prices), dialect: it.dialect, request_id: it.requestId,
    intent: json(it.intent), reason: null, next_at: it.nextAt, last_run_at: null, last_digest_at: null, created_at: it.now, updated_at: it.now,
  }).execute()
}

export interface MonitorWork extends Omit<NewMonitor, 'now'> {
  active: boolean
  createdAt: Date
  lastDigestAt: Date | null
}

const workOf = (row: Selectable<MonitorRow>): MonitorWork => ({
  id: row.id, workspaceId: row.workspace_id, keyId: row.key_id, actor: row.actor, prices: row.prices, dialect: row.dialect, requestId: row.request_id,
  intent: row.intent, nextAt: row.next_at, active: row.active, createdAt: row.created_at, lastDigestAt: row.last_digest_at,
})

export const getMonitorWork = async (db: Database, id: string): Promise<MonitorWork | undefined> => {
  const row = await db.selectFrom('monitors').selectAll().where('id', '=', id).executeTakeFirst()
  return row && workOf(row)
}

export const dueMonitors = async (db: Database, now: Date, limit: number): Promise<MonitorWork[]> =>
  (await db.selectFrom('monitors').selectAll().where('active', '=', true).where('next_at', '<=', now).orderBy('next_at').limit(limit).execute()).map(workOf)

/** False where another worker was faster. */
export const moveOn = async (db: Database, id: string, from: Date, to: Date | null): Promise<boolean> => {
  const { numUpdatedRows } = await db.updateTable('monitors').set({ next_at: to }).where('id', '=', id).where('next_at', '=', from).executeTakeFirst()
  return numUpdatedRows > 0n
}

export const isRunning = async (db: Database, monitorId: string): Promise<boolean> =>
  (await db.selectFrom('monitor_runs').select('id').where('monitor_id', '=', monitorId).where('state', '=', 'running').limit(1).executeTakeFirst()) !== undefined

export const insertRun = async (db: Database, run: { id: string; monitorId: string; workspaceId: string; state: 'running' | 'skipped'; trigger: MonitorRun['trigger']; dueAt: Date }): Promise<void> => {
  await db.insertInto('monitor_runs').values({
    id: run.id, monitor_id: run.monitorId, workspace_id: run.workspaceId, state: run.state, trigger: run.trigger, due_at: run.dueAt,
    finished_at: run.state === 'skipped' ? run.dueAt : null, previous_id: null, diff: null, failure: null, body: null, encoding: null,
  }).execute()
}

export const getRunState = async (db: Database, id: string): Promise<{ state: MonitorRun['state']; credits: number } | undefined> =>
  db.selectFrom('monitor_runs').select(['state', 'credits']).where('id', '=', id).executeTakeFirst()

/** The run before this one that saw something, with what it saw. */
export const lastSnapshot = async (db: Database, monitorId: string): Promise<{ id: string; snapshot: Snapshot } | undefined> => {
  const row = await db.selectFrom('monitor_runs').select(['id', 'body', 'encoding']).where('monitor_id', '=', monitorId).where('state', '=', 'completed')
    .where('body', 'is not', null).orderBy('seq', 'desc').limit(1).executeTakeFirst()
  // Safe: `finishRun` wrote it.
  return row?.body ? { id: row.id, snapshot: JSON.parse(await unpack(row.body, row.encoding ?? 'plain')) as Snapshot } : undefined
}

/** Changes that were seen since an instant, oldest first. */
export const changesSince = async (db: Database, monitorId: string, since: Date, limit: number): Promise<{ run_id: string; at: string; diff: MonitorDiff | null }[]> => {
  const rows = await db.selectFrom('monitor_runs').select(['id', 'finished_at', 'diff']).where('monitor_id', '=', monitorId).where('changed', '=', true).where('finished_at', '>', since)
    .orderBy('seq').limit(limit).execute()
  // Safe: `finishRun` wrote it.
  return rows.map((row) => ({ run_id: row.id, at: row.finished_at?.toISOString() ?? '', diff: row.diff as MonitorDiff | null }))
}

export interface RunResult {
  state: 'completed' | 'failed'
  diff: MonitorDiff | null
  failure: FailureJson | null
  credits: number
  previousId: string | null
  snapshot: Snapshot | null
  now: Date
  /** This run tells all changes since the last digest. */
  digest?: boolean
  /** Failures in a row after which the monitor is switched off. */
  failuresMax?: number
  /** What to tell, and under which id; the same when the run is done twice. */
  events?: { type: string; id: string; data: unknown }[]
}

/** Once: a run that is over stays as it is, and nothing is told a second time. */
export const finishRun = async (db: Database, id: string, result: RunResult): Promise<boolean> => {
  const packed = result.snapshot && await pack(JSON.stringify(result.snapshot))
  return db.transaction().execute(async (trx) => {
    const run = await trx.updateTable('monitor_runs').set({
      state: result.state, finished_at: result.now, changed: result.diff !== null, diff: result.diff === null ? null : json(result.diff),
      failure: result.failure === null ? null : json(result.failure) as never, credits: result.credits, previous_id: result.previousId,
      body: packed?.body ?? null, encoding: packed?.encoding ?? null,
    }).where('id', '=', id).where('state', '=', 'running').returning(['monitor_id', 'workspace_id']).executeTakeFirst()
    if (!run) return false
    const failed = result.state === 'failed'
    const { failures } = await trx.updateTable('monitors').set({ last_run_at: result.now, ...(result.digest ? { last_digest_at: result.now } : {}), failures: failed ? sql`failures + 1` : 0 }).where('id', '=', run.monitor_id).returning('failures').executeTakeFirstOrThrow()
    const tell = (event: { type: string; id: string; data: unknown }) =>
      sql`select fan_out(${run.workspace_id}, null, ${run.monitor_id}, ${event.type}, ${event.id}, ${result.now}, ${text(event.data)}::json)`.execute(trx)
    for (const event of result.events ?? []) await tell(event)
    if (failed && result.failuresMax !== undefined && failures >= result.failuresMax) {
      await trx.updateTable('monitors').set({ active: false, reason: 'failing', next_at: null }).where('id', '=', run.monitor_id).execute()
      await tell({ type: 'monitor.paused', id: `evt_${id}_paused`, data: { monitor_id: run.monitor_id, reason: 'failing', failures } })
    }
    return true
  })
}

export const getMonitor = async (db: Database, workspaceId: string, id: string): Promise<MonitorRecord | undefined> => {
  if (id.includes('\0')) return undefined
  const row = await db.selectFrom('monitors').selectAll().where('id', '=', id).where('workspace_id', '=', workspaceId).executeTakeFirst()
  return row && toRecord(row)
}

export const listMonitors = async (db: Database, workspaceId: string): Promise<MonitorRecord[]> =>
  (await db.selectFrom('monitors').selectAll().where('workspace_id', '=', workspaceId).orderBy('seq', 'desc').execute()).map(toRecord)

export const updateMonitor = async (db: Database, id: string, change: { intent: MonitorIntent; active: boolean; nextAt: Date | null; now: Date }): Promise<void> => {
  await db.updateTable('monitors').set({
    intent: json(change.intent), active: change.active, next_at: change.nextAt, updated_at: change.now, reason: null, ...(change.active ? { failures: 0 } : {}),
  }).where('id', '=', id).execute()
}

export const deleteMonitor = (db: Database, id: string): Promise<void> =>
  db.transaction().execute(async (trx) => {
    await trx.deleteFrom('monitors').where('id', '=', id).execute()
    await trx.deleteFrom('webhook_endpoints').where('monitor_id', '=', id).execute()
  })

const toRecord = (row: Selectable<MonitorRow>): MonitorRecord => ({
  id: row.id,
  workspaceId: row.workspace_id,
  // Safe: the verb wrote it.
  intent: row.intent as MonitorIntent,
  dialect: row.dialect,
  active: row.active,
  reason: row.reason,
  failures: row.failures,
  nextAt: row.next_at?.toISOString() ?? null,
  lastRunAt: row.last_run_at?.toISOString() ?? null,
  lastDigestAt: row.last_digest_at?.toISOString() ?? null,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
})

export const getRun = async (db: Database, monitorId: string, id: string | null): Promise<MonitorRun | undefined> => {
  if (id?.includes('\0')) return undefined
  const runs = db.selectFrom('monitor_runs').selectAll().where('monitor_id', '=', monitorId)
  const row = await (id === null ? runs.where('state', '=', 'completed').orderBy('seq', 'desc').limit(1) : runs.where('id', '=', id)).executeTakeFirst()
  return row && toRun(row, true)
}

/** Newest first. */
export const listRuns = async (db: Database, monitorId: string, query: { limit: number; cursor?: string; before?: string; changed?: boolean; snapshots?: boolean }): Promise<Page<MonitorRun>> => {
  let select = db.selectFrom('monitor_runs').selectAll().where('monitor_id', '=', monitorId)
  if (query.changed !== undefined) select = select.where('changed', '=', query.changed)
  if (query.before !== undefined) select = select.where('due_at', '<', new Date(query.before))
  if (query.cursor !== undefined) {
    if (!/^\d{1,15}$/.test(query.cursor)) return { items: [], nextCursor: null }
    select = select.where('seq', '<', Number(query.cursor))
  }
  const rows = await select.orderBy('seq', 'desc').limit(query.limit + 1).execute()
  const last = rows.length > query.limit ? rows[query.limit - 1] : undefined
  return { items: await Promise.all(rows.slice(0, query.limit).map((row) => toRun(row, query.snapshots ?? false))), nextCursor: last ? String(last.seq) : null }
}

const toRun = async (row: Selectable<MonitorRunRow>, whole: boolean): Promise<MonitorRun> => ({
  id: row.id,
  monitorId: row.monitor_id,
  workspaceId: row.workspace_id,
  state: row.state,
  trigger: row.trigger,
  dueAt: row.due_at.toISOString(),
  finishedAt: row.finished_at?.toISOString() ?? null,
  previousId: row.previous_id,
  changed: row.changed,
  diff: row.diff as MonitorDiff | null,
  failure: row.failure,
  credits: row.credits,
  snapshot: whole && row.body ? (JSON.parse(await unpack(row.body, row.encoding ?? 'plain')) as Snapshot) : null,
})

/** All but the newest runs of each monitor; the last one that saw something is always kept. */
export const deleteOldRuns = async (db: Database, before: Date): Promise<void> => {
  await sql`delete from monitor_runs r where r.due_at < ${before} and r.state <> 'running'
    and exists (select from monitor_runs n where n.monitor_id = r.monitor_id and n.seq > r.seq and n.state = 'completed' and n.body is not null)`.execute(db)
}
