import { describe, expect, it } from 'vitest'
import { attemptsAtMs, nextAttempt, retryAfterMs } from './schedule.ts'

const begun = new Date('2026-01-01T00:00:00Z')
const after = (ms: number) => new Date(begun.getTime() + ms)

describe('attempts', () => {
  it('are ten within a day', () => {
    const due = attemptsAtMs.map((_, i) => nextAttempt(i, begun, after(attemptsAtMs[i] ?? 0), undefined))
    expect(due.map((at) => at && (at.getTime() - begun.getTime()) / 1000)).toEqual([5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400, null])
  })

  it('wait for as long as the receiver asks, but never more than a day', () => {
    expect(nextAttempt(0, begun, after(100), 60_000)).toEqual(after(60_100))
    expect(nextAttempt(0, begun, after(0), 1)).toEqual(after(5_000))
    expect(nextAttempt(0, begun, after(0), 1e12)).toEqual(after(86_400_000))
  })

  it('that come late keep their distance', () => {
    expect(nextAttempt(1, begun, after(900_000), undefined)).toEqual(after(1_195_000))
    expect(nextAttempt(0, begun, after(900_000), undefined)).toEqual(after(905_000))
  })
})

it.each([['120', 120_000], ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000], ['soon', undefined], [null, undefined]])('Retry-After %j', (header, ms) => {
  const value = retryAfterMs(header, begun)
  expect(value).toBe(ms)
})
