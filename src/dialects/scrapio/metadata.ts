import type { JobRecord } from '../../contract/jobs.ts'
import { fail } from '../../failure/failure.ts'

export const kinds = ['fetch', 'interact', 'search', 'crawl', 'map'] as const
export type Kind = (typeof kinds)[number] | 'amazon_search_crawl'

/** What a job of this voice was asked for: it is needed again when its result is told. */
export interface Asked {
  kind: Kind
  input: Record<string, unknown>
  webhook?: string
}

export const metadataOf = (asked: Asked): { scrapio: Asked } => ({ scrapio: asked })

/** Throws caller.not_found for jobs of other voices: they have no shape here. */
export const askedOf = ({ id, intent }: Pick<JobRecord, 'id' | 'intent'>): Asked => {
  const asked = (intent.metadata as { scrapio?: Asked } | undefined)?.scrapio
  if (!asked) throw fail('caller.not_found', { kind: 'job', id })
  return asked
}

/** The body of a request that is put off; `reason` where the caller did not ask for that. */
export const queuedBody = (job: Pick<JobRecord, 'id' | 'intent' | 'createdAt'>, requestId: string, reason?: string) => {
  const { kind, webhook } = askedOf(job)
  return {
    request_id: requestId, mode: 'async', status: 'queued', job_id: job.id, job_type: kind, created_at: job.createdAt, updated_at: job.createdAt,
    ...(webhook === undefined ? {} : { webhook_url: webhook }), ...(reason === undefined ? {} : { reason }),
  } as const
}
