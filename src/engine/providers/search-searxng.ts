import { fail } from '../../failure/failure.ts'
import { candidate } from '../search/candidate.ts'
import { at, below, dateAt, listAt, queryText, rangeOf, textAt, type ProviderSpec } from './search-http.ts'

const safety = { off: '0', moderate: '1', strict: '2' } as const

/** https://docs.searxng.org/dev/search_api.html; without `json` in its settings it answers 403. */
export const searxng = (base: string): ProviderSpec => ({
  name: 'searxng',
  pageSize: 10,
  pagesMax: 5,
  request(question, page) {
    const url = below(base, '/search')
    const range = rangeOf(question)
    const [language] = question.languages
    url.search = new URLSearchParams({
      q: queryText(question, { sites: true }),
      format: 'json',
      pageno: String(page + 1),
      safesearch: safety[question.safe],
      categories: question.topic === 'news' ? 'news' : 'general',
      ...(language === undefined || question.languages.length > 1 ? {} : { language: question.country === undefined ? language : `${language}-${question.country.toUpperCase()}` }),
      ...(range === undefined ? {} : { time_range: range }),
    }).toString()
    return { url: url.href, headers: {} }
  },
  read(answer) {
    const results = listAt(answer, 'results')
    // It answers 200 too where none of its engines could be heard, and nothing must not read as "there is nothing".
    if (results.length === 0 && listAt(answer, 'unresponsive_engines').length > 0) throw fail('platform.search_unavailable')
    return results.flatMap((result) => {
      const url = at(result, 'url')
      if (typeof url !== 'string') return []
      return [candidate({ url, title: textAt(result, 'title') ?? '', snippet: textAt(result, 'content') ?? '', publishedAt: dateAt(result, 'publishedDate'), image: textAt(result, 'thumbnail') ?? textAt(result, 'img_src') })]
    })
  },
})
