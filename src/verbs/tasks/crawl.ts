import type { Document, Link } from '../../contract/document.ts'
import type { CrawlIntent } from '../../contract/jobs.ts'
import { pricesAt, reserveFor, type PriceList } from '../../contract/price.ts'
import { afterFailure } from '../../jobs/again.ts'
import { createFrontier, type Frontier } from '../../jobs/frontier.ts'
import type { JobHandler, JobWork, NewPage, PageOutcome } from '../../jobs/handlers.ts'
import type { CanonicalUrl } from '../../lib/canonical-url.ts'
import { onePage } from '../scrape.ts'
import { actorOf, intentOf, isFree, pageDone, pricesOf, type WorkDeps } from './job.ts'

const linksKeptMax = 200
const linksPerPageMax = 5_000
const seenMax = 50_000
const jobsKnownMax = 50
const sitemapMs = 60_000
/** A site may ask for patience, not for standstill. */
const delayMsMax = 30_000

/** Seeds are fetched whatever the patterns say; they are where a crawl begins. */
export const crawlSeeds = (intent: CrawlIntent, prices: PriceList, free: boolean): NewPage[] => {
  if (intent.sitemap === 'only') return []
  const frontier = frontierOf(intent, [])
  const reserve = free ? 0 : reserveFor(intent.page, pricesAt(0, prices))
  return intent.seeds.flatMap((seed) => {
    const found = frontier.canonical(seed)
    return found ? [{ ...found, depth: 0, parent: null, reason: null, reserve }] : []
  })
}

const frontierOf = (intent: CrawlIntent, hosts: readonly string[]): Frontier =>
  createFrontier({ ...intent, hosts: [...intent.seeds.flatMap((seed) => URL.parse(seed)?.host ?? []), ...hosts] })

/** What this process knows of a job. Forgetting it costs time, never correctness. */
interface Known {
  frontier: Frontier
  hosts: number
  /** Keys that are rows for sure, with the least depth at which they were to be followed; infinite where never. */
  seen: Map<string, number>
}

export const crawlHandler = (deps: WorkDeps): JobHandler => {
  const known = new Map<string, Known>()
  const knownOf = (job: JobWork): Known => {
    const found = known.get(job.id)
    if (found && found.hosts === job.hosts.length) return found
    const made = { frontier: frontierOf(intentOf(job), job.hosts), hosts: job.hosts.length, seen: new Map<string, number>() }
    known.set(job.id, made)
    if (known.size > jobsKnownMax) for (const oldest of known.keys()) { known.delete(oldest); break }
    return made
  }

  return {
    async prepare(job, { signal, add, slowTo }) {
      const intent = intentOf<CrawlIntent>(job)
      const { frontier } = knownOf(job)
      const discovery = await deps.engine.discovery(actorOf(job).mode)
      const reserve = reserveOf(job, intent.sitemap === 'only' ? 0 : 1)
      const sites = [...new Map(intent.seeds.map((seed) => [new URL(seed).origin, seed])).values()]
      const within = AbortSignal.any([signal, AbortSignal.timeout(sitemapMs)])
      if (intent.respectRobots && intent.pace.hostDelayMs === undefined) {
        const delays = await Promise.all(sites.slice(0, 20).map(async (seed) => (await discovery.robots(seed, signal)).crawlDelayS ?? 0))
        const longest = Math.min(delayMsMax, Math.max(0, ...delays) * 1000)
        if (longest > 0) await slowTo(longest)
      }
      if (intent.sitemap === 'skip' || (intent.sitemap === 'include' && intent.maxDepth === 0)) return { next: 'pages' }
      for (const site of sites) {
        for await (const listed of discovery.sitemap(site, { signal: within, limit: Math.max(1000, intent.limit * 4) })) {
          const pages = listed.flatMap(({ url, from }) => {
            const found = frontier.judge({ url }, intent.sitemap === 'only' ? null : { url: site, depth: 0 })
            return found ? [{ ...found, parent: from, depth: intent.sitemap === 'only' ? 0 : 1, reserve }] : []
          })
          for (let i = 0; i < pages.length; i += 1000) if (!(await add(pages.slice(i, i + 1000)))) return { next: 'pages' }
        }
      }
      return { next: 'pages' }
    },

    async page(job, page, signal) {
      const intent = intentOf<CrawlIntent>(job)
      const { frontier, seen } = knownOf(job)
      const wantsLinks = intent.page.formats.some((format) => format.kind === 'links')
      const formats = wantsLinks ? intent.page.formats : [...intent.page.formats, { kind: 'links', mode: 'normal' } as const]
      const begun = deps.clock()
      const outcome = await onePage(deps, actorOf(job), { ...intent.page, url: page.url, formats, respectRobots: intent.respectRobots }, signal)
      if (!outcome.ok) {
        if (outcome.failure.code === 'policy.robots_disallowed') return { state: 'skipped', reason: 'robots' }
        return afterFailure(outcome.failure, page.tries, job.triesMax)
      }

      const document = outcome.value
      const own = frontier.canonical(page.url)
      const final = frontier.canonical(document.finalUrl)
      if (!own || !final) return { state: 'skipped', reason: 'external', facts: { into: document.finalUrl } }
      const moved = final.key !== own.key
      let outside = moved ? frontier.outside(final) : null
      const hosts: string[] = []
      if (page.depth === 0 && page.parent === null && (outside === 'external' || outside === 'subdomain')) {
        // A seed that redirects says where the site lives now.
        hosts.push(final.host)
        outside = null
      }
      if (outside) return { state: 'skipped', reason: outside, facts: { into: final.url } }

      const at = hosts.length > 0 ? frontierOf(intent, [...job.hosts, ...hosts]) : frontier
      const offered = intent.sitemap === 'only' ? [] : newLinks(intent, at, document, page.depth, seen)
      const links = offered.map((link) => ({ ...link, reserve: reserveOf(job, page.depth + 1) }))
      const settled = (): void => {
        for (const { key, depth, reason } of offered) if (seen.size < seenMax) seen.set(key, Math.min(reason === null ? depth : Infinity, seen.get(key) ?? Infinity))
      }
      const more = { links, settled, ...(hosts.length > 0 ? { hosts } : {}) }

      const named = canonicalOf(document, final, at, page.parent)
      if (named) return { state: 'skipped', reason: 'canonical', into: named, ...more }
      if (!wantsLinks) delete document.formats.links
      const followed = offered.filter((link) => link.reason === null).slice(0, linksKeptMax).map((link) => link.url)
      const done: PageOutcome = { ...await pageDone(job, intent.page, document, { ms: deps.clock() - begun, prices: pricesAt(page.depth, pricesOf(job)), links: followed }), ...more }
      return moved ? { ...done, reason: 'redirect', into: final } : done
    },
  }
}

const reserveOf = (job: JobWork, depth: number): number => (isFree(actorOf(job)) ? 0 : reserveFor(intentOf<CrawlIntent>(job).page, pricesAt(depth, pricesOf(job))))

/** Links that are not rows yet, or that are reached in fewer steps than before; each once. */
const newLinks = (intent: CrawlIntent, frontier: Frontier, document: Document, depth: number, seen: ReadonlyMap<string, number>) => {
  const none = !intent.followNofollow && /\bnofollow\b|\bnone\b/i.test(document.metadata.robots ?? '')
  const found = new Map<string, Omit<NewPage, 'reserve'>>()
  let followed = 0
  for (const link of (document.formats.links ?? []).slice(0, linksPerPageMax)) {
    const judged = frontier.judge(none ? { url: link.url, rel: 'nofollow' } : (link satisfies Link), { url: document.finalUrl, depth })
    if (!judged) continue
    const earlier = found.get(judged.key)
    if (earlier && (earlier.reason === null || judged.reason !== null)) continue
    if (judged.reason === null && intent.linksPerPage !== null && ++followed > intent.linksPerPage) continue
    const offered = seen.get(judged.key)
    if (offered !== undefined && (judged.reason !== null || offered <= depth + 1)) continue
    found.set(judged.key, { key: judged.key, url: judged.url, host: judged.host, depth: depth + 1, parent: document.finalUrl, reason: judged.reason })
  }
  return [...found.values()]
}

/** The page that this one says it is a copy of; not where that is the front page, which careless templates name everywhere. */
const canonicalOf = (document: Document, final: CanonicalUrl, frontier: Frontier, parent: string | null): CanonicalUrl | undefined => {
  const named = document.metadata.canonical_url === undefined ? undefined : frontier.canonical(document.metadata.canonical_url)
  if (!named || named.key === final.key || new URL(named.url).pathname === '/') return undefined
  // Two pages that name each other would both be gone.
  if (parent !== null && frontier.canonical(parent)?.key === named.key) return undefined
  return frontier.outside(named) === null ? named : undefined
}
