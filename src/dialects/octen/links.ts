import type { Link } from '../../contract/document.ts'
import { siteOf } from '../../lib/site.ts'

export const linkScopes = ['prefer_internal', 'prefer_external'] as const
const linksMaxDefault = 200

export interface LinkWish {
  scope?: (typeof linkScopes)[number] | null | undefined
  max_links?: number | null | undefined
}

/** Each link once, those of the preferred kind first, in page order within each kind. */
export const linksOf = (links: readonly Link[], pageUrl: string, wish: LinkWish): { url: string; anchor_text: string; is_external: boolean }[] => {
  const site = hostSite(pageUrl)
  const seen = new Set<string>()
  const all = links.flatMap(({ url, text }) => {
    const parsed = URL.parse(url)
    if (!parsed || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') || seen.has(parsed.href)) return []
    seen.add(parsed.href)
    return [{ url, anchor_text: text, is_external: siteOf(parsed.hostname) !== site }]
  })
  const externalFirst = wish.scope === 'prefer_external'
  const preferred = all.filter((link) => link.is_external === externalFirst)
  const others = all.filter((link) => link.is_external !== externalFirst)
  return [...preferred, ...others].slice(0, wish.max_links ?? linksMaxDefault)
}

const hostSite = (url: string): string => siteOf(URL.parse(url)?.hostname ?? '')
