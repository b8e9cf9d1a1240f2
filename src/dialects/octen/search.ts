import { z } from 'zod'
import { route } from '../dialect.ts'
import { envelope, succeed } from './envelope.ts'
import { body, object, query } from './fields.ts'
import { searchPrices } from './prices.ts'
import { inOrder, optionsIntent, orderError, searchOptions } from './search-options.ts'
import { itemOf, searchItem, searchUsage, usageOf, warningOf } from './search-result.ts'
import { unconfigured } from './unavailable.ts'

const searchBody = body(object({ query: query('Missing parameter query'), ...searchOptions }).refine(inOrder, orderError))

export const searchRoutes = [
  route({
    method: 'POST', path: '/search', verb: 'search',
    summary: 'Ranked web search: results with passages about the query, on request with the content of their pages',
    prices: searchPrices,
    body: searchBody,
    response: envelope(z.looseObject({ query: z.string(), results: z.array(searchItem) }), searchUsage),
    toIntent: ({ body: wish }, info) => ({ query: wish.query, ...optionsIntent(wish, info.now) }),
    render: (value, _, info) => {
      const { body: wish } = info.input as { body: z.output<typeof searchBody> }
      return succeed(info, { query: wish.query, results: value.results.map((result) => itemOf(result, wish)) }, usageOf([value]), warningOf([value]) ?? null)
    },
  }),
  unconfigured({ path: '/business-search', summary: 'Business search: answers 501, its contract is not public', body: searchBody }, 'a business search provider'),
]
