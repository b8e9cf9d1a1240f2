import { z } from 'zod'
import { jobKinds, jobStates, type JobEvent, type JobPage } from '../../contract/jobs.ts'
import { eventStream } from '../event-stream.ts'
import { route } from '../dialect.ts'
import { jobReply, pageReply, renderFailureJson, renderJob, renderPage } from './job-fields.ts'

const id = z.object({ id: z.string().min(1).max(100) })
const one = z.object({ data: jobReply })
const flag = z.enum(['true', 'false']).transform((value) => value === 'true')

const listQuery = z.strictObject({
  limit: z.coerce.number().pipe(z.int().min(1).max(200)).default(50),
  cursor: z.string().max(100).optional(),
  kind: z.enum(jobKinds).optional(),
  state: z.enum(jobStates).optional(),
})

const resultsQuery = z.strictObject({
  limit: z.coerce.number().pipe(z.int().min(1).max(500)).default(50),
  cursor: z.string().max(100).optional(),
  documents: flag.default(true).describe('`false` leaves the documents out'),
})

const pagesQuery = resultsQuery.extend({
  documents: flag.default(false),
  state: z.enum(['queued', 'running', 'done', 'failed', 'skipped']).optional(),
})

const eventsQuery = z.strictObject({ documents: flag.default(false) })

const pageList = z.object({ data: z.array(pageReply), next_cursor: z.string().nullable() })

const defined = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> }

const lastEventId = (headers: Headers): number | null => {
  const value = headers.get('last-event-id')
  return value !== null && /^\d{1,15}$/.test(value) ? Number(value) : null
}

/** The data of an event as it goes out: pages as in the results, failures as everywhere. */
const renderEvent = (event: JobEvent, origin: string): { id: string; type: string; data: unknown } => {
  if (event.type === 'job.page') return { ...event, data: renderPage(event.data as JobPage, origin) }
  const data = event.data as { failure?: unknown }
  return { ...event, data: { ...data, at: event.at, ...(data.failure === undefined ? {} : { failure: renderFailureJson(data.failure) }) } }
}

const change = (path: string, verb: 'jobs_cancel' | 'jobs_pause' | 'jobs_resume', summary: string) => route({
  method: 'POST', path: `/v1/jobs/:id/${path}`, verb, summary,
  params: id, response: one,
  toIntent: ({ params }) => params,
  render: (job) => ({ status: 200, body: { data: renderJob(job) } }),
})

export const jobRoutes = [
  route({
    method: 'GET', path: '/v1/jobs', verb: 'jobs_list', throttled: false,
    summary: 'Jobs, newest first',
    query: listQuery, response: z.object({ data: z.array(jobReply), next_cursor: z.string().nullable() }),
    toIntent: ({ query }) => defined(query) as { limit: number },
    render: (page) => ({ status: 200, body: { data: page.items.map(renderJob), next_cursor: page.nextCursor } }),
  }),
  route({
    method: 'GET', path: '/v1/jobs/:id', verb: 'jobs_get', throttled: false,
    summary: 'One job as it stands',
    params: id, response: one,
    toIntent: ({ params }) => params,
    render: (job) => ({ status: 200, body: { data: renderJob(job) } }),
  }),
  route({
    method: 'GET', path: '/v1/jobs/:id/results', verb: 'jobs_results', throttled: false,
    summary: 'Finished pages in the order of finishing; a cursor stays valid while more arrive',
    params: id, query: resultsQuery, response: pageList,
    toIntent: ({ params, query }) => ({ ...params, ...query }),
    render: (page, _outcome, info) => ({ status: 200, body: { data: page.items.map((item) => renderPage(item, info.origin)), next_cursor: page.nextCursor } }),
  }),
  route({
    method: 'GET', path: '/v1/jobs/:id/pages', verb: 'jobs_pages', throttled: false,
    summary: 'Every URL of the job in the order of discovery, with what became of it',
    params: id, query: pagesQuery, response: pageList,
    toIntent: ({ params, query }) => ({ ...params, ...query }),
    render: (page, _outcome, info) => ({ status: 200, body: { data: page.items.map((item) => renderPage(item, info.origin)), next_cursor: page.nextCursor } }),
  }),
  route({
    method: 'GET', path: '/v1/jobs/:id/events', verb: 'jobs_events', throttled: false, produces: ['text/event-stream'],
    summary: 'What happens to the job, as server-sent events until it is over; goes on behind Last-Event-ID',
    params: id, query: eventsQuery, response: z.string(),
    toIntent: ({ params, query }, info) => ({ ...params, ...query, after: lastEventId(info.headers) ?? 0 }),
    render: ({ events }, _outcome, info) => ({ status: 200, contentType: 'text/event-stream; charset=utf-8', headers: { 'cache-control': 'no-store' }, body: eventStream(events, (event) => renderEvent(event, info.origin)) }),
  }),
  route({
    method: 'GET', path: '/v1/events', verb: 'workspace_events', throttled: false, produces: ['text/event-stream'],
    summary: 'The events of all jobs of the workspace, from now on or behind Last-Event-ID',
    query: z.strictObject({ progress: flag.default(false).describe('`true` tells between the events how open jobs come on, under the type `progress`') }), response: z.string(),
    toIntent: ({ query }, info) => ({ after: lastEventId(info.headers), progress: query.progress }),
    render: (events, _outcome, info) => ({ status: 200, contentType: 'text/event-stream; charset=utf-8', headers: { 'cache-control': 'no-store' }, body: eventStream(events, (event) => renderEvent(event, info.origin)) }),
  }),
  change('cancel', 'jobs_cancel', 'Ends the job; what is finished stays'),
  change('pause', 'jobs_pause', 'Stops the job until it is resumed'),
  change('resume', 'jobs_resume', 'Goes on with a paused job'),
  route({
    method: 'POST', path: '/v1/jobs/:id/retry', verb: 'jobs_retry',
    summary: 'Fetches again what failed, and only that',
    params: id, response: z.object({ data: jobReply }),
    toIntent: ({ params }) => params,
    render: ({ job, retrying }) => ({ status: 202, body: { data: { ...renderJob(job), retrying } } }),
  }),
  route({
    method: 'DELETE', path: '/v1/jobs/:id', verb: 'jobs_delete',
    summary: 'Cancels the job where it still runs, and removes it with its results',
    params: id, response: z.object({ data: z.object({ id: z.string(), deleted: z.literal(true) }) }),
    toIntent: ({ params }) => params,
    render: (job) => ({ status: 200, body: { data: { id: job.id, deleted: true } } }),
  }),
]
