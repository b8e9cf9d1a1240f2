import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Pool, types } from 'pg'
import type { Logger } from '../lib/logger.ts'
import type { Script } from './migrate.ts'
import { StoreError } from './store-error.ts'

export interface PostgresOptions {
  url: string
  poolSize: number
  statementTimeoutMs: number
  /** How long a PostgreSQL that is not there yet is waited for at start. */
  startTimeoutMs: number
  logger?: Logger | undefined
}

const int8 = 20
const date = 1082

// Every bigint of ours is a safe integer; a day is a word and no instant.
const typeParsers = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === int8) return Number
    if (oid === date) return (value: string) => value
    return format === 'binary' ? types.getTypeParser(oid, 'binary') : types.getTypeParser(oid, 'text')
  }) as typeof types.getTypeParser,
}

export const createPool = (options: PostgresOptions): Pool => {
  const pool = new Pool({
    connectionString: options.url,
    max: options.poolSize,
    statement_timeout: options.statementTimeoutMs,
    // The server's own deadline comes first; this one is for a server that has gone silent.
    query_timeout: options.statementTimeoutMs + 5_000,
    idle_in_transaction_session_timeout: options.statementTimeoutMs * 2,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    application_name: 'lyrebird',
    types: typeParsers,
  })
  // Without listeners a connection that breaks would end the process: the pool hears of idle ones only, the client of
  // those that are taken but between two queries. The pool replaces both by itself.
  pool.on('error', (err) => options.logger?.warn({ err }, 'a database connection was lost'))
  pool.on('connect', (client) => void client.on('error', () => {}))
  return pool
}

/**
 * The connection for migrations: free of the deadline of queries, since one process may wait here for another.
 * Waits for a PostgreSQL that is still starting; anything else that is wrong is told at once.
 */
export const connectFirst = async (options: PostgresOptions): Promise<Client> => {
  const until = Date.now() + options.startTimeoutMs
  for (;;) {
    const client = new Client({ connectionString: options.url, connectionTimeoutMillis: 10_000, application_name: 'lyrebird migrations' })
    client.on('error', () => {
      // The query that is under way, or the next one, rejects with it.
    })
    try {
      await client.connect()
      return client
    } catch (err) {
      await client.end().catch(() => {
        // It never was connected; the reason is in `err`.
      })
      if (!mayComeUp(err) || Date.now() >= until) throw new StoreError(unreachable(options.url, err), { cause: err })
      await sleep(250)
    }
  }
}

export const scriptOf = (client: Client): Script => ({
  exec: async (sql) => void (await client.query(sql)),
  query: async <Row>(sql: string) => (await client.query(sql)).rows as Row[],
})

const startingUp = '57P03'

const mayComeUp = (err: unknown): boolean =>
  err instanceof Error && 'code' in err && ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', startingUp].includes(String(err.code))

const unreachable = (url: string, err: unknown): string => {
  const { host, pathname } = new URL(url)
  const reason = err instanceof AggregateError ? err.errors.map(String).join('; ') : err instanceof Error ? err.message : String(err)
  return `The database ${pathname.slice(1) || '(default)'} at ${host || 'the local socket'} (DATABASE_URL) cannot be reached: ${reason}.`
}
