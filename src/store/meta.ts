import type { Database } from './db.ts'

/** Facts about this installation that must outlive the process. */
export const readMeta = async (db: Database, name: string): Promise<unknown> =>
  (await db.selectFrom('meta').select('value').where('name', '=', name).executeTakeFirst())?.value

export const writeMeta = async (db: Database, name: string, value: unknown, now: Date): Promise<void> => {
  const row = { value: JSON.stringify(value), updated_at: now }
  await db.insertInto('meta').values({ name, ...row }).onConflict((conflict) => conflict.column('name').doUpdateSet(row)).execute()
}

/** Writes only where nothing is written yet; true for the one process that did. */
export const claimMeta = async (db: Database, name: string, value: unknown, now: Date): Promise<boolean> => {
  const result = await db.insertInto('meta').values({ name, value: JSON.stringify(value), updated_at: now })
    .onConflict((conflict) => conflict.column('name').doNothing()).executeTakeFirst()
  return Number(result.numInsertedOrUpdatedRows ?? 0) > 0
}
