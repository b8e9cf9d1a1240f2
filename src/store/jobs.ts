import { sql } from 'kysely'
import type { JobKind, JobLoad, JobRecord, JobState } from '../contract/jobs.ts'
import type { Page } from '../contract/usage.ts'
import type { FailureJson } from '../failure/failure.ts'
import type { Database } from './db.ts'

/** One URL on its way into the frontier. With a reason it is only counted. */
export interface NewPage {
  /** Digest of the canonical URL. */
  key: string
  url: string
  host: string
  depth: number
  parent: string | null
  reason: string | null
  reserve: number
  /** What differs from the job's own page options. */
  item?: unknown
}

export interface NewJob {
  id: string
  workspaceId: string
  keyId: string
  kind: JobKind
  stage: 'prepare' | 'pages'
  hasFinish: boolean
  actor: unknown
  intent: unknown
  prices: unknown
  dialect: string
  requestId: string
  pageLimit: number | null
  pagesAtOnce: number
  hostAtOnce: number
  hostDelayMs: number
  triesMax: number
  frontierMax: number
  keepS: number
  now: Date
  /** Where the key has so many open jobs nothing is written. */
  jobsMax?: number | undefined
}

/** Writes the job and its first pages in one transaction. How many jobs of the key were open before, as far as `jobsMax` asks for it. */
export const insertJob = (db: Database, job: NewJob, pages: readonly NewPage[], more?: (trx: Database) => Promise<void>): Promise<number> =>
  db.transaction().execute(async (trx) => {
    const before = job.jobsMax === undefined ? 0 : await openJobsOf(trx, job.keyId)
    if (job.jobsMax !== undefined && before >= job.jobsMax) return before
    await trx.insertInto('jobs').values({
      id: job.id, workspace_id: job.workspaceId, key_id: job.keyId, kind: job.kind, state: 'queued', stage: job.stage, has_finish: job.hasFinish,
      actor: json(job.actor), intent: json(job.intent), prices: json(job.prices), dialect: job.dialect, request_id: job.requestId,
      page_limit: job.pageLimit, pages_at_once: job.pagesAtOnce, host_at_once: job.hostAtOnce, host_delay_ms: job.hostDelayMs,
      tries_max: job.triesMax, frontier_max: job.frontierMax, keep_s: job.keepS, created_at: job.now, claimed_at: job.now,
      failure: null, result: null, started_at: null, finished_at: null, expires_at: null, holder: null, lease_until: null,
    }).execute()
    for (let i = 0; i < pages.length; i += 1000) await addPages(trx, job.id, job.now, pages.slice(i, i + 1000))
    await more?.(trx)
    await sql`select conclude_job(${job.id}, ${job.now})`.execute(trx)
    return before
  })

/** Holds the key's row to the end of the transaction, so that of jobs submitted at once each sees those before it. */
const openJobsOf = async (trx: Database, keyId: string): Promise<number> => {
  await sql`select id from keys where id = ${keyId} for no key update`.execute(trx)
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from jobs where key_id = ${keyId} and state in ('queued', 'running', 'paused') and kind <> 'monitor'`.execute(trx)
  return rows[0]?.count ?? 0
}

/** How many were new. The caller holds the job's lock or is the only one who knows the job. */
export const addPages = async (db: Database, jobId: string, now: Date, pages: readonly NewPage[]): Promise<number> => {
  const { rows } = await sql<{ added: number }>`select add_pages(${jobId}, ${now}, ${text(pages)}::json) as added`.execute(db)
  return rows[0]?.added ?? 0
}

/** The same for the holder of a step; -1 where the lease is lost. */
export const addPagesAs = (db: Database, jobId: string, fence: number, now: Date, pages: readonly NewPage[]): Promise<number> =>
  db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ fence: number }>`select fence from jobs where id = ${jobId} and state = 'running' for no key update`.execute(trx)
    return rows[0]?.fence === fence ? addPages(trx, jobId, now, pages) : -1
  })

/** A job as a worker needs it. */
export interface JobWork {
  id: string
  workspaceId: string
  keyId: string
  kind: JobKind
  stage: 'prepare' | 'pages' | 'finish' | 'end'
  fence: number
  actor: unknown
  intent: unknown
  prices: unknown
  triesMax: number
  hosts: string[]
  requestId: string
}

interface WorkRow {
  id: string
  workspace_id: string
  key_id: string
  kind: JobKind
  stage: JobWork['stage']
  fence: number
  actor: unknown
  intent: unknown
  prices: unknown
  tries_max: number
  hosts: string[]
  request_id: string
}

const workOf = (row: WorkRow): JobWork => ({
  id: row.id, workspaceId: row.workspace_id, keyId: row.key_id, kind: row.kind, stage: row.stage, fence: row.fence, actor: row.actor,
  intent: row.intent, prices: row.prices, triesMax: row.tries_max, hosts: row.hosts, requestId: row.request_id,
})

export const getWork = async (db: Database, id: string): Promise<JobWork | undefined> => {
  const row = await db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst()
  return row && workOf(row)
}

/** Jobs that have a page to give, the longest unserved first. */
export const openJobs = async (db: Database, limit: number): Promise<{ id: string; mode: string; hosts: number }[]> => {
  const { rows } = await sql<{ id: string; mode: string; hosts: number }>`
    select id, actor ->> 'mode' as mode, cardinality(hosts) as hosts from jobs
    where state in ('queued', 'running') and stage = 'pages' and discovered > done + failed + skipped + running and running < pages_at_once
      and (page_limit is null or done + failed + running < page_limit)
    order by claimed_at limit ${limit}`.execute(db)
  return rows
}

export interface ClaimedPage {
  jobId: string
  n: number
  fence: number
  url: string
  depth: number
  parent: string | null
  tries: number
  item: unknown
}

export interface Claim {
  pages: ClaimedPage[]
  /** Set where no credits were to be had. */
  refused?: { verdict: 'credits' | 'key_credits' | 'daily_cap'; available: number }
}

export const claimPages = async (db: Database, jobId: string, options: { holder: string; limit: number; now: Date; leaseMs: number; free: boolean }): Promise<Claim> => {
  const { rows } = await sql<Omit<ClaimedPage, 'jobId'> & { verdict: string; available: number | null }>`
    select * from claim_pages(${jobId}, ${options.holder}, ${options.limit}, ${options.now}, ${options.leaseMs} * interval '1 millisecond', ${options.free})`.execute(db)
  const refused = rows.find((row) => row.verdict !== 'ok')
  if (refused) return { pages: [], refused: { verdict: refused.verdict as 'credits', available: refused.available ?? 0 } }
  return { pages: rows.map((row) => ({ jobId, n: row.n, fence: row.fence, url: row.url, depth: row.depth, parent: row.parent, tries: row.tries, item: row.item })) }
}

/** What came of one page. */
export interface PageResult {
  n: number
  fence: number
  state: 'done' | 'failed' | 'skipped' | 'queued'
  reason?: string
  credits?: number
  facts?: unknown
  failure?: FailureJson
  /** The document, packed; base 64. */
  body?: string
  encoding?: string
  /** With state `queued`: wait before the next try, and whether this one counts. */
  retryMs?: number
  tried?: boolean
  /** The host wants to be left alone for so long. */
  hostWaitMs?: number
  /** The page lies under this other URL. */
  into?: { key: string; url: string; host: string }
  hosts?: string[]
  links?: readonly NewPage[]
}

/** Settles pages of one job; the numbers of those whose lease still held. Repeating it changes nothing. */
export const finishPages = async (db: Database, jobId: string, now: Date, results: readonly PageResult[]): Promise<number[]> => {
  const items = results.map(({ into, retryMs, hostWaitMs, ...rest }) => ({
    ...rest, retry_ms: retryMs, host_wait_ms: hostWaitMs, into_key: into?.key, into_url: into?.url, into_host: into?.host,
  }))
  const { rows } = await sql<{ n: number }>`select n from finish_pages(${jobId}, ${now}, ${text(items)}::json)`.execute(db)
  return rows.map((row) => row.n)
}

export const failQueued = async (db: Database, jobId: string, failure: FailureJson, now: Date): Promise<void> => {
  await sql`select fail_queued(${jobId}, ${text(failure)}::json, ${now})`.execute(db)
}

/** Extends the leases of a worker; the jobs that it still holds something of. */
export const renewLeases = async (db: Database, holder: string, now: Date, leaseMs: number): Promise<Set<string>> => {
  const { rows } = await sql<{ job_id: string; n: number; fence: number }>`
    update job_pages set lease_until = ${new Date(now.getTime() + leaseMs)} where state = 'running' and holder = ${holder} returning job_id, n, fence`.execute(db)
  const steps = await sql<{ id: string; fence: number }>`
    update jobs set lease_until = ${new Date(now.getTime() + leaseMs)} where state = 'running' and holder = ${holder} and stage in ('prepare', 'finish') returning id, fence`.execute(db)
  return new Set([...rows.map((row) => leaseId(row.job_id, row.n, row.fence)), ...steps.rows.map((row) => leaseId(row.id, null, row.fence))])
}

/** Names a lease: of a page, or of a step (`n` null). */
export const leaseId = (jobId: string, n: number | null, fence: number): string => `${jobId}/${n ?? 'step'}/${fence}`

/** Returns the pages of dead workers to their queues. How many. */
export const reclaimPages = async (db: Database, now: Date, crashesMax: number, failure: FailureJson): Promise<number> => {
  const { rows } = await sql<{ job_id: string }>`select distinct job_id from job_pages where state = 'running' and lease_until <= ${now}`.execute(db)
  let count = 0
  for (const { job_id } of rows) {
    const done = await sql<{ count: number }>`select reclaim_pages(${job_id}, ${now}, ${crashesMax}, ${text(failure)}::json) as count`.execute(db)
    count += done.rows[0]?.count ?? 0
  }
  return count
}

/** Of a database that only one process can have open: whatever another worker held, it is gone. */
export const expireForeignWork = async (db: Database, holder: string, now: Date): Promise<void> => {
  await db.updateTable('job_pages').set({ lease_until: now }).where('state', '=', 'running').where('holder', '!=', holder).execute()
  await db.updateTable('jobs').set({ lease_until: now }).where('holder', 'is not', null).where('holder', '!=', holder).execute()
  await db.updateTable('webhook_deliveries').set({ lease_until: now }).where('state', '=', 'pending').where('holder', 'is not', null).where('holder', '!=', holder).execute()
}

export const claimStep = async (db: Database, holder: string, now: Date, leaseMs: number): Promise<JobWork | undefined> => {
  const { rows } = await sql<WorkRow>`select * from claim_step(${holder}, ${now}, ${leaseMs} * interval '1 millisecond')`.execute(db)
  return rows[0] && workOf(rows[0])
}

/** False where the lease was lost. */
export const finishStep = async (
  db: Database, jobId: string, fence: number, now: Date,
  outcome: { next: 'pages' | 'end'; result?: unknown; failure?: FailureJson; credits?: number },
): Promise<boolean> => {
  const { rows } = await sql<{ held: boolean }>`select finish_step(${jobId}, ${fence}, ${outcome.next},
    ${outcome.result === undefined ? null : text(outcome.result)}::json, ${outcome.failure ? text(outcome.failure) : null}::json, ${outcome.credits ?? 0}, ${now}) as held`.execute(db)
  return rows[0]?.held ?? false
}

/** Gives a step back at once, for a worker that stops. */
export const handBackStep = async (db: Database, jobId: string, fence: number, now: Date): Promise<void> => {
  await db.updateTable('jobs').set({ lease_until: now }).where('id', '=', jobId).where('fence', '=', fence).where('stage', 'in', ['prepare', 'finish']).execute()
}

/** The pause that a site asks for between two requests; only for the holder of the step. */
export const setHostDelay = async (db: Database, jobId: string, fence: number, ms: number): Promise<void> => {
  await db.updateTable('jobs').set({ host_delay_ms: Math.round(ms) }).where('id', '=', jobId).where('fence', '=', fence).where('state', '=', 'running').execute()
}

type Change = 'cancel_job' | 'pause_job' | 'resume_job'

/** The state that the job was found in; undefined where there is none such. */
export const changeJob = async (db: Database, change: Change, workspaceId: string, id: string, now: Date): Promise<JobState | undefined> => {
  const { rows } = await sql<{ state: JobState | null }>`select ${sql.ref(change)}(${workspaceId}, ${id}, ${now}) as state`.execute(db)
  return rows[0]?.state ?? undefined
}

export const retryJob = async (db: Database, workspaceId: string, id: string, now: Date): Promise<{ state: JobState | undefined; retrying: number }> => {
  const { rows } = await sql<{ found_state: JobState | null; retrying: number }>`select * from retry_job(${workspaceId}, ${id}, ${now})`.execute(db)
  return { state: rows[0]?.found_state ?? undefined, retrying: rows[0]?.retrying ?? 0 }
}

/** Removes a job that is over, with all that belongs to it. The state it was in, over or not. */
export const deleteJob = (db: Database, workspaceId: string, id: string): Promise<JobState | undefined> =>
  db.transaction().execute(async (trx) => {
    const row = await trx.selectFrom('jobs').select(['state', 'finished_at']).where('id', '=', id).where('workspace_id', '=', workspaceId).forUpdate().executeTakeFirst()
    if (!row?.finished_at) return row?.state
    await trx.deleteFrom('jobs').where('id', '=', id).execute()
    await trx.deleteFrom('webhook_endpoints').where('job_id', '=', id).execute()
    return row.state
  })

const isId = (id: string): boolean => id.length <= 100 && !id.includes('\0')

export const getJob = async (db: Database, workspaceId: string, id: string): Promise<JobRecord | undefined> => {
  if (!isId(id)) return undefined
  const row = await db.selectFrom('jobs').selectAll().where('id', '=', id).where('workspace_id', '=', workspaceId).executeTakeFirst()
  return row && toRecord(row)
}

export interface JobListQuery {
  limit: number
  cursor?: string
  kind?: JobKind
  state?: JobState
  dialect?: string
}

/** Newest first. */
export const listJobs = async (db: Database, workspaceId: string, query: JobListQuery): Promise<Page<JobRecord>> => {
  let select = db.selectFrom('jobs').selectAll().where('workspace_id', '=', workspaceId)
  if (query.kind) select = select.where('kind', '=', query.kind)
  else select = select.where('kind', '!=', 'monitor')
  if (query.state) select = select.where('state', '=', query.state)
  if (query.dialect !== undefined) select = select.where('dialect', '=', query.dialect)
  if (query.cursor !== undefined) {
    if (!/^\d{1,15}$/.test(query.cursor)) return { items: [], nextCursor: null }
    select = select.where('seq', '<', Number(query.cursor))
  }
  const rows = await select.orderBy('seq', 'desc').limit(query.limit + 1).execute()
  const last = rows.length > query.limit ? rows[query.limit - 1] : undefined
  return { items: rows.slice(0, query.limit).map(toRecord), nextCursor: last ? String(last.seq) : null }
}

/** Newest first. */
export const openJobRecords = async (db: Database, workspaceId: string, limit: number): Promise<JobRecord[]> =>
  (await db.selectFrom('jobs').selectAll().where('workspace_id', '=', workspaceId).where('kind', '!=', 'monitor').where('state', 'in', ['queued', 'running'])
    .orderBy('seq', 'desc').limit(limit).execute()).map(toRecord)

export const jobLoad = async (db: Database, workspaceId: string): Promise<JobLoad> => {
  const { rows } = await sql<JobLoad>`
    select count(*)::int as jobs, coalesce(sum(running), 0)::int as running, coalesce(sum(discovered - done - failed - skipped - running), 0)::int as waiting
    from jobs where workspace_id = ${workspaceId} and state in ('queued', 'running') and kind <> 'monitor'`.execute(db)
  return rows[0] ?? { jobs: 0, running: 0, waiting: 0 }
}

interface RecordRow {
  id: string; kind: JobKind; state: JobState; discovered: number; running: number; done: number; failed: number; skipped: number; skips: Record<string, number>
  credits: number; truncated: boolean; failure: FailureJson | null; intent: unknown; result: unknown; page_limit: number | null; dialect: string; key_id: string
  actor: unknown; request_id: string; events: number; created_at: Date; started_at: Date | null; finished_at: Date | null; expires_at: Date | null
}

const toRecord = (row: RecordRow): JobRecord => ({
  id: row.id,
  kind: row.kind,
  state: row.state,
  counts: { discovered: row.discovered, queued: row.discovered - row.done - row.failed - row.skipped, done: row.done, failed: row.failed, skipped: row.skipped },
  running: row.running,
  skippedByReason: row.skips,
  credits: row.credits,
  truncated: row.truncated,
  failure: row.failure,
  intent: row.intent as Record<string, unknown>,
  result: row.result,
  limit: row.page_limit,
  dialect: row.dialect,
  keyId: row.key_id,
  mode: (row.actor as { mode: 'live' | 'test' }).mode,
  requestId: row.request_id,
  events: row.events,
  createdAt: row.created_at.toISOString(),
  startedAt: row.started_at?.toISOString() ?? null,
  finishedAt: row.finished_at?.toISOString() ?? null,
  expiresAt: row.expires_at?.toISOString() ?? null,
})

export const deleteExpiredJobs = async (db: Database, now: Date): Promise<number> => {
  let deleted = 0
  for (;;) {
    // One at a time: a job may have many thousand pages.
    const { rows } = await sql<{ id: string }>`delete from jobs where id in (select id from jobs where expires_at <= ${now} order by expires_at limit 1 for update skip locked) returning id`.execute(db)
    if (rows.length === 0) return deleted
    await db.deleteFrom('webhook_endpoints').where('job_id', '=', rows[0]?.id ?? '').where((where) => where.not(where.exists(
      where.selectFrom('webhook_deliveries').select('seq').whereRef('endpoint_id', '=', 'webhook_endpoints.id').where('state', '=', 'pending')))).execute()
    deleted++
  }
}

/** Forgets hosts whose time has passed. */
export const deleteOldHosts = async (db: Database, now: Date): Promise<void> => {
  await db.deleteFrom('job_hosts').where('next_at', '<', new Date(now.getTime() - 60_000)).execute()
}

/** PostgreSQL's text holds everything but NUL, and its JSON refuses half a surrogate pair. */
export const text = (value: unknown): string =>
  JSON.stringify(value).replaceAll('\\u0000', '\\ufffd').replace(/\\ud[89a-f][0-9a-f]{2}/gi, '\\ufffd')

const json = (value: unknown) => sql<string>`${text(value)}::json`

