import { sql } from 'kysely'
import type { Database } from './db.ts'

export interface Reservation {
  permitId: string
  workspaceId: string
  keyId: string
  requestId: string
}

export interface Admission {
  verdict: 'ok' | 'credits' | 'key_credits' | 'daily_cap'
  /** What is left of that which did not suffice. */
  available: number
}

export interface AdmitItem extends Reservation {
  credits: number
  /** Only look whether anything is left; reserve nothing. */
  gate: boolean
  holder: string
  now: Date
  expiresAt: Date
}

export const admitPermits = async (db: Database, items: readonly AdmitItem[]): Promise<Admission[]> => {
  const json = JSON.stringify(items.map((item) => ({
    permit: item.permitId, workspace: item.workspaceId, key: item.keyId, request: item.requestId,
    credits: item.credits, gate: item.gate, holder: item.holder, at: item.now, expires: item.expiresAt,
  })))
  const { rows } = await sql<{ verdict: Admission['verdict']; available: number | null }>`select * from admit_all(${json}::json)`.execute(db)
  return rows.map(({ verdict, available }) => ({ verdict, available: available ?? 0 }))
}

export interface SettleItem {
  workspaceId: string
  keyId: string
  /** Null only records. */
  permit: Reservation | null
  /** Null releases what was reserved. */
  credits: number | null
  shard: number
  now: Date
  /** The request as JSON for history, in the same transaction. */
  record: string | null
}

/** Ends permits. Repeating it changes nothing, so that it may be tried again after a lost connection. */
export const settlePermits = async (db: Database, items: readonly SettleItem[]): Promise<void> => {
  const json = items.map(({ permit, record, ...item }) => {
    const head = JSON.stringify({
      permit: permit?.permitId ?? null, workspace: item.workspaceId, key: item.keyId, request: permit?.requestId ?? null,
      credits: item.credits, at: item.now, shard: item.shard,
    })
    return `${head.slice(0, -1)},"record":${record ?? 'null'}}`
  })
  await sql`select settle_all(${`[${json.join(',')}]`}::json)`.execute(db)
}

/** The order in which rows are locked, the same in every process. */
export const byLock = (a: { workspaceId: string; keyId: string }, b: { workspaceId: string; keyId: string }): number =>
  a.workspaceId === b.workspaceId ? compareText(a.keyId, b.keyId) : compareText(a.workspaceId, b.workspaceId)

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Gives back what permits held whose process died. Returns how many. */
export const releaseExpired = async (db: Database, now: Date): Promise<number> => {
  let released = 0
  for (;;) {
    const { rows } = await sql<{ permit_id: string; workspace_id: string; key_id: string; request_id: string }>`
      select permit_id, workspace_id, key_id, request_id from reservations where expires_at <= ${now} order by expires_at limit 200`.execute(db)
    for (const row of rows) {
      // One transaction each: a busy workspace is never locked for the whole sweep.
      const { rows: done } = await sql<{ settle: boolean }>`
        select settle(${row.permit_id}, ${row.workspace_id}, ${row.key_id}, ${row.request_id}, null, ${now}, 0::smallint, true, null)`.execute(db)
      if (done[0]?.settle) released++
    }
    if (rows.length < 200) return released
  }
}

/** Of a database that only one process can have open: whatever another holder held, its process is gone. */
export const expireForeign = async (db: Database, holder: string, now: Date): Promise<void> => {
  await db.updateTable('reservations').set({ expires_at: now }).where('holder', '!=', holder).execute()
  await db.deleteFrom('leases').where('holder', '!=', holder).execute()
  await db.deleteFrom('idempotency').where('holder', '!=', holder).where('status', 'is', null).execute()
}

/** Keeps alive what this process holds, but nothing for longer than a request can last. */
export const renewHeld = async (db: Database, holder: string, options: { now: Date; expiresAt: Date; bornAfter: Date }): Promise<void> => {
  await db.updateTable('reservations').set({ expires_at: options.expiresAt })
    .where('holder', '=', holder).where('created_at', '>', options.bornAfter).execute()
  await db.updateTable('idempotency').set({ locked_until: options.expiresAt })
    .where('holder', '=', holder).where('status', 'is', null).where('started_at', '>', options.bornAfter).execute()
}
