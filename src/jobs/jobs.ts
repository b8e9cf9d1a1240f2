import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { isOver, type JobEvent, type JobKind, type JobLoad, type JobPage, type JobRecord, type JobState, type JobWebhook, type Pace } from '../contract/jobs.ts'
import type { Page } from '../contract/usage.ts'
import { fail } from '../failure/failure.ts'
import type { Clock } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import type { Database, Store } from '../store/db.ts'
import { eventsSince, getPage, listPages, listResults, workspaceEventHead, workspaceEventsSince } from '../store/job-results.ts'
import { changeJob, deleteJob, getJob, insertJob, jobLoad, listJobs, openJobRecords, retryJob, type JobListQuery, type NewPage } from '../store/jobs.ts'
import { retryLost } from '../store/retry.ts'

export interface JobSettings {
  pagesAtOnce: number
  hostAtOnce: number
  hostDelayMs: number
  triesMax: number
  /** Most URLs that one job keeps count of. */
  frontierMax: number
  retentionS: number
}

export interface Submission {
  workspaceId: string
  keyId: string
  kind: JobKind
  stage: 'prepare' | 'pages'
  hasFinish?: boolean
  actor: unknown
  intent: unknown
  prices: unknown
  dialect: string
  requestId: string
  pageLimit: number | null
  pace: Pace
  frontierMax?: number
  pages: readonly NewPage[]
  webhook?: JobWebhook | undefined
  /** Most jobs of the key that are not over, this one included. */
  jobsMax?: number | undefined
}

interface Look {
  events: JobEvent[]
  over: boolean
  /** More is there already. */
  more: boolean
}

/** Open jobs whose progress the workspace's stream tells. */
const openJobsShown = 100

export interface PageQuery {
  limit: number
  cursor?: string | undefined
  skip?: number | undefined
  documents: boolean
}

export interface Jobs {
  submit(submission: Submission): Promise<JobRecord>
  /** Throws caller.not_found, as all that take an id. */
  get(workspaceId: string, id: string): Promise<JobRecord>
  list(workspaceId: string, query: JobListQuery): Promise<Page<JobRecord>>
  /** Finished pages in the order of finishing, and the job as it was before they were read: one that is over has no more. */
  results(workspaceId: string, id: string, query: PageQuery): Promise<Page<JobPage> & { job: JobRecord }>
  /** All URLs in the order of discovery. */
  pages(workspaceId: string, id: string, query: PageQuery & { state?: JobPage['state'] | undefined }): Promise<Page<JobPage> & { job: JobRecord }>
  page(workspaceId: string, id: string, n: number): Promise<JobPage>
  /** Throws caller.conflict in a state where it makes no sense. */
  cancel(workspaceId: string, id: string): Promise<JobRecord>
  pause(workspaceId: string, id: string): Promise<JobRecord>
  resume(workspaceId: string, id: string): Promise<JobRecord>
  retry(workspaceId: string, id: string): Promise<{ job: JobRecord; retrying: number }>
  /** Cancels what still runs, then removes all of it. */
  delete(workspaceId: string, id: string): Promise<JobRecord>
  /** The job's events after one of them, until it is over. `progress` events come between and have no id. */
  events(workspaceId: string, id: string, options: { after: number; documents: boolean; signal: AbortSignal }): Promise<{ job: JobRecord; events: AsyncGenerator<JobEvent> }>
  /** The workspace's, without end; from now on unless `after` says otherwise. With `progress`, how its open jobs come on stands between them. */
  workspaceEvents(workspaceId: string, options: { after: number | null; progress: boolean; signal: AbortSignal }): Promise<AsyncGenerator<JobEvent>>
  load(workspaceId: string): Promise<JobLoad>
  /** Called when there may be work, and when a job has changed. */
  readonly bus: JobBus
}

/** Tells the parts of this process about each other's changes; other processes look again every second. */
export interface JobBus {
  work(): void
  changed(): void
  onWork(listener: () => void): () => void
  onChange(listener: () => void): () => void
}

export const createBus = (): JobBus => {
  const emitter = new EventEmitter().setMaxListeners(0)
  const on = (name: string) => (listener: () => void) => {
    emitter.on(name, listener)
    return () => void emitter.off(name, listener)
  }
  return { work: () => void emitter.emit('work'), changed: () => void emitter.emit('change'), onWork: on('work'), onChange: on('change') }
}

interface Deps {
  store: Store
  clock: Clock
  settings: JobSettings
  bus: JobBus
  /** Makes the endpoint of one job, in the same transaction. */
  addWebhook(trx: Database, owner: { workspaceId: string; jobId: string; mode: string }, webhook: JobWebhook): Promise<void>
}

export const createJobs = ({ store: { db }, clock, settings, bus, addWebhook }: Deps): Jobs => {
  const now = (): Date => new Date(clock())
  const missing = (id: string) => fail('caller.not_found', { kind: 'job', id })

  const get = async (workspaceId: string, id: string): Promise<JobRecord> => {
    const job = await retryLost(() => getJob(db, workspaceId, id))
    if (!job) throw missing(id)
    return job
  }

  const progressOf = (job: JobRecord): JobEvent => ({
    id: '', type: 'progress', at: new Date(clock()).toISOString(),
    data: { job_id: job.id, kind: job.kind, state: job.state, counts: job.counts, limit: job.limit, credits: job.credits, failure: job.failure },
  })

  /** What has changed since it was last shown. */
  const allProgress = async (workspaceId: string, shown: Map<string, string>): Promise<JobEvent[]> => {
    const open = await openJobRecords(db, workspaceId, openJobsShown)
    const fresh = open.filter((job) => shown.get(job.id) !== JSON.stringify([job.state, job.counts]))
    shown.clear()
    for (const job of open) shown.set(job.id, JSON.stringify([job.state, job.counts]))
    return fresh.map(progressOf)
  }

  const change = async (name: Parameters<typeof changeJob>[1], from: readonly JobState[], workspaceId: string, id: string): Promise<JobRecord> => {
    await get(workspaceId, id)
    const found = await changeJob(db, name, workspaceId, id, now())
    if (found === undefined) throw missing(id)
    if (!from.includes(found)) throw fail('caller.conflict', { state: found })
    bus.work()
    bus.changed()
    return get(workspaceId, id)
  }

  const cancel = (workspaceId: string, id: string) => change('cancel_job', ['queued', 'running', 'paused'], workspaceId, id)

  return {
    bus,
    get,

    async submit(submission) {
      const { pace } = submission
      const id = newId('job', clock())
      const { jobsMax } = submission
      const before = await insertJob(db, {
        id,
        workspaceId: submission.workspaceId,
        keyId: submission.keyId,
        kind: submission.kind,
        stage: submission.stage,
        hasFinish: submission.hasFinish ?? false,
        actor: submission.actor,
        intent: submission.intent,
        prices: submission.prices,
        dialect: submission.dialect,
        requestId: submission.requestId,
        pageLimit: submission.pageLimit,
        pagesAtOnce: pace.pagesAtOnce ?? settings.pagesAtOnce,
        hostAtOnce: pace.hostAtOnce ?? settings.hostAtOnce,
        hostDelayMs: pace.hostDelayMs ?? settings.hostDelayMs,
        triesMax: pace.triesMax ?? settings.triesMax,
        frontierMax: submission.frontierMax ?? settings.frontierMax,
        keepS: settings.retentionS,
        now: now(),
        jobsMax,
      }, submission.pages, submission.webhook && (async (trx) => {
        const { webhook, actor, workspaceId } = submission
        if (webhook) await addWebhook(trx, { workspaceId, jobId: id, mode: (actor as { mode: string }).mode }, webhook)
      }))
      if (jobsMax !== undefined && before >= jobsMax) throw fail('account.concurrency_limited', { limit: jobsMax, running: before })
      bus.work()
      return get(submission.workspaceId, id)
    },

    list: (workspaceId, query) => listJobs(db, workspaceId, query),

    async results(workspaceId, id, { limit, cursor, skip, documents }) {
      const job = await get(workspaceId, id)
      const after = cursorOf(cursor)
      const { items, next } = await listResults(db, id, { limit, documents, ...(after === undefined ? {} : { after }), ...(skip === undefined ? {} : { skip }) })
      return { items, nextCursor: next === null ? null : String(next), job }
    },

    async pages(workspaceId, id, { limit, cursor, documents, state }) {
      const job = await get(workspaceId, id)
      const after = cursorOf(cursor)
      const { items, next } = await listPages(db, id, { limit, documents, ...(after === undefined ? {} : { after }), ...(state === undefined ? {} : { state }) })
      return { items, nextCursor: next === null ? null : String(next), job }
    },

    async page(workspaceId, id, n) {
      await get(workspaceId, id)
      const page = await getPage(db, id, n)
      if (!page) throw fail('caller.not_found', { kind: 'page', id: `${id}/${n}` })
      return page
    },

    cancel,
    pause: (workspaceId, id) => change('pause_job', ['queued', 'running'], workspaceId, id),
    resume: (workspaceId, id) => change('resume_job', ['paused'], workspaceId, id),

    async retry(workspaceId, id) {
      const before = await get(workspaceId, id)
      const { state, retrying } = await retryJob(db, workspaceId, id, now())
      if (retrying === 0) throw fail('caller.conflict', { state: state ?? before.state })
      bus.work()
      bus.changed()
      return { job: await get(workspaceId, id), retrying }
    },

    async delete(workspaceId, id) {
      let job = await get(workspaceId, id)
      if (!isOver(job.state)) job = await cancel(workspaceId, id)
      await deleteJob(db, workspaceId, id)
      bus.changed()
      return job
    },

    async events(workspaceId, id, { after, documents, signal }) {
      return { job: await get(workspaceId, id), events: jobEvents(after, documents, signal, workspaceId, id) }
    },

    async workspaceEvents(workspaceId, { after, progress, signal }) {
      const start = after ?? await workspaceEventHead(db, workspaceId)
      const shown = new Map<string, string>()
      return stream(start, signal, async (last) => {
        const events = await workspaceEventsSince(db, workspaceId, last, 100)
        return { events: progress && events.length < 100 ? [...events, ...await allProgress(workspaceId, shown)] : events, over: false, more: events.length === 100 }
      })
    },

    load: (workspaceId) => jobLoad(db, workspaceId),
  }

  async function* jobEvents(after: number, documents: boolean, signal: AbortSignal, workspaceId: string, id: string): AsyncGenerator<JobEvent> {
    let shown = ''
    const look = async (last: number): Promise<Look> => {
      const job = await getJob(db, workspaceId, id)
      if (!job) return { events: [], over: true, more: false }
      const events = await eventsSince(db, id, last, 50, documents)
      const more = events.length === 50
      const counts = JSON.stringify([job.state, job.counts])
      if (!more && counts !== shown) {
        shown = counts
        events.push(progressOf(job))
      }
      return { events, over: isOver(job.state) && Number(events.findLast((event) => event.id !== '')?.id ?? last) >= job.events, more }
    }
    yield* stream(after, signal, look)
  }

  /** Looks again whenever this process changes something, and every second for what others change. */
  async function* stream(after: number, signal: AbortSignal, look: (last: number) => Promise<Look>): AsyncGenerator<JobEvent> {
    let last = after
    let wake = (): void => {}
    let woken = false
    const off = bus.onChange(() => {
      woken = true
      wake()
    })
    try {
      while (!signal.aborted) {
        woken = false
        const { events, over, more } = await look(last)
        for (const event of events) {
          if (event.id !== '') last = Number(event.id)
          yield event
        }
        if (over) return
        if (more) continue
        // At most four looks a second, however fast pages are done.
        await sleep(250, undefined, { signal }).catch(() => undefined)
        if (woken) continue
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, 1000)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
          signal.addEventListener('abort', wake, { once: true })
        })
        signal.removeEventListener('abort', wake)
      }
    } finally {
      off()
    }
  }
}

/** A cursor that was never given out is the beginning of nothing. */
const cursorOf = (cursor: string | undefined): number | undefined =>
  cursor === undefined ? undefined : /^\d{1,15}$/.test(cursor) ? Number(cursor) : Number.MAX_SAFE_INTEGER
