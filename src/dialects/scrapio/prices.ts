import type { PriceList } from '../../contract/price.ts'

/** 1 static, 5 rendered; 2 with `json`, 5 where a model read it. */
export const fetchPrices: PriceList = { page: 1, rendered: 4, formats: {}, reading: { kinds: ['json', 'text'], page: 2, model: 5 }, proxies: { premium: 65 }, targetError: 0 }

const flat = (page: number): PriceList => ({ page, rendered: 0, formats: {}, targetError: 0 })

/** Of each page, extracted or not. */
export const crawlPrices: PriceList = { ...flat(2), proxies: { premium: 65 } }
export const mapPrices: PriceList = { ...flat(2), mapUrl: 2 }
export const interactPrices = flat(3)
export const promptPrices: PriceList = { ...flat(25), proxies: { premium: 65 } }
/** The pages of results as fetched. */
export const searchPrices: PriceList = { ...fetchPrices, search: 15 }
/** A look of a monitor: a page with its fields. */
export const monitorPrices: PriceList = fetchPrices
export const sitePrices = flat(10)
