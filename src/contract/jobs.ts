import type { FailureJson } from '../failure/failure.ts'
import type { Document } from './document.ts'
import type { ScrapeIntent } from './intent.ts'
import type { SearchIntent, SearchResult, SearchValue } from './search.ts'
import type { ProfileUse } from './profiles.ts'

export const jobKinds = ['batch', 'crawl', 'map', 'search', 'monitor'] as const
export type JobKind = (typeof jobKinds)[number]

/** `partial`: over, and some pages failed. `failed`: over, and nothing came of it. */
export const jobStates = ['queued', 'running', 'paused', 'completed', 'partial', 'failed', 'cancelled'] as const
export type JobState = (typeof jobStates)[number]

export const isOver = (state: JobState): boolean => state === 'completed' || state === 'partial' || state === 'failed' || state === 'cancelled'

/** Why a URL was not fetched, or what was found there was not kept. Every skipped URL has exactly one. */
export const skipReasons = {
  external: 'on another site',
  subdomain: 'on a subdomain, and those were not asked for',
  excluded: 'matches an exclude pattern',
  not_included: 'matches no include pattern',
  depth: 'deeper than max_depth',
  limit: 'the limit was reached before its turn',
  robots: 'robots.txt forbids it',
  nofollow: 'only linked with rel=nofollow',
  trap: 'looks like a trap: too long, too deep, segments that repeat, endless calendars or queries',
  redirect: 'redirects to a URL that has its own entry',
  canonical: 'names another URL as its canonical one',
  cancelled: 'the job was cancelled before its turn',
  failed: 'the job failed before its turn',
} as const
export type SkipReason = keyof typeof skipReasons

/** `glob`: `*` within a path segment, `**` across, tested on path and query; `regex`: RE2, tested on the whole URL. */
export interface UrlPattern {
  kind: 'glob' | 'regex'
  value: string
}

/** Which hosts belong to the site: only the seeds' own (with and without `www.`), all of their domain, or all there are. */
export const siteScopes = ['host', 'domain', 'any'] as const
export type SiteScope = (typeof siteScopes)[number]

/** Whether URLs that differ in their query are different pages: yes (order does not count), or no. */
export const queryPolicies = ['sort', 'drop'] as const
export type QueryPolicy = (typeof queryPolicies)[number]

export const sitemapUses = ['include', 'only', 'skip'] as const
export type SitemapUse = (typeof sitemapUses)[number]

/** How a job treats hosts and itself; unset members take the server's settings. */
export interface Pace {
  /** Pages of the job at once. */
  pagesAtOnce?: number
  /** Pages of one host at once, over all jobs and workers. */
  hostAtOnce?: number
  hostDelayMs?: number
  /** How often a page is fetched whose failure may pass. */
  triesMax?: number
}

/** Where the events of one job go. */
export interface JobWebhook {
  url: string
  /** `job.*`, `job.page`, … */
  events: string[]
  secret?: string
  headers?: Record<string, string>
  /** The dialect's own: its form of the messages gets them. */
  options?: Record<string, unknown>
}

export type PageOptions = Omit<ScrapeIntent, 'url'>

interface Submitted {
  pace: Pace
  /** Refuse the whole where the credits of all pages that are known now are not there; else only where nothing is left. */
  funded?: boolean
  /** Refuse it with account.concurrency_limited where so many jobs of the key are not over. */
  jobsMax?: number
  webhook?: JobWebhook
  /** Words of the caller, kept and given back. */
  metadata?: Record<string, unknown>
}

export interface BatchIntent extends Submitted {
  pages: ScrapeIntent[]
}

/** One page, at once; past `afterMs` it is a batch of one. */
export interface PromotableIntent extends Submitted {
  page: ScrapeIntent
  afterMs: number
}

export interface SearchJobIntent extends Submitted {
  search: SearchIntent
}

/** The `SearchValue` of a job, as it can be kept. */
export type StoredSearch = Omit<SearchValue, 'results' | 'extract'> & { results: (Omit<SearchResult, 'content'> & { content?: { ok: true; document: Document } | { ok: false; failure: FailureJson } })[] }

export const storedSearch = ({ extract: _extract, ...value }: SearchValue): StoredSearch => ({
  ...value,
  results: value.results.map(({ content, ...rest }) => ({ ...rest, ...(content ? { content: content.ok ? { ok: true, document: content.value } : { ok: false, failure: content.failure.toJSON() } } : {}) })),
})

export interface WithinIntent {
  job: { kind: 'crawl'; crawl: CrawlIntent } | { kind: 'map'; map: MapIntent }
  waitMs: number
}

export interface JobWithin {
  job: JobRecord
  /** In the order of discovery, with their documents; null while the job is not over. */
  pages: JobPage[] | null
}

export interface CrawlIntent extends Submitted {
  seeds: string[]
  /** Most pages that are fetched, failed ones included. */
  limit: number
  /** 0 fetches the seeds only. */
  maxDepth: number
  include: UrlPattern[]
  exclude: UrlPattern[]
  scope: SiteScope
  sitemap: SitemapUse
  query: QueryPolicy
  respectRobots: boolean
  followNofollow: boolean
  /** Most links that are followed from one page; null is all. */
  linksPerPage: number | null
  page: PageOptions
}

export interface MapIntent extends Submitted {
  seeds: string[]
  limit: number
  maxDepth: number
  include: UrlPattern[]
  exclude: UrlPattern[]
  scope: SiteScope
  sitemap: SitemapUse
  query: QueryPolicy
  respectRobots: boolean
  profile?: ProfileUse
  /** Words by which the URLs are ranked; those that match none come last. */
  search: string | null
  timeoutMs: number
}

export interface MapEntry {
  url: string
  depth: number
  /** The page, sitemap or feed that names it; null for a seed. */
  from: string | null
  source: 'seed' | 'sitemap' | 'feed' | 'link'
  title?: string
  description?: string
  lastModified?: string
}

export interface MapResult {
  seeds: string[]
  urls: MapEntry[]
  discovered: number
  /** True where nothing was left to look at. */
  exhausted: boolean
  /** What could not be read, each with its code. */
  failures: { url: string; failure: FailureJson }[]
}

export interface JobCounts {
  discovered: number
  /** Waiting or under way. */
  queued: number
  done: number
  failed: number
  skipped: number
}

/** A job as it stands. Times are ISO 8601. */
export interface JobRecord {
  id: string
  kind: JobKind
  state: JobState
  counts: JobCounts
  running: number
  skippedByReason: Record<string, number>
  credits: number
  /** Links were dropped because the frontier is full. */
  truncated: boolean
  failure: FailureJson | null
  /** What was asked: `BatchIntent` without its pages, `CrawlIntent`, `MapIntent`. */
  intent: Record<string, unknown>
  /** Of a map: its `MapResult`; of a search: its `StoredSearch`. */
  result: unknown
  limit: number | null
  dialect: string
  keyId: string
  mode: 'live' | 'test'
  requestId: string
  /** Number of the newest event. */
  events: number
  createdAt: string
  startedAt: string | null
  finishedAt: string | null
  expiresAt: string | null
}

export interface JobPage {
  /** Grows in the order of discovery; for a batch in the order of input. */
  n: number
  /** Grows in the order of finishing, within one numbering with the job's events. Null while unfinished or skipped. */
  event: number | null
  url: string
  depth: number
  parentUrl: string | null
  state: 'queued' | 'running' | 'done' | 'failed' | 'skipped'
  reason: string | null
  /** Of a skipped page: the URL that has its content. */
  intoUrl: string | null
  credits: number
  finishedAt: string | null
  /** How long the try took that made the document. */
  durationMs: number | null
  /** The page itself; null where it failed, was skipped, or was not asked for. */
  document: Document | null
  title: string | null
  status: number | null
  contentType: string | null
  /** Links of the page that were followed, as canonical URLs. */
  links: string[]
  failure: FailureJson | null
}

/** Of all jobs that are not over. */
export interface JobLoad {
  jobs: number
  /** Pages under way. */
  running: number
  /** Pages that wait for their turn. */
  waiting: number
}

export interface JobEvent {
  /** For Last-Event-ID. */
  id: string
  type: string
  at: string
  data: unknown
}
