import { z } from 'zod'
import { isOver, type JobCounts, type JobKind, type JobRecord, type JobState } from '../../contract/jobs.ts'
import { Failure, type FailureJson } from '../../failure/failure.ts'
import { instant } from './envelope.ts'
import { resultEntry, type Asked } from './page.ts'
import { proxyModes, type ProxyMode } from './read-body.ts'

export const jobStatus = z.enum(['queued', 'processing', 'completed', 'failed', 'cancelled'])
export type JobStatus = z.output<typeof jobStatus>

const mode = z.enum(['scrape', 'batch', 'crawl'])

/** The reply that makes a job. Clients tell it from a page by `status` and `mode`, and by the absence of `markdown` and `metadata`. */
export const jobCreated = z.object({
  id: z.string(),
  status: jobStatus,
  mode,
  total: z.int(),
  completed: z.int(),
  creditsUsed: z.int(),
  createdAt: instant,
})

export const jobDetail = jobCreated.extend({
  error: z.string().nullable(),
  results: z.array(resultEntry).describe('In the order of finishing: what was seen once keeps its place'),
  startedAt: instant.nullable(),
  completedAt: instant.nullable(),
})

/** What records and events of a job have in common. */
export interface JobFacts {
  kind: JobKind
  state: JobState
  counts: JobCounts
  limit?: number | null
  failure: FailureJson | null
}

/** True where the job itself could not go on, as against pages of it that have failed. */
const isFatal = ({ counts, failure }: JobFacts): boolean => {
  const { class: kind } = Failure.fromJSON(failure)
  return counts.failed === 0 || kind === 'account' || kind === 'platform'
}

export const statusOf = (job: JobFacts): JobStatus => {
  switch (job.state) {
    case 'queued':
      return 'queued'
    case 'running':
    case 'paused':
      return 'processing'
    case 'cancelled':
      return 'cancelled'
    case 'failed':
      return isFatal(job) ? 'failed' : 'completed'
    default:
      return 'completed'
  }
}

export const errorOf = (job: JobFacts): string | null => (statusOf(job) === 'failed' ? Failure.fromJSON(job.failure).message : null)

/** The pages that count: of a batch all, of a crawl those that are or will be fetched. */
export const progressOf = (job: JobFacts): { status: JobStatus; completed: number; total: number } => {
  const { discovered, queued, done, failed } = job.counts
  const completed = done + failed
  const open = isOver(job.state) ? 0 : queued
  const total = job.kind === 'batch' ? discovered : Math.max(completed, Math.min(completed + open, job.limit ?? Infinity))
  return { status: statusOf(job), completed, total }
}

const modeOf = (kind: JobKind): 'batch' | 'crawl' => (kind === 'batch' ? 'batch' : 'crawl')

export const renderCreated = (job: JobRecord): z.output<typeof jobCreated> => {
  const { status, total, completed } = progressOf(job)
  return { id: job.id, status, mode: modeOf(job.kind), total, completed, creditsUsed: job.credits, createdAt: job.createdAt }
}

export const renderJob = (job: JobRecord, results: z.output<typeof resultEntry>[]): z.output<typeof jobDetail> => {
  const { id, status, mode: kind, completed, total, creditsUsed, createdAt } = renderCreated(job)
  return { id, status, mode: kind, completed, total, creditsUsed, error: errorOf(job), results, startedAt: job.startedAt, completedAt: job.finishedAt, createdAt }
}

/** The words that a job was asked with; those of a job from another door are what it has. */
export const askedOf = (job: JobRecord): Asked => {
  const { formats, proxyMode } = (job.intent.metadata ?? {}) as Partial<Asked>
  return {
    formats: Array.isArray(formats) ? formats : ['markdown', 'html', 'screenshot'],
    proxyMode: proxyModes.includes(proxyMode as ProxyMode) ? (proxyMode as ProxyMode) : 'standard',
  }
}
