import { bearer } from '../credential.ts'
import type { Dialect } from '../dialect.ts'
import { accountRoutes } from './account.ts'
import { crawlRoutes } from './crawl.ts'
import { failureBody, renderFailure } from './failure.ts'
import { fetchRoutes } from './fetch.ts'
import { googleRoutes } from './google.ts'
import { interactRoutes } from './interact.ts'
import { jobRoutes } from './jobs.ts'
import { mapRoutes } from './map.ts'
import { monitorRoutes } from './monitors.ts'
import { amazonRoutes } from './amazon.ts'
import { siteMonitorRoutes } from './site-monitors.ts'
import { webhookForm, webhookRoutes } from './webhooks.ts'
import { fetchPrices } from './prices.ts'
import { searchRoutes } from './search.ts'
import { siteRoutes } from './sites.ts'

export const scrapio: Dialect = {
  name: 'scrapio',
  title: 'Scrapio',
  description: 'The contract of Scrapio: `POST /v1/fetch` turns one URL into HTML, Markdown or JSON. A failure has `error.code` of the vendor\'s first error page and `error.new_code` of its newest.',
  basePath: '/scrapio',
  security: { bearer: { type: 'http', scheme: 'bearer' } },
  credential: ({ headers }) => bearer(headers),
  routes: [...fetchRoutes, ...accountRoutes, ...crawlRoutes, ...mapRoutes, ...interactRoutes, ...searchRoutes, ...googleRoutes, ...jobRoutes, ...monitorRoutes, ...webhookRoutes, ...siteMonitorRoutes, ...amazonRoutes, ...siteRoutes],
  renderFailure,
  failureBody,
  prices: fetchPrices,
  webhookForm,
  // A balance that is not used up is enough for any request.
  creditPolicy: 'gate',
  idempotencyHeader: 'idempotency-key',
}
