import type { FailureJson } from '../failure/failure.ts'
import type { Document, Image } from './document.ts'
import type { ExtractOptions } from './extract.ts'
import type { ScrapeIntent } from './intent.ts'
import type { Outcome } from './outcome.ts'

/** What a query says, taken apart. Words and phrases are as typed. */
export interface ParsedQuery {
  words: string[]
  /** Beginnings of words: `inter*`. */
  prefixes: string[]
  /** Must occur as they stand. */
  phrases: string[]
  /** Words and phrases that must not occur. */
  without: string[]
  sites: string[]
  notSites: string[]
}

export const timeBases = ['auto', 'published', 'crawled'] as const
export type TimeBasis = (typeof timeBases)[number]
export const safeSearches = ['off', 'moderate', 'strict'] as const
export type SafeSearch = (typeof safeSearches)[number]
export const topics = ['general', 'news'] as const
export type Topic = (typeof topics)[number]

/** Bounds in ISO 8601. `auto`: when it was published, else when it was fetched. */
export interface TimeWindow {
  basis: TimeBasis
  from?: string
  to?: string
}

export interface SearchIntent {
  query: string
  limit: number
  /** Results passed over. */
  skip: number
  includeDomains: string[]
  excludeDomains: string[]
  /** All must occur. */
  includeText: string[]
  /** None may occur. */
  excludeText: string[]
  time?: TimeWindow
  /** ISO 639-1; empty is any. */
  languages: string[]
  /** ISO 3166-1 alpha-2, lower case. */
  country?: string
  safe: SafeSearch
  topic: Topic
  /** Names of providers to ask; all that are configured where unset. */
  sources?: string[]
  /** Passages about the query within so many tokens per result. */
  highlights?: { maxTokens: number }
  /** The pages themselves, each within so many tokens; a format `json` among theirs is structured data of each. */
  content?: { maxTokens: number; page: Omit<ScrapeIntent, 'url'> }
  /** What is wanted from all the pages together; needs `content` with a format `markdown`. */
  extract?: ExtractOptions
  /** Pages of the first results are read for passages and images, as part of the search: not given, and not billed by themselves. */
  reading?: Reading
  /** Results about the same events beside the others, whatever their host. */
  events?: { limit: number; each: number }
  timeoutMs: number
}

export interface Reading {
  page: Omit<ScrapeIntent, 'url'>
  /** Also the pages of which a source has the text. */
  all: boolean
}

export const searchDefaults = {
  limit: 10, skip: 0, includeDomains: [], excludeDomains: [], includeText: [], excludeText: [], languages: [],
  safe: 'moderate', topic: 'general', timeoutMs: 20_000,
} as const satisfies Omit<SearchIntent, 'query'>

/** A whole intent from the parts that a dialect knows. */
export const searchIntent = (parts: Partial<SearchIntent> & { query: string }): SearchIntent => ({
  ...structuredClone(searchDefaults as unknown as Omit<SearchIntent, 'query'>),
  ...parts,
})

export interface SearchResult {
  url: string
  title: string
  snippet: string
  /** Best first. */
  highlights: string[]
  description?: string
  siteName?: string
  author?: string
  language?: string
  favicon?: string
  image?: string
  /** Of the main content, where the page was read for them. */
  images?: Image[]
  /** ISO 8601, where known. */
  publishedAt?: string
  modifiedAt?: string
  /** ISO 8601; when this server fetched the page. */
  crawledAt?: string
  /** 0 to 1, falling; comparable within one answer only. */
  score: number
  /** Who gave it, in the operator's order. */
  sources: string[]
  /** The page itself or why it could not be had, where asked for. */
  content?: Outcome<Document> & { truncated?: boolean }
}

export interface SourceReport {
  name: string
  ok: boolean
  results: number
  ms: number
  failure?: FailureJson
}

export interface SearchValue {
  query: string
  /** The query as understood. */
  parsed: ParsedQuery
  results: SearchResult[]
  sources: SourceReport[]
  warnings: string[]
  /** The pages read as one, where asked for: its `json`, or why there is none. */
  extract?: Outcome<Document>
  /** Where asked for. */
  events?: SearchEvent[]
}

/** Several reports of one thing that happened, the best one first. */
export interface SearchEvent {
  reports: [SearchResult, ...SearchResult[]]
  /** ISO 8601, of the reports that are dated. */
  first?: string
  last?: string
}

/** The name of the workspace's own index among the providers. */
export const ownIndex = 'index'

export interface IndexState {
  documents: number
  passages: number
  /** Bytes of text that can be found. */
  bytes: number
  oldest: string | null
  newest: string | null
  languages: { language: string; documents: number }[]
  /** Those with the most pages. */
  hosts: { host: string; documents: number }[]
}

/** All that is set must hold; nothing set is everything. */
export interface IndexSelection {
  url?: string
  /** The host and all below it. */
  host?: string
  /** ISO 8601; fetched before then. */
  before?: string
}
