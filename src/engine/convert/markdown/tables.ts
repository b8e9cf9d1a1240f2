import type { Element } from 'domhandler'
import { eachElement, hasClass } from '../dom/walk.ts'
import { isGutter } from './code.ts'
import { writePre } from './codes.ts'
import { blocked, type Leave } from './leave.ts'
import { alignOf, isInlineRow, isLayoutTable, spanOf, tableMarkdown, type Row } from './table.ts'
import type { Writer } from './writer.ts'

/** Tables of data, one at a time; tables in their cells and tables for layout are blocks. */
export class Tables {
  readonly #writer: Writer
  /** Of each open row of a layout table, whether its cells share a line. */
  readonly #inlineRows: boolean[] = []
  #table: { rows: Row[]; row: Row | null; head: boolean } | null = null

  constructor(writer: Writer) {
    this.#writer = writer
  }

  table(element: Element): Leave | null {
    const writer = this.#writer
    const code = numberedCodeOf(element)
    if (code) {
      writePre(code, writer)
      return null
    }
    if (this.#table || writer.layout !== 'block' || isLayoutTable(element)) return blocked(writer)
    writer.break(2)
    const table = (this.#table = { rows: [] as Row[], row: null, head: false })
    return () => {
      this.#table = null
      const markdown = tableMarkdown(table.rows)
      if (markdown !== '') writer.block(markdown)
      else writer.break(2)
    }
  }

  row(element: Element): Leave {
    const table = this.#table
    const writer = this.#writer
    if (element.name !== 'tr') {
      if (table && element.name === 'thead') table.head = true
      return () => {
        if (table) table.head = false
      }
    }
    if (!table || writer.layout !== 'block') {
      writer.break(2)
      this.#inlineRows.push(writer.layout !== 'block' || isInlineRow(element))
      return () => {
        this.#inlineRows.pop()
        writer.break(2)
      }
    }
    const row: Row = { cells: [], head: table.head }
    table.row = row
    table.rows.push(row)
    return () => {
      table.row = null
    }
  }

  cell(element: Element): Leave | null {
    if (isGutter(element)) return null
    const writer = this.#writer
    const row = this.#table?.row
    if (!row || writer.layout !== 'block') {
      const inline = this.#inlineRows.at(-1) ?? false
      const separate = (): void => (inline ? writer.space() : writer.break(2))
      separate()
      return separate
    }
    const take = writer.capture('cell')
    return () => {
      row.cells.push({
        text: take().trim(),
        header: element.name === 'th',
        colspan: spanOf(element.attribs.colspan, 1000),
        rowspan: spanOf(element.attribs.rowspan, 65_534),
        align: alignOf(element),
      })
    }
  }
}

/** A table that sets line numbers beside code is a block of code. */
const numberedCodeOf = (table: Element): Element | undefined => {
  let code: Element | undefined
  let numbers = false
  if (!hasClass(table, /highlight|code|rouge|hljs|crayon|syntax|diff/i)) return undefined
  eachElement(table, (element) => {
    if (isGutter(element) || 'data-line-number' in element.attribs) {
      numbers = true
      return false
    }
    if (element.name === 'pre') {
      code ??= element
      return false
    }
    return true
  })
  return numbers ? (code ?? table) : undefined
}
