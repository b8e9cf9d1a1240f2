import type { FormatKind } from './intent.ts'

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
  /** A target's 4xx that the caller asked to pay for. */
  targetError: number
}

export const freePrices: PriceList = { page: 0, rendered: 0, formats: {}, targetError: 0, cacheHit: 0 }
