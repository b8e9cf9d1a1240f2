import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { backends } from '../../test/support/backends.ts'
import type { Store } from './db.ts'
import { createDocumentCache, type DocumentCacheOptions } from './documents.ts'

describe.each(backends)('documents on $name', ({ open }) => {
  let store: Store
  let drop: () => Promise<void>
  let now = Date.UTC(2026, 2, 14)

  beforeAll(async () => {
    ({ store, drop } = await open())
  })
  beforeEach(() => store.db.deleteFrom('documents').execute())
  afterAll(() => drop())

  const cache = (options: Partial<DocumentCacheOptions> = {}) => createDocumentCache({ store, ttlS: 100, clock: () => now, ...options })

  it('gives back small and large texts, by workspace and key, while they are young enough', async () => {
    const documents = cache()
    const large = JSON.stringify({ text: 'Ümläut 🦜 '.repeat(50_000) })
    await documents.put('a', 'small', '{}')
    await documents.put('a', 'large', large)
    const storedAt = new Date(now)
    expect(await documents.get('a', 'small', 10)).toEqual({ body: '{}', storedAt })
    expect(await documents.get('a', 'large', 10)).toEqual({ body: large, storedAt })
    expect(await documents.get('b', 'small', 10)).toBeUndefined()
    expect(await documents.get('a', 'other', 10)).toBeUndefined()
    expect(await documents.get('a', 'small', 0)).toBeUndefined()
    now += 9_999
    expect(await documents.get('a', 'small', 10)).toBeDefined()
    now += 1
    expect(await documents.get('a', 'small', 10)).toBeUndefined()
    expect(await documents.get('a', 'small', 11)).toBeDefined()
    now += 90_000
    expect(await documents.get('a', 'small', 1_000_000)).toBeUndefined()
  })

  it('keeps the newest of one key', async () => {
    const documents = cache()
    await documents.put('a', 'k', '1')
    now += 1_000
    await documents.put('a', 'k', '2')
    now -= 1_000
    await documents.put('a', 'k', 'late')
    now += 1_000
    expect(await documents.get('a', 'k', 10)).toMatchObject({ body: '2' })
  })

  it('is compressed where that pays', async () => {
    await cache().put('a', 'k', 'x'.repeat(1_000_000))
    const row = await store.db.selectFrom('documents').select(['size', 'encoding']).executeTakeFirstOrThrow()
    expect(row.encoding).toBe('zstd')
    expect(row.size).toBeLessThan(10_000)
  })

  it('keeps nothing where the setting says so, nor what is too large', async () => {
    const none = cache({ ttlS: 0 })
    await none.put('a', 'k', '{}')
    expect(await none.get('a', 'k', 10)).toBeUndefined()
    const bounded = cache({ documentBytesMax: 1_000 })
    await bounded.put('a', 'k', randomBytes(2_000).toString('base64'))
    expect(await bounded.get('a', 'k', 10)).toBeUndefined()
  })

  it('sweeps what is over and then the oldest until the rest fits', async () => {
    const documents = cache({ totalBytesMax: 2_500 })
    await documents.put('a', 'over', 'x')
    now += 100_000
    for (let i = 0; i < 5; i++) {
      await documents.put('a', `k${i}`, 'x'.repeat(1_000))
      now += 1_000
    }
    await documents.sweep()
    expect((await store.db.selectFrom('documents').select('key').orderBy('key').execute()).map((row) => row.key)).toEqual(['k3', 'k4'])
  })
})
