import type { QueryPolicy, SiteScope, SkipReason, UrlPattern } from '../contract/jobs.ts'
import { canonicalUrl, type CanonicalUrl } from '../lib/canonical-url.ts'
import { siteOf } from '../lib/site.ts'
import { compilePattern, type UrlTest } from './patterns.ts'

export interface FrontierRules {
  scope: SiteScope
  include: UrlPattern[]
  exclude: UrlPattern[]
  query: QueryPolicy
  maxDepth: number
  followNofollow: boolean
  /** Hosts of the seeds, and those they led to. */
  hosts: readonly string[]
}

export interface FoundLink {
  url: string
  rel?: string | undefined
}

export interface Judged extends CanonicalUrl {
  reason: SkipReason | null
}

export interface Frontier {
  /** Undefined where the link leads to nothing that could be fetched. */
  judge(link: FoundLink, from: { url: string; depth: number } | null): Judged | undefined
  canonical(url: string): CanonicalUrl | undefined
  /** Why a URL is not of this job, apart from how it was found. */
  outside(url: CanonicalUrl): SkipReason | null
}

const urlCharsMax = 2000
const segmentsMax = 20
const repeatsMax = 2
const parametersMax = 10

/** Decides what becomes of links: pure, so that every worker decides alike. */
export const createFrontier = (rules: FrontierRules): Frontier => {
  const include = compileAll(rules.include)
  const exclude = compileAll(rules.exclude)
  const hosts = new Set(rules.hosts.map(bare))
  const sites = new Set(rules.hosts.map((host) => siteOf(hostname(host))))

  const outsideScope = (host: string): SkipReason | null => {
    if (rules.scope === 'any' || hosts.has(bare(host))) return null
    const sameSite = sites.has(siteOf(hostname(host)))
    if (rules.scope === 'domain') return sameSite ? null : 'external'
    return sameSite ? 'subdomain' : 'external'
  }

  const outside = (found: CanonicalUrl): SkipReason | null => {
    const scope = outsideScope(found.host)
    if (scope) return scope
    const url = new URL(found.url)
    if (exclude.some((test) => test(url))) return 'excluded'
    if (include.length > 0 && !include.some((test) => test(url))) return 'not_included'
    return null
  }

  const canonical = (url: string): CanonicalUrl | undefined => canonicalUrl(url, rules.query)

  return {
    canonical,
    outside,
    judge(link, from) {
      const found = canonical(link.url)
      if (!found) return undefined
      const depth = from === null ? 0 : from.depth + 1
      const reason = outside(found)
        ?? (isTrap(found.url, from?.url ?? null) ? 'trap' : null)
        ?? (!rules.followNofollow && /\bnofollow\b/i.test(link.rel ?? '') ? 'nofollow' : null)
        ?? (depth > rules.maxDepth ? 'depth' : null)
      return { ...found, reason }
    },
  }
}

const compileAll = (patterns: readonly UrlPattern[]): UrlTest[] => patterns.flatMap((pattern) => compilePattern(pattern) ?? [])

const bare = (host: string): string => host.toLowerCase().replace(/^www\./, '')
const hostname = (host: string): string => host.replace(/:\d+$/, '')

/** URLs of which there is no end: too long, too deep, segments that pile up, and calendars that lead to calendars. */
export const isTrap = (href: string, parent: string | null): boolean => {
  if (href.length > urlCharsMax) return true
  const url = new URL(href)
  const segments = url.pathname.split('/').filter(Boolean)
  if (segments.length > segmentsMax) return true
  const seen = new Map<string, number>()
  for (const segment of segments) {
    const count = (seen.get(segment) ?? 0) + 1
    if (count > repeatsMax) return true
    seen.set(segment, count)
  }
  const parameters = [...url.searchParams.keys()]
  if (parameters.length > parametersMax || new Set(parameters).size < parameters.length - repeatsMax) return true
  if (parent === null || !isCalendar(url)) return false
  const before = URL.parse(parent)
  return before !== null && before.host === url.host && before.pathname === url.pathname && isCalendar(before)
}

const calendarName = /^(?:month|year|day|date|week|cal|calendar|start|end|from|to|ym|yyyymm|tribe-bar-date|time)$/i
const calendarValue = /^\d{1,4}(?:[-/.]\d{1,2}){0,2}$|^\d{6,8}$/

const isCalendar = (url: URL): boolean => [...url.searchParams].some(([name, value]) => calendarName.test(name) && calendarValue.test(value))
