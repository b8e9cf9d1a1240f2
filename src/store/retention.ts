import { sql } from 'kysely'
import type { Database } from './db.ts'

const batch = 2_000

/** Deletes in batches, so that no statement holds the embedded engine, or locks, for long. */
const deleteInBatches = async (run: () => Promise<number>): Promise<number> => {
  let total = 0
  for (;;) {
    const deleted = await run()
    total += deleted
    if (deleted < batch) return total
  }
}

export const deleteRequestsBefore = (db: Database, before: Date): Promise<number> =>
  deleteInBatches(async () => {
    const result = await sql`delete from requests where seq in (select seq from requests where at < ${before} order by at limit ${batch})`.execute(db)
    return Number(result.numAffectedRows ?? 0)
  })

export const deleteIdempotencyBefore = (db: Database, now: Date): Promise<number> =>
  deleteInBatches(async () => {
    const result = await sql`delete from idempotency where (workspace_id, scope, key) in
      (select workspace_id, scope, key from idempotency where expires_at <= ${now} order by expires_at limit ${batch}) and expires_at <= ${now}`.execute(db)
    return Number(result.numAffectedRows ?? 0)
  })

export const deleteDocumentsBefore = (db: Database, now: Date): Promise<number> =>
  deleteInBatches(async () => {
    const result = await sql`delete from documents where (workspace_id, key) in
      (select workspace_id, key from documents where expires_at <= ${now} order by expires_at limit ${batch}) and expires_at <= ${now}`.execute(db)
    return Number(result.numAffectedRows ?? 0)
  })
