import { bearer } from '../credential.ts'
import type { Dialect } from '../dialect.ts'
import { answerRoutes } from './answer.ts'
import { chatRoutes } from './chat.ts'
import { embeddingRoutes } from './embedding.ts'
import { extractRoutes } from './extract.ts'
import { failureBody, renderFailure } from './failure.ts'
import { gatewayRoutes } from './gateway.ts'
import { mediaRoutes } from './media.ts'
import { newsRoutes } from './news.ts'
import { prices } from './prices.ts'
import { searchRoutes } from './search.ts'

export const octen: Dialect = {
  name: 'octen',
  title: 'Octen',
  description: 'The contract of Octen: `POST /extract` turns 1–20 URLs into clean content, each URL with its own success or failure. Every answer has a numeric `code`: 0, or the HTTP status of the failure. Bodies are limited to 2097152 bytes unless a route says otherwise.',
  basePath: '/octen',
  security: { key: { type: 'apiKey', in: 'header', name: 'x-api-key' }, bearer: { type: 'http', scheme: 'bearer' } },
  credential: ({ headers }) => headers.get('x-api-key')?.trim() || bearer(headers),
  routes: [...extractRoutes, ...searchRoutes, ...newsRoutes, ...answerRoutes, ...chatRoutes, ...mediaRoutes, ...embeddingRoutes, ...gatewayRoutes],
  renderFailure,
  failureBody,
  prices,
  creditPolicy: 'reserve',
  idempotencyHeader: 'idempotency-key',
  // The only limit that the vendor publishes, for /embedding.
  bodyLimitBytes: 2 * 1024 * 1024,
}
