import type { Dialect } from '../dialect.ts'
import { dataRoutes } from './data.ts'
import { failureBody } from './envelope.ts'
import { renderFailure } from './failure.ts'
import { priced } from './prices.ts'
import { systemRoutes } from './system.ts'

export const prefetch: Dialect = {
  name: 'prefetch',
  title: 'Prefetch',
  description: 'The contract of Prefetch: `GET` with a `url` in the query, `X-API-Key`, and an envelope of `success`, `data` or `error`, and `meta`. Only a reply of 200 costs credits. A request has 55 seconds.',
  basePath: '/prefetch',
  security: { key: { type: 'apiKey', in: 'header', name: 'X-API-Key' } },
  credential: ({ headers }) => headers.get('x-api-key')?.trim() || undefined,
  routes: [...dataRoutes, ...systemRoutes],
  renderFailure,
  failureBody,
  headers: ({ account: { concurrency } }) =>
    concurrency === undefined
      ? {}
      : {
          ...(concurrency.limit === null ? {} : { 'x-concurrency-limit': String(concurrency.limit) }),
          'x-concurrency-running': String(concurrency.running),
        },
  prices: priced(5),
  creditPolicy: 'gate',
  idempotencyHeader: 'idempotency-key',
}
