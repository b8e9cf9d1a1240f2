import type { Feed } from '../../../contract/document.ts'
import { isHttp, type Resolve } from '../dom/url.ts'
import { collapse } from '../dom/walk.ts'

type Attributes = Record<string, string>

const feedTypes = /^application\/(?:rss|atom|rdf|feed)\+(?:xml|json)$|^application\/(?:x-)?rss$|^text\/(?:rss|atom)\+xml$/i
const listMax = 200

const relsOf = (link: Attributes): string[] => (link.rel ?? '').toLowerCase().split(/\s+/)

export const canonicalOf = (links: readonly Attributes[], openGraphUrl: string | undefined, resolve: Resolve): string | undefined => {
  const declared = links.find((link) => relsOf(link).includes('canonical') && link.href)?.href
  return [declared, openGraphUrl].map((reference) => (reference ? resolve(reference) : undefined)).find(isHttp)
}

/** The largest plain icon; a touch icon where there is no other. */
export const faviconOf = (links: readonly Attributes[], resolve: Resolve): string | undefined => {
  let best: string | undefined
  let score = -1
  for (const link of links) {
    const rels = relsOf(link)
    const plain = rels.includes('icon')
    if (!plain && !rels.some((rel) => rel.startsWith('apple-touch-icon'))) continue
    const url = link.href && !link.href.startsWith('data:') ? resolve(link.href) : undefined
    const size = Math.min(512, Number.parseInt(link.sizes ?? '', 10) || 16)
    const value = (plain ? 1000 : 0) + size
    if (isHttp(url) && value > score) [best, score] = [url, value]
  }
  return best
}

export const feedsOf = (links: readonly Attributes[], resolve: Resolve): Feed[] => {
  const found = new Map<string, Feed>()
  for (const link of links) {
    const rels = relsOf(link)
    const type = (link.type ?? '').trim().toLowerCase()
    if (!(rels.includes('feed') || (rels.includes('alternate') && feedTypes.test(type)))) continue
    const url = resolve(link.href)
    if (!isHttp(url) || found.has(url) || found.size >= listMax) continue
    const title = collapse(link.title ?? '')
    found.set(url, { url, type: type || 'application/rss+xml', ...(title ? { title } : {}) })
  }
  return [...found.values()]
}

export const alternatesOf = (links: readonly Attributes[], resolve: Resolve): { url: string; language: string }[] => {
  const found: { url: string; language: string }[] = []
  for (const link of links) {
    const language = link.hreflang?.trim()
    if (!language || language.length > 35 || !relsOf(link).includes('alternate')) continue
    const url = resolve(link.href)
    if (isHttp(url) && found.length < listMax) found.push({ url, language })
  }
  return found
}
