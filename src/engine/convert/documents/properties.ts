import type { Element } from 'domhandler'
import type { Metadata } from '../../../contract/document.ts'
import type { Archive } from './archive.ts'
import { allBelow, rootOf, textBelow } from './xml.ts'

/** What an office file says about itself: OPC's core properties, OpenDocument's and a book's metadata use the same names. */
export const propertiesOf = (archive: Archive, part: string): Metadata => {
  const root = rootOf(archive.text(part))
  const text = (...names: string[]): string | undefined =>
    names.map((name) => allBelow(root, name).map((element) => textBelow(element, 5000).trim()).find((value) => value !== '')).find((value) => value !== undefined)
  const keywords = allBelow(root, 'keyword').concat(allBelow(root, 'keywords')).flatMap((element) => textBelow(element, 5000).split(/[,;]/)).map((word) => word.trim()).filter((word) => word !== '')
  return Object.fromEntries(Object.entries({
    title: text('title'), author: text('creator', 'initial-creator'), description: text('description', 'subject'), language: text('language'),
    published_at: dateOf(text('created', 'creation-date')), modified_at: dateOf(text('modified', 'date') ?? marked(root)),
    ...(keywords.length > 0 ? { keywords } : {}),
  }).filter(([, value]) => value !== undefined)) as Metadata
}

/** EPUB says it in an element of any kind of statement. */
const marked = (root: Element | undefined): string | undefined => {
  const found = allBelow(root, 'meta').find(({ attribs }) => attribs.property === 'dcterms:modified')
  return found && textBelow(found, 100).trim()
}

const dateOf = (value: string | undefined): string | undefined => (value !== undefined && /^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?$/.test(value) ? value : undefined)
