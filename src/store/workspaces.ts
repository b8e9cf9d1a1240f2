import { sql } from 'kysely'
import type { Database } from './db.ts'

export const defaultWorkspace = 'default'

export interface WorkspaceRecord {
  id: string
  name: string
  /** ISO 8601. */
  createdAt: string
  /** Null is unlimited. */
  monthlyCredits: number | null
}

/** Creates a workspace, or leaves the one that is there as it is. */
export const ensureWorkspace = async (db: Database, id: string, name: string, now: Date): Promise<void> => {
  await sql`insert into workspaces (id, name, created_at, period) values (${id}, ${name}, ${now}, month_of(${now})) on conflict (id) do nothing`.execute(db)
}

export const listWorkspaces = async (db: Database): Promise<WorkspaceRecord[]> => {
  const rows = await db.selectFrom('workspaces').select(['id', 'name', 'created_at', 'monthly_credits']).orderBy('created_at').orderBy('id').execute()
  return rows.map((row) => ({ id: row.id, name: row.name, createdAt: row.created_at.toISOString(), monthlyCredits: row.monthly_credits }))
}

export interface WorkspaceCredits {
  monthlyCredits: number | null
  balance: number
  used: number
  /** First instant of the next month. */
  resetAt: Date
}

/** Credits as of `now`; a new month begins here if nobody has begun it yet. */
export const workspaceCredits = async (db: Database, id: string, now: Date): Promise<WorkspaceCredits | undefined> => {
  const { rows } = await sql<{ monthly_credits: number | null; balance: number; stale: boolean; used: number; reset_at: Date }>`
    select monthly_credits, balance, period < month_of(${now}) as stale,
      (select coalesce(sum(credits), 0)::bigint from usage_days where workspace_id = workspaces.id and day >= month_of(${now})) as used,
      (month_of(${now}) + interval '1 month')::timestamp at time zone 'utc' as reset_at
    from workspaces where id = ${id}`.execute(db)
  const row = rows[0]
  if (!row) return undefined
  if (row.stale) {
    await sql`select lock_workspace(${id}, ${now})`.execute(db)
    return workspaceCredits(db, id, now)
  }
  return { monthlyCredits: row.monthly_credits, balance: row.balance, used: row.used, resetAt: row.reset_at }
}

export const topUpWorkspace = async (db: Database, id: string, credits: number, note: string | null, now: Date): Promise<void> => {
  await sql`select top_up(${id}, ${credits}, ${note}, ${now})`.execute(db)
}

export const setMonthlyCredits = async (db: Database, id: string, credits: number | null, now: Date): Promise<void> => {
  await sql`select set_monthly_credits(${id}, ${credits}, ${now})`.execute(db)
}
