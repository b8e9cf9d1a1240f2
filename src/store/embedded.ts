import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lockDirectory } from './directory-lock.ts'
import { Engine } from './engine.ts'
import type { Script } from './migrate.ts'
import { StoreError } from './store-error.ts'

/** PostgreSQL's major version inside PGlite: what `PG_VERSION` of a directory must say. */
export const embeddedMajor = '18'

export interface Embedded {
  engine: Engine
  script: Script
  /** Closes the database, then gives the directory back. */
  close(): Promise<void>
}

/** Opens the database in `<dataDir>/db`, or one in memory where `dataDir` is `memory://`; a new one begins as a copy of `template`. */
export const openEmbedded = async (dataDir: string, template?: Blob): Promise<Embedded> => {
  const start = template && { template }
  if (dataDir === 'memory://') return opened(await ready(new Engine({ ...start })), () => {})
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
    const engine = await ready(new Engine({ dataDir: folder, ...(major === undefined ? start : {}) }))
    // The engine makes its files for all to write; nobody else comes near them behind this.
    await chmod(folder, 0o700)
    await rm(unfinished, { force: true })
    return opened(engine, () => lock.release())
  } catch (err) {
    lock.release()
    if (err instanceof Error && err.name === 'StoreError') throw err
    throw new StoreError(`The database in ${join(dataDir, 'db')} cannot be opened: ${err instanceof Error ? err.message : String(err)}.`, { cause: err })
  }
}

const ready = async (engine: Engine): Promise<Engine> => {
  try {
    await engine.waitReady
    return engine
  } catch (err) {
    await engine.close().catch(() => {
      // It never opened.
    })
    throw err
  }
}

const opened = (engine: Engine, release: () => void): Embedded => ({
  engine,
  script: {
    exec: (sql) => engine.exec(sql),
    query: async <Row>(sql: string) => (await engine.query<Row>(sql)).rows,
  },
  async close() {
    try {
      await engine.close()
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
