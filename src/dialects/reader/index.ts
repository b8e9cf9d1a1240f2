import type { Dialect } from '../dialect.ts'
import { failureBody, readerCode, renderFailure, sessionFailures } from './failure.ts'
import { jobRoutes } from './jobs.ts'
import { keyRoutes } from './keys.ts'
import { prices } from './prices.ts'
import { readRoutes } from './read.ts'
import { sessionRoutes } from './sessions.ts'
import { usageRoutes } from './usage.ts'
import { webhookForm } from './webhook-form.ts'
import { webhookRoutes } from './webhooks.ts'

export const reader: Dialect = {
  name: 'reader',
  title: 'Reader',
  description: 'The contract of Reader (reader.dev): `POST /v1/read` with its jobs, streams, webhooks, browser sessions, usage and keys, in its envelopes and with its error codes. See `/docs/reader/errors` for those.',
  basePath: '/reader',
  security: { key: { type: 'apiKey', in: 'header', name: 'x-api-key' } },
  credential: ({ headers }) => headers.get('x-api-key')?.trim() || undefined,
  routes: [...readRoutes, ...jobRoutes, ...webhookRoutes, ...usageRoutes, ...keyRoutes, ...sessionRoutes],
  renderFailure,
  failureBody,
  errors: { nameOf: readerCode, more: sessionFailures },
  prices,
  webhookForm,
  creditPolicy: 'reserve',
  idempotencyHeader: 'x-idempotency-key',
}
