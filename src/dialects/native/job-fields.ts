import { z } from 'zod'
import { jobKinds, jobStates, type JobPage, type JobRecord, type JobWebhook, type MapResult, type Pace, type UrlPattern } from '../../contract/jobs.ts'
import { Failure } from '../../failure/failure.ts'
import { renderDocument } from './scrape.ts'

export const webhookEvents = ['job.started', 'job.page', 'job.completed', 'job.partial', 'job.failed', 'job.cancelled', 'job.paused', 'job.resumed', 'job.retried'] as const

export const headerFields = z.record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'Not a header name').max(100), z.string().max(4096).regex(/^[^\r\n\0]*$/, 'No line breaks'))

/** What every kind of job takes. */
export const jobFields = {
  pages_at_once: z.int().min(1).max(1000).optional().describe('Pages of this job at once'),
  host_pages: z.int().min(1).max(1000).optional().describe('Pages of one host at once, over all jobs'),
  delay_ms: z.int().min(0).max(600_000).optional().describe('Milliseconds between two pages of one host; robots.txt decides where unset'),
  tries: z.int().min(1).max(10).optional().describe('How often a page is fetched whose failure may pass'),
  webhook: z.strictObject({
    url: z.url({ protocol: /^https?$/ }).max(2048),
    events: z.array(z.enum([...webhookEvents, 'job.*', '*'])).min(1).default(['job.completed', 'job.partial', 'job.failed', 'job.cancelled']),
    secret: z.string().min(16).max(256).optional().describe('Signs the deliveries; `whsec_` and base 64 for Standard Webhooks libraries'),
    headers: headerFields.optional(),
  }).optional().describe('Where the events of this job are sent'),
  metadata: z.record(z.string().max(100), z.unknown()).optional().describe('Kept with the job and given back'),
}

interface JobOptions {
  pages_at_once?: number | undefined
  host_pages?: number | undefined
  delay_ms?: number | undefined
  tries?: number | undefined
  webhook?: { url: string; events: string[]; secret?: string | undefined; headers?: Record<string, string> | undefined } | undefined
  metadata?: Record<string, unknown> | undefined
}

export const submittedOf = (body: JobOptions): { pace: Pace; webhook?: JobWebhook; metadata?: Record<string, unknown> } => ({
  pace: {
    ...(body.pages_at_once === undefined ? {} : { pagesAtOnce: body.pages_at_once }),
    ...(body.host_pages === undefined ? {} : { hostAtOnce: body.host_pages }),
    ...(body.delay_ms === undefined ? {} : { hostDelayMs: body.delay_ms }),
    ...(body.tries === undefined ? {} : { triesMax: body.tries }),
  },
  ...(body.webhook === undefined ? {} : { webhook: webhookOf(body.webhook) }),
  ...(body.metadata === undefined ? {} : { metadata: body.metadata }),
})

const webhookOf = ({ url, events, secret, headers }: NonNullable<JobOptions['webhook']>): JobWebhook =>
  ({ url, events, ...(secret === undefined ? {} : { secret }), ...(headers === undefined ? {} : { headers }) })

/** `re:` in front makes a regular expression; anything else is a glob. */
export const patternField = z.array(z.string().min(1).max(500)).max(100).default([])
  .describe('Globs on the path (`/blog/**`), or RE2 expressions on the whole URL behind `re:`')

export const patternsOf = (list: readonly string[]): UrlPattern[] =>
  list.map((value) => (value.startsWith('re:') ? { kind: 'regex', value: value.slice(3) } : { kind: 'glob', value }))

const counts = z.object({ discovered: z.int(), queued: z.int(), done: z.int(), failed: z.int(), skipped: z.int() })

export const jobReply = z.looseObject({
  id: z.string(),
  kind: z.enum(jobKinds),
  state: z.enum(jobStates),
  counts,
  skipped_by_reason: z.record(z.string(), z.int()),
  credits: z.number(),
  failure: z.looseObject({ code: z.string() }).nullable(),
  created_at: z.string(),
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
  expires_at: z.string().nullable(),
})

export const created = z.object({ data: z.looseObject({ id: z.string(), state: z.enum(jobStates) }) })

export const renderFailureJson = (json: unknown) => {
  if (json === null || json === undefined) return null
  const failure = Failure.fromJSON(json)
  return { code: failure.code, message: failure.message, retry: failure.retry, who_acts: failure.class, ...failure.plainFacts, evidence: failure.evidence }
}

export const renderMap = (map: MapResult) => ({
  seeds: map.seeds,
  urls: map.urls.map(({ lastModified, ...rest }) => ({ ...rest, ...(lastModified === undefined ? {} : { last_modified: lastModified }) })),
  discovered: map.discovered,
  exhausted: map.exhausted,
  failures: map.failures,
})

/** A map has no rows of pages: what it found is in its result, and what is left out there was too much. */
const mapped = ({ urls, discovered }: MapResult): Pick<JobRecord, 'counts' | 'skippedByReason'> => {
  const skipped = Math.max(0, discovered - urls.length)
  return { counts: { discovered, queued: 0, done: urls.length, failed: 0, skipped }, skippedByReason: skipped > 0 ? { limit: skipped } : {} }
}

// Safe: the worker of maps wrote it.
const mapOf = (job: JobRecord): MapResult | null => (job.kind === 'map' ? job.result as MapResult | null : null)

export const renderJob = (job: JobRecord) => {
  const map = mapOf(job)
  const { counts, skippedByReason } = map ? mapped(map) : job
  return {
    id: job.id,
    kind: job.kind,
    state: job.state,
    counts,
    skipped_by_reason: skippedByReason,
    credits: job.credits,
    limit: job.limit,
    truncated: job.truncated,
    failure: renderFailureJson(job.failure),
    metadata: job.intent.metadata ?? null,
    ...(map ? { result: renderMap(map) } : {}),
    created_at: job.createdAt,
    started_at: job.startedAt,
    finished_at: job.finishedAt,
    expires_at: job.expiresAt,
  }
}

export const pageReply = z.looseObject({
  n: z.int(),
  url: z.string(),
  state: z.enum(['queued', 'running', 'done', 'failed', 'skipped']),
  depth: z.int(),
  parent_url: z.string().nullable(),
  reason: z.string().nullable(),
  credits: z.number(),
  document: z.looseObject({}).nullable(),
  failure: z.looseObject({ code: z.string() }).nullable(),
})

export const renderPage = (page: JobPage, origin: string) => ({
  n: page.n,
  url: page.url,
  state: page.state,
  depth: page.depth,
  parent_url: page.parentUrl,
  reason: page.reason,
  into_url: page.intoUrl,
  status: page.status,
  title: page.title,
  credits: page.credits,
  finished_at: page.finishedAt,
  duration_ms: page.durationMs,
  document: page.document && renderDocument(page.document, origin),
  failure: renderFailureJson(page.failure),
})
