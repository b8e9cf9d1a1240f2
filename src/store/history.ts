import { sql } from 'kysely'
import type { OpenWork, WorkKind, WorkQuery } from '../contract/history.ts'
import { idOf, offsetOf, uuidOf } from '../lib/ids.ts'
import type { Store } from './db.ts'

/** Where a piece of past work is: a request, a job, a page (n) of a job, or a run of a monitor. */
export type WorkRef = { id: string } & (
  | { of: 'request' }
  | { of: 'job'; jobId: string }
  | { of: 'page'; jobId: string; n: number }
  | { of: 'run'; monitorId: string; runId: string }
)

export interface WorkIndex {
  list(workspaceId: string, query: WorkQuery): Promise<{ refs: WorkRef[]; total: number }>
  find(workspaceId: string, dialect: string, id: string): Promise<WorkRef | undefined>
  open(workspaceId: string): Promise<OpenWork>
}

interface Row {
  of: WorkRef['of']
  id: string
  parent: string | null
  n: number | null
}

/** A page's id is that of its job and its number, counted on: no other job's id comes so near. */
const pagesAhead = 2 ** 40

const refOf = ({ of, id, parent, n }: Row): WorkRef => {
  switch (of) {
    case 'request':
      return { of, id }
    case 'job':
      return { of, id: uuidOf(id), jobId: id }
    case 'page':
      return { of, id: uuidOf(id, n ?? 0), jobId: id, n: n ?? 0 }
    case 'run':
      return { of, id: uuidOf(id), monitorId: parent ?? '', runId: id }
  }
}

const requestVerbs: readonly WorkKind[] = ['scrape', 'extract', 'search']

export const createWorkIndex = ({ db }: Store): WorkIndex => ({
  async list(workspaceId, { dialect, kinds, limit, skip }) {
    const verbs = requestVerbs.filter((kind) => kinds.includes(kind))
    const all = sql`
      select 'request' as of, id, null as parent, null::bigint as n, at from requests
        where workspace_id = ${workspaceId} and dialect = ${dialect} and verb = any (${verbs}::text[])
      union all
      select 'job', id, null, null, created_at from jobs
        where workspace_id = ${workspaceId} and dialect = ${dialect} and kind = 'crawl' and ${kinds.includes('crawl')}
      union all
      select 'page', j.id, null, p.n, p.finished_at from jobs j join job_pages p on p.job_id = j.id
        where j.workspace_id = ${workspaceId} and j.dialect = ${dialect} and j.kind = 'crawl' and p.event is not null and ${kinds.includes('scrape')}
      union all
      select 'run', r.id, m.id, null, r.due_at from monitors m join monitor_runs r on r.monitor_id = m.id
        where m.workspace_id = ${workspaceId} and m.dialect = ${dialect} and r.state in ('completed', 'failed') and ${kinds.includes('monitor')}`
    const { rows } = await sql<Row>`select of, id, parent, n from (${all}) w order by at desc, id desc, n desc limit ${limit} offset ${skip}`.execute(db)
    const counted = await sql<{ total: number }>`select count(*)::int as total from (${all}) w`.execute(db)
    return { refs: rows.map(refOf), total: counted.rows[0]?.total ?? 0 }
  },

  async find(workspaceId, dialect, id) {
    const request = await db.selectFrom('requests').select('id').where('workspace_id', '=', workspaceId).where('dialect', '=', dialect).where('id', '=', id).executeTakeFirst()
    if (request) return { of: 'request', id: request.id }
    const run = await db.selectFrom('monitor_runs').innerJoin('monitors', 'monitors.id', 'monitor_runs.monitor_id').select(['monitor_runs.id', 'monitor_runs.monitor_id'])
      .where('monitors.workspace_id', '=', workspaceId).where('monitors.dialect', '=', dialect).where('monitor_runs.id', '=', idOf('run', id)).executeTakeFirst()
    if (run) return { of: 'run', id: uuidOf(run.id), monitorId: run.monitor_id, runId: run.id }
    const job = await db.selectFrom('jobs').select('id').where('workspace_id', '=', workspaceId).where('dialect', '=', dialect).where('kind', '=', 'crawl')
      .where('id', '<=', idOf('job', id)).where('id', '>', idOf('job', id, pagesAhead)).orderBy('id', 'desc').limit(1).executeTakeFirst()
    if (!job) return undefined
    const n = offsetOf(job.id, id)
    return n === 0 ? { of: 'job', id: uuidOf(job.id), jobId: job.id } : { of: 'page', id: uuidOf(job.id, n), jobId: job.id, n }
  },

  async open(workspaceId) {
    const { rows } = await sql<OpenWork>`select
      (select count(*)::int from jobs where workspace_id = ${workspaceId} and kind = 'crawl' and state in ('queued', 'running')) as crawls,
      (select count(*)::int from monitors where workspace_id = ${workspaceId} and active) as monitors`.execute(db)
    return rows[0] ?? { crawls: 0, monitors: 0 }
  },
})
