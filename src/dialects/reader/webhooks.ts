import { z } from 'zod'
import type { WebhookChange, WebhookEndpoint } from '../../contract/webhooks.ts'
import { route } from '../dialect.ts'
import { envelope, instant, ok, okPage, pageEnvelope, pageQuery } from './envelope.ts'
import { address } from './read-body.ts'
import { behind, canonicalEvents, eventList, eventNames, secret, type ReaderEvent } from './webhook-events.ts'

const endpointsMax = 10

const params = z.object({ id: z.string().min(1).max(200) })
const name = z.string().min(1).max(100)
const headers = z.record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'Not a header name').max(100), z.string().max(4096).regex(/^[^\r\n\0]*$/, 'No line breaks'))

const webhook = z.object({
  id: z.string(),
  url: z.string(),
  name: z.string(),
  events: z.array(z.enum(eventNames)),
  headers: z.record(z.string(), z.string()),
  active: z.boolean(),
  deliveryStats: z.object({
    totalAttempts: z.int(),
    failedDeliveries: z.int(),
    lastDeliveryAt: instant.nullable(),
    lastDeliveryStatus: z.int().nullable(),
  }),
  createdAt: instant,
  updatedAt: instant,
  secret: z.string().optional().describe('Shown when it is made, and never again'),
})

const isReaderEvent = (event: unknown): event is ReaderEvent => (eventNames as readonly unknown[]).includes(event)

const takes = (events: readonly string[], event: string): boolean => [event, '*', `${event.split('.', 1)[0]}.*`].some((name) => events.includes(name))

/** As they were asked for; of an endpoint from another door those that it comes to. */
const eventsOf = ({ options, events }: WebhookEndpoint): ReaderEvent[] =>
  Array.isArray(options.events) ? options.events.filter(isReaderEvent) : eventNames.filter((event) => behind[event].some((one) => takes(events, one)))

const renderWebhook = (endpoint: WebhookEndpoint): z.output<typeof webhook> => ({
  id: endpoint.id,
  url: endpoint.url,
  name: endpoint.name ?? '',
  events: eventsOf(endpoint),
  headers: endpoint.headers,
  active: endpoint.active,
  deliveryStats: {
    totalAttempts: endpoint.stats.attempts,
    failedDeliveries: endpoint.stats.failures,
    lastDeliveryAt: endpoint.stats.lastAt,
    lastDeliveryStatus: endpoint.stats.lastStatus,
  },
  createdAt: endpoint.createdAt,
  updatedAt: endpoint.updatedAt,
})

const defined = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> }

export const webhookRoutes = [
  route({
    method: 'POST', path: '/v1/webhooks', verb: 'webhooks_create',
    summary: 'An address for events; its secret is shown this once. A secret is made where none is given',
    body: z.object({ url: address, name, events: eventList, secret: secret.optional(), headers: headers.default({}) }), response: envelope(webhook),
    toIntent: ({ body: { events, secret: own, ...body } }) => ({ ...body, events: canonicalEvents(events), options: { events }, max: endpointsMax, ...(own === undefined ? {} : { secret: own }) }),
    render: (made) => ok({ ...renderWebhook(made.endpoint), secret: made.secret }, 201),
  }),
  route({
    method: 'GET', path: '/v1/webhooks', verb: 'webhooks_list', throttled: false,
    summary: 'The addresses for events',
    query: pageQuery, response: pageEnvelope(webhook),
    toIntent: () => ({}),
    render: (all, _, info) => {
      // Safe: the server put there what the schema of this route gave.
      const { query } = info.input as { query: z.output<typeof pageQuery> }
      return okPage(all.slice(query.skip, query.skip + query.limit).map(renderWebhook), all.length, query, `${info.base}${info.path}`)
    },
  }),
  route({
    method: 'PATCH', path: '/v1/webhooks/:id', verb: 'webhooks_update',
    summary: 'Changes what is given; `active: false` stops it at once',
    params, body: z.object({ url: address, name, events: eventList, secret, headers, active: z.boolean() }).partial(), response: envelope(webhook),
    toIntent: ({ params: { id }, body: { events, ...body } }) => ({
      id,
      change: { ...(defined(body) as WebhookChange), ...(events === undefined ? {} : { events: canonicalEvents(events), options: { events } }) },
    }),
    render: (endpoint) => ok(renderWebhook(endpoint)),
  }),
  route({
    method: 'DELETE', path: '/v1/webhooks/:id', verb: 'webhooks_delete',
    summary: 'Removes an address',
    params, response: envelope(z.object({ id: z.string() })),
    toIntent: ({ params: { id } }) => ({ id }),
    render: ({ id }) => ok({ id }),
  }),
]
