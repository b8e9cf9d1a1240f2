import { z } from 'zod'
import { body, flag, integer, list, moment, object, oneOf, say, text } from './fields.ts'
import { unconfigured } from './unavailable.ts'

const languages = ['ar', 'de', 'en', 'es', 'fr', 'hi', 'id', 'it', 'ja', 'ko', 'nl', 'pl', 'pt', 'ru', 'th', 'tr', 'vi', 'zh'] as const

const domains = list(text(60), 1200)
const words = list(text(30), 5)
const budget = (max: number) => object({ enable: flag.nullish(), max_tokens: integer(100, max).nullish() })

/** Options of every kind of web search. Parameters of older clients stand beside the documented ones. */
const searchOptions = {
  topic: oneOf(['general', 'news']).nullish(),
  count: integer(1, 100).nullish().describe('Default 5.'),
  include_domains: domains.nullish(),
  exclude_domains: domains.nullish().describe('Wins over `include_domains`.'),
  include_text: words.nullish(),
  exclude_text: words.nullish(),
  time_basis: oneOf(['auto', 'published', 'crawled']).nullish(),
  time_range: oneOf(['day', 'week', 'month', 'year', 'd', 'w', 'm', 'y']).nullish(),
  start_time: moment.nullish(),
  end_time: moment.nullish(),
  language: list(oneOf(languages), languages.length).nullish(),
  country: text(4).regex(/^([A-Za-z]{2}|auto)$/, { error: 'country must be an ISO 3166-1 alpha-2 code or auto' }).nullish(),
  highlight: budget(20_000).nullish().describe('Default `{"enable": true, "max_tokens": 512}`.'),
  full_content: budget(100_000).nullish().describe('Default `{"enable": false, "max_tokens": 2048}`.'),
  format: oneOf(['text', 'markdown']).nullish(),
  safesearch: oneOf(['off', 'strict']).nullish(),
  include_images: flag.nullish(),
  include_videos: flag.nullish(),
}

const inOrder = (value: { start_time?: string | null | undefined; end_time?: string | null | undefined }): boolean =>
  !value.start_time || !value.end_time || Date.parse(value.end_time) > Date.parse(value.start_time)
const orderError = { error: 'end_time must be after start_time', path: ['end_time'] }

/** The vendor words a query that is not there in another way on each route. */
const query = (missing: string) =>
  z.string({ error: (issue) => (issue.input === undefined || issue.input === null ? missing : say(issue)) }).min(1, { error: missing }).max(500, { error: say })

const subjects = object({ enable: flag.nullish(), count: integer(1, 5).nullish(), max_sub_news: integer(1, 20).nullish() })

const provider = 'a search provider'

export const searchRoutes = [
  unconfigured({
    path: '/search', summary: 'Ranked web search',
    body: body(object({ query: query('Missing parameter query'), ...searchOptions }).refine(inOrder, orderError)),
  }, provider),
  unconfigured({
    path: '/broad-search', summary: 'Splits a query into sub-queries, searches each, groups the results',
    body: body(object({
      query: query('Invalid params. query is required'),
      max_queries: integer(1, 30).nullish().describe('Default 5.'),
      search_options: object(searchOptions).refine(inOrder, orderError).nullish(),
    })),
  }, provider),
  unconfigured({
    path: '/news-search', summary: 'News search with grouping by event',
    body: body(object({ query: query('Missing parameter query'), ...searchOptions, subjects: subjects.nullish() }).refine(inOrder, orderError)),
  }, provider),
  unconfigured({
    path: '/business-search', summary: 'Business search',
    body: body(object({ query: query('Missing parameter query'), ...searchOptions }).refine(inOrder, orderError)),
  }, provider),
]
