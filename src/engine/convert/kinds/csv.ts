import { escape } from '../output/html.ts'
import type { KindConverter, Made } from './kind.ts'

const rowsMax = 20_000
const columnsMax = 200

export const csv: KindConverter = (source) => table(source.text, delimiterOf(source.text))
export const tsv: KindConverter = (source) => table(source.text, '\t')

/** Spreadsheets of half the world separate by semicolons and still say CSV. */
const delimiterOf = (text: string): string => {
  const line = text.slice(0, 5000).split(/\r?\n/, 1)[0] ?? ''
  const bare = line.replace(/"[^"]*"/g, '')
  const counts = [',', ';', '\t', '|'].map((delimiter) => [bare.split(delimiter).length, delimiter] as const)
  return counts.reduce((best, candidate) => (candidate[0] > best[0] ? candidate : best))[1]
}

const table = (text: string, delimiter: string): Made => {
  const { rows, cut } = parseRows(text, delimiter)
  if (rows.length === 0) return { markdown: '', text }
  const parts = ['<table>']
  rows.forEach((row, i) => {
    const tag = i === 0 ? 'th' : 'td'
    parts.push('<tr>', ...row.map((cell) => `<${tag}>${escape(cell).replaceAll(/\r?\n/g, '<br>')}</${tag}>`), '</tr>')
  })
  parts.push('</table>')
  return { html: parts.join(''), warnings: cut ? [`Only the first ${rowsMax} rows and ${columnsMax} columns were converted.`] : [] }
}

/** RFC 4180, with bare quotes inside fields taken as they stand. */
export const parseRows = (text: string, delimiter: string): { rows: string[][]; cut: boolean } => {
  const rows: string[][] = []
  let row: string[] = []
  let cut = false
  const endField = (field: string): void => {
    if (row.length < columnsMax) row.push(field.trim())
    else cut = true
  }
  const endRow = (): void => {
    if (row.some((field) => field !== '')) rows.push(row)
    row = []
  }
  const stop = delimiter === '\t' ? /[\t\n]/g : new RegExp(`[\\${delimiter}\\n]`, 'g')
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  while (at <= text.length) {
    if (rows.length >= rowsMax) return { rows, cut: at < text.trimEnd().length || cut }
    let field: string
    if (text[at] === '"') [field, at] = quotedField(text, at + 1)
    else field = ''
    stop.lastIndex = at
    const next = stop.exec(text)?.index ?? text.length
    field += text.slice(at, next)
    endField(field)
    if (next >= text.length || text[next] === '\n') endRow()
    at = next + 1
  }
  return { rows, cut }
}

const quotedField = (text: string, start: number): [field: string, next: number] => {
  const parts: string[] = []
  let at = start
  for (;;) {
    const quote = text.indexOf('"', at)
    if (quote < 0) return [parts.join('') + text.slice(at), text.length]
    parts.push(text.slice(at, quote))
    if (text[quote + 1] !== '"') return [parts.join(''), quote + 1]
    parts.push('"')
    at = quote + 2
  }
}
