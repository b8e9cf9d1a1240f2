import { bearer } from '../credential.ts'
import type { Dialect } from '../dialect.ts'
import { accountRoutes } from './account.ts'
import { failureBody, renderFailure } from './failure.ts'
import { fetchRoutes } from './fetch.ts'
import { jobRoutes } from './jobs.ts'
import { monitorRoutes } from './monitors.ts'
import { siteRoutes } from './sites.ts'
import { workRoutes } from './work.ts'

export const scrapio: Dialect = {
  name: 'scrapio',
  title: 'Scrapio',
  description: 'The contract of Scrapio: `POST /v1/fetch` turns one URL into HTML, Markdown or JSON. A failure has `error.code` of the vendor\'s first error page and `error.new_code` of its newest.',
  basePath: '/scrapio',
  security: { bearer: { type: 'http', scheme: 'bearer' } },
  credential: ({ headers }) => bearer(headers),
  routes: [...fetchRoutes, ...accountRoutes, ...workRoutes, ...jobRoutes, ...monitorRoutes, ...siteRoutes],
  renderFailure,
  failureBody,
  // 1 static, 5 rendered, 2 with `json`, which nothing but the text of a page serves.
  prices: { page: 1, rendered: 4, formats: { text: 1 }, proxies: { premium: 65 }, targetError: 0 },
  // A balance that is not used up is enough for any request.
  creditPolicy: 'gate',
  idempotencyHeader: 'idempotency-key',
}
