import type { Dialect, Route } from '../dialect.ts'
import { accountRoutes } from './account.ts'
import { crawlRoutes } from './crawl.ts'
import { extractRoutes } from './extract.ts'
import { errorBody, renderFailure } from './failure.ts'
import { historyRoutes } from './history.ts'
import { monitorRoutes } from './monitor.ts'
import { prices } from './prices.ts'
import { scrapeRoutes } from './scrape.ts'
import { searchRoutes } from './search.ts'
import { webhookForm } from './webhook.ts'

const routes: Route[] = [...scrapeRoutes, ...extractRoutes, ...searchRoutes, ...crawlRoutes, ...monitorRoutes, ...historyRoutes, ...accountRoutes]

/** The same routes for clients whose base URL was set without `/api`. */
const withoutPrefix = routes.map((row) => ({ ...row, path: row.path.slice('/api'.length) }))

export const scrapegraphai: Dialect = {
  name: 'scrapegraphai',
  title: 'ScrapeGraphAI v2',
  description: 'The wire contract of ScrapeGraphAI v2. Point a client at it with SGAI_API_URL; every route answers with and without `/api`.',
  basePath: '/scrapegraphai',
  security: { key: { type: 'apiKey', in: 'header', name: 'SGAI-APIKEY' } },
  credential: ({ headers }) => headers.get('sgai-apikey')?.trim() || undefined,
  routes: [...routes, ...withoutPrefix],
  renderFailure,
  failureBody: errorBody,
  headers: ({ account: { rate }, now }) =>
    rate
      ? {
          'x-ratelimit-limit': String(rate.limit),
          'x-ratelimit-remaining': String(rate.remaining),
          'x-ratelimit-reset': String(Math.floor(now.getTime() / 1000) + Math.ceil(rate.resetSeconds)),
        }
      : {},
  prices,
  webhookForm,
  creditPolicy: 'reserve',
  keepsValues: true,
  idempotencyHeader: 'idempotency-key',
}
