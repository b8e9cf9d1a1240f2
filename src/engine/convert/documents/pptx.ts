import type { Element } from 'domhandler'
import { fail } from '../../../failure/failure.ts'
import { openArchive } from './archive.ts'
import type { DocumentConverter } from './document.ts'
import { escape, escapeValue, pageBreak, tableOf, type TableCell } from './markup.ts'
import { propertiesOf } from './properties.ts'
import { mainPartOf, relationsOf, type Relation } from './relations.ts'
import { allBelow, attribute, childOf, childrenOf, localName, rootOf } from './xml.ts'

/** The slides of a presentation in order: titles as headings, text as lists by its levels, tables, notes as quotes. */
export const pptx: DocumentConverter = async ({ body, pagesMax, until }) => {
  const archive = openArchive(body)
  const main = mainPartOf(archive, 'ppt/presentation.xml')
  const relations = relationsOf(archive, main)
  const root = rootOf(archive.text(main))
  if (!root) throw fail('content.parse_failed')
  const slides = childrenOf(childOf(root, 'sldIdLst'), 'sldId').flatMap((one) => relations.get(one.attribs['r:id'] ?? '')?.target ?? [])
  const parts: string[] = []
  let done = 0
  for (const part of slides.slice(0, pagesMax)) {
    if (performance.now() > until) break
    done++
    if (done > 1) parts.push(pageBreak(done))
    const slide = rootOf(archive.text(part))
    if (!slide || slide.attribs.show === '0') continue
    const known = relationsOf(archive, part)
    parts.push(...shapesOf(childOf(slide, 'cSld', 'spTree'), known))
    const notes = [...known.values()].find(({ type }) => type === 'notesSlide')
    if (notes) parts.push(notesOf(rootOf(archive.text(notes.target)), relationsOf(archive, notes.target)))
  }
  return {
    html: parts.join('\n'),
    metadata: { ...propertiesOf(archive, 'docProps/core.xml'), page_count: slides.length },
    warnings: done < slides.length ? [`Only the first ${done} of ${slides.length} slides were converted.`] : [],
  }
}

const groupsMax = 40

/** Shapes as they stand in the file, titles first. */
const shapesOf = (tree: Element | undefined, relations: ReadonlyMap<string, Relation>, depth = 0): string[] => {
  const titles: string[] = []
  const others: string[] = []
  for (const shape of childrenOf(tree)) {
    const kind = localName(shape)
    if (kind === 'grpSp' && depth < groupsMax) others.push(...shapesOf(shape, relations, depth + 1))
    else if (kind === 'graphicFrame') others.push(...allBelow(shape, 'tbl').map((table) => tableHtml(table, relations)))
    else if (kind === 'pic') others.push(pictureHtml(shape))
    else if (kind === 'sp') {
      const role = placeholderOf(shape)
      const paragraphs = childrenOf(childOf(shape, 'txBody'), 'p')
      if (role === 'dt' || role === 'ftr' || role === 'sldNum') continue
      if (role === 'title' || role === 'ctrTitle') {
        const text = paragraphs.map((one) => runsHtml(one, relations, false)).filter((one) => one !== '').join(' ')
        if (text !== '') titles.push(`<h2>${text}</h2>`)
      } else others.push(textHtml(paragraphs, relations, role === 'body' || role === 'obj'))
    }
  }
  return [...titles, ...others].filter((part) => part !== '')
}

const placeholderOf = (shape: Element): string | undefined => {
  const placeholder = childOf(shape, 'nvSpPr', 'nvPr', 'ph')
  return placeholder && (placeholder.attribs.type ?? 'obj')
}

const pictureHtml = (shape: Element): string => {
  const alt = childOf(shape, 'nvPicPr', 'cNvPr')?.attribs.descr?.trim()
  return alt ? `<p><em>${escape(alt.slice(0, 2000))}</em></p>` : ''
}

/** In the places for text, paragraphs are bullets unless they say that they are not. */
const textHtml = (paragraphs: readonly Element[], relations: ReadonlyMap<string, Relation>, isBody: boolean): string => {
  const parts: string[] = []
  let level = -1
  const to = (wanted: number): void => {
    for (; level < wanted; level++) parts.push('<ul>')
    for (; level > wanted; level--) parts.push('</ul>')
  }
  for (const paragraph of paragraphs) {
    const text = runsHtml(paragraph, relations, true)
    if (text === '') continue
    const settings = childOf(paragraph, 'pPr')
    const plain = childOf(settings, 'buNone') !== undefined
    const marked = childOf(settings, 'buChar') !== undefined || childOf(settings, 'buAutoNum') !== undefined
    if (!plain && (isBody || marked) && (paragraphs.length > 1 || marked)) {
      to(Math.min(8, Math.max(0, Number(settings?.attribs.lvl ?? 0) || 0)))
      parts.push(`<li>${text}</li>`)
    } else {
      to(-1)
      parts.push(`<p>${text}</p>`)
    }
  }
  to(-1)
  return parts.join('')
}

const runsHtml = (paragraph: Element, relations: ReadonlyMap<string, Relation>, styled: boolean): string => {
  const parts: string[] = []
  for (const run of childrenOf(paragraph)) {
    const kind = localName(run)
    if (kind === 'br') parts.push(styled ? '<br>' : ' ')
    if (kind !== 'r' && kind !== 'fld') continue
    const settings = childOf(run, 'rPr')
    const raw = childrenOf(run, 't').map((one) => one.children.map((node) => ('data' in node ? String(node.data) : '')).join('')).join('')
    let text = escape(raw)
    const bare = text.trim() !== ''
    if (bare && styled && settings?.attribs.i === '1') text = `<em>${text}</em>`
    if (bare && styled && settings?.attribs.b === '1') text = `<strong>${text}</strong>`
    const link = relations.get(attribute(childOf(settings, 'hlinkClick'), 'id') ?? '')
    parts.push(link?.external ? `<a href="${escapeValue(link.target)}">${text}</a>` : text)
  }
  return parts.join('').trim()
}

const tableHtml = (table: Element, relations: ReadonlyMap<string, Relation>): string =>
  tableOf(childrenOf(table, 'tr').map((row) => childrenOf(row, 'tc').flatMap((cell): TableCell[] => {
    if (cell.attribs.hMerge === '1' || cell.attribs.vMerge === '1') return []
    const html = childrenOf(childOf(cell, 'txBody'), 'p').map((one) => runsHtml(one, relations, true)).filter((one) => one !== '').join('<br>')
    return [{ html, columns: Number(cell.attribs.gridSpan ?? 1) || 1, rows: Number(cell.attribs.rowSpan ?? 1) || 1 }]
  })))

const notesOf = (root: Element | undefined, relations: ReadonlyMap<string, Relation>): string => {
  const body = childrenOf(childOf(root, 'cSld', 'spTree'), 'sp').filter((shape) => placeholderOf(shape) === 'body')
  const text = body.flatMap((shape) => childrenOf(childOf(shape, 'txBody'), 'p')).map((one) => runsHtml(one, relations, true)).filter((one) => one !== '')
  return text.length > 0 ? `<blockquote>${text.map((one) => `<p>${one}</p>`).join('')}</blockquote>` : ''
}
