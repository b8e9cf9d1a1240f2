import type { Dialect } from '../dialect.ts'
import { failureBody, readerCode, renderFailure, sessionFailures } from './failure.ts'
import { keyRoutes } from './keys.ts'
import { laterRoutes } from './later.ts'
import { readRoutes } from './read.ts'
import { usageRoutes } from './usage.ts'

export const reader: Dialect = {
  name: 'reader',
  title: 'Reader',
  description: 'The contract of Reader (reader.dev): `POST /v1/read`, usage and keys, in its envelopes and with its error codes. See `/docs/reader/errors` for those.',
  basePath: '/reader',
  security: { key: { type: 'apiKey', in: 'header', name: 'x-api-key' } },
  credential: ({ headers }) => headers.get('x-api-key')?.trim() || undefined,
  routes: [...readRoutes, ...usageRoutes, ...keyRoutes, ...laterRoutes],
  renderFailure,
  failureBody,
  errors: { nameOf: readerCode, more: sessionFailures },
  prices: { page: 1, rendered: 0, formats: {}, targetError: 0, cacheHit: 0 },
  creditPolicy: 'reserve',
  idempotencyHeader: 'x-idempotency-key',
}
