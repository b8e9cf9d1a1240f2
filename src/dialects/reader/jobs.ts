import { z } from 'zod'
import type { JobEvent, JobPage } from '../../contract/jobs.ts'
import { eventStream } from '../event-stream.ts'
import { route } from '../dialect.ts'
import { envelope, ok, pageQuery, pagination } from './envelope.ts'
import { askedOf, errorOf, jobDetail, jobStatus, progressOf, renderJob, statusOf, type JobFacts } from './job-fields.ts'
import { renderEntry, type Asked } from './page.ts'

const params = z.object({ id: z.string().min(1).max(200) })
const streamed = { contentType: 'text/event-stream; charset=utf-8', headers: { 'cache-control': 'no-store', 'x-accel-buffering': 'no' } }

const lastEventId = (headers: Headers): number | null => {
  const value = headers.get('last-event-id')
  return value !== null && /^\d{1,15}$/.test(value) ? Number(value) : null
}

interface Frame { id: string; type: string; data: unknown }

/** Frames of one job. `done` waits for the end of the stream: a retried job has ended before. */
const jobFrames = (asked: Asked) => {
  let done: Frame | undefined
  return {
    frame({ id, type, data }: JobEvent): Frame | undefined {
      if (type === 'job.page') {
        const entry = renderEntry(data as JobPage, asked)
        return entry.error === undefined ? { id, type: 'page', data: entry } : { id, type: 'error', data: { url: entry.url, error: entry.error } }
      }
      const facts = progressOf(data as JobFacts)
      const over = facts.status !== 'queued' && facts.status !== 'processing'
      done = over ? { id: type === 'progress' ? (done?.id ?? '') : id, type: 'done', data: facts } : undefined
      return over ? undefined : { id: type === 'progress' ? '' : id, type: 'progress', data: facts }
    },
    atEnd: (): Frame[] => (done ? [done] : []),
  }
}

/** An event of one of the workspace's jobs. */
const workspaceFrame = ({ id, type, data }: JobEvent): Frame | undefined => {
  if (type !== 'progress' && !type.startsWith('job.')) return undefined
  const job = data as JobFacts & { job_id: string; credits: number }
  const { status, completed, total } = progressOf(job)
  if (type !== 'progress' && status === 'completed') return { id, type: 'job:completed', data: { jobId: job.job_id, status, completed, total, creditsUsed: job.credits } }
  if (type !== 'progress' && status === 'failed') return { id, type: 'job:failed', data: { jobId: job.job_id, error: errorOf(job) } }
  return { id, type: 'job:progress', data: { jobId: job.job_id, status, completed, total } }
}

export const jobRoutes = [
  route({
    method: 'GET', path: '/v1/jobs/:id', verb: 'jobs_results', throttled: false,
    summary: 'State of a job and one page of its results',
    params, query: pageQuery, response: z.object({ success: z.literal(true), data: jobDetail, pagination }),
    toIntent: ({ params: { id }, query }) => ({ id, ...query, documents: true }),
    render: ({ job, items, nextCursor }, _, info) => {
      // Safe: the server put there what the schema of this route gave.
      const { skip, limit } = (info.input as { query: z.output<typeof pageQuery> }).query
      const asked = askedOf(job)
      const data = renderJob(job, items.map((item) => renderEntry(item, asked)))
      const next = nextCursor === null ? {} : { next: `${info.base}${info.path}?skip=${skip + items.length}&limit=${limit}` }
      return { status: 200, body: { success: true, data, pagination: { total: data.total, skip, limit, hasMore: nextCursor !== null, ...next } } }
    },
  }),
  route({
    method: 'DELETE', path: '/v1/jobs/:id', verb: 'jobs_cancel', throttled: false,
    summary: 'Cancels a job; what is finished stays',
    params, response: envelope(z.object({ id: z.string(), status: z.literal('cancelled') })),
    toIntent: ({ params: { id } }) => ({ id }),
    render: ({ id }) => ok({ id, status: 'cancelled' }),
  }),
  route({
    method: 'POST', path: '/v1/jobs/:id/retry', verb: 'jobs_retry',
    summary: 'Fetches again the pages of a job that failed; their new results come behind the others',
    params, response: envelope(z.object({ id: z.string(), status: jobStatus, retrying: z.int().min(1) })),
    toIntent: ({ params: { id } }) => ({ id }),
    render: ({ job, retrying }) => ok({ id: job.id, status: statusOf(job), retrying }),
  }),
  route({
    method: 'GET', path: '/v1/jobs/:id/stream', verb: 'jobs_events', throttled: false, produces: ['text/event-stream'],
    summary: 'What happens to a job as server-sent events: progress, page, error, and done at its end',
    params, response: z.string(),
    toIntent: ({ params: { id } }, info) => ({ id, after: lastEventId(info.headers) ?? 0, documents: true }),
    render: ({ job, events }) => {
      const { frame, atEnd } = jobFrames(askedOf(job))
      return { status: 200, ...streamed, body: eventStream(events, frame, atEnd) }
    },
  }),
  route({
    method: 'GET', path: '/v1/events', verb: 'workspace_events', throttled: false, produces: ['text/event-stream'],
    summary: 'What happens to the jobs of the workspace as server-sent events, without end: job:progress, job:completed, job:failed',
    response: z.string(),
    toIntent: (_, info) => ({ after: lastEventId(info.headers), progress: true }),
    render: (events) => ({ status: 200, ...streamed, body: eventStream(events, workspaceFrame) }),
  }),
]
