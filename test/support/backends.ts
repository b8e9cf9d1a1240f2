import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { openStore, type Store, type StoreOptions } from '../../src/store/db.ts'

export interface Backend {
  name: 'pglite' | 'postgres'
  /** Opens an empty database; `url` is set where further processes can share it. */
  open(options?: Partial<StoreOptions>): Promise<{ store: Store; url?: string; drop(): Promise<void> }>
}

/** The PostgreSQL that `npm run test:pg` names. */
export const postgresUrl = process.env.TEST_DATABASE_URL

/** The environment of child processes that must not inherit another test's settings. */
export const cleanEnv = (): NodeJS.ProcessEnv => ({ PATH: process.env.PATH, HOME: process.env.HOME })

const embedded: Backend = {
  name: 'pglite',
  async open(options = {}) {
    const store = await openStore({ dataDir: 'memory://', ...options })
    return { store, drop: () => store.close() }
  },
}

const shared = (server: string): Backend => ({
  name: 'postgres',
  async open(options = {}) {
    const { url, drop } = await createDatabase(server)
    const store = await openStore({ dataDir: '', databaseUrl: url, ...options })
    return {
      store,
      url,
      async drop() {
        await store.close()
        await drop()
      },
    }
  },
})

/** A database of its own on that server. */
export const createDatabase = async (server: string): Promise<{ url: string; drop(): Promise<void> }> => {
  const name = `lyrebird_test_${randomBytes(6).toString('hex')}`
  await command(server, `create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => command(server, `drop database if exists ${name} with (force)`) }
}

export const command = async (url: string, sql: string): Promise<void> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/** PGlite always, PostgreSQL where there is one. */
export const backends: Backend[] = [embedded, ...(postgresUrl ? [shared(postgresUrl)] : [])]
