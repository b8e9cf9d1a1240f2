import { sql, type Selectable } from 'kysely'
import type { SessionEnd, SessionIntent, SessionRecord } from '../contract/sessions.ts'
import type { Database } from './db.ts'
import { text } from './jobs.ts'
import type { SessionRow } from './tables.ts'

export interface NewSession {
  id: string
  workspaceId: string
  keyId: string
  mode: 'live' | 'test'
  dialect: string
  token: string
  address: string | null
  intent: SessionIntent
  holder: string
  leaseUntil: Date
  now: Date
  credits: number
}

/** False, with how many there are, where the key has as many as it may. One key's inserts wait for one another. */
export const insertSession = (db: Database, it: NewSession, limit: number | null): Promise<{ inserted: boolean; running: number }> =>
  db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtext(${`session ${it.keyId}`}))`.execute(trx)
    const { running } = await trx.selectFrom('sessions').select(({ fn }) => fn.countAll<number>().as('running')).where('key_id', '=', it.keyId).where('state', '=', 'active').executeTakeFirstOrThrow()
    if (limit !== null && Number(running) >= limit) return { inserted: false, running: Number(running) }
    await trx.insertInto('sessions').values({
      id: it.id, workspace_id: it.workspaceId, key_id: it.keyId, mode: it.mode, dialect: it.dialect, state: 'active', reason: null, token: it.token, address: it.address,
      intent: sql`${text(it.intent)}::json`, holder: it.holder, lease_until: it.leaseUntil, idle_ms: it.intent.idleMs,
      created_at: it.now, expires_at: new Date(it.now.getTime() + it.intent.ttlMs), last_used_at: it.now, ended_at: null, credits: it.credits,
    }).execute()
    return { inserted: true, running: Number(running) + 1 }
  })

/** For one whose browser never came. */
export const deleteSession = async (db: Database, id: string): Promise<void> => {
  await db.deleteFrom('sessions').where('id', '=', id).execute()
}

/** Tells that it can be used. */
export const announceSession = async (db: Database, id: string): Promise<void> => {
  await sql`select fan_out(s.workspace_id, null, null, 'session.created', 'evt_' || s.id || '_created', s.created_at, session_data(s)) from sessions s where s.id = ${id}`.execute(db)
}

export const endSession = async (db: Database, id: string, reason: SessionEnd, at: Date): Promise<void> => {
  await sql`select end_session(${id}, ${reason}, ${at})`.execute(db)
}

/** Ends what dead processes held; `foreign` also what anybody but `holder` holds. How many. */
export const endLost = async (db: Database, now: Date, holder: string, foreign = false): Promise<number> => {
  const lost = foreign ? sql`holder <> ${holder}` : sql`lease_until < ${now}`
  const { rows } = await sql`select end_session(id, 'lost', least(lease_until, ${now})) from sessions where state = 'active' and ${lost}`.execute(db)
  return rows.length
}

export const billSession = async (db: Database, id: string, credits: number): Promise<void> => {
  await db.updateTable('sessions').set({ credits: sql`credits + ${credits}` }).where('id', '=', id).execute()
}

export const askToEnd = async (db: Database, id: string): Promise<void> => {
  await db.updateTable('sessions').set({ end_asked: true }).where('id', '=', id).where('state', '=', 'active').execute()
}

/** Renews the leases of a process, and says what became of its sessions meanwhile. */
export const renewSessions = async (db: Database, holder: string, used: readonly { id: string; at: Date }[], leaseUntil: Date, now: Date): Promise<{ id: string; over: boolean; endAsked: boolean; revoked: boolean }[]> => {
  const { rows } = await sql<{ id: string; over: boolean; end_asked: boolean; revoked: boolean }>`
    with seen as (select * from json_to_recordset(${JSON.stringify(used)}::json) as x (id text, at timestamptz)),
    renewed as (
      update sessions s set lease_until = ${leaseUntil}, last_used_at = greatest(s.last_used_at, seen.at) from seen
      where s.id = seen.id and s.holder = ${holder} and s.state = 'active' returning s.id, s.end_asked, s.key_id
    )
    select seen.id, r.id is null as over, coalesce(r.end_asked, false) as end_asked, coalesce(k.revoked_at is not null or k.expires_at <= ${now}, false) as revoked
    from seen left join renewed r on r.id = seen.id left join keys k on k.id = r.key_id`.execute(db)
  return rows.map(({ id, over, end_asked, revoked }) => ({ id, over, endAsked: end_asked, revoked }))
}

export const findSession = async (db: Database, id: string): Promise<{ record: SessionRecord; holder: string } | undefined> => {
  if (id.includes('\0')) return undefined
  const row = await db.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirst()
  return row && { record: toRecord(row, new Date()), holder: row.holder }
}

export const getSession = async (db: Database, workspaceId: string, id: string, now: Date): Promise<SessionRecord | undefined> => {
  if (id.includes('\0')) return undefined
  const row = await db.selectFrom('sessions').selectAll().where('id', '=', id).where('workspace_id', '=', workspaceId).executeTakeFirst()
  return row && toRecord(row, now)
}

export const listActiveSessions = async (db: Database, workspaceId: string, now: Date): Promise<SessionRecord[]> => {
  const rows = await db.selectFrom('sessions').selectAll().where('workspace_id', '=', workspaceId).where('state', '=', 'active').orderBy('seq', 'desc').execute()
  return rows.map((row) => toRecord(row, now))
}

export const deleteSessionsBefore = async (db: Database, before: Date): Promise<void> => {
  await db.deleteFrom('sessions').where('ended_at', '<', before).execute()
}

const toRecord = (row: Selectable<SessionRow>, now: Date): SessionRecord => ({
  id: row.id,
  state: row.state,
  reason: row.reason,
  token: row.token,
  address: row.address,
  keyId: row.key_id,
  mode: row.mode,
  dialect: row.dialect,
  idleMs: row.idle_ms,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  lastUsedAt: row.last_used_at.toISOString(),
  endedAt: row.ended_at?.toISOString() ?? null,
  durationMs: Math.max(0, (row.ended_at ?? now).getTime() - row.created_at.getTime()),
  credits: row.credits,
})
