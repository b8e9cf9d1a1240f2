import type { Element } from 'domhandler'
import { isElement, walk } from '../dom/walk.ts'
import { roleOf } from './elements.ts'

const columnsMax = 200
/** Longer values are written once, not in each row that they span. */
const repeatedChars = 200

export interface Cell {
  text: string
  header: boolean
  colspan: number
  rowspan: number
  align: string
}

export interface Row {
  cells: Cell[]
  head: boolean
}

interface Shape {
  rows: number
  columns: number
  headers: number
  nested: boolean
  heavy: number
  cells: number
  /** Rows that have another number of cells than the row before. */
  irregular: number
}

const heavyRoles = new Set(['heading', 'pre', 'quote', 'form', 'list', 'terms'])

/** Whether a table lays out a page instead of holding data: then its cells are ordinary blocks. */
export const isLayoutTable = (table: Element): boolean => {
  const role = table.attribs.role
  if (role === 'presentation' || role === 'none') return true
  const shape = shapeOf(table)
  if (shape.rows === 0 || shape.nested) return true
  if (shape.columns < 2) return true
  if (shape.headers > 0) return false
  if (shape.rows < 2 || shape.heavy * 4 > shape.cells) return true
  // Tables of the years before style sheets say so in their attributes, and their rows have cells as they happen to need.
  const { border, cellpadding, cellspacing } = table.attribs
  return (border === '0' || cellpadding === '0' || cellspacing === '0') && shape.irregular * 3 > shape.rows
}

const shapeOf = (table: Element): Shape => {
  const shape: Shape = { rows: 0, columns: 0, headers: 0, nested: false, heavy: 0, cells: 0, irregular: 0 }
  let columns = 0
  let cells = 0
  let before = 0
  walk(table, {
    enter(element) {
      switch (element.name) {
        case 'table':
          shape.nested = true
          return false
        case 'tr':
          shape.rows++
          if (shape.rows > 2 && cells !== before) shape.irregular++
          before = cells
          columns = cells = 0
          return true
        case 'th':
        case 'td':
          if (element.name === 'th') shape.headers++
          shape.cells++
          cells++
          columns += spanOf(element.attribs.colspan, 100)
          if (columns > shape.columns) shape.columns = columns
          return true
        case 'caption':
        case 'thead':
          shape.headers++
          return true
        default:
          if (heavyRoles.has(roleOf(element.name))) shape.heavy++
          return true
      }
    },
    leave: () => {},
    text: () => {},
  })
  return shape
}

export const spanOf = (value: string | undefined, max: number): number => {
  const span = value === undefined ? 1 : Number.parseInt(value, 10)
  return span >= 1 ? Math.min(span, max) : 1
}

export const alignOf = (cell: Element): string => {
  const style = /text-align\s*:\s*(left|right|center)/i.exec(cell.attribs.style ?? '')?.[1]
  return (style ?? cell.attribs.align ?? '').toLowerCase()
}

/** Rows as a grid: spans filled in, empty rows and columns left out. */
export const tableMarkdown = (rows: readonly Row[]): string => {
  const grid = expand(rows)
  const filled = grid.filter((line) => line.cells.some((cell) => cell !== ''))
  if (filled.length === 0) return ''
  const width = Math.max(...chunkedMax(filled))
  const used = columnsUsed(filled, width)
  if (used.length === 0) return ''
  const line = (cells: readonly string[]): string => `| ${used.map((column) => cells[column] ?? '').join(' | ')} |`
  const header = filled[0] && isHeader(filled[0], filled[1]) ? filled[0] : undefined
  const aligns = (header ?? filled[0])?.aligns ?? []
  const rule = `| ${used.map((column) => ruleOf(aligns[column])).join(' | ')} |`
  const body = header ? filled.slice(1) : filled
  return [line(header?.cells ?? []), rule, ...body.map((row) => line(row.cells))].join('\n')
}

interface Line {
  cells: string[]
  aligns: string[]
  head: boolean
  headers: number
}

/** A first row of labels beside values is no header, unless it is marked as one. */
const isHeader = (first: Line, second: Line | undefined): boolean => {
  if (first.head || !second) return true
  const width = first.cells.length
  if (first.headers >= width) return true
  return !(first.headers > 0 && second.headers === first.headers && first.headers < width)
}

const expand = (rows: readonly Row[]): Line[] => {
  const cellCount = rows.reduce((sum, row) => sum + row.cells.length, 0)
  let spare = cellCount * 4 + 10_000
  /** Per column, the value that still reaches down from above. */
  const hanging: ({ left: number; text: string } | undefined)[] = []
  return rows.map((row) => {
    const line: Line = { cells: [], aligns: [], head: row.head, headers: 0 }
    let column = 0
    const fillHanging = (): void => {
      for (let above = hanging[column]; above && above.left > 0 && column < columnsMax; above = hanging[column]) {
        above.left--
        line.cells[column++] = above.text
      }
    }
    for (const cell of row.cells) {
      fillHanging()
      for (let i = 0; i < cell.colspan && column < columnsMax && (i === 0 || spare-- > 0); i++) {
        line.cells[column] = i === 0 ? cell.text : ''
        line.aligns[column] = cell.align
        if (cell.header) line.headers++
        const repeats = Math.min(cell.rowspan - 1, spare)
        if (repeats > 0) {
          spare -= repeats
          hanging[column] = { left: repeats, text: i === 0 && cell.text.length <= repeatedChars ? cell.text : '' }
        }
        column++
      }
    }
    fillHanging()
    return line
  })
}

const chunkedMax = (lines: readonly Line[]): number[] => [lines.reduce((most, line) => Math.max(most, line.cells.length), 0)]

const columnsUsed = (lines: readonly Line[], width: number): number[] => {
  const used = Array.from({ length: width }, () => false)
  for (const line of lines) line.cells.forEach((cell, column) => (used[column] ||= cell !== ''))
  return used.flatMap((isUsed, column) => (isUsed ? [column] : []))
}

const ruleOf = (align: string | undefined): string => (align === 'center' ? ':-:' : align === 'right' ? '--:' : align === 'left' ? ':--' : '---')

/** Cells that follow one another in a layout row and hold nothing but words belong on one line. */
export const isInlineRow = (row: Element): boolean => {
  let inline = true
  walk(row, {
    enter(element) {
      if (!inline) return false
      const role = roleOf(element.name)
      if (role === 'paragraph' || role === 'list' || role === 'table' || role === 'pre' || role === 'quote' || role === 'heading' || role === 'block') inline = false
      return inline
    },
    leave: () => {},
    text: () => {},
  })
  return inline && row.children.some(isElement)
}
