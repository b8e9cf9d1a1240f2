import { z } from 'zod'
import type { Document } from '../../contract/document.ts'
import type { JobPage } from '../../contract/jobs.ts'
import { fail } from '../../failure/failure.ts'
import { route, type ReplyInfo } from '../dialect.ts'
import { pageIntent, searchUrl, shopFields, shopOf } from './amazon-address.ts'
import { queuedReply } from './fetch.ts'
import { digits, oneOf, open, text } from './fields.ts'
import { metadataOf, queuedBody } from './metadata.ts'
import { sitePrices } from './prices.ts'

const words = { search: text(2000).optional(), query: text(2000).optional().describe('The word of old clients for `search`') }
const fields = { ...words, merchant_id: text(100).optional(), sort_by: text(100).optional(), enrich: oneOf(['pricing']).optional(), ...shopFields }
const required = { holds: (wish: { search?: string | undefined; query?: string | undefined }) => wish.search !== undefined || wish.query !== undefined, issue: { path: ['search'], error: 'is required' } }

const searchQuery = open({ ...fields, page: digits.optional() }).refine(required.holds, required.issue)
const crawlQuery = open({ ...fields, start_page: digits.optional(), end_page: digits }).refine(required.holds, required.issue)
type SearchQuery = z.output<typeof searchQuery>
type CrawlQuery = z.output<typeof crawlQuery>

const textual = z.string().nullable()
const numeric = z.number().nullable()
const product = z.object({
  position: z.int(), asin: textual, title: textual, price: numeric, currency: textual, rating: numeric, review_count: numeric, is_prime: z.boolean().nullable(), is_sponsored: z.boolean().nullable(), image: textual, url: z.string(),
})
export type Hit = z.output<typeof product>

const metaData = z.object({
  url: z.string(), query: textual, start_page: z.int().optional(), page: z.int(), end_page: z.int().optional(), pages_requested: z.int().optional(), pages_returned: z.int().optional(),
  sort_by: textual, merchant_id: textual, country: textual, domain: textual, number_of_results: numeric, number_of_products: z.int(),
})
const searchReply = z.object({ provider: z.literal('amazon'), page_type: z.literal('search'), meta_data: metaData, products: z.array(product), request_id: z.string(), results: z.array(z.looseObject({ asin: z.string(), title: z.string() })) })

interface Read {
  type?: unknown
  totalResults?: unknown
  results?: Record<string, unknown>[]
}

const readOf = (document: Document): Read => (document.formats.json ?? {}) as Read
const stringIn = (value: unknown): string | null => (typeof value === 'string' ? value : null)
const numberIn = (value: unknown): number | null => (typeof value === 'number' ? value : null)

/** Hits of a page of results; none where it is no such page. */
export const hitsIn = (document: Document, offset = 0): Hit[] => {
  const { type, results } = readOf(document)
  if (type !== 'SearchResultsPage' || !Array.isArray(results)) return []
  return results.map((it, i) => {
    const asin = stringIn(it.asin)
    const reviews = numberIn(it.reviewCount)
    return {
      position: offset + i + 1, asin, title: stringIn(it.title), price: numberIn(it.price), currency: stringIn(it.priceCurrency), rating: numberIn(it.rating), review_count: reviews === null ? null : Math.round(reviews),
      is_prime: it.isPrime === true, is_sponsored: it.isSponsored === true, image: stringIn(it.image), url: stringIn(it.url) ?? new URL(`/dp/${asin ?? ''}`, document.finalUrl).href,
    }
  })
}

const about = (wish: SearchQuery | CrawlQuery, url: string, total: number | null, count: number) => ({
  url, query: wish.search ?? wish.query ?? null, sort_by: wish.sort_by ?? null, merchant_id: wish.merchant_id ?? null, country: wish.country?.toLowerCase() ?? null, domain: wish.domain ?? null,
  number_of_results: total, number_of_products: count,
})

const pageOf = (value: string | undefined): number => Math.max(1, Number(value ?? 1))
const addressOf = (wish: SearchQuery | CrawlQuery, page: number): string =>
  searchUrl(shopOf(wish), { search: wish.search ?? wish.query ?? '', page, sortBy: wish.sort_by, merchantId: wish.merchant_id })

const renderSearch = (document: Document, info: ReplyInfo) => {
  // Safe: the server has read the query with this row's schema.
  const wish = (info.input as { query: SearchQuery }).query
  const products = hitsIn(document)
  return {
    provider: 'amazon', page_type: 'search',
    meta_data: { ...about(wish, document.finalUrl, numberIn(readOf(document).totalResults), products.length), page: pageOf(wish.page) },
    products,
    request_id: info.requestId,
    // Old clients look here, and insist on both.
    results: products.filter(({ asin, title }) => asin !== null && title !== null).map((hit) => ({ provider: 'amazon', ...hit })),
  }
}

/** True for a page of results without one, which is an answer. */
const isEmptySearch = (document: Document): boolean => /no results for|keine ergebnisse|aucun résultat|nessun risultato|no hay resultados/i.test(document.metadata.title ?? '')

export const amazonSearchRoute = route({
  method: 'GET', path: '/v1/amazon/search', verb: 'scrape', prices: sitePrices, summary: 'Amazon: one page of search results', query: searchQuery, response: searchReply,
  toIntent: ({ query }) => pageIntent(addressOf(query, pageOf(query.page)), query),
  veto: (document) => (hitsIn(document).length > 0 || isEmptySearch(document) ? undefined : fail('content.extraction_failed')),
  render: (document, _, info) => ({ status: 200, body: renderSearch(document, info) }),
})

const pagesMax = 10

export const amazonCrawlRoute = route({
  method: 'GET', path: '/v1/amazon/search/crawl', verb: 'batch', prices: sitePrices, summary: `Amazon: up to ${pagesMax} pages of search results, as a job`, query: crawlQuery, response: queuedReply,
  toIntent: ({ query }) => {
    const [first, last] = [pageOf(query.start_page), pageOf(query.end_page)]
    if (last < first || last - first >= pagesMax) {
      throw fail('caller.invalid_request', { issues: [{ path: ['end_page'], code: 'invalid_value', message: `must be from start_page to ${pagesMax - 1} pages behind it` }] })
    }
    const pages = Array.from({ length: last - first + 1 }, (_, i) => pageIntent(addressOf(query, first + i), query))
    return { pages, pace: {}, metadata: metadataOf({ kind: 'amazon_search_crawl', input: query }) }
  },
  render: (job, _, info) => ({ status: 202, body: queuedBody(job, info.requestId) }),
})

/** The pages that came, as one page of results. */
export const amazonCrawled = (pages: readonly JobPage[], input: Record<string, unknown>): unknown => {
  const wish = input as CrawlQuery
  const read = pages.filter(({ document }) => document !== null).toSorted((a, b) => a.n - b.n)
  const products: Hit[] = []
  for (const { document } of read) if (document) products.push(...hitsIn(document, products.length))
  const [first, last] = [pageOf(wish.start_page), pageOf(wish.end_page)]
  const total = read[0]?.document ? numberIn(readOf(read[0].document).totalResults) : null
  return {
    provider: 'amazon', page_type: 'search',
    meta_data: { ...about(wish, read[0]?.document?.finalUrl ?? addressOf(wish, first), total, products.length), page: first, start_page: first, end_page: last, pages_requested: last - first + 1, pages_returned: read.length },
    products,
  }
}
