import type { Document } from './document.ts'
import type { EnrichIntent, Enrichment, EnrichPart } from './enrich.ts'
import type { ProxyTier } from './proxy.ts'
import type { FormatKind, ScrapeIntent } from './intent.ts'

/** A dialect's price list in credits. Failures cost nothing and are not listed. */
export interface PriceList {
  /** One page fetched. */
  page: number
  /** Added for a page that was rendered in a browser. */
  rendered: number
  /** Added once per format asked for. */
  formats: Partial<Record<FormatKind, number>>
  /** Added for each part of an enrichment. */
  parts?: Partial<Record<EnrichPart, number>>
  /** The seed of a crawl, where it costs something else than the other pages. */
  seed?: number
  /** Added for each page of a PDF that was read. */
  documentPage?: number
  /** A page served from the store; `page` applies where unset. */
  cacheHit?: number
  /** A web search, without the pages of its results; `page` applies where unset. */
  search?: number
  /** In place of `page` and `rendered`, where one of these formats was made of the page; with a model, `model`. */
  reading?: { kinds: readonly FormatKind[]; page: number; model: number }
  /** Each URL of a map; `page` for the whole map where unset. */
  mapUrl?: number
  /** Pages of the results of one search: so many for nothing, then so much each; by `page` and the rest where unset. */
  resultPages?: { free: number; each: number }
  /** Vectors of one request's texts; `page` applies where unset. */
  embedding?: number
  /** Added for a page that came through a proxy of that tier. */
  proxies?: Partial<Record<ProxyTier, number>>
  /** A browser session: once when it begins, and for each minute that it begins; `page` a minute where unset. */
  session?: { start: number; minute: number }
  /** Added for each page of a search that was read for one answer from all of them. */
  searchExtract?: number
  /** Added for a look of a monitor that saw a change. */
  change?: number
  /** A target's 4xx that the caller asked to pay for. */
  targetError: number
}

export const freePrices: PriceList = { page: 0, rendered: 0, formats: {}, targetError: 0, cacheHit: 0, search: 0, session: { start: 0, minute: 0 } }

/** What holds for a page of a crawl so many links away from its seed. */
export const pricesAt = (depth: number, prices: PriceList): PriceList => (depth === 0 && prices.seed !== undefined ? { ...prices, page: prices.seed } : prices)

type Priced = Pick<ScrapeIntent, 'formats' | 'render' | 'proxy' | 'maxPages'>
type Paid = Pick<Document, 'cached' | 'renderer' | 'failedFormats' | 'extraction' | 'proxy'> & Partial<Pick<Document, 'contentType' | 'metadata'>>

/** The most that a page can cost, to be held before the work begins. */
export const reserveFor = (intent: Priced, prices: PriceList): number => {
  const page = prices.page + (intent.render === 'static' ? 0 : prices.rendered)
  const { reading } = prices
  return (reading && intent.formats.some(({ kind }) => reading.kinds.includes(kind)) ? Math.max(page, reading.page, reading.model) : page) + dearestProxy(intent, prices) + formatsCost(intent, prices)
}

/** What a page did cost. */
export const costOf = (intent: Priced, document: Paid, prices: PriceList): number => {
  if (document.cached && prices.cacheHit !== undefined) return prices.cacheHit
  return pageCost(intent, document, prices) + (document.proxy ? (prices.proxies?.[document.proxy] ?? 0) : 0) + formatsCost(intent, prices, document.failedFormats) + (prices.documentPage ?? 0) * pagesRead(intent, document)
}

const dearestProxy = ({ proxy }: Priced, { proxies = {} }: PriceList): number => {
  if (!proxy || proxy.mode === 'none') return 0
  return proxy.mode === 'auto' ? Math.max(0, ...Object.values(proxies)) : (proxies[proxy.mode] ?? 0)
}

const pageCost = (intent: Priced, { renderer, failedFormats, extraction }: Pick<Document, 'renderer' | 'failedFormats' | 'extraction'>, { page, rendered, reading }: PriceList): number => {
  if (reading && intent.formats.some(({ kind }) => reading.kinds.includes(kind) && !failedFormats?.[kind])) return extraction?.model ? reading.model : reading.page
  return page + (renderer === 'js' ? rendered : 0)
}

/** What a map of so many URLs costs. */
export const mapCost = (urls: number, { page, mapUrl }: PriceList): number => (mapUrl === undefined ? page : urls * mapUrl)

/** How many there are is known only when they were read: they are paid for without having been held. */
const pagesRead = ({ maxPages = Infinity }: Priced, { contentType, metadata }: Paid): number =>
  contentType?.startsWith('application/pdf') ? Math.min(metadata?.page_count ?? 0, maxPages) : 0

const formatsCost = (intent: Priced, prices: PriceList, failed: Document['failedFormats'] = {}): number =>
  intent.formats.reduce((sum, { kind }) => sum + (failed[kind] ? 0 : (prices.formats[kind] ?? 0)), 0)

export const sessionPrice = ({ page, session }: PriceList): { start: number; minute: number } => session ?? { start: 0, minute: page }

/** The most that an enrichment can cost. */
export const reserveForParts = ({ parts, render }: Pick<EnrichIntent, 'parts' | 'render'>, prices: PriceList): number =>
  prices.page + (render === 'static' ? 0 : prices.rendered) + partsCost(parts, prices)

/** What one did cost: parts that failed are not paid for, nor those from the store where a page from there has a price of its own. */
export const costOfParts = ({ parts }: Pick<EnrichIntent, 'parts'>, { cached, renderer, failedParts, storedParts }: Pick<Enrichment, 'cached' | 'renderer' | 'failedParts' | 'storedParts'>, prices: PriceList): number => {
  if (cached && prices.cacheHit !== undefined) return prices.cacheHit
  return prices.page + (renderer === 'js' ? prices.rendered : 0) + partsCost(parts.filter((part) => !failedParts[part] && (prices.cacheHit === undefined || !storedParts.includes(part))), prices)
}

const partsCost = (parts: readonly EnrichPart[], prices: PriceList): number => parts.reduce((sum, part) => sum + (prices.parts?.[part] ?? 0), 0)
