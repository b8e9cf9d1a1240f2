import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StoreError } from './store-error.ts'

export interface DirectoryLock {
  release(): void
}

/**
 * Takes a directory for this process alone. The lock is the kernel's (SQLite's file lock, the only one that Node offers):
 * it ends with the process however that dies, and no pid that was given to another process can fake it.
 */
export const lockDirectory = (directory: string): DirectoryLock => {
  const owner = join(directory, 'db.owner')
  let file: DatabaseSync | undefined
  try {
    file = new DatabaseSync(join(directory, 'db.lock'), { timeout: 250 })
    file.exec('pragma locking_mode = exclusive; begin exclusive')
  } catch (err) {
    file?.close()
    if (!isBusy(err)) throw new StoreError(`The folder ${directory} cannot be locked: ${err instanceof Error ? err.message : String(err)}.`, { cause: err })
    throw new StoreError(
      `The database in ${directory} is in use by ${ownerOf(owner)}. Stop that process, use its HTTP API instead, or set DATABASE_URL so that several processes share one PostgreSQL.`,
    )
  }
  writeFileSync(owner, `process ${process.pid} on ${hostname()}, started ${new Date(Date.now() - process.uptime() * 1000).toISOString()}\n`)
  const held = file
  let released = false
  return {
    release() {
      if (released) return
      released = true
      rmSync(owner, { force: true })
      held.close()
    },
  }
}

const sqliteBusy = 5

const isBusy = (err: unknown): boolean => err instanceof Error && 'errcode' in err && err.errcode === sqliteBusy

const ownerOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim() || 'another process'
  } catch {
    // Its owner has the lock but has not yet written its name.
    return 'another process'
  }
}
