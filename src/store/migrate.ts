import { readdir, readFile } from 'node:fs/promises'
import { StoreError } from './store-error.ts'

/** One connection that runs several statements in a call, which Kysely does not. */
export interface Script {
  /** Runs statements separated by semicolons. */
  exec(sql: string): Promise<void>
  query<Row>(sql: string): Promise<Row[]>
}

export interface Migration {
  name: string
  sql: string
}

const folder = new URL('./migrations/', import.meta.url)

/** Any number that no other program is likely to lock in the same database. */
const lockId = 7_240_113_902

export const readMigrations = async (): Promise<Migration[]> => {
  const names = (await readdir(folder)).filter((name) => /^\d{4}-.+\.sql$/.test(name)).toSorted()
  return Promise.all(names.map(async (name) => ({ name: name.slice(0, -4), sql: await readFile(new URL(name, folder), 'utf8') })))
}

/** Applies what is missing, all or nothing. Processes that start at once wait for one another. Returns the names applied. */
export const migrate = async (script: Script, migrations: readonly Migration[]): Promise<string[]> => {
  await script.exec('begin')
  try {
    await script.exec(`set local statement_timeout = 0; set local lock_timeout = 0; select pg_advisory_xact_lock(${lockId})`)
    await script.exec('create table if not exists migrations (name text primary key, applied_at timestamptz not null default now())')
    const done = (await script.query<{ name: string }>('select name from migrations order by name')).map((row) => row.name)
    const unknown = done.filter((name) => !migrations.some((migration) => migration.name === name))
    if (unknown.length > 0) {
      throw new StoreError(`The database was written by a newer Lyrebird (it has ${unknown.join(', ')}). Start that version or a later one.`)
    }
    const missing = migrations.filter((migration) => !done.includes(migration.name))
    for (const { name, sql } of missing) {
      await script.exec(sql)
      await script.exec(`insert into migrations (name) values ('${name}')`)
    }
    await script.exec('commit')
    return missing.map((migration) => migration.name)
  } catch (err) {
    await script.exec('rollback').catch(() => {
      // The connection is gone, and the transaction with it; the first error tells more.
    })
    throw err
  }
}
