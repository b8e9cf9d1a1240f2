import { expect, it } from 'vitest'
import { fail } from '../failure/failure.ts'
import { retryLost } from './retry.ts'

const failing = (errors: unknown[]) => {
  let calls = 0
  const step = async (): Promise<number> => {
    const err = errors[calls++]
    if (err) throw err
    return calls
  }
  return { step, calls: () => calls }
}

const coded = (code: string): Error => Object.assign(new Error(code), { code })

it.each([coded('40P01'), coded('40001'), coded('57P01'), coded('08006'), coded('53300'), coded('ECONNRESET'), new Error('Connection terminated unexpectedly')])('tries again after %s', async (err) => {
  const { step } = failing([err, err])
  expect(await retryLost(step)).toBe(3)
})

it.each([coded('23505'), coded('57014'), coded('22P02'), fail('account.invalid_key'), new TypeError('x is not a function')])('does not try again after %s', async (err) => {
  const { step, calls } = failing([err])
  await expect(retryLost(step)).rejects.toBe(err)
  expect(calls()).toBe(1)
})

it('gives up in the end', async () => {
  const { step, calls } = failing(Array.from({ length: 99 }, () => coded('40001')))
  await expect(retryLost(step, 60)).rejects.toMatchObject({ code: '40001' })
  expect(calls()).toBeGreaterThan(1)
})
