import type { Element } from 'domhandler'
import { isElement } from '../dom/walk.ts'
import { escape, escapeValue, tableOf, type TableCell } from './markup.ts'
import { allBelow, childOf, childrenOf, localName, textBelow } from './xml.ts'

const rowsMax = 20_000
const columnsMax = 200

interface Style {
  parent: string | undefined
  bold: boolean
  italic: boolean
  struck: boolean
  mono: boolean
  hidden: boolean
}

export interface Writer {
  blocks: (parent: Element) => string
  block: (element: Element) => string
  table: (element: Element) => string
  isHidden: (table: Element) => boolean
  /** Set where a table was too long. */
  readonly cut: boolean
}

/** HTML of OpenDocument's text. Depth is bounded by the parser. */
export const createWriter = (roots: readonly (Element | undefined)[]): Writer => {
  const styles = new Map(roots.flatMap((root) => allBelow(root, 'style')).map((style) => [style.attribs['style:name'] ?? '', styleOf(style)]))
  const numbered = new Set(roots.flatMap((root) => allBelow(root, 'list-style')).filter((style) => childOf(style, 'list-level-style-number') !== undefined).map((style) => style.attribs['style:name'] ?? ''))
  let cut = false

  const named = (name: string | undefined, wanted: 'bold' | 'italic' | 'struck' | 'mono' | 'hidden'): boolean => {
    let style = styles.get(name ?? '')
    for (let step = 0; style && step < 8; step++) {
      if (style[wanted]) return true
      style = styles.get(style.parent ?? '')
    }
    return false
  }

  const inline = (parent: Element): string => {
    const parts: string[] = []
    for (const node of parent.children) {
      if (node.type === 'text') parts.push(escape(node.data.replace(/\s+/g, ' ')))
      else if (node.type === 'cdata') parts.push(escape(textBelow(node)))
      if (!isElement(node)) continue
      switch (localName(node)) {
        case 's':
          parts.push(' '.repeat(Math.min(200, Number(node.attribs['text:c'] ?? 1) || 1)))
          break
        case 'tab':
          parts.push(' ')
          break
        case 'line-break':
          parts.push('<br>')
          break
        case 'a':
          parts.push(`<a href="${escapeValue(node.attribs['xlink:href'] ?? '')}">${inline(node)}</a>`)
          break
        case 'span':
          parts.push(spanHtml(node))
          break
        case 'note':
          parts.push(` (${inline(childOf(node, 'note-body') ?? node).trim()})`)
          break
        case 'frame':
          parts.push(pictureHtml(node))
          break
        case 'annotation': case 'annotation-end': case 'bookmark': case 'tracked-changes': case 'forms': case 'change': case 'change-start': case 'change-end':
          break
        default:
          parts.push(inline(node))
      }
    }
    return parts.join('')
  }

  const spanHtml = (node: Element): string => {
    const style = node.attribs['text:style-name']
    let html = inline(node)
    if (html.trim() === '') return html
    if (named(style, 'mono')) html = `<code>${html}</code>`
    if (named(style, 'struck')) html = `<del>${html}</del>`
    if (named(style, 'italic')) html = `<em>${html}</em>`
    return named(style, 'bold') ? `<strong>${html}</strong>` : html
  }

  const pictureHtml = (frame: Element): string => {
    const box = childOf(frame, 'text-box')
    if (box) return blocks(box)
    const object = childOf(frame, 'table')
    if (object) return table(object)
    const alt = textBelow(childOf(frame, 'desc') ?? childOf(frame, 'title'), 2000).trim()
    return alt === '' ? '' : `<em>${escape(alt)}</em>`
  }

  const blocks = (parent: Element): string => childrenOf(parent).map(block).join('')

  const block = (element: Element): string => {
    switch (localName(element)) {
      case 'h': {
        const level = Math.min(6, Math.max(1, Number(element.attribs['text:outline-level'] ?? 1) || 1))
        return `<h${level}>${inline(element)}</h${level}>`
      }
      case 'p': {
        const style = element.attribs['text:style-name']
        if (isNamed(style, 'Title')) return `<h1>${inline(element)}</h1>`
        if (isNamed(style, 'Preformatted_20_Text')) return `<pre>${inline(element)}</pre>`
        const html = inline(element)
        return isNamed(style, 'Quotations') ? `<blockquote><p>${html}</p></blockquote>` : `<p>${html}</p>`
      }
      case 'list':
        return listHtml(element)
      case 'table':
        return table(element)
      case 'frame':
        return `<div>${pictureHtml(element)}</div>`
      case 'tracked-changes': case 'forms': case 'sequence-decls': case 'variable-decls': case 'annotation': case 'settings': case 'header-footer':
        return ''
      default:
        return blocks(element)
    }
  }

  const isNamed = (name: string | undefined, wanted: string): boolean => {
    for (let step = 0, at = name; at !== undefined && step < 8; step++, at = styles.get(at)?.parent) if (at === wanted) return true
    return false
  }

  const listHtml = (list: Element): string => {
    const tag = numbered.has(list.attribs['text:style-name'] ?? '') ? 'ol' : 'ul'
    return `<${tag}>${childrenOf(list).map((item) => `<li>${blocks(item)}</li>`).join('')}</${tag}>`
  }

  const table = (element: Element): string => {
    const rows: TableCell[][] = []
    for (const row of rowsOf(element)) {
      const cells = cellsOf(row)
      const isEmpty = cells.every((cell) => cell.html === '')
      const repeated = isEmpty ? 1 : Math.min(rowsMax, Number(row.attribs['table:number-rows-repeated'] ?? 1) || 1)
      if (isEmpty && rows.length === 0) continue
      for (let i = 0; i < repeated; i++) {
        if (rows.length >= rowsMax) {
          cut = true
          return tableOf(rows)
        }
        rows.push(cells)
      }
    }
    return tableOf(rows.filter((row) => row.some((cell) => cell.html !== '')))
  }

  const cellsOf = (row: Element): TableCell[] =>
    childrenOf(row).flatMap((cell) => {
      if (localName(cell) !== 'table-cell') return []
      const html = childrenOf(cell).map((one) => (localName(one) === 'p' ? inline(one) : block(one))).filter((one) => one !== '').join('<br>')
      const repeated = Math.min(html === '' ? columnsMax : columnsMax, Number(cell.attribs['table:number-columns-repeated'] ?? 1) || 1)
      const made: TableCell = { html, columns: spanOf(cell, 'columns'), rows: spanOf(cell, 'rows') }
      return Array.from({ length: repeated }, () => made)
    }).slice(0, columnsMax)

  const isHidden = (element: Element): boolean => named(element.attribs['table:style-name'], 'hidden')

  return { blocks, block, table, isHidden, get cut() { return cut } }
}

const spanOf = (cell: Element, what: string): number => Math.min(1000, Number(cell.attribs[`table:number-${what}-spanned`] ?? 1) || 1)

/** Rows of the table itself, those of its head and of groups included. */
const rowsOf = (table: Element): Element[] =>
  childrenOf(table).flatMap((child) => (localName(child) === 'table-row' ? [child] : /^table-(?:header-rows|rows|row-group)$/.test(localName(child)) ? rowsOf(child) : []))

const styleOf = (style: Element): Style => {
  const text = childOf(style, 'text-properties')?.attribs ?? {}
  const font = text['style:font-name'] ?? text['fo:font-family'] ?? ''
  return {
    parent: style.attribs['style:parent-style-name'],
    bold: /^(?:bold|[6-9]00)$/.test(text['fo:font-weight'] ?? ''),
    italic: /^(?:italic|oblique)$/.test(text['fo:font-style'] ?? ''),
    struck: text['style:text-line-through-style'] !== undefined && text['style:text-line-through-style'] !== 'none',
    mono: /mono|courier|consol/i.test(font),
    hidden: childOf(style, 'table-properties')?.attribs['table:display'] === 'false',
  }
}
