import { z } from 'zod'
import type { SearchEvent, SearchResult } from '../../contract/search.ts'
import { plainText } from '../../lib/plain-text.ts'
import { route } from '../dialect.ts'
import { envelope, succeed } from './envelope.ts'
import { body, flag, integer, object, query } from './fields.ts'
import { newsPrices } from './prices.ts'
import { inOrder, optionsIntent, orderError, searchOptions, type SearchWish } from './search-options.ts'
import { itemOf, searchItem, searchUsage, usageOf, warningOf } from './search-result.ts'

const newsBody = body(object({
  query: query('Missing parameter query'),
  ...searchOptions,
  subjects: object({ enable: flag.nullish(), count: integer(1, 5).nullish(), max_sub_news: integer(1, 20).nullish() }).nullish().describe('Default `{"enable": true, "count": 2, "max_sub_news": 5}`.'),
}).refine(inOrder, orderError))
type NewsWish = z.output<typeof newsBody>

const subject = z.looseObject({
  name: z.string(),
  summary: z.string(),
  time_start: z.string().nullable(),
  time_latest: z.string().nullable(),
  top_news: searchItem.extend({ summary: z.string() }),
  sub_news: z.array(searchItem),
})

const wantsSubjects = ({ subjects }: NewsWish): boolean => subjects?.enable ?? true
/** Images are always there. */
const withImages = (wish: NewsWish): SearchWish => ({ ...wish, topic: 'news', include_images: true })

/** What of a report stands for all of it, in its own words: nothing is written here. */
const summaryOf = (report: SearchResult): string => report.description ?? plainText(report.snippet)

const newsItem = (result: SearchResult, wish: SearchWish) => ({ ...itemOf(result, wish), images: itemOf(result, wish).images ?? [] })

const subjectOf = ({ reports: [top, ...others], first, last }: SearchEvent, wish: SearchWish): z.output<typeof subject> => ({
  name: top.title || top.url,
  summary: summaryOf(top),
  time_start: first ?? null,
  time_latest: last ?? null,
  top_news: { ...newsItem(top, wish), summary: summaryOf(top) },
  sub_news: others.map((report) => newsItem(report, wish)),
})

export const newsRoutes = [
  route({
    method: 'POST', path: '/news-search', verb: 'search',
    summary: 'News search; reports of the same event stand together in `subjects`',
    prices: newsPrices,
    body: newsBody,
    response: envelope(z.looseObject({ query: z.string(), results: z.array(searchItem), subjects: z.array(subject).optional() }), searchUsage.extend({ num_subject_search_queries: z.int() })),
    toIntent: ({ body: wish }, info) => ({
      query: wish.query,
      ...optionsIntent(withImages(wish), info.now),
      ...(wantsSubjects(wish) ? { events: { limit: wish.subjects?.count ?? 2, each: wish.subjects?.max_sub_news ?? 5 } } : {}),
    }),
    render: (value, _, info) => {
      const { body: asked } = info.input as { body: NewsWish }
      const wish = withImages(asked)
      const subjects = (value.events ?? []).map((event) => subjectOf(event, wish))
      return succeed(
        info,
        { query: asked.query, results: value.results.map((result) => newsItem(result, wish)), ...(subjects.length > 0 ? { subjects } : {}) },
        { ...usageOf([value]), num_subject_search_queries: wantsSubjects(asked) ? 1 : 0 },
        warningOf([value]) ?? '',
      )
    },
  }),
]
