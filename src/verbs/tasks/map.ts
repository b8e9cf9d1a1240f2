import type { Actor } from '../../contract/actor.ts'
import { mapCost } from '../../contract/price.ts'
import { scrapeIntent } from '../../contract/intent.ts'
import type { MapEntry, MapIntent, MapResult } from '../../contract/jobs.ts'
import type { Failure } from '../../failure/failure.ts'
import { normalize } from '../../failure/normalize.ts'
import { createFrontier, type Frontier } from '../../jobs/frontier.ts'
import type { JobHandler } from '../../jobs/handlers.ts'
import { Deadline } from '../../lib/deadline.ts'
import { onePage } from '../scrape.ts'
import type { VerbDeps } from '../deps.ts'
import { actorOf, intentOf, isFree, pricesOf, type WorkDeps } from './job.ts'

type MapDeps = Pick<VerbDeps, 'engine' | 'cacheOf' | 'profiles'>

const pagesAtOnce = 5
const pageMs = 20_000
const feedsMax = 10
const failuresMax = 50
/** The last part of the time is for answering with what there is. */
const share = 0.9

/** All URLs of a site that can be found in time: robots.txt and sitemaps, feeds, and links down to the depth asked for. */
export const mapSite = async (deps: MapDeps, actor: Actor, intent: MapIntent, signal: AbortSignal): Promise<MapResult> => {
  const deadline = new Deadline(Math.max(500, intent.timeoutMs * share), signal)
  try {
    return await new Search(deps, actor, intent, deadline.signal).run(signal)
  } finally {
    deadline.clear()
  }
}

export const mapHandler = (deps: WorkDeps): JobHandler => ({
  async prepare(job, { signal }) {
    const result = await mapSite(deps, actorOf(job), intentOf<MapIntent>(job), signal)
    return { next: 'end', result, credits: isFree(actorOf(job)) ? 0 : mapCost(result.urls.length, pricesOf(job)) }
  },
})

class Search {
  readonly #deps: MapDeps
  readonly #actor: Actor
  readonly #intent: MapIntent
  readonly #signal: AbortSignal
  readonly #frontier: Frontier
  readonly #found = new Map<string, MapEntry>()
  readonly #failures: MapResult['failures'] = []
  #discovered = 0
  #dropped = false

  constructor(deps: MapDeps, actor: Actor, intent: MapIntent, signal: AbortSignal) {
    this.#deps = deps
    this.#actor = actor
    this.#intent = intent
    this.#signal = signal
    this.#frontier = createFrontier({ ...intent, followNofollow: true, maxDepth: Math.max(1, intent.maxDepth), hosts: intent.seeds.flatMap((seed) => URL.parse(seed)?.host ?? []) })
  }

  async run(caller: AbortSignal): Promise<MapResult> {
    for (const seed of this.#intent.seeds) this.#offer(seed, { depth: 0, from: null, source: 'seed' })
    const seeds = [...this.#found.values()]
    let exhausted = true
    try {
      if (this.#intent.sitemap !== 'skip') await this.#sitemaps()
      if (this.#intent.sitemap !== 'only') await this.#links(seeds)
    } catch (error) {
      if (caller.aborted) throw error
      if (!this.#signal.aborted) throw error
    }
    if (this.#signal.aborted) {
      caller.throwIfAborted()
      exhausted = false
    }
    // Nothing but seeds, none of which could be read: there is no map, and the reason is theirs.
    if (this.#found.size === seeds.length && this.#failures.length > 0 && this.#failures.length >= seeds.length) throw this.#first ?? new Error('no failure was kept')
    const urls = this.#ranked()
    return { seeds: this.#intent.seeds, urls, discovered: this.#discovered, exhausted: exhausted && !this.#dropped && urls.length === this.#found.size, failures: this.#failures }
  }

  #first: Failure | undefined

  #fail(url: string, failure: Failure): void {
    this.#first ??= failure
    if (this.#failures.length < failuresMax) this.#failures.push({ url, failure: failure.toJSON() })
  }

  /** The most URLs worth keeping: with a search, more than are asked for, since the best are chosen. */
  get #keepMax(): number {
    return this.#intent.search === null ? this.#intent.limit : Math.max(5_000, this.#intent.limit)
  }

  #offer(url: string, entry: Omit<MapEntry, 'url'>): MapEntry | undefined {
    const judged = this.#frontier.judge({ url }, entry.from === null ? null : { url: entry.from, depth: entry.depth - 1 })
    if (!judged || judged.reason !== null && entry.source !== 'seed') return undefined
    const known = this.#found.get(judged.key)
    if (known) {
      if (known.title === undefined && entry.title !== undefined) known.title = entry.title
      return undefined
    }
    this.#discovered++
    if (this.#found.size >= this.#keepMax) {
      this.#dropped = true
      return undefined
    }
    const made: MapEntry = { url: judged.url, ...entry }
    this.#found.set(judged.key, made)
    return made
  }

  async #sitemaps(): Promise<void> {
    const discovery = await this.#deps.engine.discovery(this.#actor.mode)
    const sites = new Map(this.#intent.seeds.map((seed) => [URL.parse(seed)?.origin ?? '', seed]))
    for (const site of sites.values()) {
      const listings = discovery.sitemap(site, { signal: this.#signal, limit: 50_000, onFailure: (url, failure) => this.#fail(url, failure) })
      for await (const listed of listings) {
        for (const { url, from, lastModified, title } of listed) {
          this.#offer(url, { depth: 1, from, source: 'sitemap', ...(lastModified ? { lastModified } : {}), ...(title ? { title } : {}) })
        }
        if (this.#found.size >= this.#keepMax) return
      }
    }
  }

  async #links(seeds: readonly MapEntry[]): Promise<void> {
    const feeds = new Set<string>()
    let level: readonly MapEntry[] = seeds
    for (let depth = 0; depth <= Math.max(0, this.#intent.maxDepth - 1) && level.length > 0 && this.#found.size < this.#keepMax; depth++) {
      const next: MapEntry[] = []
      const waiting = [...level]
      const reader = async (): Promise<void> => {
        for (let entry = waiting.shift(); entry && this.#found.size < this.#keepMax && !this.#signal.aborted; entry = waiting.shift()) next.push(...await this.#read(entry, feeds))
      }
      await Promise.all(Array.from({ length: pagesAtOnce }, reader))
      level = next
    }
    const discovery = await this.#deps.engine.discovery(this.#actor.mode)
    for (const feed of [...feeds].slice(0, feedsMax)) {
      if (this.#signal.aborted || this.#found.size >= this.#keepMax) return
      try {
        for (const listed of await discovery.feed(feed, { signal: this.#signal, limit: 5_000 })) {
          this.#offer(listed.url, { depth: 1, from: feed, source: 'feed', ...(listed.title ? { title: listed.title } : {}), ...(listed.lastModified ? { lastModified: listed.lastModified } : {}) })
        }
      } catch (error) {
        if (!this.#signal.aborted) this.#fail(feed, normalize(error))
      }
    }
  }

  async #read(entry: MapEntry, feeds: Set<string>): Promise<MapEntry[]> {
    const intent = scrapeIntent({ url: entry.url, formats: [{ kind: 'links' }], timeoutMs: pageMs, respectRobots: this.#intent.respectRobots, ...(this.#intent.profile ? { profile: this.#intent.profile } : {}) })
    const outcome = await onePage(this.#deps, this.#actor, intent, this.#signal)
    if (!outcome.ok) {
      if (!this.#signal.aborted) this.#fail(entry.url, outcome.failure)
      return []
    }
    const { metadata, formats, finalUrl } = outcome.value
    if (metadata.title !== undefined) entry.title = metadata.title
    if (metadata.description !== undefined) entry.description = metadata.description
    for (const feed of metadata.feeds ?? []) if (this.#frontier.canonical(feed.url)) feeds.add(feed.url)
    return (formats.links ?? []).flatMap((link) => {
      const title = link.text.trim().slice(0, 200)
      return this.#offer(link.url, { depth: entry.depth + 1, from: finalUrl, source: 'link', ...(title ? { title } : {}) }) ?? []
    })
  }

  #ranked(): MapEntry[] {
    const all = [...this.#found.values()]
    const { search, limit } = this.#intent
    if (search === null) return all.slice(0, limit)
    const words = wordsOf(search)
    return all
      .map((entry, i) => ({ entry, i, score: scoreOf(entry, words) }))
      .toSorted((a, b) => b.score - a.score || a.i - b.i)
      .slice(0, limit)
      .map(({ entry }) => entry)
  }
}

const wordsOf = (text: string): string[] => [...new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])]

/** Words in the path count most, then those of the title; a word inside another counts half. */
const scoreOf = (entry: MapEntry, words: readonly string[]): number => {
  const url = new URL(entry.url)
  const path = wordsOf(safeDecode(`${url.pathname} ${url.search}`))
  const title = wordsOf(`${entry.title ?? ''} ${entry.description ?? ''}`)
  const score = words.reduce((sum, word) => sum + 3 * hit(path, word) + 2 * hit(title, word) + hit([url.hostname], word), 0)
  return score === 0 ? 0 : score + 1 / (1 + entry.url.length / 50)
}

const hit = (words: readonly string[], word: string): number => (words.includes(word) ? 1 : words.some((one) => one.includes(word)) ? 0.5 : 0)

const safeDecode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    // Not every percent sign begins an escape.
    return text
  }
}
