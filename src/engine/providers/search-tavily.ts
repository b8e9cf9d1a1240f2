import { candidate } from '../search/candidate.ts'
import { at, below, dateAt, daysOf, listAt, queryText, textAt, type ProviderSpec } from './search-http.ts'

const domainsMax = 150

/** https://docs.tavily.com/documentation/api-reference/endpoint/search: 20 results at most, one page. */
export const tavily = (base: string, key: string): ProviderSpec => ({
  name: 'tavily',
  pageSize: 20,
  pagesMax: 1,
  request(question) {
    const days = daysOf(question)
    return {
      url: below(base, '/search').href,
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        query: queryText(question, { sites: false }),
        topic: question.topic,
        search_depth: 'basic',
        max_results: Math.min(20, question.limit),
        include_favicon: true,
        ...(question.includeDomains.length > 0 ? { include_domains: question.includeDomains.slice(0, domainsMax) } : {}),
        ...(question.excludeDomains.length > 0 ? { exclude_domains: question.excludeDomains.slice(0, domainsMax) } : {}),
        ...(days === undefined ? {} : { start_date: days.from, end_date: days.to }),
      }),
    }
  },
  read: (answer) =>
    listAt(answer, 'results').flatMap((result) => {
      const url = at(result, 'url')
      if (typeof url !== 'string') return []
      return [candidate({ url, title: textAt(result, 'title') ?? '', snippet: textAt(result, 'content') ?? '', publishedAt: dateAt(result, 'published_date'), favicon: textAt(result, 'favicon') })]
    }),
})
