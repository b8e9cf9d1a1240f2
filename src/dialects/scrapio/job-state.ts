import { z } from 'zod'
import { isOver, type JobPage, type JobRecord, type StoredSearch } from '../../contract/jobs.ts'
import { Failure, fail } from '../../failure/failure.ts'
import type { ReplyInfo } from '../dialect.ts'
import { amazonCrawled } from './amazon-search.ts'
import { crawled, type CrawlBody } from './crawl.ts'
import { briefly } from './envelope.ts'
import { diagnosticsOf } from './failure.ts'
import type { FetchBody } from './fetch.ts'
import { interacted, type InteractBody } from './interact.ts'
import { mapped, type MapBody } from './map.ts'
import { askedOf, type Asked } from './metadata.ts'
import { outputFailure, readOutputs, type Outputs } from './outputs.ts'
import { prompted } from './prompt.ts'
import { searched, type SearchBody } from './search.ts'

const states = ['queued', 'running', 'completed', 'partial', 'failed', 'cancelled'] as const
type State = (typeof states)[number]

const error = z.object({ code: z.string(), message: z.string(), diagnostics: z.looseObject({ outcome: z.literal('failed'), retryable: z.boolean() }).optional() })
const partial = z.object({ outcome: z.literal('partial'), output_failures: z.array(outputFailure) })
const about = { request_id: z.string(), job_id: z.string(), job_type: z.string(), mode: z.literal('async'), created_at: z.string(), updated_at: z.string(), webhook_url: z.string().optional() }

export const statusReply = z.object({
  ...about, status: z.enum(states), started_at: z.string().optional(), completed_at: z.string().optional(), result_available: z.boolean(),
  progress: z.object({ completed: z.int(), total: z.int() }).optional(), outputs: z.looseObject({}).optional(), diagnostics: partial.optional(), error: error.optional(),
})

export const resultReply = z.object({
  ...about, status: z.enum(['completed', 'partial', 'failed', 'cancelled']), outputs: z.looseObject({}).optional(), diagnostics: partial.optional(),
  result: z.unknown().optional(), error: error.optional(),
})

/** The one page of a fetch or an interaction, as far as it is there. */
const readOne = ({ kind, input }: Asked, pages: readonly JobPage[], origin: string): Outputs | undefined => {
  const document = pages[0]?.document
  return document && (kind === 'fetch' || kind === 'interact') ? readOutputs(document, input as FetchBody, 'html', origin) : undefined
}

const stateOf = (job: JobRecord, read: Outputs | undefined): State => {
  if (job.state === 'paused') return 'running'
  if (job.state === 'completed' && read && read.failures.length > 0) return Object.keys(read.outputs).length > 0 ? 'partial' : 'failed'
  return job.state
}

const common = (job: JobRecord, { kind, webhook }: Asked, info: ReplyInfo) => ({
  request_id: info.requestId, job_id: job.id, job_type: kind, mode: 'async', created_at: job.createdAt, updated_at: job.finishedAt ?? job.startedAt ?? job.createdAt,
  ...(webhook === undefined ? {} : { webhook_url: webhook }),
})

const errorIn = (job: JobRecord, state: State, read: Outputs | undefined): { error?: z.output<typeof error> } => {
  if (state !== 'failed') return {}
  if (!job.failure) return read?.failures[0] ? { error: { code: read.failures[0].code, message: read.failures[0].message } } : {}
  const found = diagnosticsOf(Failure.fromJSON(job.failure))
  return { error: { ...briefly(job.failure), ...(found ? { diagnostics: found } : {}) } }
}

const partialIn = (read: Outputs | undefined) => (read && read.failures.length > 0 && Object.keys(read.outputs).length > 0 ? { diagnostics: { outcome: 'partial' as const, output_failures: read.failures } } : {})

/** `pages`: at least the first that is finished. */
export const renderStatus = (job: JobRecord, pages: readonly JobPage[], info: ReplyInfo): z.output<typeof statusReply> => {
  const asked = askedOf(job)
  const read = readOne(asked, pages, info.origin)
  const status = stateOf(job, read)
  const isFetch = asked.kind === 'fetch'
  return {
    ...common(job, asked, info) as { request_id: string; job_id: string; job_type: string; mode: 'async'; created_at: string; updated_at: string },
    status,
    ...(job.startedAt === null ? {} : { started_at: job.startedAt }),
    ...(job.finishedAt === null ? {} : { completed_at: job.finishedAt }),
    result_available: status === 'completed' || status === 'partial',
    ...(isFetch ? { progress: { completed: job.counts.done + job.counts.failed, total: Math.max(1, job.counts.discovered) } } : {}),
    ...(isFetch && read ? { outputs: read.outputs, ...partialIn(read) } : {}),
    ...errorIn(job, status, read),
  }
}

/** Throws caller.job_not_ready while the job is not over. `pages`: all that are finished. */
export const renderResult = (job: JobRecord, pages: readonly JobPage[], info: ReplyInfo) => {
  const asked = askedOf(job)
  if (!isOver(job.state)) throw fail('caller.job_not_ready', { status: job.state === 'paused' ? 'running' : job.state })
  const read = readOne(asked, pages, info.origin)
  const status = stateOf(job, read)
  return {
    ...common(job, asked, info), status,
    ...(asked.kind === 'fetch' && read ? { outputs: read.outputs, ...partialIn(read) } : {}),
    ...resultIn(job, asked, pages, read, info),
    ...errorIn(job, status, read),
  }
}

/** In the words of the same work done inline. Nothing where there is nothing. */
const resultIn = (job: JobRecord, { kind, input }: Asked, pages: readonly JobPage[], read: Outputs | undefined, info: ReplyInfo): { result?: unknown } => {
  const document = pages[0]?.document
  switch (kind) {
    case 'fetch': return read ? { result: read.outputs } : {}
    case 'interact': {
      const wish = input as InteractBody
      if (!document) return {}
      return { result: wish.prompt === undefined ? interacted(document, wish, info.origin).result : { ...prompted(document, wish, info.origin).result, answer: document.agent?.answer ?? '' } }
    }
    case 'crawl': return { result: crawled(job, pages, input as CrawlBody, info.origin) }
    case 'map': return job.result ? { result: mapped(job, input as MapBody) } : {}
    case 'search': return job.result ? { result: searched(job.result as StoredSearch, input as SearchBody, info.origin) } : {}
    case 'amazon_search_crawl': return { result: amazonCrawled(pages, input) }
  }
}
