import { z } from 'zod'
import type { Document } from '../../contract/document.ts'
import { fail } from '../../failure/failure.ts'
import { route, type Route } from '../dialect.ts'
import { pageIntent, productUrl, searchUrl, shopFields, shopOf } from './amazon-address.ts'
import { amazonCrawlRoute, amazonSearchRoute, hitsIn } from './amazon-search.ts'
import { text } from './fields.ts'
import { open } from './fields.ts'
import { sitePrices } from './prices.ts'

const asinShape = /^[A-Z0-9]{10}$/
const asinIn = (value: string): string | undefined =>
  asinShape.test(value) ? value : /\/(?:dp|gp\/product|gp\/aw\/d)\/([A-Z0-9]{10})(?:[/?]|$)/.exec(value)?.[1]

const query = open({ asin: text(20).optional(), query: text(2000).optional(), ...shopFields })
  .refine(({ asin, query: words }) => asin !== undefined || words !== undefined, { path: ['asin or query'], error: 'is required' })
  .refine(({ asin }) => asin === undefined || asinShape.test(asin.toUpperCase()), { path: ['asin'], error: 'must be ten letters and digits' })
type Query = z.output<typeof query>

const text_ = z.string().nullable()
const number = z.number().nullable()

const productReply = z.object({
  provider: z.literal('amazon'), page_type: z.literal('product'), asin: text_, title: text_, brand: text_, price: number, currency: text_, availability: text_, rating: number, review_count: number,
  images: z.array(z.string()), bullet_points: z.array(z.string()),
  delivery: z.array(z.object({ type: text_, date: z.object({ by: text_ }).nullable() })),
  featured_merchant: z.object({ name: z.string(), seller_id: text_, shipped_from: text_, is_amazon_fulfilled: z.boolean().nullable() }).nullable(),
  buybox: z.record(z.string(), z.unknown()).nullable(),
  category: z.array(z.object({ ladder: z.array(z.object({ name: z.string(), url: z.string() })) })),
  product_details: z.record(z.string(), z.string()),
  url: z.string(),
})

type Product = z.output<typeof productReply>
/** What the site adapter says, in the words of schema.org. */
type Read = Record<string, unknown>

const isRecord = (value: unknown): value is Read => typeof value === 'object' && value !== null && !Array.isArray(value)
const readOf = (document: Document): Read => (isRecord(document.formats.json) ? document.formats.json : {})
const inner = (read: Read, name: string): Read => (isRecord(read[name]) ? read[name] : {})
const textIn = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)
const numberIn = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null)
const textsIn = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : typeof value === 'string' ? [value] : [])
const recordsIn = (value: unknown): Read[] => (Array.isArray(value) ? value.filter(isRecord) : isRecord(value) ? [value] : [])

const blank: Omit<Product, 'url'> = {
  provider: 'amazon', page_type: 'product', asin: null, title: null, brand: null, price: null, currency: null, availability: null, rating: null, review_count: null,
  images: [], bullet_points: [], delivery: [], featured_merchant: null, buybox: null, category: [], product_details: {},
}

const productOf = (document: Document): Product => {
  const read = readOf(document)
  const [offer = {}] = recordsIn(read.offers)
  const rating = inner(read, 'aggregateRating')
  const seller = textIn(offer.seller) ?? textIn(inner(offer, 'seller').name)
  const ladder = recordsIn(read.breadcrumb).flatMap(({ name, url }) => (typeof name === 'string' ? [{ name, url: textIn(url) ?? '' }] : []))
  const price = numberIn(offer.price)
  const availability = textIn(offer.availabilityText)
  const reviews = numberIn(rating.reviewCount)
  return {
    ...blank,
    asin: textIn(read.asin), title: textIn(read.name), brand: textIn(read.brand), price, currency: textIn(offer.priceCurrency), availability,
    rating: numberIn(rating.ratingValue), review_count: reviews === null ? null : Math.round(reviews),
    images: textsIn(read.image), bullet_points: textsIn(read.featureList),
    delivery: textsIn(read.delivery).map((by) => ({ type: null, date: { by } })),
    featured_merchant: seller === null ? null : { name: seller, seller_id: null, shipped_from: null, is_amazon_fulfilled: /amazon/i.test(seller) ? true : null },
    buybox: price === null && availability === null ? null : { price, currency: textIn(offer.priceCurrency), availability, seller, list_price: numberIn(read.originalPrice) },
    category: ladder.length > 0 ? [{ ladder }] : [],
    product_details: Object.fromEntries(recordsIn(read.additionalProperty).flatMap(({ name, value }) => (typeof name === 'string' && typeof value === 'string' ? [[name, value]] : []))),
    url: document.finalUrl,
  }
}

/** Of words, the first hit that is no advertisement, as far as a page of results tells of it. */
const foundOf = (document: Document): Product | undefined => {
  const hits = hitsIn(document)
  const hit = hits.find((one) => !one.is_sponsored) ?? hits[0]
  return hit && { ...blank, asin: hit.asin, title: hit.title, price: hit.price, currency: hit.currency, rating: hit.rating, review_count: hit.review_count, images: hit.image === null ? [] : [hit.image], url: hit.url }
}

const asinOf = (wish: Query): string | undefined => wish.asin?.toUpperCase() ?? asinIn(wish.query ?? '')

const isSearch = (document: Document): boolean => readOf(document).type === 'SearchResultsPage'
const productIn = (document: Document): Product | undefined => {
  if (isSearch(document)) return foundOf(document)
  const product = productOf(document)
  return product.title === null ? undefined : product
}

export const amazonRoutes: Route[] = [
  route({
    method: 'GET', path: '/v1/amazon/product', verb: 'scrape', prices: sitePrices, summary: 'Amazon: a product, by ASIN; by words, the first that is found',
    query, response: productReply,
    toIntent: ({ query: wish }) => {
      const asin = asinOf(wish)
      const shop = shopOf(wish)
      return pageIntent(asin === undefined ? searchUrl(shop, { search: wish.query ?? '', page: 1 }) : productUrl(shop, asin), wish)
    },
    veto: (document) => (productIn(document) ? undefined : fail('content.extraction_failed')),
    render: (document) => ({ status: 200, body: productIn(document) }),
  }),
  amazonSearchRoute,
  amazonCrawlRoute,
]
