import { createInterface } from 'node:readline'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { sql, type Transaction } from 'kysely'
import type { Store } from './db.ts'
import { StoreError } from './store-error.ts'
import { durableTables, type Tables } from './tables.ts'

type Trx = Transaction<Tables>
type TableName = (typeof durableTables)[number]

interface Header {
  lyrebird: 'export'
  format: 1
  /** Columns by table, so that an older file can be read by a newer program. */
  tables: Record<string, string[]>
}

/** Few rows at a time where one row may be megabytes. */
const rowsPerFetch = (table: TableName): number => (['documents', 'idempotency', 'job_pages', 'monitor_runs'].includes(table) ? 8 : 500)

const batchChars = 1_048_576

/** Writes every row as a line of JSON, from one moment's view of the database. The caller ends `target`. */
export const exportStore = async (store: Store, target: Writable): Promise<{ rows: number }> => {
  let rows = 0
  const counted = async function* () {
    for await (const line of exportedLines(store)) {
      yield `${line}\n`
      rows++
    }
  }
  await pipeline(Readable.from(counted()), target, { end: false })
  // All but the first and the last line.
  return { rows: rows - 2 }
}

async function* exportedLines({ db }: Store): AsyncGenerator<string> {
  const trx = await db.startTransaction().setIsolationLevel('repeatable read').execute()
  try {
    const tables = Object.fromEntries(await Promise.all(durableTables.map(async (table) => [table, await columnsOf(trx, table)] as const)))
    yield JSON.stringify({ lyrebird: 'export', format: 1, tables } satisfies Header)
    let rows = 0
    for (const table of durableTables) {
      for await (const row of rowsOf(trx, table)) {
        yield `{"table":"${table}","row":${row}}`
        rows++
      }
    }
    yield JSON.stringify({ end: true, rows })
  } finally {
    // It only read.
    await trx.rollback().execute()
  }
}

/** The database writes and reads the JSON itself: instants keep their microseconds and bytes their hex, on both back ends alike. */
async function* rowsOf(trx: Trx, table: TableName): AsyncGenerator<string> {
  await sql`declare exported no scroll cursor for select row_to_json(t)::text as row from ${sql.table(table)} t`.execute(trx)
  for (;;) {
    const { rows } = await sql<{ row: string }>`fetch ${sql.lit(rowsPerFetch(table))} from exported`.execute(trx)
    for (const { row } of rows) yield row
    if (rows.length < rowsPerFetch(table)) break
  }
  await sql`close exported`.execute(trx)
}

/** Reads what `exportStore` wrote into a database that holds nothing yet: all of it or nothing. Throws `StoreError`. */
export const importStore = async (store: Store, source: Readable): Promise<{ rows: number }> => {
  try {
    return await importAll(store, source)
  } catch (err) {
    if (isDataError(err)) throw new StoreError(`The file does not fit the database: ${err.message}. Nothing was imported.`, { cause: err })
    throw err
  }
}

/** SQLSTATE classes 22 (bad value) and 23 (broken constraint). */
const isDataError = (err: unknown): err is Error => err instanceof Error && 'code' in err && /^2[23]/.test(String(err.code))

const importAll = (store: Store, source: Readable): Promise<{ rows: number }> =>
  store.db.transaction().execute(async (trx) => {
    await sql`set local statement_timeout = 0`.execute(trx)
    await emptied(trx)
    const lines = createInterface({ input: source, crlfDelay: Infinity })
    const failed = new Promise<never>((_, reject) => source.once('error', reject))
    // Observed in the race below; without this line an error after the last line would be unhandled.
    failed.catch(() => {})
    const rows = await Promise.race([readLines(trx, lines), failed])
    for (const [table, column] of [['ledger', 'id'], ['requests', 'seq'], ['jobs', 'seq'], ['job_pages', 'n'], ['webhook_endpoints', 'seq'], ['webhook_deliveries', 'seq'], ['monitors', 'seq'], ['monitor_runs', 'seq']] as const) {
      await sql`select setval(pg_get_serial_sequence(${table}, ${column}), coalesce((select max(${sql.ref(column)}) from ${sql.table(table)}), 0) + 1, false)`.execute(trx)
    }
    return { rows }
  })

const readLines = async (trx: Trx, lines: AsyncIterable<string>): Promise<number> => {
  let columns: Map<string, string[]> | undefined
  let batch: { table: string; rows: string[]; chars: number } | undefined
  let count = 0
  let declared: number | undefined

  const flush = async (): Promise<void> => {
    if (!batch || !columns) return
    const { table, rows } = batch
    batch = undefined
    const list = sql.join((columns.get(table) ?? []).map((column) => sql.ref(column)))
    await sql`insert into ${sql.table(table)} (${list}) select ${list} from json_populate_recordset(null::${sql.table(table)}, ${`[${rows.join(',')}]`}::json)`.execute(trx)
  }

  for await (const line of lines) {
    if (line === '') continue
    if (!columns) {
      columns = await readHeader(trx, line)
      continue
    }
    const match = /^\{"table":"(\w+)","row":(\{.*\})\}$/s.exec(line)
    if (!match) {
      declared = readTrailer(line)
      continue
    }
    const [, table = '', row = ''] = match
    if (!columns.has(table)) throw new StoreError(`The file has rows of a table that it does not announce: ${table}.`)
    if (batch && (batch.table !== table || batch.chars > batchChars)) await flush()
    batch ??= { table, rows: [], chars: 0 }
    batch.rows.push(row)
    batch.chars += row.length
    count++
  }
  await flush()
  if (!columns) throw new StoreError('The file is empty.')
  if (declared !== count) throw new StoreError(`The file is incomplete: it has ${count} rows${declared === undefined ? ' and no last line' : ` of ${declared}`}. Nothing was imported.`)
  return count
}

const readHeader = async (trx: Trx, line: string): Promise<Map<string, string[]>> => {
  const header = parse(line) as Partial<Header> | undefined
  if (header?.lyrebird !== 'export' || header.format !== 1 || typeof header.tables !== 'object') {
    throw new StoreError('The file is not an export of Lyrebird.')
  }
  const columns = new Map(Object.entries(header.tables))
  for (const [table, names] of columns) {
    const known = (durableTables as readonly string[]).includes(table) ? await columnsOf(trx, table as TableName) : undefined
    const unknown = known ? names.filter((name) => !known.includes(name)).map((name) => `${table}.${name}`) : [table]
    if (unknown.length > 0) throw new StoreError(`The file was written by a newer Lyrebird: this one does not know ${unknown.join(', ')}.`)
  }
  return columns
}

const readTrailer = (line: string): number => {
  const trailer = parse(line) as { end?: unknown; rows?: unknown } | undefined
  if (trailer?.end !== true || typeof trailer.rows !== 'number') throw new StoreError(`The file has a line that is no row: ${line.slice(0, 80)}`)
  return trailer.rows
}

const parse = (line: string): unknown => {
  try {
    return JSON.parse(line) as unknown
  } catch {
    // The caller says what it expected instead.
    return undefined
  }
}

const columnsOf = async (trx: Trx, table: TableName): Promise<string[]> => {
  const { rows } = await sql<{ name: string }>`
    select attname as name from pg_attribute where attrelid = ${table}::regclass and attnum > 0 and not attisdropped order by attnum`.execute(trx)
  return rows.map((row) => row.name)
}

/** Makes room by deleting the default workspace that a migration put there; anything else in the way is refused. */
const emptied = async (trx: Trx): Promise<void> => {
  for (const table of durableTables) {
    const held = table === 'workspaces' ? sql`select from workspaces where id <> 'default' or balance <> 0` : sql`select from ${sql.table(table)}`
    const { rows } = await sql<{ any: boolean }>`select exists (${held}) as any`.execute(trx)
    if (rows[0]?.any) throw new StoreError(`The database is not empty (it has rows in ${table}). Import into a new one.`)
  }
  await trx.deleteFrom('workspaces').execute()
}
