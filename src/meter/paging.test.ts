import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backends } from '../../test/support/backends.ts'
import { createBench, entryOf } from '../../test/support/metering.ts'
import type { Store } from '../store/db.ts'

describe.each(backends)('what is looked up on $name', (backend) => {
  let store: Store
  let drop: () => Promise<void>

  beforeAll(async () => {
    const opened = await backend.open()
    store = opened.store
    drop = () => opened.drop()
  })
  afterAll(() => drop())

  it('pages history by number as well as by cursor, and counts only where it is asked to', async () => {
    const bench = await createBench(store)
    const { meter, workspaceId } = bench
    const caller = await bench.actor()
    for (const url of ['https://a.test/1', 'https://a.test/2', 'https://a.test/3']) await meter.record({ ...entryOf(caller), url, dialect: url.endsWith('2') ? 'other' : 'native' })
    const urls = async (query: object) => (await meter.requests.list(workspaceId, { limit: 10, ...query })).items.map((item) => item.url?.at(-1)).join('')

    expect(await urls({})).toBe('321')
    expect(await urls({ skip: 1, limit: 1 })).toBe('2')
    expect(await urls({ skip: 3 })).toBe('')
    expect((await meter.requests.list(workspaceId, { limit: 1 })).total).toBeUndefined()
    expect((await meter.requests.list(workspaceId, { limit: 1, skip: 2, counted: true })).total).toBe(3)
    expect((await meter.requests.list(workspaceId, { limit: 1, counted: true, dialect: 'native' })).total).toBe(2)
    expect((await meter.requests.list('ws_of_nobody', { limit: 1, counted: true })).total).toBe(0)
    const { nextCursor } = await meter.requests.list(workspaceId, { limit: 1, counted: true })
    expect(await meter.requests.list(workspaceId, { limit: 1, counted: true, cursor: nextCursor ?? '' })).toMatchObject({ total: 3, items: [{ url: 'https://a.test/2' }] })
  })

  it('shows the end of a key, of the new secret after a rotation, and nothing of a short one', async () => {
    const { meter, workspaceId } = await createBench(store)
    const made = await meter.keys.create(workspaceId, { name: 'a' })
    expect(made.key.lastFour).toBe(made.secret.slice(-4))
    const rotated = await meter.keys.rotate(workspaceId, made.key.id)
    expect((await meter.keys.get(workspaceId, made.key.id)).lastFour).toBe(rotated.secret.slice(-4))
    expect((await meter.keys.bootstrap(`short-${workspaceId}`.slice(0, 16).padEnd(16, 'x'), 'test')).lastFour).toBe('')
  })
})
