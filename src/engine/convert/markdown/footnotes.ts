import type { Document, Element } from 'domhandler'
import { collapse, eachElement, hasClass, rawTextOf } from '../dom/walk.ts'

const sections = /(?:^|\s)(?:footnotes?(?:-list|-section)?|endnotes?|references|reflist|fn-list|easy-footnotes-wrapper|modern-footnotes-list)(?=\s|$)/i
const referenceHref = /^#(?:user-content-)?(?:fn|_?ftn|footnote|cite_note|endnote|note|en|easy-footnote-bottom)[-_:.]?/i
const referenceClass = /(?:^|\s)(?:footnote(?:-ref|-reference|-anchor)?|fn-ref|noteref|easy-footnote)(?=\s|$)/i
const backReference = /^#(?:user-content-)?(?:fnref|_?ftnref|footnote-?ref|cite_ref|ref|rfn|en-?ref|back|easy-footnote-\d)/i
const backText = /^(?:[\s^\u{21A9}\u{2934}\u{23CE}\u{2191}\u{21B5}\u{2B06}]|\u{FE0E}|\u{FE0F}|back|return|jump up|\[?link\]?|[a-z](?=\s|$))*$/iu

/** Notes at the end of a text, found by the usual markup of Markdown processors, MediaWiki and EPUB. */
export interface Footnotes {
  /** The label of the note that a link refers to; undefined where it is no reference or there is no such note. */
  referenceOf(link: Element): string | undefined
  /** The label of the note that an element is. */
  noteOf(element: Element): string | undefined
  isBackReference(link: Element): boolean
}

export const createFootnotes = (root: Document): Footnotes => {
  let index: { labels: Map<string, string>; notes: Map<Element, string> } | undefined
  const lookUp = (): { labels: Map<string, string>; notes: Map<Element, string> } => (index ??= indexOf(root))
  return {
    referenceOf(link) {
      const { href, role, rel } = link.attribs
      if (!href?.startsWith('#') || href.length < 2 || href.length > 200) return undefined
      if (!(referenceHref.test(href) || role === 'doc-noteref' || rel === 'footnote' || 'data-footnote-ref' in link.attribs || hasClass(link, referenceClass))) return undefined
      return backReference.test(href) ? undefined : lookUp().labels.get(idOf(href))
    },
    noteOf: (element) => (element.attribs.id === undefined && element.attribs.role === undefined ? undefined : lookUp().notes.get(element)),
    isBackReference(link) {
      const { href, role, rev } = link.attribs
      if (!href?.startsWith('#')) return false
      if (role === 'doc-backlink' || rev === 'footnote' || 'data-footnote-backref' in link.attribs || hasClass(link, /footnote-back/i)) return true
      return backReference.test(href) && backText.test(rawTextOf(link, 40))
    },
  }
}

const idOf = (href: string): string => {
  try {
    return decodeURIComponent(href.slice(1))
  } catch {
    // A stray percent sign; the id is taken as written.
    return href.slice(1)
  }
}

const indexOf = (root: Document): { labels: Map<string, string>; notes: Map<Element, string> } => {
  const targets = new Map<string, Element>()
  const texts = new Map<string, string>()
  const inside = (element: Element): boolean => {
    for (let node = element.parent, up = 0; node && up < 4; node = node.parent, up++) {
      if ('attribs' in node && (hasClass(node, sections) || node.attribs.role === 'doc-endnotes' || 'data-footnotes' in node.attribs)) return true
    }
    return false
  }
  eachElement(root, (element) => {
    const { id, role, href } = element.attribs
    if (element.name === 'a' && href?.startsWith('#') && !texts.has(idOf(href))) texts.set(idOf(href), collapse(rawTextOf(element, 20)))
    if (id === undefined || targets.has(id)) return
    const marked = role === 'doc-endnote' || role === 'doc-footnote'
    if (marked || ((element.name === 'li' || element.name === 'p' || element.name === 'div' || element.name === 'aside') && (inside(element) || hasClass(element, /(?:^|\s)footnote(?=\s|$)/)))) targets.set(id, element)
  })
  const labels = new Map<string, string>()
  const notes = new Map<Element, string>()
  const taken = new Set<string>()
  for (const [id, element] of targets) {
    if (!texts.has(id)) continue
    const wanted = (texts.get(id) ?? '').replace(/^[[(]|[\])]$/g, '')
    const label = /^[\w*†‡-]{1,16}$/.test(wanted) && !taken.has(wanted) ? wanted : freeLabel(taken)
    taken.add(label)
    labels.set(id, label)
    notes.set(element, label)
  }
  return { labels, notes }
}

const freeLabel = (taken: ReadonlySet<string>): string => {
  let label = taken.size + 1
  while (taken.has(String(label))) label++
  return String(label)
}
