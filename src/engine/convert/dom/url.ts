/** Resolves the URLs of one document: absolute, safe to follow, or undefined. */
export type Resolve = (reference: string | undefined) => string | undefined

/** Characters that resolution would leave as they are. */
const plainPath = /^\/(?!\/)[A-Za-z0-9\-._~!$&()*+,;=:@%/?#]*$/
const plainAbsolute = /^https?:\/\/[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.[a-z]{2,}\/[A-Za-z0-9\-._~!$&()*+,;=:@%/?#]*$/
const schemes = new Set(['http:', 'https:', 'mailto:', 'tel:', 'ftp:', 'sms:', 'geo:', 'magnet:', 'xmpp:', 'irc:', 'ircs:'])

export const referenceChars = 8192

/** `base` is the value of `<base href>`, itself relative to the page. */
export const createResolver = (pageUrl: string, base?: string): Resolve => {
  const origin = URL.parse(base ?? '', pageUrl) ?? URL.parse(pageUrl)
  const baseUrl = origin && /^https?:$/.test(origin.protocol) ? origin : URL.parse(pageUrl)
  const seen = new Map<string, string | undefined>()
  const resolve = (reference: string): string | undefined => {
    const dotted = reference.includes('/.')
    if (!dotted && plainAbsolute.test(reference)) return reference
    if (!dotted && baseUrl && plainPath.test(reference)) return baseUrl.origin + reference
    const url = baseUrl ? URL.parse(reference, baseUrl.href) : URL.parse(reference)
    return url && schemes.has(url.protocol) ? url.href : undefined
  }
  return (reference) => {
    if (reference === undefined || reference.length > referenceChars) return undefined
    if (seen.has(reference)) return seen.get(reference)
    const url = resolve(reference.trim())
    if (seen.size < 20_000) seen.set(reference, url)
    return url
  }
}

/** For what is fetched rather than followed: images, feeds, icons. */
export const isHttp = (url: string | undefined): url is string => url !== undefined && /^https?:/.test(url)
