import type { FailureJson } from '../failure/failure.ts'
import type { Brand } from './brand.ts'
import type { ProxyTier } from './proxy.ts'
import type { AgentReport } from './agent.ts'
import type { Answer, Extraction } from './extract.ts'

/** `normal` whole page, `reader` main content, `prune` main content with everything doubtful dropped. */
export const modes = ['normal', 'reader', 'prune'] as const
export type Mode = (typeof modes)[number]

/** Of the site's own links, those in its frame are `navigation`; `external` ones lead to another site. */
export const linkKinds = ['content', 'navigation', 'external'] as const
export type LinkKind = (typeof linkKinds)[number]

export interface Link {
  url: string
  text: string
  rel?: string
  kind?: LinkKind
}

/** A heading with what stands right below it. */
export interface Section {
  /** Headings from the outermost to its own; empty for what stands before the first. */
  path: string[]
  /** 1 to 6; 0 before the first heading. */
  level: number
  /** Of the section with those within it. */
  tokens: number
  /** Of a document with pages. */
  page?: number
  /** Without the sections within it. */
  markdown?: string
}

/** A piece of a page for an index. */
export interface Chunk {
  index: number
  /** Headings above its beginning. */
  path: string[]
  tokens: number
  page?: number
  /** Characters at its beginning that the chunk before ends with. */
  overlap_chars?: number
  text: string
}

export interface Image {
  url: string
  alt?: string
  width?: number
  height?: number
}

export interface Feed {
  url: string
  title?: string
  type: string
}

/** What a page says about itself. Dates are ISO 8601 where the page's own form could be read, otherwise as found. */
export interface Metadata {
  title?: string
  description?: string
  language?: string
  author?: string
  /** The same, one by one. */
  authors?: string[]
  site_name?: string
  published_at?: string
  modified_at?: string
  canonical_url?: string
  favicon?: string
  image?: string
  robots?: string
  keywords?: string[]
  generator?: string
  theme_color?: string
  feeds?: Feed[]
  alternates?: { url: string; language: string }[]
  open_graph?: Record<string, string>
  twitter?: Record<string, string>
  json_ld?: unknown[]
  microdata?: unknown[]
  word_count?: number
  /** At 238 words a minute, or 500 characters where words have no spaces between them; at least 1. */
  reading_minutes?: number
  /** What kind of page it is, and how sure that is, from 0 to 1. */
  page_kind?: { kind: string; confidence: number }
  /** Of a document: pages, slides, sheets or chapters that it has. */
  page_count?: number
  /** Of a picture, in pixels. */
  width?: number
  height?: number
}

/** Bytes made from a page: kept under `path` of this server until `expiresAt`, or inline. */
export interface PageBlob {
  contentType: string
  bytes: number
  width?: number
  height?: number
  /** Path and query, signed. */
  path?: string
  /** ISO 8601. */
  expiresAt?: string
  base64?: string
}

/** What one action came to. */
export interface ActionResult {
  index: number
  type: string
  /** ISO 8601; when it began. */
  at?: string
  ms: number
  /** Of `extract` and `evaluate`. */
  value?: unknown
  screenshot?: PageBlob
}

/** The values that were asked for, by the name of their format. */
export interface Formats {
  markdown?: string
  html?: string
  raw_html?: string
  text?: string
  links?: Link[]
  images?: Image[]
  sections?: Section[]
  chunks?: Chunk[]
  json?: unknown
  summary?: string
  question?: Answer
  branding?: Brand
  screenshot?: PageBlob
  pdf?: PageBlob
}

/** One page as data. */
export interface Document {
  url: string
  finalUrl: string
  status: number
  contentType: string
  /** ISO 8601. */
  fetchedAt: string
  renderer: 'static' | 'js'
  cached: boolean
  /** Tier of the proxy that it came through. */
  proxy?: ProxyTier
  formats: Formats
  metadata: Metadata
  /** Formats that failed although the page did not. */
  failedFormats?: Partial<Record<keyof Formats, FailureJson>>
  warnings: string[]
  /** Of the Markdown, or else the text, before anything was cut to a budget; where a budget, a section or chunks were asked for. */
  tokens?: { total: number; truncated: boolean }
  /** How `json` was come by. */
  extraction?: Extraction
  /** Of the actions that were asked for, in order. */
  actions?: ActionResult[]
  /** What became of a task in words. */
  agent?: AgentReport
}
