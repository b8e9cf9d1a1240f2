import type { Mode } from './document.ts'
import type { ExtractOptions } from './extract.ts'

export const formatKinds = ['markdown', 'html', 'raw_html', 'text', 'links', 'images', 'json', 'summary', 'question'] as const
export type FormatKind = (typeof formatKinds)[number]

/** One output that is wanted; `mode` overrides the intent's. */
export interface FormatRequest {
  kind: FormatKind
  mode?: Mode
  /** Of `json`. */
  extract?: ExtractOptions
  /** Of `question`: what is asked; of `summary`: what it should look at. */
  prompt?: string
}

export const renders = ['auto', 'static', 'js'] as const
export type Render = (typeof renders)[number]

export const blockable = ['images', 'fonts', 'media', 'ads'] as const
export type Blockable = (typeof blockable)[number]
export const devices = ['desktop', 'mobile'] as const
export type Device = (typeof devices)[number]

/** Waits until all that is set is there. */
export interface WaitFor {
  selector?: string
  text?: string
  /** Part of the page's address, or a pattern with `*`. */
  url?: string
}

/** What only a browser can do for a page. */
export interface BrowserOptions {
  /** Further time after the page has become still. */
  waitMs?: number
  waitFor?: WaitFor
  /** Times that the page is scrolled to its end. */
  scrolls?: number
  viewport?: { width: number; height: number; scale?: number }
  device?: Device
  /** BCP 47. */
  locale?: string
  /** IANA name. */
  timezone?: string
  block?: Blockable[]
}

/** What was asked, free of any vendor's words. Unset members take the engine's defaults. */
export interface ScrapeIntent {
  url: string
  formats: FormatRequest[]
  mode: Mode
  includeSelectors: string[]
  excludeSelectors: string[]
  headers: Record<string, string>
  cookies: Record<string, string>
  timeoutMs: number
  /** Seconds for which a stored result will do; 0 always fetches. */
  maxAgeS: number
  render: Render
  respectRobots: boolean
  /** Media types that are accepted; empty accepts all that can be converted. */
  allowedTypes: string[]
  /** The page itself, given by the caller: nothing is fetched. */
  content?: GivenContent
  browser?: BrowserOptions
}

export interface GivenContent {
  type: 'text/html' | 'text/markdown' | 'text/plain'
  body: string
}

/** Several pages at once, each with its own outcome, in input order. */
export interface ScrapeManyIntent {
  pages: ScrapeIntent[]
  /** Deadline of the whole call, in ms. */
  timeoutMs: number
}

/** Structured data from one page, or from several in input order. */
export interface ExtractIntent {
  /** Each has a format `json`. */
  pages: ScrapeIntent[]
  /** Whether the outcome of one page is that of the whole. */
  single: boolean
  /** Deadline of the whole call, in ms. */
  timeoutMs: number
}

export const scrapeDefaults = {
  formats: [{ kind: 'markdown' }],
  mode: 'normal',
  includeSelectors: [],
  excludeSelectors: [],
  headers: {},
  cookies: {},
  timeoutMs: 30_000,
  maxAgeS: 0,
  render: 'auto',
  respectRobots: false,
  allowedTypes: [],
} as const satisfies Omit<ScrapeIntent, 'url' | 'content'>

/** A whole intent from the parts that a dialect knows. */
export const scrapeIntent = (parts: Partial<ScrapeIntent> & { url: string }): ScrapeIntent => ({
  ...structuredClone(scrapeDefaults as unknown as Omit<ScrapeIntent, 'url'>),
  ...parts,
})

/** True where plain HTTP cannot give what is asked. */
export const needsBrowser = ({ browser }: Pick<ScrapeIntent, 'browser'>): boolean =>
  browser !== undefined && (browser.waitMs !== undefined || browser.waitFor !== undefined || (browser.scrolls ?? 0) > 0)
