import { createHash, createHmac } from 'node:crypto'
import type { JobPage } from '../../contract/jobs.ts'
import type { WebhookForm, WebhookMessage } from '../../contract/webhooks.ts'
import { errorOf, progressOf, statusOf, type JobFacts } from './job-fields.ts'
import type { ReaderEvent } from './webhook-events.ts'

interface Told {
  event: ReaderEvent
  payload: Record<string, unknown>
}

type JobData = JobFacts & { job_id: string; credits: number }
type PageData = { job_id: string; kind: string; page: Pick<JobPage, 'url' | 'credits'> & { facts: { status?: number; title?: string } | null; failure: { message?: string } | null } }

interface SessionData { session_id: string; state: string; reason: string | null; created_at: string; expires_at: string; duration_ms: number; credits: number }

const iso = (instant: string): string => new Date(instant).toISOString()

const ofPage = ({ job_id, kind, page }: PageData): Told => ({
  event: 'job.page',
  payload: {
    jobId: job_id,
    mode: kind === 'batch' ? 'batch' : 'crawl',
    url: page.url,
    ...(page.facts?.status === undefined ? {} : { statusCode: page.facts.status }),
    ...(page.facts?.title === undefined ? {} : { title: page.facts.title }),
    credits: page.credits,
    ...(page.failure ? { error: page.failure.message ?? 'The page could not be read.' } : {}),
  },
})

const ofJob = (event: ReaderEvent, job: JobData): Told => {
  const error = errorOf(job)
  return { event, payload: { jobId: job.job_id, mode: job.kind === 'batch' ? 'batch' : 'crawl', ...progressOf(job), creditsUsed: job.credits, ...(error === null ? {} : { error }) } }
}

const ofSession = (event: ReaderEvent, it: SessionData): Told => ({
  event,
  payload: {
    sessionId: it.session_id, status: it.state, createdAt: iso(it.created_at), expiresAt: iso(it.expires_at),
    ...(event === 'session.stopped' ? { durationMs: it.duration_ms, creditsCharged: it.credits, reason: it.reason } : {}),
  },
})

/** In the vendor's words; undefined where it has none. */
const told = ({ type, data }: WebhookMessage): Told | undefined => {
  switch (type) {
    case 'job.page':
      return ofPage(data as PageData)
    case 'job.started':
      return ofJob(type, data as JobData)
    case 'job.completed':
    case 'job.partial':
    case 'job.failed':
      return ofJob(statusOf(data as JobData) === 'failed' ? 'job.failed' : 'job.completed', data as JobData)
    case 'session.created':
    case 'session.stopped':
      return ofSession(type, data as SessionData)
    case 'credits.low': {
      const { balance, limit, used, reset_at: resetAt } = data as { balance: number; limit: number; used: number; reset_at: string }
      return { event: 'credit.low', payload: { balance, limit, used, resetAt } }
    }
    default:
      return undefined
  }
}

const wants = (options: Record<string, unknown>, event: string): boolean => Array.isArray(options.events) && options.events.includes(event)

/** The same UUID for every attempt at one event. */
const uuidFor = (id: string): string => {
  const hex = createHash('sha256').update(id).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** Signed over the second it is sent at, a dot, and the body; fields of the job stand at the top of it. */
export const webhookForm: WebhookForm = (message) => {
  const vendor = told(message)
  // What this server has beyond the contract goes out under its own name, if it was asked for through another door.
  if (vendor ? !wants(message.options, vendor.event) : message.type !== 'webhook.test') return null
  const event = vendor?.event ?? message.type
  const body = JSON.stringify({ event, ...vendor?.payload, timestamp: message.at.toISOString() })
  const timestamp = String(Math.floor(Date.now() / 1000))
  const [key] = message.secrets
  const signature = key === undefined ? {} : { 'x-reader-signature': `sha256=${createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex')}`, 'x-reader-timestamp': timestamp }
  return { headers: { 'user-agent': 'Reader-Webhook/1.0', 'x-reader-event': event, 'x-reader-delivery': uuidFor(message.id), ...signature }, body }
}
