import { sql } from 'kysely'
import type { KeyMode } from '../contract/actor.ts'
import type { Page } from '../contract/usage.ts'
import type { WebhookChange, WebhookDelivery, WebhookEndpoint } from '../contract/webhooks.ts'
import type { Database } from './db.ts'
import { text } from './jobs.ts'
import type { WebhookDeliveryRow, WebhookEndpointRow } from './tables.ts'
import type { Selectable } from 'kysely'

export interface NewEndpoint {
  id: string
  workspaceId: string
  jobId: string | null
  monitorId: string | null
  name: string | null
  url: string
  events: string[]
  secret: string
  headers: Record<string, string>
  options: unknown
  mode: KeyMode
  now: Date
}

const json = (value: unknown) => sql<string>`${text(value)}::json`

export const insertEndpoint = async (db: Database, endpoint: NewEndpoint): Promise<void> => {
  await db.insertInto('webhook_endpoints').values({
    id: endpoint.id, workspace_id: endpoint.workspaceId, job_id: endpoint.jobId, monitor_id: endpoint.monitorId, name: endpoint.name, url: endpoint.url,
    events: endpoint.events, secret: endpoint.secret, old_secret: null, old_secret_until: null, headers: json(endpoint.headers), options: json(endpoint.options),
    mode: endpoint.mode, disabled_reason: null, failing_since: null, last_at: null, last_status: null, created_at: endpoint.now, updated_at: endpoint.now,
  }).execute()
}

/** The same unless the workspace has so many already; how many it had. Of those made at once each sees the ones before it. */
export const insertEndpointUpTo = (db: Database, endpoint: NewEndpoint, max: number): Promise<number> =>
  db.transaction().execute(async (trx) => {
    await sql`select id from workspaces where id = ${endpoint.workspaceId} for no key update`.execute(trx)
    const { length } = await listEndpoints(trx, endpoint.workspaceId)
    if (length < max) await insertEndpoint(trx, endpoint)
    return length
  })

/** Those of jobs and monitors belong to them and are in no list. */
const shown = (db: Database, workspaceId: string) =>
  db.selectFrom('webhook_endpoints').selectAll().where('workspace_id', '=', workspaceId).where('job_id', 'is', null).where('monitor_id', 'is', null)

export const listEndpoints = async (db: Database, workspaceId: string): Promise<WebhookEndpoint[]> => (await shown(db, workspaceId).orderBy('seq').execute()).map(toEndpoint)

export const getEndpoint = async (db: Database, workspaceId: string, id: string): Promise<WebhookEndpoint | undefined> => {
  if (id.includes('\0')) return undefined
  const row = await shown(db, workspaceId).where('id', '=', id).executeTakeFirst()
  return row && toEndpoint(row)
}

export const updateEndpoint = async (db: Database, id: string, change: WebhookChange, now: Date): Promise<void> => {
  await db.updateTable('webhook_endpoints').set({
    updated_at: now,
    ...(change.name === undefined ? {} : { name: change.name }),
    ...(change.url === undefined ? {} : { url: change.url }),
    ...(change.events === undefined ? {} : { events: change.events }),
    ...(change.secret === undefined ? {} : { secret: change.secret, old_secret: null, old_secret_until: null }),
    ...(change.headers === undefined ? {} : { headers: json(change.headers) }),
    ...(change.options === undefined ? {} : { options: json(change.options) }),
    ...(change.active === undefined ? {} : { active: change.active, disabled_reason: null, failing_since: null }),
  }).where('id', '=', id).execute()
}

export const rotateSecret = async (db: Database, id: string, secret: string, until: Date, now: Date): Promise<void> => {
  await db.updateTable('webhook_endpoints').set((set) => ({ old_secret: set.ref('secret'), old_secret_until: until, secret, updated_at: now })).where('id', '=', id).execute()
}

export const deleteEndpoint = async (db: Database, id: string): Promise<void> => {
  await db.deleteFrom('webhook_endpoints').where('id', '=', id).execute()
}

const toEndpoint = (row: Selectable<WebhookEndpointRow>): WebhookEndpoint => ({
  id: row.id,
  name: row.name,
  url: row.url,
  events: row.events,
  headers: row.headers as Record<string, string>,
  active: row.active,
  disabledReason: row.disabled_reason,
  stats: { attempts: row.attempts, failures: row.failures, lastAt: row.last_at?.toISOString() ?? null, lastStatus: row.last_status },
  oldSecretUntil: row.old_secret_until?.toISOString() ?? null,
  options: row.options as Record<string, unknown>,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
})

const toDelivery = (row: Selectable<WebhookDeliveryRow>): WebhookDelivery => ({
  id: row.id,
  endpointId: row.endpoint_id,
  eventId: row.event_id,
  type: row.type,
  jobId: row.job_id,
  at: row.at.toISOString(),
  state: row.state,
  attempts: row.attempt,
  nextAt: row.next_at?.toISOString() ?? null,
  lastAt: row.last_at?.toISOString() ?? null,
  lastStatus: row.last_status,
  lastFailure: row.last_failure,
  snippet: row.snippet,
  data: row.data,
})

/** One message to one endpoint, outside of what happens to jobs. */
export const insertDelivery = async (db: Database, delivery: { id: string; endpointId: string; workspaceId: string; eventId: string; type: string; data: unknown; now: Date }): Promise<void> => {
  await db.insertInto('webhook_deliveries').values({
    id: delivery.id, endpoint_id: delivery.endpointId, workspace_id: delivery.workspaceId, event_id: delivery.eventId, type: delivery.type, job_id: null,
    at: delivery.now, data: json(delivery.data), state: 'pending', begun_at: delivery.now, next_at: delivery.now,
    holder: null, lease_until: null, last_at: null, last_status: null, last_failure: null, snippet: null,
  }).execute()
}

/** To every endpoint of the workspace that wants it. */
export const fanOut = async (db: Database, event: { workspaceId: string; monitorId: string | null; type: string; id: string; data: unknown; now: Date }): Promise<void> => {
  await sql`select fan_out(${event.workspaceId}, null, ${event.monitorId}, ${event.type}, ${event.id}, ${event.now}, ${text(event.data)}::json)`.execute(db)
}

/** The same, but only the first time that the event is told. */
export const fanOutOnce = (db: Database, event: Parameters<typeof fanOut>[1]): Promise<boolean> =>
  db.transaction().execute(async (trx) => {
    await sql`select id from workspaces where id = ${event.workspaceId} for no key update`.execute(trx)
    const { rows } = await sql`select from webhook_endpoints e join webhook_deliveries d on d.id = 'dlv_' || md5(${event.id}::text || e.id) where e.workspace_id = ${event.workspaceId} limit 1`.execute(trx)
    if (rows.length > 0) return false
    await fanOut(trx, event)
    return true
  })

/** Workspaces with an address that is told of such events. */
export const workspacesThatWant = async (db: Database, type: string): Promise<string[]> => {
  const { rows } = await sql<{ workspace_id: string }>`select distinct workspace_id from webhook_endpoints
    where active and job_id is null and monitor_id is null and (${type} = any (events) or '*' = any (events) or split_part(${type}, '.', 1) || '.*' = any (events))`.execute(db)
  return rows.map((row) => row.workspace_id)
}

export const getDelivery = async (db: Database, endpointId: string, id: string): Promise<WebhookDelivery | undefined> => {
  if (id.includes('\0')) return undefined
  const row = await db.selectFrom('webhook_deliveries').selectAll().where('endpoint_id', '=', endpointId).where('id', '=', id).executeTakeFirst()
  return row && toDelivery(row)
}

/** Newest first. */
export const listDeliveries = async (db: Database, endpointId: string, query: { limit: number; cursor?: string; state?: WebhookDelivery['state'] }): Promise<Page<WebhookDelivery>> => {
  let select = db.selectFrom('webhook_deliveries').selectAll().where('endpoint_id', '=', endpointId)
  if (query.state) select = select.where('state', '=', query.state)
  if (query.cursor !== undefined) {
    if (!/^\d{1,15}$/.test(query.cursor)) return { items: [], nextCursor: null }
    select = select.where('seq', '<', Number(query.cursor))
  }
  const rows = await select.orderBy('seq', 'desc').limit(query.limit + 1).execute()
  const last = rows.length > query.limit ? rows[query.limit - 1] : undefined
  return { items: rows.slice(0, query.limit).map(toDelivery), nextCursor: last ? String(last.seq) : null }
}

const anew = (now: Date) => ({ state: 'pending', attempt: 0, begun_at: now, next_at: now, lease_until: null, holder: null }) as const

export const replayDelivery = async (db: Database, id: string, now: Date): Promise<void> => {
  await db.updateTable('webhook_deliveries').set(anew(now)).where('id', '=', id).execute()
}

export const replayRange = async (db: Database, endpointId: string, range: { since: Date; until: Date; all: boolean }, now: Date): Promise<number> => {
  const result = await db.updateTable('webhook_deliveries').set(anew(now)).where('endpoint_id', '=', endpointId)
    .where('at', '>=', range.since).where('at', '<=', range.until).where('state', 'in', range.all ? ['delivered', 'failed'] : ['failed']).executeTakeFirst()
  return Number(result.numUpdatedRows)
}

export interface ClaimedDelivery {
  id: string
  fence: number
  workspaceId: string
  eventId: string
  type: string
  at: Date
  data: unknown
  attempt: number
  begunAt: Date
  endpoint: { id: string; url: string; secrets: string[]; headers: Record<string, string>; options: { dialect?: string } & Record<string, unknown>; mode: KeyMode }
}

/** Deliveries that are due, under a lease; few of each endpoint, so that one that does not answer holds up nobody else. */
export const claimDeliveries = async (db: Database, holder: string, options: { limit: number; perEndpoint: number; now: Date; leaseMs: number }): Promise<ClaimedDelivery[]> => {
  const { rows } = await sql<{
    id: string; fence: number; workspace_id: string; event_id: string; type: string; at: Date; data: unknown; attempt: number; begun_at: Date
    endpoint_id: string; url: string; secret: string; old_secret: string | null; headers: Record<string, string>; options: { dialect?: string } & Record<string, unknown>; mode: KeyMode
  }>`
    with due as (
      select d.seq from webhook_deliveries d
      where d.state = 'pending' and d.next_at <= ${options.now} and (d.lease_until is null or d.lease_until <= ${options.now})
        and exists (select from webhook_endpoints e where e.id = d.endpoint_id and e.active)
        and (select count(*) from webhook_deliveries x where x.endpoint_id = d.endpoint_id and x.state = 'pending' and x.lease_until > ${options.now}) < ${options.perEndpoint}::int
      order by d.next_at, d.seq limit ${options.limit} for update of d skip locked
    ), taken as (
      update webhook_deliveries d set holder = ${holder}, fence = d.fence + 1, lease_until = ${new Date(options.now.getTime() + options.leaseMs)}
      from due where d.seq = due.seq returning d.*
    )
    select t.id, t.fence, t.workspace_id, t.event_id, t.type, t.at, t.data, t.attempt, t.begun_at, e.id as endpoint_id, e.url, e.secret,
      case when e.old_secret_until > ${options.now} then e.old_secret end as old_secret, e.headers, e.options, e.mode
    from taken t join webhook_endpoints e on e.id = t.endpoint_id order by t.seq`.execute(db)
  return rows.map((row) => ({
    id: row.id, fence: row.fence, workspaceId: row.workspace_id, eventId: row.event_id, type: row.type, at: row.at, data: row.data, attempt: row.attempt, begunAt: row.begun_at,
    endpoint: {
      id: row.endpoint_id, url: row.url, secrets: [row.secret, ...(row.old_secret === null ? [] : [row.old_secret])],
      headers: row.headers, options: row.options, mode: row.mode,
    },
  }))
}

export interface DeliveryResult {
  delivered: boolean
  /** False where its form had nothing to send. */
  sent: boolean
  /** When to try again; null is the end of it. */
  nextAt: Date | null
  status: number | null
  failure: string | null
  snippet: string | null
  /** Switches the endpoint off. */
  disable?: 'gone' | 'failing'
}

/** False where the lease was lost or the delivery was begun anew meanwhile. True in `disabled` where this switched the endpoint off. */
export const finishDelivery = (db: Database, delivery: ClaimedDelivery, result: DeliveryResult, now: Date): Promise<{ held: boolean; disabled: boolean }> =>
  db.transaction().execute(async (trx) => {
    const { numUpdatedRows } = await trx.updateTable('webhook_deliveries').set({
      state: result.delivered ? 'delivered' : result.nextAt === null ? 'failed' : 'pending',
      attempt: delivery.attempt + 1, next_at: result.nextAt, holder: null, lease_until: null,
      last_at: now, last_status: result.status, last_failure: result.failure, snippet: result.snippet,
    }).where('id', '=', delivery.id).where('fence', '=', delivery.fence).where('state', '=', 'pending').where('attempt', '=', delivery.attempt).executeTakeFirst()
    if (numUpdatedRows === 0n) return { held: false, disabled: false }
    if (!result.sent) return { held: true, disabled: false }
    await trx.updateTable('webhook_endpoints').set((set) => ({
      attempts: sql`attempts + 1`, failures: sql`failures + ${result.delivered ? 0 : 1}::int`, last_at: now, last_status: result.status,
      failing_since: result.delivered ? null : set.fn.coalesce('failing_since', sql<Date>`${now}::timestamptz`),
    })).where('id', '=', delivery.endpoint.id).execute()
    if (result.disable === undefined) return { held: true, disabled: false }
    const off = await trx.updateTable('webhook_endpoints').set({ active: false, disabled_reason: result.disable, updated_at: now })
      .where('id', '=', delivery.endpoint.id).where('active', '=', true).executeTakeFirst()
    return { held: true, disabled: off.numUpdatedRows > 0n }
  })

export const handBackDelivery = async (db: Database, delivery: ClaimedDelivery, now: Date): Promise<void> => {
  await db.updateTable('webhook_deliveries').set({ lease_until: now, holder: null }).where('id', '=', delivery.id).where('fence', '=', delivery.fence).execute()
}

export const deleteOldDeliveries = async (db: Database, before: Date): Promise<void> => {
  await sql`delete from webhook_deliveries where seq in (select seq from webhook_deliveries where at < ${before} and state <> 'pending' order by at limit 5000)`.execute(db)
}
