import { z } from 'zod'
import { searchIntent, type SearchIntent, type SearchResult, type SearchValue } from '../../contract/search.ts'
import { fail } from '../../failure/failure.ts'
import { route, type ReplyInfo } from '../dialect.ts'
import { searchPrices } from './prices.ts'
import { fastSearchQuery, googleQuery } from './surfaces.ts'

type Google = z.output<typeof googleQuery>

const perPage = 10
const pagesMax = 10
const dayMs = 86_400_000
const spans = { past_hour: dayMs / 24, past_day: dayMs, past_week: 7 * dayMs, past_month: 31 * dayMs, past_year: 366 * dayMs } as const

/** Throws where the number is none, or further than providers go. */
const pageOf = (page: number | string | undefined): number => {
  const number = Number(page ?? 1)
  if (Number.isInteger(number) && number >= 1 && number <= pagesMax) return number
  throw fail('caller.invalid_request', { issues: [{ path: ['page'], code: 'invalid_value', message: `must be a whole number from 1 to ${pagesMax}` }] })
}

const intentOf = (wish: Pick<Google, 'search' | 'country_code' | 'language' | 'page' | 'date_range' | 'search_type'>, now: Date): SearchIntent => {
  const { search_type: type = 'classic', date_range: range } = wish
  if (type !== 'classic' && type !== 'news') throw fail('platform.not_configured', { setting: `search_type ${type}` })
  return searchIntent({
    query: wish.search, limit: perPage, skip: (pageOf(wish.page) - 1) * perPage, topic: type === 'news' ? 'news' : 'general',
    languages: wish.language === undefined ? [] : [wish.language.slice(0, 2).toLowerCase()],
    ...(wish.country_code === undefined ? {} : { country: wish.country_code.toLowerCase() }),
    ...(range === undefined ? {} : { time: { basis: 'auto' as const, from: new Date(now.getTime() - spans[range]).toISOString() } }),
  })
}

const item = z.looseObject({ position: z.int(), rank: z.int(), title: z.string(), link: z.string(), url: z.string(), snippet: z.string(), displayed_link: z.string(), source: z.string().optional(), date: z.string().optional(), thumbnail: z.string().optional() })

const itemOf = (result: SearchResult, position: number): z.output<typeof item> => {
  const host = URL.parse(result.url)?.hostname ?? ''
  return {
    position, rank: position, title: result.title, link: result.url, url: result.url, snippet: result.snippet, displayed_link: host,
    source: result.siteName ?? host,
    ...(result.publishedAt === undefined ? {} : { date: result.publishedAt }),
    ...(result.image === undefined ? {} : { thumbnail: result.image }),
  }
}

const itemsOf = ({ results }: SearchValue, page: number) => results.map((result, i) => itemOf(result, (page - 1) * perPage + i + 1))

const metaOf = (wish: { search: string; country_code?: string | undefined; language?: string | undefined }, page: number, value: SearchValue, more: object = {}) => ({
  query: wish.search, page, country_code: wish.country_code ?? null, language: wish.language ?? null, number_of_results: value.results.length, ...more,
})

const lists = { organic_results: z.array(item).optional(), news_results: z.array(item).optional() }

const googleReply = z.looseObject({
  request_id: z.string(),
  meta_data: z.looseObject({ query: z.string(), page: z.int() }),
  ...lists,
  results: z.array(item).describe('The same once more, for clients that look here'),
  pagination: z.object({ current_page: z.int(), next_page: z.int().nullable() }),
})

const renderGoogle = (value: SearchValue, info: ReplyInfo) => {
  // Safe: the server has read the query with this row's schema.
  const wish = (info.input as { query: Google }).query
  const page = pageOf(wish.page)
  const items = itemsOf(value, page)
  const isNews = wish.search_type === 'news'
  return {
    request_id: info.requestId,
    meta_data: metaOf(wish, page, value, { search_type: wish.search_type ?? 'classic', ...(wish.tag === undefined ? {} : { tag: wish.tag }) }),
    ...(isNews ? { news_results: items } : { organic_results: items }),
    results: items,
    pagination: { current_page: page, next_page: items.length < perPage || page === pagesMax ? null : page + 1 },
  }
}

export const googleRoutes = [
  route({
    method: 'GET', path: '/v1/google/search', verb: 'search', prices: searchPrices, summary: 'A page of search results from the configured providers; `search_type` classic and news',
    query: googleQuery, response: googleReply,
    toIntent: ({ query }, info) => intentOf(query, info.now),
    render: (value, _, info) => ({ status: 200, body: renderGoogle(value, info) }),
  }),
  route({
    method: 'GET', path: '/v1/fast-search', verb: 'search', prices: searchPrices, summary: 'A light page of search results',
    query: fastSearchQuery, response: z.object({ meta_data: z.looseObject({ query: z.string(), page: z.int() }), ...lists }),
    toIntent: ({ query }, info) => intentOf(query, info.now),
    render: (value, _, info) => {
      const { query } = info.input as { query: z.output<typeof fastSearchQuery> }
      const page = pageOf(query.page)
      return { status: 200, body: { meta_data: metaOf(query, page, value), organic_results: itemsOf(value, page) } }
    },
  }),
]
