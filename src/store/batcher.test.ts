import { expect, it } from 'vitest'
import { createBatcher } from './batcher.ts'

const compare = (a: number, b: number): number => a - b

it('runs one item at once and gathers the rest into the next batch, sorted', async () => {
  const batches: number[][] = []
  const add = createBatcher(async (items: readonly number[]) => {
    batches.push([...items])
    await Promise.resolve()
    return items.map((item) => item * 10)
  }, compare)
  expect(await Promise.all([5, 3, 9, 1].map(add))).toEqual([50, 30, 90, 10])
  expect(batches).toEqual([[5], [1, 3, 9]])
  expect(await add(7)).toBe(70)
})

it('fails only the item that cannot be done', async () => {
  const add = createBatcher(async (items: readonly number[]) => {
    if (items.includes(13)) throw new Error('unlucky')
    return items.map(String)
  }, compare)
  const outcomes = await Promise.allSettled([1, 2, 13, 4].map(add))
  expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : String(outcome.reason)))).toEqual(['1', '2', 'Error: unlucky', '4'])
  await expect(add(13)).rejects.toThrow('unlucky')
  expect(await add(5)).toBe('5')
})

it('bounds a batch and keeps the order of arrival between batches', async () => {
  const sizes: number[] = []
  const add = createBatcher(async (items: readonly number[]) => {
    sizes.push(items.length)
    return [...items]
  }, compare)
  await Promise.all(Array.from({ length: 150 }, (_, i) => add(i)))
  expect(sizes).toEqual([1, 64, 64, 21])
})
