import { sql } from 'kysely'
import type { Logger } from '../lib/logger.ts'
import type { Database } from './db.ts'

const everyMs = 60 * 60 * 1000

export interface Maintenance {
  run(): Promise<void>
  stop(): Promise<void>
}

/** The embedded engine has no autovacuum: without this, rows that were deleted would keep their space for ever. */
export const createMaintenance = (db: Database, logger: Logger | undefined): Maintenance => {
  let running: Promise<void> | undefined
  let stopped = false

  const vacuum = async (): Promise<void> => {
    const { rows } = await sql<{ schema: string; name: string }>`
      select schemaname as schema, tablename as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`.execute(db)
    for (const { schema, name } of rows) {
      // One statement a table, so that requests get their turn in between.
      if (!stopped) await sql`vacuum (analyze) ${sql.id(schema, name)}`.execute(db)
    }
  }

  const run = (): Promise<void> => (running ??= vacuum().finally(() => (running = undefined)))
  const timer = setInterval(() => void run().catch((err: unknown) => logger?.warn({ err }, 'vacuum of the embedded database failed and will be tried again')), everyMs).unref()

  return {
    run,
    async stop() {
      stopped = true
      clearInterval(timer)
      await running?.catch(() => {
        // Told to whoever ran it.
      })
    },
  }
}
