import type { FailureJson } from '../failure/failure.ts'
import type { Brand } from './brand.ts'
import type { ProxyTier } from './proxy.ts'
import type { Answer, Extraction } from './extract.ts'

/** `normal` whole page, `reader` main content, `prune` main content with everything doubtful dropped. */
export const modes = ['normal', 'reader', 'prune'] as const
export type Mode = (typeof modes)[number]

export interface Link {
  url: string
  text: string
  rel?: string
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
  /** How `json` was come by. */
  extraction?: Extraction
  /** Of the actions that were asked for, in order. */
  actions?: ActionResult[]
}
