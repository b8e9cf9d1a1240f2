import { sql } from 'kysely'
import type { Document } from '../contract/document.ts'
import type { JobEvent, JobPage } from '../contract/jobs.ts'
import type { FailureJson } from '../failure/failure.ts'
import type { Database } from './db.ts'
import { unpack } from './pack.ts'

/** Small facts of a page, kept beside its body so that lists need not unpack it. */
export interface PageFacts {
  status?: number
  title?: string
  contentType?: string
  finalUrl?: string
  /** How long the try took that made the document. */
  ms?: number
  links?: string[]
  into?: string
}

interface Row {
  n: number
  event: number | null
  url: string
  depth: number
  parent: string | null
  state: JobPage['state']
  reason: string | null
  credits: number
  finished_at: Date | null
  facts: PageFacts | null
  failure: FailureJson | null
  body?: Uint8Array | null
  encoding?: string | null
}

const toPage = async (row: Row): Promise<JobPage> => ({
  n: row.n,
  event: row.event,
  url: row.url,
  depth: row.depth,
  parentUrl: row.parent,
  state: row.state,
  reason: row.reason,
  intoUrl: row.facts?.into ?? null,
  credits: row.credits,
  finishedAt: row.finished_at?.toISOString() ?? null,
  durationMs: row.facts?.ms ?? null,
  // Safe: the worker wrote it.
  document: row.body ? (JSON.parse(await unpack(row.body, row.encoding ?? 'plain')) as Document) : null,
  title: row.facts?.title ?? null,
  status: row.facts?.status ?? null,
  contentType: row.facts?.contentType ?? null,
  links: row.facts?.links ?? [],
  failure: row.failure,
})

const light = sql`n, event, url, depth, parent, state, reason, credits, finished_at, facts, failure`
const whole = sql`n, event, url, depth, parent, state, reason, credits, finished_at, facts, failure, body, encoding`

export interface ResultQuery {
  limit: number
  /** Results after this event. */
  after?: number
  /** Up to this event. */
  until?: number
  /** Or: all but the first so many. */
  skip?: number
  documents: boolean
}

/** Finished pages in the order of finishing: a page once seen keeps its place, and new ones come after it. */
export const listResults = async (db: Database, jobId: string, query: ResultQuery): Promise<{ items: JobPage[]; next: number | null }> => {
  const { rows } = await sql<Row>`select ${query.documents ? whole : light} from job_pages
    where job_id = ${jobId} and event is not null and event > ${query.after ?? 0} and (${query.until ?? null}::bigint is null or event <= ${query.until ?? null}) order by event limit ${query.limit + 1} offset ${query.skip ?? 0}`.execute(db)
  const items = await Promise.all(rows.slice(0, query.limit).map(toPage))
  return { items, next: rows.length > query.limit ? (items.at(-1)?.event ?? null) : null }
}

/** Every URL of the job in the order of discovery, whatever became of it. */
export const listPages = async (db: Database, jobId: string, query: { limit: number; after?: number; state?: JobPage['state']; documents: boolean }): Promise<{ items: JobPage[]; next: number | null }> => {
  const { rows } = await sql<Row>`select ${query.documents ? whole : light} from job_pages
    where job_id = ${jobId} and state <> 'alias' and n > ${query.after ?? 0} and (${query.state ?? null}::text is null or state = ${query.state ?? null})
    order by n limit ${query.limit + 1}`.execute(db)
  const items = await Promise.all(rows.slice(0, query.limit).map(toPage))
  return { items, next: rows.length > query.limit ? (items.at(-1)?.n ?? null) : null }
}

export const getPage = async (db: Database, jobId: string, n: number): Promise<JobPage | undefined> => {
  const { rows } = await sql<Row>`select ${whole} from job_pages where job_id = ${jobId} and n = ${n} and state <> 'alias'`.execute(db)
  return rows[0] && toPage(rows[0])
}

/** What happened to a job after an event: its own events and its finished pages, in one order. */
export const eventsSince = async (db: Database, jobId: string, after: number, limit: number, documents: boolean): Promise<JobEvent[]> => {
  // All up to the head is there to be seen; what comes later waits for the next look, so that nothing is passed over.
  const head = (await db.selectFrom('jobs').select('events').where('id', '=', jobId).executeTakeFirst())?.events ?? 0
  if (head <= after) return []
  const events = await db.selectFrom('job_events').select(['event', 'id', 'at', 'type', 'data']).where('job_id', '=', jobId)
    .where('event', '>', after).where('event', '<=', head).orderBy('event').limit(limit).execute()
  const pages = await listResults(db, jobId, { limit, after, until: head, documents })
  const merged = [
    ...events.map((row) => ({ event: row.event, type: row.type, at: row.at.toISOString(), data: row.data })),
    ...pages.items.map((page) => ({ event: page.event ?? 0, type: 'job.page', at: page.finishedAt ?? '', data: page as unknown })),
  ].toSorted((a, b) => a.event - b.event).slice(0, limit)
  return merged.map(({ event, ...rest }) => ({ id: String(event), ...rest }))
}

/** What happened to the jobs of a workspace after a number of its stream. */
export const workspaceEventsSince = async (db: Database, workspaceId: string, after: number, limit: number): Promise<JobEvent[]> => {
  const rows = await db.selectFrom('job_events').select(['seq', 'at', 'type', 'data']).where('workspace_id', '=', workspaceId).where('seq', '>', after).orderBy('seq').limit(limit).execute()
  return rows.map((row) => ({ id: String(row.seq), at: row.at.toISOString(), type: row.type, data: row.data }))
}

export const workspaceEventHead = async (db: Database, workspaceId: string): Promise<number> =>
  (await db.selectFrom('event_heads').select('seq').where('workspace_id', '=', workspaceId).executeTakeFirst())?.seq ?? 0
