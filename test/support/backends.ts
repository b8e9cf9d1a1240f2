import { createHash, randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { openStore, type Store, type StoreOptions } from '../../src/store/db.ts'
import { readMigrations } from '../../src/store/migrate.ts'

export interface Backend {
  name: 'pglite' | 'postgres'
  /** Opens an empty database; `url` is set where further processes can share it. */
  open: (options?: Partial<StoreOptions>) => Promise<{ store: Store; url?: string; drop: () => Promise<void> }>
}

/** The PostgreSQL that `npm run test:pg` names, or none: for `describe.each`. */
export const servers: string[] = process.env.TEST_DATABASE_URL ? [process.env.TEST_DATABASE_URL] : []

/**
 * A migrated, empty embedded database. Making one costs seconds of CPU and loading one a quarter of a second, hence the
 * file, shared by test files and runs and named by what it holds.
 */
export const template = async (): Promise<Blob> => (loaded ??= loadTemplate())
let loaded: Promise<Blob> | undefined

const loadTemplate = async (): Promise<Blob> => {
  const engine = await readFile(new URL('../../node_modules/@electric-sql/pglite/package.json', import.meta.url), 'utf8')
  const content = createHash('sha256').update(engine).update(JSON.stringify(await readMigrations())).digest('hex').slice(0, 16)
  const path = join(tmpdir(), `lyrebird-test-template-${content}.tar`)
  try {
    return new Blob([await readFile(path)])
  } catch {
    // Nobody has made it yet.
    const store = await openStore({ dataDir: 'memory://' })
    if (!store.dump) throw new Error('expected an embedded database')
    const dump = await store.dump()
    await store.close()
    const own = `${path}.${process.pid}`
    await writeFile(own, Buffer.from(await dump.arrayBuffer()))
    await rename(own, path)
    return dump
  }
}

const embedded: Backend = {
  name: 'pglite',
  async open(options = {}) {
    const store = await openStore({ dataDir: 'memory://', template: await template(), ...options })
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
export const createDatabase = async (server: string): Promise<{ url: string; drop: () => Promise<void> }> => {
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
export const backends: Backend[] = [embedded, ...servers.map(shared)]
