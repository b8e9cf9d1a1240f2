import { describe, expect, it } from 'vitest'
import type { Snapshot, Watch } from '../../contract/monitors.ts'
import { diffFields, diffSnapshots, diffText, sectionOf } from './diff.ts'
import { nextRun } from './schedule.ts'

const watch = (parts: Partial<Watch> = {}): Watch => ({ parts: ['markdown'], section: null, fields: [], ignore: [], ignoreCase: false, ignoreNumbers: false, minChars: 0, ...parts })
const snapshot = (parts: Partial<Snapshot>): Snapshot => ({ texts: {}, fields: {}, lists: {}, ...parts })

describe('texts', () => {
  it('are compared line by line, with their surroundings', () => {
    const diff = diffText('a\nb\nc\nd\ne\nf\ng\nh', 'a\nb\nc\nd\nE\nf\ng\nh\ni')
    expect(diff?.unified).toBe('@@ -2,7 +2,8 @@\n b\n c\n d\n-e\n+E\n f\n g\n h\n+i')
    expect(diff?.lines).toEqual([{ type: 'removed', line: 5, content: 'e' }, { type: 'added', line: 5, content: 'E' }, { type: 'added', line: 9, content: 'i' }])
  })

  it('of any length end', () => {
    const lines = (from: number) => Array.from({ length: 20_000 }, (_, i) => `line ${from + i * 3}`).join('\n')
    expect(diffText(lines(0), lines(1))?.lines.length).toBe(2000)
  })

  it('differ in noise without a change', () => {
    const differs = (before: string, after: string, parts: Partial<Watch>) => diffSnapshots(snapshot({ texts: { markdown: before } }), snapshot({ texts: { markdown: after } }), watch(parts)) !== null
    expect(differs('Seen 12 times', 'Seen 13 times', { ignoreNumbers: true })).toBe(false)
    expect(differs('Seen 12 times', 'Seen 13 times', {})).toBe(true)
    expect(differs('x\nUpdated: May', 'x\nUpdated: June', { ignore: ['^Updated:.*$'] })).toBe(false)
    expect(differs('x', 'x\nUpdated: June', { ignore: ['^Updated:.*$'] })).toBe(false)
    expect(differs('Hello', 'HELLO', { ignoreCase: true })).toBe(false)
    expect(differs('abc', 'abd', { minChars: 10 })).toBe(false)
  })

  it('have sections', () => {
    const text = '# A\nx\n## B\ny\n### C\nz\n## D\nw'
    expect(sectionOf(text, 'b')).toBe('## B\ny\n### C\nz')
    expect(sectionOf(text, 'D')).toBe('## D\nw')
    expect(sectionOf(text, 'E')).toBeUndefined()
  })
})

it('tells fields by their paths', () => {
  expect(diffFields({ a: 1, b: { c: [1, 2] }, d: 1 }, { a: 1, b: { c: [1, 3, 4] }, e: null })).toEqual([
    { path: 'b.c[1]', old: 2, new: 3 }, { path: 'b.c[2]', old: null, new: 4 }, { path: 'd', old: 1, new: null }, { path: 'e', old: null, new: null },
  ])
  expect(diffSnapshots(snapshot({ fields: { json: { price: 1, seen: 1 } } }), snapshot({ fields: { json: { price: 1, seen: 2 } } }), watch({ fields: ['price'] }))).toBeNull()
})

it.each([
  ['every 10m', 'UTC', '2026-01-01T00:05:00Z', '2026-01-01T00:10:00.000Z'],
  ['1h', 'UTC', '2026-01-01T00:00:00Z', '2026-01-01T01:00:00.000Z'],
  ['0 9 * * *', 'Europe/Berlin', '2026-07-01T00:00:00Z', '2026-07-01T07:00:00.000Z'],
  ['0 9 * * *', 'Europe/Berlin', '2026-01-01T00:00:00Z', '2026-01-01T08:00:00.000Z'],
  ['30s', 'UTC', '2026-01-01T00:00:00Z', undefined],
  ['* * * * * *', 'UTC', '2026-01-01T00:00:00Z', undefined],
  ['whenever', 'UTC', '2026-01-01T00:00:00Z', undefined],
  ['0 9 * * *', 'Mars/Olympus', '2026-01-01T00:00:00Z', undefined],
])('%s in %s after %s is %s', (schedule, zone, after, next) => {
  expect(nextRun(schedule, zone, new Date('2026-01-01T00:00:00Z'), new Date(after))?.toISOString()).toBe(next)
})
