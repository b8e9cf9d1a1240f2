import type { PriceList } from '../../contract/price.ts'
import { freeContents } from './search-result.ts'

/** The vendor's list in credits of $0.0005, so that $1 and $2.5 per thousand are whole numbers. */
export const prices: PriceList = { page: 2, rendered: 3, formats: {}, targetError: 0, embedding: 0 }

const perSearch = (search: number): PriceList => ({ ...prices, search, resultPages: { free: freeContents, each: 1 } })

/** $1 per thousand calls, and $0.5 per thousand contents after the free ones of each search. */
export const searchPrices = perSearch(2)
/** $3 per thousand. */
export const newsPrices = perSearch(6)
