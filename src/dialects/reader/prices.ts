import { freePrices, type PriceList } from '../../contract/price.ts'

/** A page 1, an extraction 2 more, each started minute of a session 1; a stored page nothing. */
export const prices: PriceList = { page: 1, rendered: 0, formats: { json: 2 }, proxies: { premium: 2 }, targetError: 0, cacheHit: 0, session: { start: 0, minute: 1 } }

/** 1 for the whole, with its seed. */
export const discoverPrices: PriceList = { ...freePrices, seed: 1 }
