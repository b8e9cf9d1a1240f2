import { candidate } from '../search/candidate.ts'
import { at, below, dateAt, daysOf, listAt, queryText, textAt, type ProviderSpec } from './search-http.ts'

/** https://api-dashboard.search.brave.com/app/documentation: `q` of 400 characters and 50 words at most, `count` 20, `offset` 9. */
export const brave = (base: string, key: string): ProviderSpec => ({
  name: 'brave',
  pageSize: 20,
  pagesMax: 5,
  request(question, page) {
    const url = below(base, question.topic === 'news' ? '/res/v1/news/search' : '/res/v1/web/search')
    const days = daysOf(question)
    const [language] = question.languages
    url.search = new URLSearchParams({
      q: queryText(question, { sites: true }).split(/\s+/).slice(0, 50).join(' ').slice(0, 400).toWellFormed(),
      count: '20',
      offset: String(page),
      safesearch: question.safe,
      text_decorations: '0',
      ...(question.country === undefined ? {} : { country: question.country.toUpperCase() }),
      ...(language === undefined || question.languages.length > 1 ? {} : { search_lang: language }),
      ...(days === undefined ? {} : { freshness: `${days.from}to${days.to}` }),
    }).toString()
    return { url: url.href, headers: { 'x-subscription-token': key } }
  },
  read: (answer, { topic }) =>
    (topic === 'news' ? listAt(answer, 'results') : listAt(answer, 'web', 'results')).flatMap((result) => {
      const url = at(result, 'url')
      if (typeof url !== 'string') return []
      return [candidate({
        url,
        title: textAt(result, 'title') ?? '',
        snippet: textAt(result, 'description') ?? '',
        publishedAt: dateAt(result, 'page_age') ?? dateAt(result, 'age'),
        language: textAt(result, 'language'),
        siteName: textAt(result, 'profile', 'name'),
        favicon: textAt(result, 'meta_url', 'favicon'),
        image: textAt(result, 'thumbnail', 'src'),
      })]
    }),
})
