import { z } from 'zod'
import { webhookEventTypes, type WebhookChange, type WebhookDelivery, type WebhookEndpoint } from '../../contract/webhooks.ts'
import { route } from '../dialect.ts'
import { headerFields } from './job-fields.ts'

const events = z.array(z.enum([...webhookEventTypes, 'job.*', 'monitor.*', 'session.*', '*'])).min(1).max(50)
const secret = z.string().min(16).max(256)
const url = z.url({ protocol: /^https?$/ }).max(2048)
const name = z.string().min(1).max(200)
const id = z.object({ id: z.string().min(1).max(100) })
const instant = z.iso.datetime({ offset: true })

const endpoint = z.looseObject({ id: z.string(), url: z.string(), events: z.array(z.string()), active: z.boolean() })
const delivery = z.looseObject({ id: z.string(), event_id: z.string(), type: z.string(), state: z.enum(['pending', 'delivered', 'failed']), attempts: z.int() })

const renderEndpoint = (it: WebhookEndpoint) => ({
  id: it.id, name: it.name, url: it.url, events: it.events, headers: it.headers, active: it.active, disabled_reason: it.disabledReason,
  stats: { attempts: it.stats.attempts, failures: it.stats.failures, last_at: it.stats.lastAt, last_status: it.stats.lastStatus },
  old_secret_until: it.oldSecretUntil, created_at: it.createdAt, updated_at: it.updatedAt,
})

const renderDelivery = (it: WebhookDelivery) => ({
  id: it.id, webhook_id: it.endpointId, event_id: it.eventId, type: it.type, job_id: it.jobId, at: it.at, state: it.state, attempts: it.attempts,
  next_at: it.nextAt, last_at: it.lastAt, last_status: it.lastStatus, last_failure: it.lastFailure, response: it.snippet, data: it.data,
})

const defined = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> }

export const webhookRoutes = [
  route({
    method: 'POST', path: '/v1/webhooks', verb: 'webhooks_create',
    summary: 'An address for events; the secret is shown this once. Deliveries are signed as Standard Webhooks',
    body: z.strictObject({ url, events, name: name.optional(), secret: secret.optional(), headers: headerFields.default({}) }),
    response: z.object({ data: endpoint, secret: z.string() }),
    toIntent: ({ body }) => ({ url: body.url, events: body.events, name: body.name ?? null, headers: body.headers, ...(body.secret === undefined ? {} : { secret: body.secret }) }),
    render: (value) => ({ status: 201, body: { data: renderEndpoint(value.endpoint), secret: value.secret } }),
  }),
  route({
    method: 'GET', path: '/v1/webhooks', verb: 'webhooks_list', throttled: false,
    summary: 'The addresses for events',
    response: z.object({ data: z.array(endpoint) }),
    toIntent: () => ({}),
    render: (list) => ({ status: 200, body: { data: list.map(renderEndpoint) } }),
  }),
  route({
    method: 'GET', path: '/v1/webhooks/:id', verb: 'webhooks_get', throttled: false,
    summary: 'One address', params: id, response: z.object({ data: endpoint }),
    toIntent: ({ params }) => params,
    render: (value) => ({ status: 200, body: { data: renderEndpoint(value) } }),
  }),
  route({
    method: 'PATCH', path: '/v1/webhooks/:id', verb: 'webhooks_update',
    summary: 'Changes what is given; `active: true` switches a disabled one on again',
    params: id, body: z.strictObject({ url: url.optional(), events: events.optional(), name: name.nullable().optional(), secret: secret.optional(), headers: headerFields.optional(), active: z.boolean().optional() }),
    response: z.object({ data: endpoint }),
    toIntent: ({ params, body }) => ({ ...params, change: defined(body) as WebhookChange }),
    render: (value) => ({ status: 200, body: { data: renderEndpoint(value) } }),
  }),
  route({
    method: 'DELETE', path: '/v1/webhooks/:id', verb: 'webhooks_delete',
    summary: 'Removes an address with its deliveries', params: id, response: z.object({ data: z.object({ id: z.string(), deleted: z.literal(true) }) }),
    toIntent: ({ params }) => params,
    render: (value) => ({ status: 200, body: { data: { id: value.id, deleted: true } } }),
  }),
  route({
    method: 'POST', path: '/v1/webhooks/:id/rotate', verb: 'webhooks_rotate',
    summary: 'A new secret; the old one signs beside it for so many seconds',
    params: id, body: z.strictObject({ overlap_s: z.int().min(0).max(2_592_000).default(86_400) }), response: z.object({ data: endpoint, secret: z.string() }),
    toIntent: ({ params, body }) => ({ ...params, overlapS: body.overlap_s }),
    render: (value) => ({ status: 200, body: { data: renderEndpoint(value.endpoint), secret: value.secret } }),
  }),
  route({
    method: 'POST', path: '/v1/webhooks/:id/test', verb: 'webhooks_test',
    summary: 'Sends a `webhook.test`', params: id, response: z.object({ data: delivery }),
    toIntent: ({ params }) => params,
    render: (value) => ({ status: 202, body: { data: renderDelivery(value) } }),
  }),
  route({
    method: 'GET', path: '/v1/webhooks/:id/deliveries', verb: 'deliveries_list', throttled: false,
    summary: 'What was and what will be sent, newest first',
    params: id, query: z.strictObject({ limit: z.coerce.number().pipe(z.int().min(1).max(200)).default(50), cursor: z.string().max(100).optional(), state: z.enum(['pending', 'delivered', 'failed']).optional() }),
    response: z.object({ data: z.array(delivery), next_cursor: z.string().nullable() }),
    toIntent: ({ params, query }) => ({ ...params, ...(defined(query) as { limit: number }) }),
    render: (page) => ({ status: 200, body: { data: page.items.map(renderDelivery), next_cursor: page.nextCursor } }),
  }),
  route({
    method: 'POST', path: '/v1/webhooks/:id/deliveries/:delivery/replay', verb: 'deliveries_replay',
    summary: 'Sends one again, under the same id',
    params: id.extend({ delivery: z.string().min(1).max(100) }), response: z.object({ data: delivery }),
    toIntent: ({ params }) => ({ id: params.id, deliveryId: params.delivery }),
    render: (value) => ({ status: 202, body: { data: renderDelivery(value) } }),
  }),
  route({
    method: 'POST', path: '/v1/webhooks/:id/replay', verb: 'deliveries_replay_range',
    summary: 'Sends again what failed between two instants, or all of it',
    params: id, body: z.strictObject({ since: instant, until: instant, all: z.boolean().default(false) }), response: z.object({ data: z.object({ replaying: z.int() }) }),
    toIntent: ({ params, body }) => ({ ...params, ...body }),
    render: (value) => ({ status: 202, body: { data: value } }),
  }),
]
