import type { Element } from 'domhandler'
import { isElement } from './walk.ts'
import { isHttp, type Resolve } from './url.ts'

export interface FoundImage {
  url: string
  alt: string
  title: string
  width: number | undefined
  height: number | undefined
}

/** Where lazy loaders keep the real address, most specific first. */
const lazySources = ['data-src', 'data-original', 'data-lazy-src', 'data-lazy', 'data-actualsrc', 'data-original-src', 'data-hi-res-src', 'data-full-src', 'data-img-src', 'data-image-src', 'data-cfsrc', 'data-orig-file', 'data-echo', 'data-url', 'nitro-lazy-src'] as const
const lazySets = ['data-srcset', 'data-lazy-srcset', 'nitro-lazy-srcset'] as const
const trackers = /(?:facebook\.com\/tr\b|google-analytics\.com|doubleclick\.net|scorecardresearch\.com|quantserve\.com|bat\.bing\.com|px\.ads\.linkedin|pixel\.wp\.com|\/b\.gif\?|analytics\.twitter\.com|t\.co\/i\/adsct|matomo\.php|piwik\.php)/i
const spacers = /\/(?:spacer|blank|pixel|transparent|clear|dot|s|1x1|trans|empty)\.(?:gif|png)(?:[?#]|$)/i
const tiny = /(?:^|[;\s])width\s*:\s*[01](?:px)?\s*(?:;|$)/i

/** The picture an `<img>` stands for, or undefined where it shows nothing: placeholders, inline data, tracking pixels. */
export const imageOf = (element: Element, resolve: Resolve): FoundImage | undefined => {
  const attribs = element.attribs
  const width = dimension(attribs.width)
  const height = dimension(attribs.height)
  if (width === 0 || height === 0) return undefined
  if ((width !== undefined && width <= 2 && (height ?? 1) <= 2) || (height !== undefined && height <= 2 && width === undefined)) return undefined
  if (attribs.style !== undefined && tiny.test(attribs.style)) return undefined
  const url = sourceOf(element, resolve)
  if (!url || trackers.test(url) || spacers.test(url)) return undefined
  return { url, alt: attribs.alt ?? '', title: attribs.title ?? '', width, height }
}

const dimension = (value: string | undefined): number | undefined => {
  if (value === undefined || !/^\s*\d{1,5}(?:\.\d+)?(?:px)?\s*$/.test(value)) return undefined
  return Math.round(Number.parseFloat(value))
}

const sourceOf = (element: Element, resolve: Resolve): string | undefined => {
  const attribs = element.attribs
  for (const name of lazySources) {
    const value = attribs[name]
    const url = value && isAddress(value) ? resolve(value) : undefined
    if (isHttp(url)) return url
  }
  const plain = attribs.src
  const url = plain && isAddress(plain) ? resolve(plain) : undefined
  if (isHttp(url) && !hasLazySet(attribs)) return url
  for (const name of [...lazySets, 'srcset'] as const) {
    const chosen = largestOf(attribs[name], resolve)
    if (chosen) return chosen
  }
  return isHttp(url) ? url : sourceOfPicture(element, resolve)
}

const hasLazySet = (attribs: Record<string, string>): boolean => lazySets.some((name) => attribs[name] !== undefined)

/** `<picture>` whose `<img>` has no address of its own yet. */
const sourceOfPicture = (element: Element, resolve: Resolve): string | undefined => {
  const parent = element.parent
  if (!parent || !isElement(parent) || parent.name !== 'picture') return undefined
  for (const sibling of parent.children) {
    if (!isElement(sibling) || sibling.name !== 'source') continue
    const chosen = largestOf(sibling.attribs.srcset ?? sibling.attribs['data-srcset'], resolve)
    if (chosen) return chosen
  }
  return undefined
}

/** No inline data, no JSON, no template that a script would fill. */
const isAddress = (value: string): boolean => value.length < 8192 && !/^\s*(?:data:|blob:|about:|[{[]|$)|\{\{?\w*\}?\}/i.test(value)

/** The candidate of a `srcset` with the greatest width or density. */
export const largestOf = (srcset: string | undefined, resolve: Resolve): string | undefined => {
  if (!srcset || srcset.length > 65_536) return undefined
  let best: string | undefined
  let size = -1
  for (const candidate of candidatesOf(srcset)) {
    if (candidate.size <= size || !isAddress(candidate.url)) continue
    const url = resolve(candidate.url)
    if (isHttp(url)) [best, size] = [url, candidate.size]
  }
  return best
}

/** URLs may hold commas, so a candidate ends at a comma only after its address has ended at whitespace. */
export const candidatesOf = (srcset: string): { url: string; size: number; descriptor: string }[] => {
  const found: { url: string; size: number; descriptor: string }[] = []
  const pattern = /[\s,]*([^\s]+)(?:\s+([^,]*))?/y
  while (pattern.lastIndex < srcset.length && found.length < 100) {
    const match = pattern.exec(srcset)
    if (!match?.[1]) break
    const bare = match[1].replace(/,+$/, '')
    const ended = bare !== match[1]
    if (ended && match[2] !== undefined) pattern.lastIndex -= match[2].length
    const descriptor = ended ? '' : (match[2] ?? '').trim()
    const size = Number.parseFloat(descriptor)
    if (bare) found.push({ url: bare, size: Number.isFinite(size) ? size : 1, descriptor })
  }
  return found
}
