import { sql } from 'kysely'
import type { Actor, KeyRecord } from '../contract/actor.ts'
import type { Database } from './db.ts'
import type { KeyRow } from './tables.ts'

type NewRow = Omit<KeyRow, 'spent' | 'spent_day' | 'spent_today'>

/** False when a key with this hash exists already. */
export const insertKey = async (db: Database, row: NewRow): Promise<boolean> => {
  const result = await db.insertInto('keys').values(row).onConflict((conflict) => conflict.column('hash').doNothing()).executeTakeFirst()
  return Number(result.numInsertedOrUpdatedRows ?? 0) > 0
}

export interface KnownKey {
  actor: Actor
  hash: Uint8Array
  expiresAt: Date | null
  revokedAt: Date | null
  lastUsedAt: Date | null
  /** The workspace is unlimited and so is the key: nothing has to be reserved. */
  unlimited: boolean
}

export const findKeyByHash = async (db: Database, hash: Uint8Array): Promise<KnownKey | undefined> => {
  const row = await db.selectFrom('keys').innerJoin('workspaces', 'workspaces.id', 'keys.workspace_id')
    .selectAll('keys').select('workspaces.monthly_credits')
    .where('hash', '=', hash).executeTakeFirst()
  if (!row) return undefined
  return {
    actor: {
      workspaceId: row.workspace_id,
      keyId: row.id,
      keyName: row.name,
      mode: row.mode,
      scopes: row.scopes,
      limits: { rpm: row.rpm, concurrency: row.concurrency, creditLimit: row.credit_limit, dailyCreditCap: row.daily_credit_cap },
      urlBlocklist: row.url_blocklist,
      index: row.index_pages,
    },
    hash: row.hash,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    lastUsedAt: row.last_used_at,
    unlimited: row.monthly_credits === null && row.credit_limit === null && row.daily_credit_cap === null,
  }
}

const records = (db: Database, workspaceId: string) =>
  db.selectFrom('keys').selectAll('keys')
    .select(sql<number>`(select coalesce(sum(credits), 0)::bigint from usage_days where usage_days.key_id = keys.id)`.as('credits_used'))
    .where('workspace_id', '=', workspaceId)

export const listKeys = async (db: Database, workspaceId: string): Promise<KeyRecord[]> =>
  (await records(db, workspaceId).orderBy('created_at').orderBy('id').execute()).map(toRecord)

export const getKey = async (db: Database, workspaceId: string, id: string): Promise<KeyRecord | undefined> => {
  const row = await records(db, workspaceId).where('id', '=', id).executeTakeFirst()
  return row && toRecord(row)
}

/** Revokes for good; a key that is revoked already keeps its date. */
export const revokeKey = async (db: Database, workspaceId: string, id: string, now: Date): Promise<void> => {
  await db.updateTable('keys').set({ revoked_at: now })
    .where('workspace_id', '=', workspaceId).where('id', '=', id).where('revoked_at', 'is', null).execute()
}

/** Gives a key another secret. False when there is no such key or it is revoked. */
export const replaceHash = async (db: Database, workspaceId: string, id: string, shown: Pick<KeyRow, 'hash' | 'prefix' | 'last_four'>): Promise<boolean> => {
  const result = await db.updateTable('keys').set(shown)
    .where('workspace_id', '=', workspaceId).where('id', '=', id).where('revoked_at', 'is', null).executeTakeFirst()
  return result.numUpdatedRows > 0n
}

export const touchKey = async (db: Database, id: string, now: Date): Promise<void> => {
  await db.updateTable('keys').set({ last_used_at: now }).where('id', '=', id).execute()
}

const toRecord = (row: Omit<KeyRow, 'spent' | 'spent_day' | 'spent_today'> & { credits_used: number }): KeyRecord => ({
  id: row.id,
  name: row.name,
  prefix: row.prefix,
  lastFour: row.last_four,
  mode: row.mode,
  scopes: row.scopes,
  urlBlocklist: row.url_blocklist,
  index: row.index_pages,
  rpm: row.rpm,
  concurrency: row.concurrency,
  creditLimit: row.credit_limit,
  dailyCreditCap: row.daily_credit_cap,
  creditsUsed: row.credits_used,
  createdAt: row.created_at.toISOString(),
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
  expiresAt: row.expires_at?.toISOString() ?? null,
  revokedAt: row.revoked_at?.toISOString() ?? null,
})
