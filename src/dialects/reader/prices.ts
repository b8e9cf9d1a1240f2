import { freePrices, type PriceList } from '../../contract/price.ts'

/** A page 1, an extraction 2 more; a stored page nothing. */
export const prices: PriceList = { page: 1, rendered: 0, formats: { json: 2 }, targetError: 0, cacheHit: 0 }

/** 1 for the whole, with its seed. */
export const discoverPrices: PriceList = { ...freePrices, seed: 1 }
