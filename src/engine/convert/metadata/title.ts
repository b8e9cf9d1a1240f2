import type { Element } from 'domhandler'
import type { Page } from '../dom/parse.ts'
import { isHidden } from '../dom/hidden.ts'
import { collapse, rawTextOf } from '../dom/walk.ts'
import type { JsonLd } from './json-ld.ts'
import type { Meta } from './meta.ts'

const titleChars = 1000
const separators = /\s+(?:[|–—·•»«›‹~]|-{1,2}|::|\/{1,2}|:)\s+|\s*\|\s*|:\s+(?=\S)/g

/** The name of the site, from what it calls itself. */
export const siteNameOf = (meta: Meta, jsonLd: JsonLd): string | undefined => {
  const name = meta.first('og:site_name', 'application-name', 'apple-mobile-web-app-title', 'twitter:app:name:iphone') ?? jsonLd.siteName()
  const tidy = name === undefined ? '' : collapse(name)
  return tidy === '' || tidy.length > 200 ? undefined : tidy
}

/** The title of the page without the name of its site: the heading where it agrees with what the head says. */
export const titleOf = (page: Page, meta: Meta, jsonLd: JsonLd, siteName: string | undefined, pageUrl: string): string | undefined => {
  const names = [siteName, ...hostNames(pageUrl)].filter((name) => name !== undefined)
  const documentTitle = collapse((page.title ?? '').slice(0, titleChars))
  const social = meta.first('og:title', 'twitter:title', 'dc.title', 'dcterms.title', 'parsely-title', 'sailthru.title', 'citation_title')
  const heading = headingOf(page, names)
  const candidates = [documentTitle, social ?? '', jsonLd.text('headline') ?? ''].filter((candidate) => candidate !== '')
  if (heading && candidates.some((candidate) => contains(candidate, heading.text, heading.main))) return heading.text
  const rest = candidates.map((candidate) => (heading ? withoutEnd(candidate, heading.text) : undefined)).find((text) => text !== undefined)
  if (rest) return rest
  const chosen = social ?? (documentTitle || jsonLd.text('headline') || jsonLd.text('name') || heading?.text)
  return chosen ? withoutSite(collapse(chosen), names) : undefined
}

/** The first-level heading of the content; one above it is often the name of the site, and many of them are section titles. */
const headingOf = (page: Page, names: readonly string[]): Heading | undefined => {
  const known = new Set(names.map(squeeze))
  const seen = page.headings.filter((element) => element.name === 'h1' && !isHidden(element)).slice(0, 6)
  const texts = seen.map((element) => ({ text: collapse(rawTextOf(element, titleChars)).replace(/\s*[¶#]$/, ''), main: within(element, content), chrome: within(element, chrome) }))
  const usable = texts.filter(({ text }) => text !== '' && !known.has(squeeze(text)))
  if (usable.length === 0 || new Set(usable.map(({ text }) => text)).size > 4) return undefined
  return (usable.find(({ main, chrome: inChrome }) => main && !inChrome) ?? usable.find(({ chrome: inChrome }) => !inChrome) ?? usable[0])
}

interface Heading {
  text: string
  /** It stands in the main part of the page. */
  main: boolean
}

const content = new Set(['main', 'article'])
const chrome = new Set(['nav', 'aside', 'footer'])

const within = (element: Element, names: ReadonlySet<string>): boolean => {
  for (let node = element.parent; node; node = node.parent) if ('name' in node && names.has(node.name)) return true
  return false
}

const squeeze = (text: string): string => fold(text).replaceAll(' ', '')

const fold = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim()

/** Whether a title is the heading with something before or after it. */
const contains = (title: string, heading: string, main: boolean): boolean => {
  const whole = fold(title)
  const part = fold(heading)
  return part.length >= 4 && (whole === part || whole.startsWith(`${part} `) || (main && whole.endsWith(` ${part}`)))
}

/** A heading above the content that ends the title is the name of the site or the book. */
const withoutEnd = (title: string, heading: string): string | undefined => {
  const cut = [...title.matchAll(separators)].at(-1)
  return cut && fold(title.slice(cut.index + cut[0].length)) === fold(heading) ? title.slice(0, cut.index).trim() || undefined : undefined
}

/** `Page | Site` and `Site – Page` without the site, where the site is known by name. */
export const withoutSite = (title: string, names: readonly string[]): string => {
  const known = new Set(names.map(squeeze).filter((name) => name !== ''))
  const cuts = [...title.matchAll(separators)]
  const last = cuts.at(-1)
  const first = cuts[0]
  const hosts = [...known].filter((name) => name.length >= 3)
  const isSite = (part: string): boolean => part.split(' ').length <= 6 && (isKnown(part) || hosts.some((host) => squeeze(part).includes(host)) || hosts.includes(initials(part)))
  const isKnown = (part: string): boolean => known.has(fold(part).replaceAll(' ', '').replace(/(?:com|org|net|io)$/, '')) || known.has(fold(part).replaceAll(' ', ''))
  if (last && isSite(title.slice(last.index + last[0].length))) return title.slice(0, last.index).trim() || title
  if (first && title.slice(0, first.index).split(' ').length <= 3 && isSite(title.slice(0, first.index))) return title.slice(first.index + first[0].length).trim() || title
  return title
}

const initials = (text: string): string => (text.match(/\b\p{Lu}/gu) ?? []).join('').toLowerCase()

const hostNames = (pageUrl: string): string[] => {
  const host = URL.parse(pageUrl)?.hostname.replace(/^www\./, '') ?? ''
  return [host, hostLabel(pageUrl) ?? ''].filter((name) => name !== '')
}

export const hostLabel = (pageUrl: string): string | undefined => {
  const labels = URL.parse(pageUrl)?.hostname.replace(/^www\./, '').split('.') ?? []
  return labels.length >= 2 ? labels[labels.length - 2] : undefined
}
