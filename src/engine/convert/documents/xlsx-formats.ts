import type { Element } from 'domhandler'
import { childOf, childrenOf } from './xml.ts'

export type NumberKind = 'number' | 'date' | 'time' | 'datetime' | 'percent'

const built: Readonly<Record<number, NumberKind>> = {
  9: 'percent', 10: 'percent', 14: 'date', 15: 'date', 16: 'date', 17: 'date', 18: 'time', 19: 'time', 20: 'time', 21: 'time', 22: 'datetime',
  27: 'date', 30: 'date', 36: 'date', 45: 'time', 46: 'time', 47: 'time', 50: 'date', 57: 'date',
}

/** What the numbers of each cell style are, by its index. */
export const numberKinds = (styles: Element | undefined): NumberKind[] => {
  const custom = new Map(childrenOf(childOf(styles, 'numFmts'), 'numFmt').map(({ attribs }) => [Number(attribs.numFmtId), kindOfCode(attribs.formatCode ?? '')]))
  return childrenOf(childOf(styles, 'cellXfs'), 'xf').map(({ attribs }) => {
    const id = Number(attribs.numFmtId ?? 0)
    return custom.get(id) ?? built[id] ?? 'number'
  })
}

const kindOfCode = (code: string): NumberKind => {
  const bare = code.slice(0, 500).replace(/"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '').split(';', 1)[0] ?? ''
  const date = /[yd]|mmm/i.test(bare)
  const time = /[hs]/i.test(bare)
  if (date && time) return 'datetime'
  if (date) return 'date'
  if (time) return 'time'
  return /m/i.test(bare) && !/[#0]/.test(bare) ? 'date' : bare.includes('%') ? 'percent' : 'number'
}

/** As people write it: serial days as ISO dates, shares as per cent, numbers without the noise of their last binary digits. */
export const formatNumber = (raw: string, kind: NumberKind, from1904: boolean): string => {
  const value = Number(raw)
  if (raw.trim() === '' || !Number.isFinite(value)) return raw
  if (kind === 'number') return tidy(value)
  if (kind === 'percent') return `${tidy(value * 100)}%`
  if (value < 0 || value > 2_958_466) return raw
  // Day 60 is a 29 February 1900 that never was: later days are one too many.
  const days = from1904 ? value + 1462 : value
  const at = new Date(Date.UTC(1899, 11, days < 60 ? 31 : 30) + Math.round(days * 86_400) * 1000)
  const iso = at.toISOString()
  const clock = iso.slice(11, iso.slice(17, 19) === '00' ? 16 : 19)
  if (kind === 'time') return value < 1 ? clock : `${Math.floor(value * 24)}:${iso.slice(14, 16)}`
  return kind === 'date' || value === Math.floor(value) ? iso.slice(0, 10) : `${iso.slice(0, 10)} ${clock}`
}

const tidy = (value: number): string => String(Number(value.toPrecision(15)))
