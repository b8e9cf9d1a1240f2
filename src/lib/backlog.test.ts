import { describe, expect, it } from 'vitest'
import { Backlog } from './backlog.ts'
import { createLull } from './lull.ts'

const collect = (options: { itemsMax?: number; sizeMax?: number } = {}) => {
  const lull = createLull()
  const done: number[] = []
  const backlog = new Backlog<number>({ lull, itemsMax: 8, sizeMax: 100, ...options, run: async (item) => void done.push(item) })
  return { lull, done, backlog }
}

const someTime = () => new Promise((resolve) => setTimeout(resolve, 250))

describe('a backlog', () => {
  it('waits while somebody waits for an answer, and is done afterwards', async () => {
    const { lull, done, backlog } = collect()
    const { promise, resolve } = Promise.withResolvers<void>()
    const answer = lull.during(() => promise)
    backlog.add(1, 1)
    await someTime()
    expect(done).toEqual([])
    resolve()
    await answer
    await expect.poll(() => done).toEqual([1])
  })

  it('is done at once, in order, when somebody asks', async () => {
    const { lull, done, backlog } = collect()
    void lull.during(() => new Promise(() => {}))
    for (const item of [1, 2, 3]) backlog.add(item, 1)
    await backlog.urge()
    expect(done).toEqual([1, 2, 3])
    backlog.add(4, 1)
    await someTime()
    expect(done).toEqual([1, 2, 3])
  })

  it.each([{ itemsMax: 8, sizeMax: 1_000 }, { itemsMax: 100, sizeMax: 80 }])('waits for nothing once half of its room is taken: %o', async (options) => {
    const { lull, done, backlog } = collect(options)
    void lull.during(() => new Promise(() => {}))
    for (let item = 0; item < 5; item++) backlog.add(item, 10)
    await expect.poll(() => done.length).toBe(1)
    await someTime()
    expect(done).toEqual([0])
  })

  it('refuses what it has no room for, and takes one thing of any size', async () => {
    const { done, backlog } = collect({ itemsMax: 2 })
    expect([backlog.add(1, 1_000), backlog.add(2, 1), backlog.add(3, 0)]).toEqual([true, false, false])
    await backlog.room()
    expect(backlog.add(4, 1)).toBe(true)
    await backlog.urge()
    expect(done).toEqual([1, 4])
  })
})
