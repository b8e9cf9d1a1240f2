import { Kysely, PGliteDialect, PostgresDialect, sql } from 'kysely'
import type { Logger } from '../lib/logger.ts'
import { openEmbedded } from './embedded.ts'
import { createMaintenance } from './maintenance.ts'
import { migrate, readMigrations, type Script } from './migrate.ts'
import { connectFirst, createPool, scriptOf } from './postgres.ts'
import type { Tables } from './tables.ts'

export interface StoreOptions {
  /** Folder of the embedded database; `memory://` keeps it in memory. */
  dataDir: string
  /** What a new embedded database begins as (what `dump` gave), for a quick start. */
  template?: Blob | undefined
  /** PostgreSQL to use instead. */
  databaseUrl?: string | undefined
  logger?: Logger | undefined
  poolSize?: number | undefined
  /** Deadline of every query on PostgreSQL. The embedded engine runs to the end what it has begun. */
  statementTimeoutMs?: number | undefined
  startTimeoutMs?: number | undefined
}

export type Database = Kysely<Tables>

export interface Store {
  readonly kind: 'pglite' | 'postgres'
  readonly db: Database
  /** An embedded database as an archive that a new one can begin as. */
  readonly dump?: () => Promise<Blob>
  /** Rejects when the database does not answer. */
  ping(): Promise<void>
  /** Gives back the space of deleted rows; runs by itself from time to time where the engine does not see to it. */
  maintain(): Promise<void>
  close(): Promise<void>
}

/** Opens the database and brings it to the newest migration. Throws `StoreError` with a message made for the terminal. */
export const openStore = async (options: StoreOptions): Promise<Store> =>
  options.databaseUrl ? openPostgres({ ...options, databaseUrl: options.databaseUrl }) : openPglite(options)

const openPglite = async ({ dataDir, template, logger }: StoreOptions): Promise<Store> => {
  const embedded = await openEmbedded(dataDir, template)
  try {
    await bringUp(embedded.script, logger)
  } catch (err) {
    await embedded.close()
    throw err
  }
  const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite: embedded.engine }) })
  const maintenance = createMaintenance(db, logger)
  const close = once(async () => {
    await maintenance.stop()
    await embedded.close()
  })
  return { kind: 'pglite', db, dump: () => embedded.engine.dump(), ping: () => ping(db), maintain: () => maintenance.run(), close }
}

const openPostgres = async (options: StoreOptions & { databaseUrl: string }): Promise<Store> => {
  const settings = {
    url: options.databaseUrl,
    poolSize: options.poolSize ?? 10,
    statementTimeoutMs: options.statementTimeoutMs ?? 15_000,
    startTimeoutMs: options.startTimeoutMs ?? 10_000,
    logger: options.logger,
  }
  const client = await connectFirst(settings)
  try {
    await bringUp(scriptOf(client), options.logger)
  } finally {
    await client.end()
  }
  const pool = createPool(settings)
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  return { kind: 'postgres', db, ping: () => ping(db), maintain: async () => {}, close: once(() => pool.end()) }
}

const bringUp = async (script: Script, logger: Logger | undefined): Promise<void> => {
  const applied = await migrate(script, await readMigrations())
  if (applied.length > 0) logger?.info({ applied }, 'database migrated')
}

const ping = async (db: Database): Promise<void> => {
  await sql`select 1`.execute(db)
}

const once = (close: () => Promise<void>): (() => Promise<void>) => {
  let closing: Promise<void> | undefined
  return () => (closing ??= close())
}
