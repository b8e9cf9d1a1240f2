import type { Page } from '../dom/parse.ts'
import { isHidden } from '../dom/hidden.ts'
import { collapse, rawTextOf } from '../dom/walk.ts'
import type { JsonLd } from './json-ld.ts'
import type { Meta } from './meta.ts'

const titleChars = 1000
const separators = /\s+(?:[|–—·•»«›‹~]|-{1,2}|::|\/{1,2}|:)\s+|\s*\|\s*|:\s+(?=\S)/g

/** The name of the site, from what it calls itself. */
export const siteNameOf = (meta: Meta, jsonLd: JsonLd, _pageUrl: string): string | undefined => {
  const name = meta.first('og:site_name', 'application-name', 'apple-mobile-web-app-title', 'twitter:app:name:iphone') ?? jsonLd.siteName()
  const tidy = name === undefined ? '' : collapse(name)
  return tidy === '' || tidy.length > 200 ? undefined : tidy
}

/** The title of the page without the name of its site: the heading where it agrees with what the head says. */
export const titleOf = (page: Page, meta: Meta, jsonLd: JsonLd, siteName: string | undefined, pageUrl: string): string | undefined => {
  const documentTitle = collapse((page.title ?? '').slice(0, titleChars))
  const social = meta.first('og:title', 'twitter:title', 'dc.title', 'dcterms.title', 'parsely-title', 'sailthru.title', 'citation_title')
  const heading = headingOf(page)
  const names = [siteName, hostLabel(pageUrl)].filter((name) => name !== undefined)
  const candidates = [documentTitle, social ?? '', jsonLd.text('headline') ?? ''].filter((candidate) => candidate !== '')
  if (heading && candidates.some((candidate) => contains(candidate, heading))) return heading
  const chosen = social ?? (documentTitle || jsonLd.text('headline') || jsonLd.text('name') || heading)
  return chosen ? withoutSite(collapse(chosen), names) : undefined
}

/** The only first-level heading that is seen; several of them are section titles. */
const headingOf = (page: Page): string | undefined => {
  const seen = page.headings.filter((element) => element.name === 'h1' && !isHidden(element)).slice(0, 5)
  const texts = seen.map((element) => collapse(rawTextOf(element, titleChars))).filter((text) => text !== '')
  return texts.length > 0 && new Set(texts).size <= 3 ? texts[0] : undefined
}

const fold = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim()

/** Whether a title is the heading with something before or after it. */
const contains = (title: string, heading: string): boolean => {
  const whole = fold(title)
  const part = fold(heading)
  return part.length >= 4 && (whole === part || whole.startsWith(`${part} `) || whole.endsWith(` ${part}`))
}

/** `Page | Site` and `Site – Page` without the site, where the site is known by name. */
export const withoutSite = (title: string, names: readonly string[]): string => {
  const known = new Set(names.map((name) => fold(name).replaceAll(' ', '')).filter((name) => name !== ''))
  const cuts = [...title.matchAll(separators)]
  const last = cuts.at(-1)
  const first = cuts[0]
  const isSite = (part: string): boolean => known.has(fold(part).replaceAll(' ', '').replace(/(?:com|org|net|io)$/, '')) || known.has(fold(part).replaceAll(' ', ''))
  if (last && isSite(title.slice(last.index + last[0].length))) return title.slice(0, last.index).trim() || title
  if (first && isSite(title.slice(0, first.index))) return title.slice(first.index + first[0].length).trim() || title
  return title
}

const hostLabel = (pageUrl: string): string | undefined => {
  const labels = URL.parse(pageUrl)?.hostname.replace(/^www\./, '').split('.') ?? []
  return labels.length >= 2 ? labels[labels.length - 2] : undefined
}
