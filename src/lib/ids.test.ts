import { expect, it } from 'vitest'
import { idOf, newId, offsetOf, uuidOf } from './ids.ts'

it('makes ids that sort by time and hold a UUID of version 7', () => {
  const early = newId('job', 1_700_000_000_000)
  const late = newId('job', 1_700_000_000_001)
  expect(early < late).toBe(true)
  expect(early).toMatch(/^job_[0-9a-hjkmnp-tv-z]{26}$/)
  for (let i = 0; i < 200; i++) {
    const id = newId('job')
    expect(uuidOf(id)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(idOf('job', uuidOf(id).toUpperCase())).toBe(id)
  }
})

it('counts on from an id', () => {
  const id = newId('job')
  expect(uuidOf(id, 0)).toBe(uuidOf(id))
  expect(new Set([uuidOf(id), uuidOf(id, 1), uuidOf(id, 2)]).size).toBe(3)
  expect(idOf('job', uuidOf(id, 1)) > id).toBe(true)
  expect(offsetOf(id, uuidOf(id, 1234))).toBe(1234)
  expect(idOf('job', uuidOf(id, 1234), 1234)).toBe(id)
})
