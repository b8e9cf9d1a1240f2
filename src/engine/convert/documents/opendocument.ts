import type { Element } from 'domhandler'
import { fail } from '../../../failure/failure.ts'
import { openArchive } from './archive.ts'
import type { DocumentConverter } from './document.ts'
import { escape, pageBreak } from './markup.ts'
import { createWriter, type Writer } from './opendocument-text.ts'
import { propertiesOf } from './properties.ts'
import { allBelow, childOf, childrenOf, localName, rootOf } from './xml.ts'

/** Text, spreadsheets and presentations of LibreOffice and its kin. */
export const openDocument: DocumentConverter = async ({ body, pagesMax, until }) => {
  const archive = openArchive(body)
  if (allBelow(rootOf(archive.text('META-INF/manifest.xml')), 'encryption-data').length > 0) throw fail('content.encrypted')
  const root = rootOf(archive.text('content.xml'))
  const content = childrenOf(childOf(root, 'body'))[0]
  if (!root || !content) throw fail('content.parse_failed')
  const writer = createWriter([rootOf(archive.text('styles.xml')), root])
  const metadata = propertiesOf(archive, 'meta.xml')
  const warnings = (): string[] => (writer.cut ? ['Only the first 20000 rows of a table were converted.'] : [])
  const kind = localName(content)
  if (kind !== 'presentation' && kind !== 'spreadsheet') return { html: writer.blocks(content), metadata, warnings: warnings() }

  const pages = childrenOf(content, kind === 'presentation' ? 'page' : 'table').filter((page) => kind === 'presentation' || !writer.isHidden(page))
  const parts: string[] = []
  let done = 0
  for (const page of pages.slice(0, pagesMax)) {
    if (performance.now() > until && done > 0) break
    done++
    if (done > 1) parts.push(pageBreak(done))
    parts.push(kind === 'presentation' ? slideHtml(page, writer) : `<h2>${escape(page.attribs['table:name'] ?? '')}</h2>${writer.table(page)}`)
  }
  const unit = kind === 'presentation' ? 'slides' : 'sheets'
  return { html: parts.join('\n'), metadata: { ...metadata, page_count: pages.length }, warnings: [...(done < pages.length ? [`Only the first ${done} of ${pages.length} ${unit} were converted.`] : []), ...warnings()] }
}

const slideHtml = (page: Element, { block, blocks }: Writer): string => {
  const frames = childrenOf(page).filter((one) => localName(one) !== 'notes')
  const isTitle = (frame: Element): boolean => frame.attribs['presentation:class'] === 'title'
  const titles = frames.filter(isTitle).map((frame) => blocks(frame).replace(/<\/?(?:p|h\d)>/g, ' ').trim()).filter((text) => text !== '')
  const notes = childrenOf(page, 'notes').map(blocks).join('')
  return `${titles.map((text) => `<h2>${text}</h2>`).join('')}${frames.filter((frame) => !isTitle(frame)).map(block).join('')}${notes === '' ? '' : `<blockquote>${notes}</blockquote>`}`
}
