import { freePrices, type PriceList } from '../../contract/price.ts'

/** Of the whole request. */
export const timeoutMs = 55_000

/** The vendor's newest list. A result costs the same wherever it came from. */
export const priced = (page: number): PriceList => ({ ...freePrices, page, cacheHit: page })

const { cacheHit: _free, ...unstored } = freePrices
/** All three in one call: a part that fails is `null` and not paid for. */
export const enrichPrices: PriceList = { ...unstored, parts: { brand: 10, company: 5, classification: 5 } }
