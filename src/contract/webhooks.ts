/** What can be told. `*` and `job.*` take many. */
export const webhookEventTypes = [
  'job.started', 'job.page', 'job.completed', 'job.partial', 'job.failed', 'job.cancelled', 'job.paused', 'job.resumed', 'job.retried',
  'monitor.changed', 'monitor.digest', 'monitor.run', 'monitor.failed', 'monitor.paused', 'session.created', 'session.stopped', 'credits.low', 'webhook.disabled', 'webhook.test',
] as const

/** An address that events are sent to. The secret is shown when it is made, and never again. */
export interface WebhookEndpoint {
  id: string
  name: string | null
  url: string
  events: string[]
  headers: Record<string, string>
  active: boolean
  /** Why it was switched off: `gone` (410), `failing`, or null. */
  disabledReason: string | null
  stats: { attempts: number; failures: number; lastAt: string | null; lastStatus: number | null }
  /** Until when the secret before the present one signs too. */
  oldSecretUntil: string | null
  /** `dialect`: in which it was made; `assigned`: true hears only of monitors that name it; the rest is that dialect's own. */
  options: Record<string, unknown>
  createdAt: string
  updatedAt: string
}

export interface NewWebhook {
  name: string | null
  url: string
  events: string[]
  secret?: string
  headers: Record<string, string>
  /** The dialect's own: kept, given back, and given to its form of the messages. */
  options?: Record<string, unknown>
  /** Refused with caller.conflict where the workspace has so many. */
  max?: number
}

export interface WebhookChange {
  name?: string | null
  url?: string
  events?: string[]
  secret?: string
  headers?: Record<string, string>
  active?: boolean
  /** Put over those that are there. */
  options?: Record<string, unknown>
}

export interface WebhookDelivery {
  id: string
  endpointId: string
  /** The same in every attempt and every replay. */
  eventId: string
  type: string
  jobId: string | null
  at: string
  state: 'pending' | 'delivered' | 'failed'
  attempts: number
  nextAt: string | null
  lastAt: string | null
  lastStatus: number | null
  /** Failure code of the last attempt. */
  lastFailure: string | null
  /** The beginning of the last answer. */
  snippet: string | null
  data: unknown
}

/** One message about to be sent, for those that have a form of their own for it. */
export interface WebhookMessage {
  id: string
  type: string
  at: Date
  data: unknown
  /** The present secret first. */
  secrets: readonly string[]
  /** Of the endpoint. */
  options: Record<string, unknown>
}

/** A message as it goes over the wire; null sends nothing. */
export type WebhookForm = (message: WebhookMessage) => { headers: Record<string, string>; body: string } | null
