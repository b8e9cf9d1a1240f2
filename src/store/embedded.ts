import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { lockDirectory } from './directory-lock.ts'
import type { Script } from './migrate.ts'
import { StoreError } from './store-error.ts'

/** PostgreSQL's major version inside PGlite: what `PG_VERSION` of a directory must say. */
export const embeddedMajor = '18'

const int8 = 20
const date = 1082
const parsers = { [int8]: Number, [date]: (value: string) => value }

// The default of 1 GB would keep as much log on disk, and make a start after a crash read it.
const startParams = [...PGlite.defaultStartParams, '-c', 'max_wal_size=128MB', '-c', 'min_wal_size=32MB']

export interface Embedded {
  pglite: PGlite
  script: Script
  /** Closes the database, then gives the directory back. */
  close(): Promise<void>
}

/** Opens the database in `<dataDir>/db`, or one in memory where `dataDir` is `memory://`; a new one begins as a copy of `template`. */
export const openEmbedded = async (dataDir: string, template?: Blob): Promise<Embedded> => {
  const start = template && { loadDataDir: template }
  if (dataDir === 'memory://') return opened(await ready(new PGlite({ parsers, startParams, ...start })), () => {})
  await mkdir(dataDir, { recursive: true, mode: 0o700 }).catch((err: unknown) => {
    throw new StoreError(`The data folder ${dataDir} cannot be created: ${err instanceof Error ? err.message : String(err)}. Set LYREBIRD_DATA_DIR to a folder that this user can write.`, { cause: err })
  })
  const lock = lockDirectory(dataDir)
  try {
    const folder = join(dataDir, 'db')
    const unfinished = join(dataDir, 'db.unfinished')
    if (existsSync(unfinished)) await rm(folder, { recursive: true, force: true })
    const major = await majorOf(folder)
    if (major !== undefined && major !== embeddedMajor) throw new StoreError(otherMajor(folder, major))
    if (major === undefined) {
      if (existsSync(folder) && (await readdir(folder)).length > 0) throw new StoreError(`The folder ${folder} holds something that is no database. Move it away, or set LYREBIRD_DATA_DIR to another folder.`)
      // A first start that is killed half way leaves a folder that looks whole; the mark tells.
      await writeFile(unfinished, '')
    }
    const pglite = await ready(new PGlite({ dataDir: folder, parsers, startParams, ...(major === undefined ? start : {}) }))
    // The engine makes its files for all to write; nobody else comes near them behind this.
    await chmod(folder, 0o700)
    await rm(unfinished, { force: true })
    return opened(pglite, () => lock.release())
  } catch (err) {
    lock.release()
    if (err instanceof Error && err.name === 'StoreError') throw err
    throw new StoreError(`The database in ${join(dataDir, 'db')} cannot be opened: ${err instanceof Error ? err.message : String(err)}.`, { cause: err })
  }
}

const ready = async (pglite: PGlite): Promise<PGlite> => {
  await pglite.waitReady
  return pglite
}

const opened = (pglite: PGlite, release: () => void): Embedded => ({
  pglite,
  script: {
    exec: async (sql) => void (await pglite.exec(sql)),
    query: async <Row>(sql: string) => (await pglite.query<Row>(sql)).rows,
  },
  async close() {
    try {
      if (!pglite.closed) await pglite.close()
    } finally {
      release()
    }
  },
})

const majorOf = async (folder: string): Promise<string | undefined> => {
  try {
    return (await readFile(join(folder, 'PG_VERSION'), 'utf8')).trim()
  } catch (err) {
    if (err instanceof Error && 'code' in err && err.code === 'ENOENT') return undefined
    throw err
  }
}

const otherMajor = (folder: string, major: string): string =>
  `The database in ${folder} was written by PostgreSQL ${major}; this Lyrebird embeds PostgreSQL ${embeddedMajor} and cannot read it. ` +
  `With the Lyrebird that wrote it, run "lyrebird export backup.ndjson"; then move ${folder} away and run "lyrebird import backup.ndjson" with this one.`
