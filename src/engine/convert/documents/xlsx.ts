import { fail } from '../../../failure/failure.ts'
import { openArchive } from './archive.ts'
import type { DocumentConverter } from './document.ts'
import { escape, escapeValue, linesToHtml, pageBreak, tableOf, type TableCell } from './markup.ts'
import { propertiesOf } from './properties.ts'
import { mainPartOf, relationsOf, type Relation } from './relations.ts'
import { numberKinds } from './xlsx-formats.ts'
import { columnsMax, readSheet, readStrings, rowsMax, type Sheet } from './xlsx-sheet.ts'
import { childOf, childrenOf, rootOf } from './xml.ts'

const cellsMax = 400_000

/** The sheets of a workbook that are not hidden, each a heading and a table. Formulas give the value that they had when the file was saved. */
export const xlsx: DocumentConverter = async ({ body, pagesMax, until }) => {
  const archive = openArchive(body)
  const main = mainPartOf(archive, 'xl/workbook.xml')
  const root = rootOf(archive.text(main))
  if (!root) throw fail('content.parse_failed')
  const relations = relationsOf(archive, main)
  const partOf = (type: string): string | undefined => [...relations.values()].find((one) => one.type === type)?.target
  const date1904 = childOf(root, 'workbookPr')?.attribs.date1904
  const context = {
    strings: readStrings(archive.text(partOf('sharedStrings') ?? '')),
    kinds: numberKinds(rootOf(archive.text(partOf('styles') ?? ''))),
    from1904: date1904 === '1' || date1904 === 'true',
    cellsMax, until,
  }
  const sheets = childrenOf(childOf(root, 'sheets'), 'sheet').filter(({ attribs }) => (attribs.state ?? 'visible') === 'visible')
  const parts: string[] = []
  const warnings: string[] = []
  let done = 0
  let cut = false
  for (const { attribs } of sheets.slice(0, pagesMax)) {
    if (performance.now() > until && done > 0) break
    done++
    const target = relations.get(attribs['r:id'] ?? '')?.target
    const xml = target === undefined ? undefined : archive.text(target)
    if (xml === undefined || target === undefined) continue
    const sheet = readSheet(xml, context)
    context.cellsMax -= [...sheet.rows.values()].reduce((sum, row) => sum + row.size, 0)
    cut ||= sheet.cut
    if (done > 1) parts.push(pageBreak(done))
    parts.push(`<h2>${escape(attribs.name ?? '')}</h2>`, sheetHtml(sheet, relationsOf(archive, target)))
  }
  if (done < sheets.length) warnings.push(`Only the first ${done} of ${sheets.length} sheets were converted.`)
  if (cut) warnings.push(`Only the first ${rowsMax} rows and ${columnsMax} columns of a sheet, and ${cellsMax} cells in all, were converted.`)
  return { html: parts.join('\n'), metadata: { ...propertiesOf(archive, 'docProps/core.xml'), page_count: sheets.length }, warnings }
}

/** Rows in which nothing stands are left out, and so are columns before the first and after the last that is used. */
const sheetHtml = ({ rows, merges, links }: Sheet, relations: ReadonlyMap<string, Relation>): string => {
  const used = [...rows.keys()].toSorted((a, b) => a - b)
  const columns = used.flatMap((row) => [...(rows.get(row)?.keys() ?? [])])
  if (columns.length === 0) return ''
  const [first, last] = columns.reduce(([least, most], column) => [Math.min(least, column), Math.max(most, column)], [Infinity, 0])
  const spans = new Map(merges.map((merge) => [`${merge.row}:${merge.column}`, merge]))
  const covered = new Set<string>()
  for (const merge of merges) {
    if (!rows.get(merge.row)?.has(merge.column) || merge.rows * merge.columns > 10_000) continue
    for (let row = merge.row; row < merge.row + merge.rows; row++) for (let column = merge.column; column < merge.column + merge.columns; column++) if (row !== merge.row || column !== merge.column) covered.add(`${row}:${column}`)
  }
  return tableOf(used.map((row) => {
    const cells: TableCell[] = []
    for (let column = first; column <= last; column++) {
      const place = `${row}:${column}`
      if (covered.has(place)) continue
      const html = linesToHtml(rows.get(row)?.get(column) ?? '')
      const link = relations.get(links.get(place) ?? '')
      const span = spans.get(place)
      // Rows between may have been left out: only what is there can be spanned.
      const tall = span ? used.filter((one) => one >= row && one < row + span.rows).length : 1
      cells.push({ html: link?.external && html !== '' ? `<a href="${escapeValue(link.target)}">${html}</a>` : html, columns: span ? Math.min(span.columns, last - column + 1) : 1, rows: tall })
    }
    return cells
  }))
}
