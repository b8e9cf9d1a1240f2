import type { Document, Element } from 'domhandler'
import { isHidden } from '../convert/dom/hidden.ts'
import { collapse, walk } from '../convert/dom/walk.ts'

export type Region = 'address' | 'contact' | 'footer' | 'body'

/** What a reader sees between two breaks. */
export interface Line {
  text: string
  region: Region
}

const linesMax = 6000
const lineChars = 2000

const inline = new Set(['a', 'abbr', 'b', 'bdi', 'bdo', 'cite', 'code', 'em', 'font', 'i', 'ins', 'label', 'mark', 'q', 's', 'small', 'span', 'strong', 'sub', 'sup', 'time', 'u', 'wbr', 'data'])
const silent = new Set(['script', 'style', 'template', 'noscript', 'select', 'textarea', 'svg', 'iframe'])
const footer = /(?:^|[\s_-])(?:footer|foot|bottom-?bar|copyright|colophon)(?=[\s_-]|$)/i
const contact = /(?:^|[\s_-])(?:contact\w*|kontakt\w*|address\w*|adresse|impressum|imprint|legal\w*|location|office|vcard|hcard|h-card|find-?us|store-?info)(?=[\s_-]|$)/i

/** The visible text in order, with the part of the page that it stands in. */
export const linesOf = (root: Document, contactPage: boolean): Line[] => {
  const lines: Line[] = []
  const regions: Region[] = [contactPage ? 'contact' : 'body']
  let text = ''
  const flush = (): void => {
    const line = collapse(text.slice(0, lineChars))
    text = ''
    if (line !== '' && lines.length < linesMax) lines.push({ text: line, region: regions.at(-1) ?? 'body' })
  }
  const turned: boolean[] = []
  walk(root, {
    enter(element) {
      if (silent.has(element.name) || isHidden(element)) return false
      if (!inline.has(element.name)) flush()
      regions.push(regionOf(element, regions.at(-1) ?? 'body'))
      turned.push(isTurned(element))
      return true
    },
    leave(element) {
      if (!inline.has(element.name)) flush()
      regions.pop()
      turned.pop()
    },
    text(data) {
      // Written backwards so that only eyes can read it.
      text += turned.at(-1) === true ? Array.from(data).toReversed().join('') : data
    },
  })
  flush()
  return lines
}

const isTurned = ({ name, attribs }: Element): boolean =>
  (name === 'bdo' && attribs.dir === 'rtl') || /unicode-bidi\s*:\s*bidi-override/i.test((attribs.style ?? '').slice(0, 500)) && /direction\s*:\s*rtl/i.test((attribs.style ?? '').slice(0, 500))

const regionOf = ({ name, attribs }: Element, outer: Region): Region => {
  if (name === 'address' || outer === 'address') return 'address'
  if (name === 'body' || name === 'html' || inline.has(name)) return outer
  const names = `${(attribs.class ?? '').slice(0, 300)} ${(attribs.id ?? '').slice(0, 100)}`
  if (contact.test(names)) return 'contact'
  if (outer !== 'body') return outer
  return name === 'footer' || attribs.role === 'contentinfo' || footer.test(names) ? 'footer' : outer
}
