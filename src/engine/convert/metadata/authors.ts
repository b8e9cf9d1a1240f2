import type { Element } from 'domhandler'
import type { Page } from '../dom/parse.ts'
import { collapse, eachElement, hasClass, rawTextOf } from '../dom/walk.ts'
import type { JsonLd } from './json-ld.ts'
import type { Meta } from './meta.ts'

const metaNames = ['author', 'article:author', 'article:author_name', 'parsely-author', 'sailthru.author', 'dc.creator', 'dcterms.creator', 'citation_author', 'byl', 'twitter:data1:author', 'cxenseparse:author']
const bylineClass = /(?:^|[\s_-])(?:byline(?:-?(?:author|name))?|author(?:-?name|__name|-link|_name)?|post-author|entry-author|article-author|posted-by|writer|p-author|contributor)(?=[\s_-]|$)/i
const notBylines = /comment|bio|related|avatar|sidebar|footer|widget|card|box|list|social|follow|image|desc/i
const authorsMax = 20

/** Names of those who wrote the page; undefined where it names nobody. */
export const authorsOf = (meta: Meta, jsonLd: JsonLd, page: Page, site: readonly string[]): string[] | undefined => {
  const declared = [() => jsonLd.authors(), () => meta.all(...metaNames), () => labelled(meta)]
  const shown = [() => marked(page), () => signed(page)]
  const sites = new Set(site.map(fold))
  const others = (source: () => string[]): string[] => tidyNames(source()).filter((name) => !sites.has(fold(name)))
  for (const source of declared) {
    const names = others(source)
    if (names.length > 0) return names
  }
  const bySite = declared.some((source) => tidyNames(source()).length > 0)
  for (const source of shown) {
    const names = others(source).filter((name) => !bySite || isPersonal(name))
    if (names.length > 0) return names
  }
  // A site that bears the name of who writes it says so where people read it.
  const named = tidyNames(labelled(meta))
  return named.length > 0 ? named : undefined
}

/** `twitter:label1` says what `twitter:data1` is. */
const labelled = (meta: Meta): string[] =>
  ['1', '2'].flatMap((at) => (/^(?:author|(?:\w+ )?by)s?:?$/i.test(meta.first(`twitter:label${at}`) ?? '') ? (meta.first(`twitter:data${at}`) ?? []) : []))

const fold = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '').replace(/(?:inc|llc|ltd|com)$/, '')

/** Elements that say they hold the author; the first in the document wins. */
const marked = (page: Page): string[] => {
  const found: Element[] = []
  const bylines: Element[] = []
  eachElement(page.root, (element) => {
    if (found.length + bylines.length >= authorsMax) return false
    if (element.name === 'footer' || hasClass(element, /comment/i)) return false
    if (element.attribs.itemprop?.split(/\s+/).includes('author') || (element.attribs.rel ?? '').split(/\s+/).includes('author')) {
      found.push(element)
      return false
    }
    if (hasClass(element, bylineClass) && !hasClass(element, notBylines)) {
      bylines.push(element)
      return false
    }
    return true
  })
  const first = found[0]
  if (first) return found.filter((element) => element === first || besides(element, first)).map(nameIn)
  // Several bylines are those of teasers, unless one person wrote them all.
  const [byline, ...others] = bylines
  if (!byline) return []
  const names = new Set(bylines.flatMap((one) => tidyNames([nameIn(one)])).map(fold))
  return others.length <= 1 || names.size === 1 ? bylines.map(nameIn).filter((name) => tidyNames([name]).length > 0).slice(0, 1) : []
}

const headElements = 80
const signedElements = 500
const lineChars = 160
const byLine = /^(?:(?:written|words|posted|story|text|reported|interview)\s+)?by:?\s+(\p{Lu}.*)$/iu
const authorLabel = /^(?:authors?|author\(s\)|written by|by):?$/i
const boxName = /(?:^|[\s_-])author[\w-]*(?:[_-]name|__name)(?=\s|$)/i

/** Below the title: a line "By …", or a label with the names beside it; further down, the box about the author. */
const signed = (page: Page): string[] => {
  let seen = -1
  let below: string[] = []
  const signatures = new Set<string>()
  const boxes = new Map<string, string>()
  eachElement(page.root, (element) => {
    if (element.name === 'footer' || hasClass(element, /comment/i)) return false
    if (element.name === 'h1' && seen < 0) seen = 0
    else if (seen >= 0 && seen++ < signedElements) {
      const names = signature(element)
      if (names.length > 0) signatures.add(fold(names.join()))
      if (seen < headElements && below.length === 0) below = names
    }
    if (hasClass(element, boxName)) {
      const name = nameIn(element)
      boxes.set(fold(name), name)
    }
    return true
  })
  // Further signatures are those of teasers.
  if (below.length > 0 && signatures.size === 1) return below
  return boxes.size === 1 ? [...boxes.values()] : []
}

const opening = /^\s*(?:by|authors?|written|words|posted|story|text|reported|interview)\b/i

const signature = (element: Element): string[] => {
  if (!opening.test(rawTextOf(element, 40))) return []
  const line = collapse(rawTextOf(element, lineChars))
  if (line.length >= lineChars) return []
  const name = byLine.exec(line)?.[1]
  if (name !== undefined) return isPersonal(name) ? [name] : []
  if (!authorLabel.test(line)) return []
  let next = element.next
  while (next && next.type !== 'tag') next = next.next
  if (!next) return []
  const links: string[] = []
  eachElement(next, (inner) => {
    if (inner.name === 'a' || inner.name === 'li') {
      links.push(rawTextOf(inner, lineChars))
      return false
    }
    return true
  })
  return (links.length > 0 ? links : [rawTextOf(next, lineChars)]).filter(isPersonal)
}

/** Two to five words that begin as names do: a sentence that happens to follow "by" is none. */
const isPersonal = (text: string): boolean =>
  tidyNames([text]).some((name) => /^\p{Lu}[\p{L}.'’-]*(?: (?:\p{Lu}[\p{L}.'’-]*|de|da|del|der|den|di|du|la|le|van|von|bin|al)){1,4}$/u.test(name))


/** Two authors of one text stand side by side. */
const besides = (element: Element, first: Element): boolean => element.parent === first.parent || (element.parent?.parent === first.parent?.parent && first.parent?.parent?.children.length !== undefined && first.parent.parent.children.length <= 7 && element.parent?.children.length === 1)

const nameIn = (element: Element): string => {
  let name: string | undefined
  eachElement(element, (inner) => {
    if (inner.attribs.itemprop === 'name') name ??= inner.attribs.content ?? rawTextOf(inner, 200)
  })
  return name ?? rawTextOf(element, 200)
}

const tidyNames = (raw: readonly string[]): string[] => {
  const names = new Map<string, string>()
  for (const value of raw) {
    for (const part of split(value)) {
      const name = collapse(part).replace(/^(?:author|writer)s?\s*:?\s+/i, '').replace(/^(?:(?:written|post(?:ed)?|published|reviewed|edited|words|story|article|text|medically reviewed)\s+)?by[:\s]+/i, '').replace(/^By(?=\p{Lu})/u, '').replace(/^@(?=\w)/, '').replace(/\s*\((?:author|editor|writer|illustrator)\)$/i, '').replace(/[\s,;|•·–-]+$/, '').trim()
      if (isName(name) && names.size < authorsMax && !names.has(name.toLowerCase())) names.set(name.toLowerCase(), name)
    }
  }
  return [...names.values()]
}

const split = (value: string): string[] => {
  const line = collapse(value.slice(0, 500))
    .replace(/\s*[|•·»]\s*.*$/, '')
    .replace(/\s*(?:on|published|updated|posted|last (?:updated|modified))?[\s:]*\b(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?(?:\d{1,2}(?:st|nd|rd|th)?\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,4}.*$/i, '')
    .replace(/\s+(?:on|published|updated|posted)\s+(?:\w+\s+)?\d.*$/i, '')
  return line.split(/\s*(?:;|\s+and\s+|\s+&\s+|,(?!\s*(?:jr|sr|ph\.?d|m\.?d|esq|ii|iii|rn|cpa|mba)\b))\s*/i)
}

const isName = (name: string): boolean =>
  name.length >= 2 && name.length <= 80 && /\p{L}/u.test(name) && !/^https?:|[<>{}@]|\.(?:com|org|net)$/i.test(name) && name.split(' ').length <= 8 && !/^[a-z]+(?:\.[a-z]+)+$|\b(?:minutes? read|read more|comments?|this review|home|next|contributors to)\b/i.test(name) && !/^(?:by|admin|administrator|author|staff|none|null|undefined|n\/a|unknown|guest|anonymous|editor|webmaster|user|default|share|follow|contributors?)$/i.test(name)
