import { sql } from 'kysely'
import type { Database } from './db.ts'

/** `now` null: the database's clock, the only one that several machines share. */
type Now = Date | null

export interface EnterRow {
  verdict: 'ok' | 'rate' | 'concurrency'
  counted: number
  waitMs: number
  running: number
}

interface EnterOptions {
  keyId: string
  rpm: number | null
  concurrency: number | null
  leaseId: string
  holder: string
  now: Now
  ttlMs: number
}

export const enterRow = async (db: Database, options: EnterOptions): Promise<EnterRow> => {
  const { rows } = await sql<{ verdict: EnterRow['verdict']; counted: number; wait_ms: number; running: number | null }>`
    select * from enter(${options.keyId}, ${options.rpm}::integer, ${options.concurrency}::integer, ${options.leaseId}, ${options.holder},
      ${options.now}::timestamptz, ${options.ttlMs} * interval '1 millisecond')`.execute(db)
  const row = rows[0]
  if (!row) throw new Error('enter returned no row')
  return { verdict: row.verdict, counted: row.counted, waitMs: row.wait_ms, running: row.running ?? 0 }
}

/** The same without taking a place. */
export const peekRow = async (db: Database, keyId: string, now: Now): Promise<{ counted: number; waitMs: number; running: number }> => {
  const { rows } = await sql<{ counted: number; wait_ms: number | null; running: number }>`
    with clock as (select coalesce(${now}::timestamptz, clock_timestamp()) as now)
    select window_.counted, extract(epoch from window_.oldest + interval '60 seconds' - now)::float8 * 1000 as wait_ms,
      (select count(*) from leases where key_id = ${keyId} and expires_at > now) as running
    from clock, lateral (select count(*) as counted, min(at) as oldest from rate_events where key_id = ${keyId} and at > now - interval '60 seconds') as window_`.execute(db)
  return { counted: rows[0]?.counted ?? 0, waitMs: rows[0]?.wait_ms ?? 60_000, running: rows[0]?.running ?? 0 }
}

export const deleteLease = async (db: Database, id: string): Promise<void> => {
  await db.deleteFrom('leases').where('id', '=', id).execute()
}

export const renewLeases = async (db: Database, ids: readonly string[], now: Now, ttlMs: number): Promise<void> => {
  if (ids.length === 0) return
  await sql`update leases set expires_at = coalesce(${now}::timestamptz, clock_timestamp()) + ${ttlMs} * interval '1 millisecond'
    where id = any(${ids as string[]}::text[])`.execute(db)
}

/** Counts a request of an address in its minute; `resetMs` until the minute ends. */
export const countAddressRow = async (db: Database, address: string, now: Now): Promise<{ counted: number; resetMs: number }> => {
  const { rows } = await sql<{ requests: number; reset_ms: number }>`
    with clock as (select coalesce(${now}::timestamptz, clock_timestamp()) as now)
    insert into address_windows as a (address, starts_at, requests)
    select ${address}, date_trunc('minute', now), 1 from clock
    on conflict (address, starts_at) do update set requests = a.requests + 1
    returning requests, extract(epoch from starts_at + interval '60 seconds' - coalesce(${now}::timestamptz, clock_timestamp()))::float8 * 1000 as reset_ms`.execute(db)
  return { counted: rows[0]?.requests ?? 1, resetMs: Math.max(0, rows[0]?.reset_ms ?? 60_000) }
}

/** Forgets what no window reaches any more. */
export const sweepThrottle = async (db: Database, now: Now): Promise<void> => {
  const past = sql<Date>`coalesce(${now}::timestamptz, clock_timestamp()) - interval '2 minutes'`
  await db.deleteFrom('rate_events').where('at', '<', past).execute()
  await db.deleteFrom('address_windows').where('starts_at', '<', past).execute()
  await db.deleteFrom('leases').where('expires_at', '<', past).execute()
}
