import { candidate } from '../search/candidate.ts'
import { at, below, dateAt, daysOf, listAt, queryText, textAt, type ProviderSpec } from './search-http.ts'

/** Days as Google's `tbs` wants them: 12/31/2025. */
const american = (day: string): string => {
  const [year = '', month = '', date = ''] = day.split('-')
  return `${Number(month)}/${Number(date)}/${year}`
}

/** https://serper.dev: Google's results by POST; operators go in the query. */
export const serper = (base: string, key: string): ProviderSpec => ({
  name: 'serper',
  pageSize: 10,
  pagesMax: 6,
  request(question, page) {
    const days = daysOf(question)
    const [language] = question.languages
    return {
      url: below(base, question.topic === 'news' ? '/news' : '/search').href,
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify({
        q: queryText(question, { sites: true }),
        num: 10,
        page: page + 1,
        ...(question.country === undefined ? {} : { gl: question.country }),
        ...(language === undefined || question.languages.length > 1 ? {} : { hl: language }),
        ...(days === undefined ? {} : { tbs: `cdr:1,cd_min:${american(days.from)},cd_max:${american(days.to)}` }),
        ...(question.safe === 'strict' ? { safe: 'active' } : {}),
      }),
    }
  },
  read: (answer, { topic }) =>
    listAt(answer, topic === 'news' ? 'news' : 'organic').flatMap((result) => {
      const url = at(result, 'link')
      if (typeof url !== 'string') return []
      return [candidate({ url, title: textAt(result, 'title') ?? '', snippet: textAt(result, 'snippet') ?? '', publishedAt: dateAt(result, 'date'), siteName: textAt(result, 'source'), image: textAt(result, 'imageUrl') })]
    }),
})
