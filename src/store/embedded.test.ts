import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { template } from '../../test/support/backends.ts'
import { startChild } from '../../test/support/child.ts'
import { openStore } from './db.ts'
import { embeddedMajor } from './embedded.ts'
import { writeMeta, readMeta } from './meta.ts'

describe('the embedded database', { timeout: 90_000 }, () => {
  let dataDir: string

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'lyrebird-store-'))
  })
  afterEach(() => rm(dataDir, { recursive: true, force: true }))

  const prepare = async (): Promise<void> => (await openStore({ dataDir, template: await template() })).close()

  it('keeps what was written, in a folder that it makes', async () => {
    const folder = join(dataDir, 'a', 'b')
    const first = await openStore({ dataDir: folder, template: await template() })
    await writeMeta(first.db, 'kept', 'yes', new Date())
    await first.close()
    const second = await openStore({ dataDir: folder })
    expect(await readMeta(second.db, 'kept')).toBe('yes')
    await second.close()
    expect((await readdir(folder)).toSorted()).toEqual(['db', 'db.lock'])
  })

  it('is the PostgreSQL that it says it is', async () => {
    const store = await openStore({ dataDir: 'memory://' })
    const { rows } = await sql<{ version: string }>`select current_setting('server_version_num') as version`.execute(store.db)
    expect(rows[0]?.version.slice(0, 2)).toBe(embeddedMajor)
    await store.close()
  })

  it('refuses a second process in one clear line, and a second opening in the same process', async () => {
    await prepare()
    const holder = startChild('hold-directory.ts', [dataDir])
    expect(await holder.line()).toBe('open')
    const refusal = expect.stringMatching(/^The database in \S+ is in use by process \d+ on .+, started [^\n]+\. Stop that process, [^\n]+ PostgreSQL\.$/)
    await expect(openStore({ dataDir })).rejects.toMatchObject({ name: 'StoreError', message: refusal })
    holder.kill('SIGKILL')
    expect(await holder.exited).toBe('SIGKILL')

    const store = await openStore({ dataDir })
    await expect(openStore({ dataDir })).rejects.toMatchObject({ name: 'StoreError', message: refusal })
    const late = startChild('hold-directory.ts', [dataDir])
    expect(await late.line()).toMatch(/^StoreError: The database in .* is in use by process/)
    await late.exited
    await store.close()
  })

  it('is free at once after kill -9, even if the pid it named lives on', async () => {
    await prepare()
    const holder = startChild('hold-directory.ts', [dataDir])
    expect(await holder.line()).toBe('open')
    holder.kill('SIGKILL')
    await holder.exited
    await writeFile(join(dataDir, 'db.owner'), `process ${process.pid} on here, started long ago\n`)
    const store = await openStore({ dataDir })
    await store.ping()
    await store.close()
  })

  it('gives the folder to exactly one of several that start at once', async () => {
    await prepare()
    const children = Array.from({ length: 4 }, () => startChild('hold-directory.ts', [dataDir]))
    const lines = await Promise.all(children.map((child) => child.line()))
    expect(lines.filter((line) => line === 'open')).toHaveLength(1)
    expect(lines.filter((line) => line.startsWith('StoreError: The database in'))).toHaveLength(3)
    for (const child of children) child.kill('SIGKILL')
    await Promise.all(children.map((child) => child.exited))
  })

  it('starts over after a first start that was killed half way', async () => {
    const dying = startChild('hold-directory.ts', [dataDir])
    await expect.poll(() => existsSync(join(dataDir, 'db', 'PG_VERSION')), { timeout: 25_000, interval: 1 }).toBe(true)
    dying.kill('SIGKILL')
    await dying.exited
    expect(existsSync(join(dataDir, 'db.unfinished'))).toBe(true)
    await prepare()
    expect((await readdir(dataDir)).toSorted()).toEqual(['db', 'db.lock'])
  })

  it('leaves a folder alone that is no database', async () => {
    await mkdir(join(dataDir, 'db'))
    await writeFile(join(dataDir, 'db', 'letters.txt'), 'dear')
    await expect(openStore({ dataDir })).rejects.toMatchObject({ name: 'StoreError', message: expect.stringContaining('holds something that is no database') })
    expect(await readdir(join(dataDir, 'db'))).toEqual(['letters.txt'])
  })

  it('refuses a folder of another PostgreSQL and tells the way out', async () => {
    await mkdir(join(dataDir, 'db'))
    await writeFile(join(dataDir, 'db', 'PG_VERSION'), '16\n')
    await expect(openStore({ dataDir })).rejects.toMatchObject({
      name: 'StoreError',
      message: expect.stringMatching(/was written by PostgreSQL 16; .*run "lyrebird export backup\.ndjson"; .* run "lyrebird import backup\.ndjson"/),
    })
    // The refusal leaves no lock behind.
    await rm(join(dataDir, 'db'), { recursive: true })
    await prepare()
  })

  it('says which setting to change when the folder cannot be made', async () => {
    await writeFile(join(dataDir, 'file'), '')
    await expect(openStore({ dataDir: join(dataDir, 'file', 'data') })).rejects.toMatchObject({ name: 'StoreError', message: expect.stringContaining('LYREBIRD_DATA_DIR') })
  })
})
