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
  const sources = [() => jsonLd.authors(), () => meta.all(...metaNames), () => marked(page)]
  const sites = new Set(site.map(fold))
  for (const source of sources) {
    const names = tidyNames(source()).filter((name) => !sites.has(fold(name)))
    if (names.length > 0) return names
  }
  return undefined
}

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
  // Several bylines are those of teasers.
  const [byline] = bylines
  return byline && bylines.length <= 2 ? [nameIn(byline)] : []
}

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
      const name = collapse(part).replace(/^(?:author|writer)s?\s*:?\s+/i, '').replace(/^(?:(?:written|post(?:ed)?|published|reviewed|edited|words|story|article|text|medically reviewed)\s+)?by[:\s]+/i, '').replace(/^@(?=\w)/, '').replace(/\s*\((?:author|editor|writer|illustrator)\)$/i, '').replace(/[\s,;|•·–-]+$/, '').trim()
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
