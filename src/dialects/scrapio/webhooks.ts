import { z } from 'zod'
import type { WebhookEndpoint, WebhookForm } from '../../contract/webhooks.ts'
import type { MonitorDiff } from '../../contract/monitors.ts'
import { Failure } from '../../failure/failure.ts'
import { signedHeaders } from '../../lib/standard-webhook.ts'
import { route, type ReplyInfo, type Route } from '../dialect.ts'
import { errorOf } from './failure.ts'
import { body, httpUrl, list, oneOf, open, text } from './fields.ts'
import { changesIn } from './monitors.ts'

/** The vendor's names of events, and ours. */
const events = {
  'monitor.change_detected': 'monitor.changed',
  'monitor.digest_delivered': 'monitor.digest',
  // Comparing hotels is not done here: nothing of that name is ever sent.
  'monitor.rate_parity_alert': 'monitor.rate_parity_alert',
  'job.completed': 'job.completed', 'job.partial': 'job.partial', 'job.failed': 'job.failed', 'job.cancelled': 'job.cancelled',
} as const
type Theirs = keyof typeof events
const theirs = Object.keys(events) as [Theirs, ...Theirs[]]
const nameOf = (ours: string): string => theirs.find((name) => events[name] === ours) ?? ours

const endpointBody = body(open({ url: httpUrl, description: text(200, 0).nullish(), events: list(oneOf(theirs)).optional().describe('Default `["monitor.change_detected", "monitor.digest_delivered"]`') }))

const record = z.object({
  request_id: z.string(), id: z.string(), url: z.string(), description: z.string(), events: z.array(z.string()), active: z.boolean(), created_at: z.string(), updated_at: z.string(),
  secret: z.string().optional().describe('Shown once'),
})

const toRecord = (it: WebhookEndpoint) => ({ id: it.id, url: it.url, description: it.name ?? '', events: it.events.map(nameOf), active: it.active, created_at: it.createdAt, updated_at: it.updatedAt })
const told = (it: WebhookEndpoint, info: ReplyInfo) => ({ request_id: info.requestId, ...toRecord(it) })

const base = '/v1/webhooks/endpoints'
const params = z.object({ id: text(200) })

export const webhookRoutes: Route[] = [
  route({
    method: 'POST', path: base, verb: 'webhooks_create', summary: 'Registers an address; it hears of the monitors that name it, and of jobs where it asks for those', body: endpointBody, response: record,
    toIntent: ({ body: wish }) => ({
      name: wish.description || null, url: wish.url, headers: {}, events: [...new Set((wish.events ?? ['monitor.change_detected', 'monitor.digest_delivered'] as const).map((name) => events[name]))],
      options: { assigned: true },
    }),
    render: ({ endpoint, secret }, _, info) => ({ status: 201, body: { ...told(endpoint, info), secret } }),
  }),
  route({
    method: 'GET', path: base, verb: 'webhooks_list', throttled: false, summary: 'Every registered address',
    response: z.object({ request_id: z.string(), endpoints: z.array(record.omit({ request_id: true })) }),
    toIntent: () => ({}),
    render: (all, _, info) => ({ status: 200, body: { request_id: info.requestId, endpoints: all.map(toRecord) } }),
  }),
  route({
    method: 'GET', path: `${base}/:id`, verb: 'webhooks_get', throttled: false, summary: 'A registered address', params, response: record,
    toIntent: ({ params: { id } }) => ({ id }),
    render: (it, _, info) => ({ status: 200, body: told(it, info) }),
  }),
  route({
    method: 'DELETE', path: `${base}/:id`, verb: 'webhooks_delete', summary: 'Forgets a registered address', params, response: z.undefined(),
    toIntent: ({ params: { id } }) => ({ id }),
    render: () => ({ status: 204, body: '' }),
  }),
]

interface MonitorData {
  monitor_id: string
  name: string | null
  url: string
  at: string
  diff: MonitorDiff | null
  changes?: { run_id: string; at: string; diff: MonitorDiff | null }[]
}

interface JobData {
  job_id: string
  kind: string
  state: string
  failure: unknown
}

const changesOf = (diff: MonitorDiff | null) => changesIn(diff).map(({ field, previous, now }) => ({ field, previous_value: previous ?? null, new_value: now ?? null }))

const schedule = ({ monitor_id: id, name, url }: MonitorData) => ({ schedule_id: id, schedule_name: name ?? '', url })

/** `{type, data}` in the vendor's words, signed as Standard Webhooks. What it has no words for is not sent. */
export const webhookForm: WebhookForm = ({ id, type, data, secrets, options }) => {
  const body = bodyOf(type, data, options)
  if (body === null) return null
  const text = JSON.stringify(body)
  return { headers: signedHeaders(id, text, secrets), body: text }
}

const bodyOf = (type: string, data: unknown, options: Record<string, unknown>): object | null => {
  if (type === 'monitor.changed') {
    const it = data as MonitorData
    return { type: nameOf(type), data: { ...schedule(it), changes: changesOf(it.diff), detected_at: it.at } }
  }
  if (type === 'monitor.digest') {
    const it = data as MonitorData
    return { type: nameOf(type), data: { ...schedule(it), changes: (it.changes ?? []).flatMap((one) => changesOf(one.diff).map((change) => ({ ...change, detected_at: one.at }))), delivered_at: it.at } }
  }
  if (!type.startsWith('job.')) return null
  const it = data as JobData
  const kinds: Record<string, string> = { batch: 'fetch' }
  const failure = it.failure ? errorOf(Failure.fromJSON(it.failure)) : undefined
  return {
    type,
    data: {
      job_id: it.job_id, job_type: options.jobType ?? kinds[it.kind] ?? it.kind, status: it.state, result_available: it.state === 'completed' || it.state === 'partial',
      ...(failure ? { error: { code: failure.code, message: failure.message } } : {}),
    },
  }
}
