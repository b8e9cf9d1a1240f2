import { escape, escapeValue } from '../output/html.ts'

export { escape, escapeValue }

/** A cell of a table by its text, or with HTML of its own. */
export interface TableCell {
  html: string
  columns?: number
  rows?: number
}

/** The first row heads the table. Empty rows at its end and empty columns at its right are left out. */
export const tableOf = (rows: readonly (readonly TableCell[])[]): string => {
  const height = rows.findLastIndex((row) => row.some(isFilled)) + 1
  const width = Math.max(0, ...rows.slice(0, height).map((row) => row.findLastIndex(isFilled) + 1))
  if (height === 0 || width === 0) return ''
  const written = rows.slice(0, height).map((row, i) => {
    const tag = i === 0 ? 'th' : 'td'
    return `<tr>${row.slice(0, width).map(({ html, columns = 1, rows: tall = 1 }) => `<${tag}${columns > 1 ? ` colspan="${columns}"` : ''}${tall > 1 ? ` rowspan="${tall}"` : ''}>${html}</${tag}>`).join('')}</tr>`
  })
  return `<table>${written.join('')}</table>`
}

const isFilled = ({ html, columns = 1, rows = 1 }: TableCell): boolean => html.trim() !== '' || columns > 1 || rows > 1

export const linesToHtml = (text: string): string => escape(text).replaceAll(/\r\n?|\n/g, '<br>')

export const pageBreak = (number: number): string => `<hr class="page-break" id="page-${number}">`
