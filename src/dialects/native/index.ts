import { bearerOrHeader } from '../credential.ts'
import type { Dialect } from '../dialect.ts'
import { enrichRoutes } from './enrich.ts'
import { answerRoutes } from './answer.ts'
import { extractRoutes } from './extract.ts'
import { keyRoutes } from './keys.ts'
import { jobRoutes } from './jobs.ts'
import { monitorRoutes } from './monitors.ts'
import { profileRoutes } from './profiles.ts'
import { problem, renderProblem } from './problem.ts'
import { scrapeRoutes } from './scrape.ts'
import { searchRoutes } from './search.ts'
import { sessionRoutes } from './sessions.ts'
import { submitRoutes } from './submit.ts'
import { systemRoutes } from './system.ts'
import { usageRoutes } from './usage.ts'
import { webhookRoutes } from './webhooks.ts'

export const native: Dialect = {
  name: 'native',
  title: 'Lyrebird API',
  description: 'The API of this server: a URL in; clean Markdown, HTML, text, links, images and metadata out, or an RFC 9457 problem with a stable code. Nothing that fails is billed.',
  basePath: '',
  security: { bearer: { type: 'http', scheme: 'bearer' }, key: { type: 'apiKey', in: 'header', name: 'x-api-key' } },
  credential: (request) => bearerOrHeader(request.headers, 'x-api-key'),
  routes: [...scrapeRoutes, ...extractRoutes, ...enrichRoutes, ...searchRoutes, ...answerRoutes, ...submitRoutes, ...jobRoutes, ...webhookRoutes, ...monitorRoutes, ...sessionRoutes, ...profileRoutes, ...usageRoutes, ...keyRoutes, ...systemRoutes],
  renderFailure: renderProblem,
  failureBody: problem,
  prices: { page: 1, rendered: 0, formats: { branding: 1 }, parts: { brand: 1, company: 1, classification: 1 }, targetError: 0, cacheHit: 0 },
  creditPolicy: 'reserve',
  idempotencyHeader: 'idempotency-key',
  negotiates: true,
}
