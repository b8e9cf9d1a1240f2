import type { Element } from 'domhandler'
import { eachElement } from '../../convert/dom/walk.ts'
import { isHttp, type Resolve } from '../../convert/dom/url.ts'
import { currencyOf, numberOf } from '../coerce.ts'
import { textOf } from '../dom.ts'
import type { Adapter } from './adapter.ts'
import { amazonHosts, languageOf } from './amazon-hosts.ts'

const resultsMax = 200

/** A page of search results of Amazon, of any of its countries. */
export const amazonSearch: Adapter = {
  name: 'amazon search',
  fits: (page, url) => (amazonHosts.test(url.hostname) || url.pathname === '/s') && resultsIn(page.root).length > 0,
  read: (page, url, resolve) => {
    const language = languageOf(url.hostname)
    const results = resultsIn(page.root).flatMap((element) => resultOf(element, resolve, language) ?? [])
    if (results.length === 0) return undefined
    const total = /(?:of|von|sur|su|de)\s+(?:over|mehr als|plus de|più di|más de)?\s*([\d.,\s]+)\s+(?:results|Ergebnisse|résultats|risultati|resultados)/i.exec(textOf(countOf(page.root) ?? page.root, 2000))
    return {
      '@type': 'SearchResultsPage',
      query: url.searchParams.get('k') ?? undefined,
      ...(total?.[1] === undefined ? {} : { totalResults: numberOf(total[1], language) }),
      results: results.map((result, i) => Object.assign({ position: i + 1 }, result)),
    }
  },
}

const resultsIn = (root: Parameters<typeof eachElement>[0]): Element[] => {
  const found: Element[] = []
  eachElement(root, (element) => {
    if (element.attribs['data-component-type'] !== 's-search-result') return found.length < resultsMax
    found.push(element)
    return false
  })
  return found
}

const countOf = (root: Parameters<typeof eachElement>[0]): Element | undefined => first(root, (element) => element.attribs['data-component-type'] === 's-result-info-bar')

const first = (root: Parameters<typeof eachElement>[0], is: (element: Element) => boolean): Element | undefined => {
  let found: Element | undefined
  eachElement(root, (element) => {
    if (found === undefined && is(element)) found = element
    return found === undefined
  })
  return found
}

const hasClass = (name: string) => (element: Element): boolean => (element.attribs.class ?? '').split(/\s+/).includes(name)

const resultOf = (element: Element, resolve: Resolve, language: string | undefined): Record<string, unknown> | undefined => {
  const heading = first(element, ({ name }) => name === 'h2')
  const title = heading && textOf(heading, 1000)
  const asin = element.attribs['data-asin']
  if (!title || !asin) return undefined
  const link = first(element, ({ name, attribs }) => name === 'a' && /\/(?:dp|gp\/product)\//.test(attribs.href ?? ''))
  const price = first(element, (one) => hasClass('a-price')(one) && !('data-a-strike' in one.attribs))
  const shown = price && first(price, hasClass('a-offscreen'))
  const amount = shown && textOf(shown, 100)
  const stars = first(element, hasClass('a-icon-alt'))
  const count = first(element, ({ attribs }) => /^[\d.,\s]+(?:ratings?|Sternebewertungen|évaluations|voti|valoraciones)?$/i.test(attribs['aria-label'] ?? ''))
  const picture = first(element, hasClass('s-image'))
  const image = resolve(picture?.attribs.src)
  const url = resolve(link?.attribs.href)
  return {
    asin, title,
    ...(url !== undefined && isHttp(url) ? { url } : {}),
    ...(image !== undefined && isHttp(image) ? { image } : {}),
    ...(amount ? { price: numberOf(amount, language), priceCurrency: currencyOf(amount) } : {}),
    ...(stars ? { rating: numberOf(textOf(stars, 100), language) } : {}),
    ...(count ? { reviewCount: numberOf(count.attribs['aria-label'] ?? '', language) } : {}),
    isPrime: first(element, hasClass('a-icon-prime')) !== undefined,
    isSponsored: first(element, hasClass('puis-sponsored-label-text')) !== undefined || /\bAdHolder\b/.test(element.attribs.class ?? ''),
  }
}
