import type { Element } from 'domhandler'
import type { Metadata } from '../../../contract/document.ts'
import { parseHtml, parseXml } from '../dom/parse.ts'
import { collapse, eachElement, isElement, rawTextOf } from '../dom/walk.ts'
import { isoDate } from '../metadata/dates.ts'
import { escape } from '../output/html.ts'
import { json } from './json.ts'
import type { KindConverter, Made } from './kind.ts'
import { xml } from './xml.ts'

const entriesMax = 1000
const contentChars = 500_000

interface Entry {
  title: string
  url: string
  date: string
  author: string
  /** HTML. */
  content: string
}

interface Channel {
  title: string
  url: string
  description: string
  language: string
  entries: Entry[]
}

/** RSS, Atom, RDF and JSON Feed as one page: a heading per entry with its link, date, author and content. */
export const feed: KindConverter = (source) => {
  const start = source.text.trimStart()
  const channel = start.startsWith('{') ? readJson(start) : readXml(source.text)
  if (!channel) return start.startsWith('{') ? json(source) : xml(source)
  return toPage(channel)
}

const toPage = (channel: Channel): Made => {
  const shown = channel.entries.slice(0, entriesMax)
  const entries = shown.map((entry) => {
    const title = escape(entry.title || entry.url || 'Untitled')
    const heading = entry.url ? `<a href="${attribute(entry.url)}">${title}</a>` : title
    const facts = [isoDate(entry.date) ?? entry.date, entry.author].filter((fact) => fact !== '').map(escape).join(' · ')
    return `<article><h2>${heading}</h2>${facts ? `<p>${facts}</p>` : ''}<div>${entry.content}</div></article>`
  })
  const newest = shown.map((entry) => isoDate(entry.date)).filter((date) => date !== undefined).toSorted().at(-1)
  const metadata: Metadata = {
    ...(channel.title ? { title: channel.title } : {}),
    ...(channel.description ? { description: channel.description } : {}),
    ...(channel.language ? { language: channel.language } : {}),
    ...(newest ? { modified_at: newest } : {}),
  }
  const heading = channel.title ? `<h1>${escape(channel.title)}</h1>` : ''
  const about = channel.description ? `<p>${escape(channel.description)}</p>` : ''
  return {
    html: `${heading}${about}${entries.join('')}`,
    metadata,
    warnings: shown.length < channel.entries.length ? [`Only the first ${entriesMax} of ${channel.entries.length} entries were converted.`] : [],
  }
}

const attribute = (value: string): string => escape(value).replaceAll('"', '&quot;')

const readXml = (text: string): Channel | undefined => {
  const tree = parseXml(text).root
  let root: Element | undefined
  const items: Element[] = []
  eachElement(tree, (element) => {
    if (element.name === 'rss' || element.name === 'feed' || element.name === 'rdf:RDF') root ??= element
    if (element.name === 'item' || element.name === 'entry') {
      items.push(element)
      return false
    }
    return true
  })
  if (!root) return undefined
  const channel = child(root, 'channel') ?? root
  return {
    title: plain(textOf(channel, 'title')),
    url: linkOf(channel),
    description: plain(textOf(channel, 'description') || textOf(channel, 'subtitle')),
    language: textOf(channel, 'language') || root.attribs['xml:lang'] || '',
    entries: items.map(entryOf),
  }
}

const entryOf = (item: Element): Entry => ({
  title: plain(textOf(item, 'title')),
  url: linkOf(item),
  date: textOf(item, 'pubDate') || textOf(item, 'published') || textOf(item, 'updated') || textOf(item, 'dc:date'),
  author: plain(textOf(item, 'dc:creator') || authorOf(item)),
  content: contentOf(item).slice(0, contentChars),
})

const child = (element: Element, name: string): Element | undefined => element.children.find((node) => isElement(node) && node.name === name) as Element | undefined

const textOf = (element: Element, name: string): string => {
  const found = child(element, name)
  return found ? allText(found).trim() : ''
}

/** Text with CDATA sections, which are nodes of their own in XML. */
const allText = (element: Element): string => {
  let text = ''
  const open = element.children.toReversed()
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.type === 'text') text += node.data
    else if ('children' in node) for (const inner of node.children.toReversed()) open.push(inner)
  }
  return text
}

const authorOf = (item: Element): string => {
  const author = child(item, 'author')
  return author ? textOf(author, 'name') || rawTextOf(author, 200).trim() : ''
}

const linkOf = (item: Element): string => {
  const links = item.children.filter((node) => isElement(node) && (node.name === 'link' || node.name === 'atom:link')) as Element[]
  const atom = links.find((link) => link.attribs.href && (link.attribs.rel ?? 'alternate') === 'alternate')
  const rss = links.map((link) => allText(link).trim()).find((text) => text !== '')
  const guid = child(item, 'guid')
  const permalink = guid && guid.attribs.isPermaLink !== 'false' ? allText(guid).trim() : ''
  return atom?.attribs.href ?? rss ?? (/^https?:/.test(permalink) ? permalink : '')
}

const contentOf = (item: Element): string => {
  const encoded = textOf(item, 'content:encoded')
  if (encoded) return encoded
  for (const name of ['content', 'summary', 'description', 'media:description']) {
    const found = child(item, name)
    if (!found) continue
    if (found.attribs.type === 'xhtml') return markupOf(found)
    const text = allText(found)
    if (text.trim() !== '') return found.attribs.type === 'text' ? escape(text) : text
  }
  const group = child(item, 'media:group')
  return group ? escape(textOf(group, 'media:description')) : ''
}

/** The inside of an XHTML content element as HTML again. */
const markupOf = (element: Element): string => {
  const parts: string[] = []
  const open: (string | (typeof element.children)[number])[] = element.children.toReversed()
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (typeof node === 'string') parts.push(node)
    else if (node.type === 'text') parts.push(escape(node.data))
    else if (isElement(node)) {
      const name = node.name.replace(/^\w+:/, '')
      parts.push(`<${name}${Object.entries(node.attribs).map(([key, value]) => ` ${key}="${attribute(value)}"`).join('')}>`)
      open.push(`</${name}>`, ...node.children.toReversed())
    } else if ('children' in node) open.push(...node.children.toReversed())
  }
  return parts.join('')
}

/** Titles are text in RSS and may be HTML all the same. */
const plain = (text: string): string => collapse(/<[a-z/!]|&\w+;/i.test(text) ? rawTextOf(parseHtml(text.slice(0, 20_000)).root, 5000) : text)

const readJson = (text: string): Channel | undefined => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Not JSON at all; the caller shows it as it is.
    return undefined
  }
  const document = value as { version?: unknown; title?: unknown; description?: unknown; home_page_url?: unknown; language?: unknown; items?: unknown }
  if (typeof document !== 'object' || document === null || !Array.isArray(document.items)) return undefined
  return {
    title: stringOf(document.title),
    url: stringOf(document.home_page_url),
    description: stringOf(document.description),
    language: stringOf(document.language),
    entries: document.items.filter((item) => typeof item === 'object' && item !== null).map(jsonEntry),
  }
}

const jsonEntry = (item: Record<string, unknown>): Entry => {
  const authors = Array.isArray(item.authors) ? item.authors : [item.author]
  return {
    title: stringOf(item.title),
    url: stringOf(item.url) || stringOf(item.external_url),
    date: stringOf(item.date_published) || stringOf(item.date_modified),
    author: authors.map((author) => stringOf((author as { name?: unknown } | null | undefined)?.name)).filter((name) => name !== '').join(', '),
    content: stringOf(item.content_html).slice(0, contentChars) || escape(stringOf(item.content_text) || stringOf(item.summary)).replaceAll('\n', '<br>'),
  }
}

const stringOf = (value: unknown): string => (typeof value === 'string' ? value : '')
