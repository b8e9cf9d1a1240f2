import { sql, type Selectable } from 'kysely'
import type { KeyMode } from '../contract/actor.ts'
import type { ProfileRecord } from '../contract/profiles.ts'
import type { Database } from './db.ts'
import { text } from './jobs.ts'
import type { ProfileRow } from './tables.ts'

export interface ProfileKey {
  workspaceId: string
  mode: KeyMode
  name: string
}

export interface ProfileBody {
  body: Uint8Array
  cookies: number
  sites: string[]
}

const where = ({ workspaceId, mode, name }: ProfileKey) => sql<boolean>`workspace_id = ${workspaceId} and mode = ${mode} and name = ${name}`

const columns = ['name', 'mode', 'cookies', 'sites', 'created_at', 'updated_at', 'used_at'] as const

const toRecord = (row: Pick<Selectable<ProfileRow>, (typeof columns)[number]>): ProfileRecord => ({
  name: row.name,
  mode: row.mode,
  cookies: row.cookies,
  // Safe: written below.
  sites: row.sites as string[],
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
  lastUsedAt: row.used_at?.toISOString() ?? null,
})

export const getProfile = async (db: Database, key: ProfileKey): Promise<ProfileRecord | undefined> => {
  const row = await db.selectFrom('profiles').select(columns).where(where(key)).executeTakeFirst()
  return row && toRecord(row)
}

export const listProfiles = async (db: Database, workspaceId: string, mode: KeyMode): Promise<ProfileRecord[]> =>
  (await db.selectFrom('profiles').select(columns).where('workspace_id', '=', workspaceId).where('mode', '=', mode).orderBy('name').execute()).map(toRecord)

/** Its body, noted as used now. */
export const useProfile = async (db: Database, key: ProfileKey, now: Date): Promise<Uint8Array | undefined> =>
  (await db.updateTable('profiles').set({ used_at: now }).where(where(key)).returning('body').executeTakeFirst())?.body

export const deleteProfile = async (db: Database, key: ProfileKey): Promise<ProfileRecord | undefined> => {
  const row = await db.deleteFrom('profiles').where(where(key)).returning(columns).executeTakeFirst()
  return row && toRecord(row)
}

/** Writes what `change` makes of the body that is there. Changes of one profile wait for one another. */
export const changeProfile = (db: Database, key: ProfileKey, now: Date, change: (body: Uint8Array | undefined) => Promise<ProfileBody>): Promise<void> =>
  db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtext(${`profile ${key.workspaceId} ${key.mode} ${key.name}`}))`.execute(trx)
    const row = await trx.selectFrom('profiles').select('body').where(where(key)).executeTakeFirst()
    const { body, cookies, sites } = await change(row?.body)
    await trx.insertInto('profiles').values({
      workspace_id: key.workspaceId, mode: key.mode, name: key.name, body, cookies, sites: sql`${text(sites)}::json`, created_at: now, updated_at: now, used_at: null,
    }).onConflict((conflict) => conflict.columns(['workspace_id', 'mode', 'name']).doUpdateSet({ body, cookies, sites: sql`${text(sites)}::json`, updated_at: now })).execute()
  })
