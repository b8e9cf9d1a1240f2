import fc from 'fast-check'
import { expect, it } from 'vitest'
import { digestOf } from './digest.ts'

const shuffled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shuffled)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).toReversed().map(([name, member]) => [name, shuffled(member)]))
}

it('is the same for every order of members', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    expect(digestOf(shuffled(value))).toBe(digestOf(value))
  }))
})

it('differs where the JSON differs', () => {
  fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
    const clean = (value: unknown) => JSON.stringify(value, (_, member: unknown) =>
      member !== null && typeof member === 'object' && !Array.isArray(member) ? Object.fromEntries(Object.entries(member).toSorted(([x], [y]) => (x < y ? -1 : 1))) : member)
    expect(digestOf(a) === digestOf(b)).toBe(clean(a) === clean(b))
  }))
  for (const [a, b] of [[[1, 2], [12]], [['a'], 'a'], [{ a: 1 }, [['a', 1]]], [['a,b'], ['a', 'b']], [null, 'null'], [{}, []], [0, false], [[[]], [[], []]], [1, '1']]) {
    expect(digestOf(a)).not.toBe(digestOf(b))
  }
})

it('takes a member that is undefined as absent', () => {
  expect(digestOf({ a: 1, b: undefined })).toBe(digestOf({ a: 1 }))
})

it('survives any depth and any width', () => {
  let deep: unknown = 1
  for (let i = 0; i < 200_000; i++) deep = [deep]
  expect(digestOf(deep)).toMatch(/^[0-9a-f]{64}$/)
  expect(digestOf(Array.from({ length: 500_000 }, (_, i) => i))).toMatch(/^[0-9a-f]{64}$/)
})
