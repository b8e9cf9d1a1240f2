import type { AgentOptions } from './agent.ts'
import type { Mode } from './document.ts'
import type { ProxyWish } from './proxy.ts'
import type { ProfileUse } from './profiles.ts'
import type { ExtractOptions } from './extract.ts'

/** Formats made from the document's text. */
export const textKinds = ['markdown', 'html', 'raw_html', 'text', 'links', 'images', 'sections', 'chunks'] as const
export type TextKind = (typeof textKinds)[number]
/** Formats that are read from the document, some by a model; `branding` is better where a browser has shown it. */
export const readKinds = ['json', 'summary', 'question', 'branding'] as const
export type ReadKind = (typeof readKinds)[number]
/** Formats that only a browser makes. */
export const shownKinds = ['screenshot', 'pdf'] as const
export const formatKinds = [...textKinds, ...readKinds, ...shownKinds] as const
export type FormatKind = (typeof formatKinds)[number]

/** One output that is wanted; `mode` overrides the intent's. */
export interface FormatRequest {
  kind: FormatKind
  mode?: Mode
  /** Of `json`. */
  extract?: ExtractOptions
  /** Of `question`: what is asked; of `summary`: what it should look at. */
  prompt?: string
  /** Of `sections`: headings without what stands below them. */
  outline?: boolean
  /** Of `chunks`. */
  chunks?: ChunkOptions
  screenshot?: ScreenshotOptions
  pdf?: PdfOptions
}

export interface ChunkOptions {
  /** Most tokens of one. */
  tokens?: number
  /** Tokens that two neighbours share. */
  overlap?: number
}

export const shotTypes = ['png', 'jpeg', 'webp'] as const
/** `url`: kept by this server for a while, behind a signed address. */
export const deliveries = ['url', 'base64'] as const
export type Delivery = (typeof deliveries)[number]

export interface ScreenshotOptions {
  type?: (typeof shotTypes)[number]
  /** 1 to 100; not for png. */
  quality?: number
  fullPage?: boolean
  /** Only this element. */
  selector?: string
  /** Of the window that is photographed. */
  width?: number
  height?: number
  scale?: number
  delivery?: Delivery
}

export const paperSizes = ['A3', 'A4', 'A5', 'Letter', 'Legal', 'Tabloid'] as const

export interface PdfOptions {
  paper?: (typeof paperSizes)[number]
  landscape?: boolean
  background?: boolean
  scale?: number
  /** Of all four sides, in millimetres. */
  marginMm?: number
  delivery?: Delivery
}

export const renders = ['auto', 'static', 'js'] as const
export type Render = (typeof renders)[number]

export const blockable = ['images', 'fonts', 'media', 'ads'] as const
export type Blockable = (typeof blockable)[number]
export const devices = ['desktop', 'mobile'] as const
export type Device = (typeof devices)[number]

/** Waits until all that is set is there. */
export interface WaitFor {
  /** Where it does not come in time, take the page without it. */
  optional?: boolean
  selector?: string
  text?: string
  /** Part of the page's address, or a pattern with `*`. */
  url?: string
}

/** Steps that are taken in a page, in order, once it is still. `timeoutMs` is how long an element is waited for. */
export type Action =
  | { type: 'click'; selector: string; button?: 'left' | 'right' | 'middle'; count?: number; timeoutMs?: number }
  | { type: 'type'; selector: string; text: string; clear?: boolean; timeoutMs?: number }
  | { type: 'press'; key: string; selector?: string; timeoutMs?: number }
  | { type: 'select'; selector: string; values: string[]; timeoutMs?: number }
  | { type: 'check'; selector: string; checked?: boolean; timeoutMs?: number }
  | { type: 'hover'; selector: string; timeoutMs?: number }
  | { type: 'scroll'; selector?: string; x?: number; y?: number; /** `end`: to the bottom, again and again until it stays where it is. */ to?: 'top' | 'bottom' | 'end'; timeoutMs?: number }
  | { type: 'wait'; ms: number }
  /** With `optional` the steps go on where it does not come. */
  | ({ type: 'wait_for'; timeoutMs?: number; optional?: boolean } & WaitFor)
  /** Without a URL: to where the page is, once more. */
  | { type: 'navigate'; url?: string }
  | { type: 'screenshot'; screenshot: ScreenshotOptions }
  | { type: 'extract'; selector: string; output: 'text' | 'html' | 'attribute'; attribute?: string; all?: boolean; timeoutMs?: number }
  | { type: 'evaluate'; script: string }

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
  actions?: Action[]
  /** After the actions: a model works the page. */
  agent?: AgentOptions
}

/** What was asked, free of any vendor's words. Unset members take the engine's defaults. */
export interface ScrapeIntent {
  url: string
  formats: FormatRequest[]
  mode: Mode
  /** Of main content: begin with the page's own heading, which by itself does not count as content. */
  heading?: boolean
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
  /** Cookies and storage that were kept under a name; of them, those of the site of `url`. */
  profile?: ProfileUse
  /** What the body is, whatever its header says. */
  contentType?: string
  /** Unset: none. */
  proxy?: ProxyWish
  /** Most pages of a document, slides of a presentation, chapters of a book. */
  maxPages?: number
  /** Budget of Markdown and text. */
  maxTokens?: number
  /** Tell what kind of page it is where nothing else needs that; finding the main content always does. */
  pageKind?: boolean
  /** Only this part of the Markdown: headings from the outside in, joined by ` > `. */
  section?: string
  /** Whether the workspace's searches may find the page. Unset: unless it was fetched with cookies or a credential. */
  index?: boolean
}

export interface GivenContent {
  type: 'text/html' | 'text/markdown' | 'text/plain'
  body: string
  /** Milliseconds before it is there. */
  delayMs?: number
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

export const isTextFormat = <F extends FormatRequest>(format: F): format is F & { kind: TextKind | ReadKind } => ([...textKinds, ...readKinds] as readonly string[]).includes(format.kind)

/** True where plain HTTP cannot give what is asked. */
export const needsBrowser = ({ browser, formats }: Pick<ScrapeIntent, 'browser' | 'formats'>): boolean =>
  !formats.every(isTextFormat) ||
  (browser !== undefined && (browser.waitMs !== undefined || browser.waitFor !== undefined || (browser.scrolls ?? 0) > 0 || (browser.actions ?? []).length > 0 || browser.agent !== undefined))
