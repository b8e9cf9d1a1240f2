import { sql } from 'kysely'
import type { Page } from '../contract/usage.ts'
import type { Database } from './db.ts'
import type { LedgerKind } from './tables.ts'

export interface LedgerEntry {
  id: number
  /** ISO 8601. */
  at: string
  kind: LedgerKind
  amount: number
  used: number
  keyId: string | null
  requestId: string | null
  note: string | null
}

/** Newest first. */
export const listLedger = async (db: Database, workspaceId: string, query: { limit: number; cursor?: string }): Promise<Page<LedgerEntry>> => {
  let select = db.selectFrom('ledger').selectAll().where('workspace_id', '=', workspaceId)
  if (query.cursor !== undefined) select = select.where('id', '<', /^\d{1,15}$/.test(query.cursor) ? Number(query.cursor) : 0)
  const rows = await select.orderBy('id', 'desc').limit(query.limit + 1).execute()
  const last = rows.length > query.limit ? rows[query.limit - 1] : undefined
  return {
    items: rows.slice(0, query.limit).map((row) => ({
      id: row.id, at: row.at.toISOString(), kind: row.kind, amount: row.amount, used: row.used,
      keyId: row.key_id, requestId: row.request_id, note: row.note,
    })),
    nextCursor: last ? String(last.id) : null,
  }
}

export interface UsageDay {
  /** YYYY-MM-DD, UTC. */
  day: string
  keyId: string
  credits: number
  requests: number
}

/** Billed requests and their credits by day and key, oldest first. */
export const listUsage = async (db: Database, workspaceId: string, since: string): Promise<UsageDay[]> => {
  const { rows } = await sql<{ day: string; key_id: string; credits: number; requests: number }>`
    select day, key_id, sum(credits)::bigint as credits, sum(requests)::bigint as requests
    from usage_days where workspace_id = ${workspaceId} and day >= ${since}::date group by day, key_id order by day, key_id`.execute(db)
  return rows.map((row) => ({ day: row.day, keyId: row.key_id, credits: row.credits, requests: row.requests }))
}

export interface Audit {
  balance: number
  ledgerSum: number
  reserved: number
  used: number
}

/** The balance beside the sums that it must agree with. */
export const auditWorkspace = async (db: Database, workspaceId: string): Promise<Audit> => {
  const { rows } = await sql<{ balance: number; ledger_sum: number; reserved: number; used: number }>`
    select balance,
      (select coalesce(sum(amount), 0)::bigint from ledger where workspace_id = w.id) as ledger_sum,
      (select coalesce(sum(held), 0)::bigint from reservations where workspace_id = w.id) as reserved,
      (select coalesce(sum(used), 0)::bigint from ledger where workspace_id = w.id) as used
    from workspaces w where id = ${workspaceId}`.execute(db)
  const row = rows[0]
  return { balance: row?.balance ?? 0, ledgerSum: row?.ledger_sum ?? 0, reserved: row?.reserved ?? 0, used: row?.used ?? 0 }
}
