import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { blobPath } from '../contract/blobs.ts'
import { createBlobs } from './blobs.ts'

const folders: string[] = []
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

const folder = async (): Promise<string> => {
  const made = await mkdtemp(join(tmpdir(), 'lyrebird-blobs-'))
  folders.push(made)
  return made
}

const split = (path: string): [name: string, query: URLSearchParams] => {
  const [name = '', query = ''] = path.slice(blobPath.length).split('?')
  return [name, new URLSearchParams(query)]
}

describe.each(['memory', 'folder'])('blobs in %s', (kind) => {
  const open = async (now: { ms: number }, at?: string) => createBlobs({ folder: kind === 'memory' ? undefined : (at ?? await folder()), ttlS: 60, clock: () => now.ms })

  it('are handed out under their signed address until it ends', async () => {
    const now = { ms: Date.now() }
    const blobs = await open(now)
    const { path, expiresAt } = await blobs.put(Buffer.from('picture'), 'image/png')
    const [name, query] = split(path)
    expect(await blobs.get(name, query)).toEqual({ data: Buffer.from('picture'), contentType: 'image/png' })
    now.ms = Date.parse(expiresAt)
    expect(await blobs.get(name, query)).toBeUndefined()
  })

  it('are not handed out with another name, time or signature', async () => {
    const now = { ms: Date.now() }
    const blobs = await open(now)
    const [one, two] = [await blobs.put(Buffer.from('1'), 'image/png'), await blobs.put(Buffer.from('2'), 'image/png')]
    const [name, query] = split(one.path)
    const [other] = split(two.path)
    expect(await blobs.get(other, query)).toBeUndefined()
    const later = new URLSearchParams(query)
    later.set('expires', String(Number(query.get('expires')) + 1))
    expect(await blobs.get(name, later)).toBeUndefined()
    for (const signature of ['', 'AAAA', 'x'.repeat(43)]) expect(await blobs.get(name, new URLSearchParams({ expires: query.get('expires') ?? '', signature }))).toBeUndefined()
    expect(await blobs.get('../../etc/passwd', query)).toBeUndefined()
    expect(await blobs.get('.signing-key', query)).toBeUndefined()
  })

  it('are swept when their time is over', async () => {
    const now = { ms: Date.now() }
    const blobs = await open(now)
    await blobs.put(Buffer.from('1'), 'application/pdf')
    expect(await blobs.sweep()).toBe(0)
    now.ms += 3_600_000
    expect(await blobs.sweep()).toBe(1)
  })
})

it('blobs in a folder survive the process, and leave nothing half written', async () => {
  const at = await folder()
  const [first, second] = [1, 2].map(() => createBlobs({ folder: at, ttlS: 60, clock: () => Date.now() }))
  const stored = await first?.put(Buffer.from('kept'), 'image/webp')
  const [name, query] = split(stored?.path ?? '')
  expect((await second?.get(name, query))?.data).toEqual(Buffer.from('kept'))
  expect((await readdir(at)).sort()).toEqual(['.signing-key', name])
})
