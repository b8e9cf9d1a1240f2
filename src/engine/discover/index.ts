import type { Egress } from '../../egress/index.ts'
import { isFailure, fail, type Failure } from '../../failure/failure.ts'
import { normalize } from '../../failure/normalize.ts'
import { Deadline } from '../../lib/deadline.ts'
import { readListing, type ListedUrl } from './sitemap.ts'

export interface Listed extends ListedUrl {
  /** The file that names it. */
  from: string
}

export interface Discovery {
  /** Every URL that the sitemaps of a site name: those of its robots.txt, otherwise /sitemap.xml. */
  sitemap(site: string, options: DiscoverOptions): AsyncGenerator<Listed[]>
  /** What one feed names. */
  feed(url: string, options: DiscoverOptions): Promise<Listed[]>
  /** What robots.txt says about a URL; a file that cannot be had says nothing here. */
  robots(url: string, signal: AbortSignal): Promise<{ allowed: boolean; crawlDelayS?: number }>
}

export interface DiscoverOptions {
  signal: AbortSignal
  /** Most URLs. */
  limit: number
  /** Told of each file that could not be read. */
  onFailure?(url: string, failure: Failure): void
}

const filesMax = 200
const nestingMax = 4
const fileTimeoutMs = 20_000

export const createDiscovery = (egress: Egress, userAgent: string): Discovery => {
  const read = async (url: string, { signal, limit }: DiscoverOptions) => {
    const deadline = new Deadline(fileTimeoutMs, signal)
    try {
      const response = await egress.request({ url, signal: deadline.signal, deadline, headers: { accept: 'application/xml, text/xml;q=0.9, application/rss+xml, application/atom+xml, text/plain;q=0.5, */*;q=0.1' } })
      if (response.status < 200 || response.status > 299) throw fail('target.http_error', { status: response.status })
      return await readListing(response.body, response.url, limit)
    } catch (error) {
      if (isFailure(error)) throw error
      throw deadline.signal.aborted ? normalize(error, { deadline, stage: 'sitemap' }) : fail('content.parse_failed', {}, { cause: error })
    } finally {
      deadline.clear()
    }
  }

  return {
    async *sitemap(site, options) {
      const verdict = await egress.robots(site, userAgent, options.signal).catch((error: unknown) => {
        options.onFailure?.(new URL('/robots.txt', site).href, normalize(error))
        return undefined
      })
      const named = verdict?.sitemaps ?? []
      const waiting = (named.length > 0 ? named : [new URL('/sitemap.xml', site).href]).map((url) => ({ url, depth: 0 }))
      const seen = new Set(waiting.map(({ url }) => url))
      let count = 0
      for (let files = 0; files < filesMax && count < options.limit; files++) {
        const next = waiting.shift()
        if (!next || options.signal.aborted) return
        try {
          const { urls, files: more } = await read(next.url, { ...options, limit: options.limit - count })
          count += urls.length
          yield urls.map((found) => ({ ...found, from: next.url }))
          if (next.depth < nestingMax) {
            for (const url of more) {
              if (seen.size >= filesMax || seen.has(url)) continue
              seen.add(url)
              waiting.push({ url, depth: next.depth + 1 })
            }
          }
        } catch (error) {
          if (options.signal.aborted) return
          // A site without a sitemap is no failure where nobody said that there is one.
          if (named.length > 0 || next.depth > 0) options.onFailure?.(next.url, normalize(error))
        }
      }
    },

    async feed(url, options) {
      return (await read(url, options)).urls.map((found) => ({ ...found, from: url }))
    },

    async robots(url, signal) {
      try {
        const { allowed, crawlDelayS } = await egress.robots(url, userAgent, signal)
        return { allowed, ...(crawlDelayS === undefined ? {} : { crawlDelayS }) }
      } catch (error) {
        if (signal.aborted) throw error
        // The page itself will say what is wrong with the site.
        return { allowed: true }
      }
    },
  }
}
