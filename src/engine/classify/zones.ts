import type { Element } from 'domhandler'
import { isHidden } from '../convert/dom/hidden.ts'
import { walk } from '../convert/dom/walk.ts'
import type { ReadPage } from '../enrich/parts.ts'

/** The text of a page by the place where it stands. */
export interface Zones {
  url: string
  host: string
  title: string
  description: string
  keywords: string
  site: string
  h1: string
  headings: string
  breadcrumbs: string
  navigation: string
  footer: string
  body: string
}

const bodyChars = 60_000
const zoneChars = 8_000

const skipped = new Set(['script', 'style', 'noscript', 'template', 'svg', 'iframe', 'select', 'option', 'textarea', 'button', 'input', 'code', 'pre', 'form'])
const breadcrumb = /bread-?crumb/i
/** Text that all sites have. */
const chrome = /cookie|consent|gdpr|newsletter|modal|popup/i

export const zonesOf = ({ page, metadata, url }: ReadPage): Zones => {
  const address = URL.parse(url)
  const graph = metadata.open_graph ?? {}
  const zones: Zones = {
    url: decoded(address?.pathname ?? ''),
    host: (address?.hostname ?? '').replace(/^www\./, '').replace(/\.[a-z]{2,6}(?:\.[a-z]{2})?$/, '').replace(/[.-]/g, ' '),
    title: [metadata.title, page.title, graph['og:title']].filter(Boolean).join(' | '),
    description: metadata.description ?? '',
    keywords: (metadata.keywords ?? []).slice(0, 40).join(', '),
    site: metadata.site_name ?? '',
    h1: '', headings: '', breadcrumbs: '', navigation: '', footer: '', body: '',
  }
  const put = (zone: keyof Zones, text: string): void => {
    if (zones[zone].length < (zone === 'body' ? bodyChars : zoneChars)) zones[zone] += `${text} `
  }
  const open: (keyof Zones)[] = []
  walk(page.root, {
    enter(element) {
      if (skipped.has(element.name) || isHidden(element) || isChrome(element)) return false
      open.push(zoneOf(element, open.at(-1) ?? 'body'))
      return true
    },
    leave: () => void open.pop(),
    text(data) {
      const text = data.trim()
      if (text !== '') put(open.at(-1) ?? 'body', text)
    },
  })
  return zones
}

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path).replace(/[/_.-]+/g, ' ')
  } catch {
    return path.replace(/[/_.%-]+/g, ' ')
  }
}

const isChrome = ({ attribs, name }: Element): boolean =>
  name === 'dialog' || (attribs.class !== undefined && attribs.class.length < 500 && chrome.test(attribs.class)) || (attribs.id !== undefined && attribs.id.length < 200 && chrome.test(attribs.id))

const zoneOf = ({ name, attribs }: Element, outer: keyof Zones): keyof Zones => {
  if (name === 'body' || name === 'html' || name === 'main') return 'body'
  if (breadcrumb.test(attribs.class ?? '') || breadcrumb.test(attribs['aria-label'] ?? '')) return 'breadcrumbs'
  if (outer === 'navigation' || outer === 'footer' || outer === 'breadcrumbs') return outer
  if (name === 'nav' || name === 'header' && outer === 'body' && attribs.role === 'banner' || attribs.role === 'navigation') return 'navigation'
  if (name === 'footer' || name === 'aside' || attribs.role === 'contentinfo') return 'footer'
  if (name === 'h1') return 'h1'
  if (name === 'h2' || name === 'h3' || name === 'h4') return 'headings'
  return outer
}
