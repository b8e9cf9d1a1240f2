import type { Document } from './document.ts'
import type { FormatKind, ScrapeIntent } from './intent.ts'

/** A dialect's price list in credits. Failures cost nothing and are not listed. */
export interface PriceList {
  /** One page fetched. */
  page: number
  /** Added for a page that was rendered in a browser. */
  rendered: number
  /** Added once per format asked for. */
  formats: Partial<Record<FormatKind, number>>
  /** A page served from the store; `page` applies where unset. */
  cacheHit?: number
  /** A web search, without the pages of its results; `page` applies where unset. */
  search?: number
  /** Pages of the results of one search: so many for nothing, then so much each; by `page` and the rest where unset. */
  resultPages?: { free: number; each: number }
  /** Vectors of one request's texts; `page` applies where unset. */
  embedding?: number
  /** A target's 4xx that the caller asked to pay for. */
  targetError: number
}

export const freePrices: PriceList = { page: 0, rendered: 0, formats: {}, targetError: 0, cacheHit: 0, search: 0 }

type Priced = Pick<ScrapeIntent, 'formats' | 'render'>

/** The most that a page can cost, to be held before the work begins. */
export const reserveFor = (intent: Priced, prices: PriceList): number =>
  prices.page + (intent.render === 'static' ? 0 : prices.rendered) + formatsCost(intent, prices)

/** What a page did cost. */
export const costOf = (intent: Priced, document: Pick<Document, 'cached' | 'renderer' | 'failedFormats'>, prices: PriceList): number => {
  if (document.cached && prices.cacheHit !== undefined) return prices.cacheHit
  return prices.page + (document.renderer === 'js' ? prices.rendered : 0) + formatsCost(intent, prices, document.failedFormats)
}

const formatsCost = (intent: Priced, prices: PriceList, failed: Document['failedFormats'] = {}): number =>
  intent.formats.reduce((sum, { kind }) => sum + (failed[kind] ? 0 : (prices.formats[kind] ?? 0)), 0)
