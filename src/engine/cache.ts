import { createHash } from 'node:crypto'
import type { KeyMode } from '../contract/actor.ts'
import type { Document } from '../contract/document.ts'
import type { ScrapeIntent } from '../contract/intent.ts'

/** Stored results of one workspace, as the engine sees them. `put` never fails and never waits. */
export interface ResultCache<T> {
  get(key: string, maxAgeS: number): Promise<T | undefined>
  put(key: string, value: T): void
}

export type DocumentCache = ResultCache<Document>

/** One key for all intents that give the same document: everything but time limits and age. What a test key sees is the lab's and no live key's, and the other way round. */
export const cacheKey = (intent: ScrapeIntent, mode: KeyMode): string => {
  const { timeoutMs: _timeout, maxAgeS: _age, respectRobots: _robots, index: _index, url, formats, headers, cookies, proxy, ...rest } = intent
  const canonical = {
    ...rest,
    // A site may show each country another page; which of its proxies was used is no matter.
    ...(proxy?.country === undefined ? {} : { proxyCountry: proxy.country }),
    keyMode: mode,
    url: URL.parse(url)?.href ?? url,
    formats: [...formats].sort((a, b) => (a.kind < b.kind ? -1 : 1)),
    headers: Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const).sort(byName),
    cookies: Object.entries(cookies).sort(byName),
  }
  return createHash('sha256').update(JSON.stringify(canonical)).digest('base64url')
}

const byName = (a: readonly [string, string], b: readonly [string, string]): number => (a[0] < b[0] ? -1 : 1)
