import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readServerFile, removeServerFile, writeServerFile } from './server-file.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lyrebird-'))
})
afterEach(() => rm(folder, { recursive: true }))

const first = { url: 'http://127.0.0.1:1', secret: 'one', pid: process.pid }

it('leaves the file of another server that shares the folder', async () => {
  await writeServerFile(folder, first)
  await removeServerFile(folder, 'two')
  expect(await readServerFile(folder)).toEqual(first)
  await removeServerFile(folder, 'one')
  expect(await readServerFile(folder)).toBeUndefined()
})

it('is for its owner alone, whatever lay there before', async () => {
  await writeFile(join(folder, 'server.json'), '{}')
  await chmod(join(folder, 'server.json'), 0o644)
  await writeServerFile(folder, first)
  expect((await stat(join(folder, 'server.json'))).mode & 0o777).toBe(0o600)
})
