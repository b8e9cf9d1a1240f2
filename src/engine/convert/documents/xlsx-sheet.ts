import { Parser } from 'htmlparser2'
import { formatNumber, type NumberKind } from './xlsx-formats.ts'

export interface Sheet {
  /** By row and column; holes where nothing stands. */
  rows: Map<number, Map<number, string>>
  merges: { row: number; column: number; rows: number; columns: number }[]
  /** Ids of relations by `row:column`. */
  links: Map<string, string>
  cut: boolean
}

export interface SheetContext {
  strings: readonly string[]
  kinds: readonly NumberKind[]
  from1904: boolean
  /** Cells that may still be read, in all sheets together. */
  cellsMax: number
  until: number
}

export const rowsMax = 20_000
export const columnsMax = 200
const chunkChars = 262_144
const mergesMax = 20_000

/** A sheet may have a million rows: it is read as a stream, and only as far as it is written. */
export const readSheet = (xml: string, context: SheetContext): Sheet => {
  const sheet: Sheet = { rows: new Map(), merges: [], links: new Map(), cut: false }
  let cell: { row: number; column: number; type: string; style: number } | undefined
  let text = ''
  let reading = false
  let cells = 0
  let row = -1
  let column = -1
  const parser = new Parser({
    onopentag(tag, attribs) {
      const name = tag.slice(tag.indexOf(':') + 1)
      if (name === 'row') {
        row = attribs.r === undefined ? row + 1 : Number(attribs.r) - 1
        column = -1
      } else if (name === 'c') {
        const place = placeOf(attribs.r)
        row = place?.row ?? row
        column = place?.column ?? column + 1
        cell = { row, column, type: attribs.t ?? 'n', style: Number(attribs.s ?? -1) }
        text = ''
      } else if (name === 'v' || name === 't') reading = true
      else if (name === 'rPh') reading = false
      else if (name === 'mergeCell' && sheet.merges.length < mergesMax) {
        const [from, to] = (attribs.ref ?? '').split(':').map(placeOf)
        if (from && to && to.row >= from.row && to.column >= from.column) sheet.merges.push({ ...from, rows: to.row - from.row + 1, columns: to.column - from.column + 1 })
      } else if (name === 'hyperlink' && attribs['r:id'] !== undefined) {
        const place = placeOf(attribs.ref?.split(':', 1)[0])
        if (place) sheet.links.set(`${place.row}:${place.column}`, attribs['r:id'])
      }
    },
    ontext(data) {
      if (reading && cell && text.length < 100_000) text += data
    },
    onclosetag(tag) {
      const name = tag.slice(tag.indexOf(':') + 1)
      if (name === 'v' || name === 't') reading = false
      else if (name === 'c' && cell) {
        const value = valueOf(cell, text, context)
        if (value !== '' && cell.row >= 0) {
          const line = sheet.rows.get(cell.row)
          if (cell.column >= columnsMax || (!line && sheet.rows.size >= rowsMax) || ++cells > context.cellsMax) sheet.cut = true
          else {
            if (line) line.set(cell.column, value)
            else sheet.rows.set(cell.row, new Map([[cell.column, value]]))
          }
        }
        cell = undefined
      }
    },
  }, { xmlMode: true })
  for (let at = 0; at < xml.length; at += chunkChars) {
    if (performance.now() > context.until || (sheet.cut && sheet.rows.size >= rowsMax) || cells > context.cellsMax) {
      sheet.cut = true
      break
    }
    parser.write(xml.slice(at, at + chunkChars))
  }
  parser.end()
  return sheet
}

const valueOf = ({ type, style }: { type: string; style: number }, text: string, { strings, kinds, from1904 }: SheetContext): string => {
  switch (type) {
    case 's':
      return strings[Number(text)] ?? ''
    case 'b':
      return text === '1' ? 'TRUE' : text === '' ? '' : 'FALSE'
    case 'n':
      return formatNumber(text, kinds[style] ?? 'number', from1904)
    default:
      return text
  }
}

/** `BC12` → row 11, column 54. */
const placeOf = (reference: string | undefined): { row: number; column: number } | undefined => {
  const found = /^\$?([A-Z]{1,3})\$?(\d{1,7})$/.exec(reference ?? '')
  if (!found) return undefined
  let column = 0
  for (const letter of found[1] ?? '') column = column * 26 + letter.charCodeAt(0) - 64
  return { row: Number(found[2]) - 1, column: column - 1 }
}

/** The strings that cells refer to by number; phonetic readings are left out. */
export const readStrings = (xml: string | undefined): string[] => {
  const strings: string[] = []
  if (xml === undefined) return strings
  let text = ''
  let reading = false
  let phonetic = false
  const parser = new Parser({
    onopentag(tag) {
      const name = tag.slice(tag.indexOf(':') + 1)
      if (name === 'si') text = ''
      else if (name === 'rPh') phonetic = true
      else if (name === 't') reading = !phonetic
    },
    ontext(data) {
      if (reading && text.length < 100_000) text += data
    },
    onclosetag(tag) {
      const name = tag.slice(tag.indexOf(':') + 1)
      if (name === 't') reading = false
      else if (name === 'rPh') phonetic = false
      else if (name === 'si') strings.push(text)
    },
  }, { xmlMode: true })
  for (let at = 0; at < xml.length; at += chunkChars) parser.write(xml.slice(at, at + chunkChars))
  parser.end()
  return strings
}
