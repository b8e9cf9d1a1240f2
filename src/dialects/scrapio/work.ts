import type { Route } from '../dialect.ts'
import { crawlBody, fastSearchQuery, googleQuery, interactBody, mapBody, searchBody } from './surfaces.ts'
import { unavailable } from './unavailable.ts'

export const workRoutes: Route[] = [
  unavailable('Crawling', { method: 'POST', path: '/v1/crawl', body: crawlBody, summary: 'Pages of a site, breadth first' }),
  unavailable('Mapping', { method: 'POST', path: '/v1/map', body: mapBody, summary: 'URLs that can be reached from the seeds' }),
  unavailable('Interaction', { method: 'POST', path: '/v1/interact', body: interactBody, summary: 'Actions on a page, or a prompt in their place' }),
  unavailable('Search', { method: 'POST', path: '/v1/search', body: searchBody, summary: 'Search results, fetched where asked' }),
  unavailable('Search', { method: 'GET', path: '/v1/google/search', query: googleQuery, summary: 'A whole page of search results' }),
  unavailable('Search', { method: 'GET', path: '/v1/fast-search', query: fastSearchQuery, summary: 'A light page of search results' }),
]
