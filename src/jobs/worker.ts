import { availableParallelism } from 'node:os'
import { fail } from '../failure/failure.ts'
import { normalize } from '../failure/normalize.ts'
import type { Clock } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import type { Logger } from '../lib/logger.ts'
import type { Store } from '../store/db.ts'
import {
  addPagesAs, claimPages, claimStep, deleteExpiredJobs, deleteOldHosts, expireForeignWork, failQueued, finishPages, finishStep, getWork, handBackStep,
  leaseId, openJobs, reclaimPages, renewLeases, setHostDelay, type ClaimedPage, type JobWork, type PageResult,
} from '../store/jobs.ts'
import { retryLost } from '../store/retry.ts'
import type { JobHandlers, PageOutcome } from './handlers.ts'
import type { JobBus } from './jobs.ts'

/** Other durable work that this worker looks after: how many things it did, so that it is asked again at once. */
export interface Duty {
  name: string
  everyMs: number
  run(signal: AbortSignal): Promise<number>
}

export interface WorkerOptions {
  store: Store
  clock: Clock
  logger: Logger
  bus: JobBus
  handlers: JobHandlers
  duties?: readonly Duty[]
  /** Pages at once, over all jobs. */
  concurrency?: number
  leaseMs?: number
}

export interface Worker {
  readonly id: string
  readonly stats: { pages: number; steps: number }
  start(): Promise<void>
  /** Hands back at once what it holds. */
  stop(): Promise<void>
}

/** A page that takes its worker down so often is not tried again. */
const crashesMax = 20
const idlePollMs = 1_000
const busyPollMs = 200
const stepsAtOnce = 4
const housekeepingMs = 30_000

interface Flushing {
  results: PageResult[]
  waiters: { resolve(written: boolean): void; reject(err: unknown): void }[]
  running: boolean
}

export const createWorker = (options: WorkerOptions): Worker => {
  const { store, clock, logger, bus, handlers, duties = [], concurrency = 8 * availableParallelism(), leaseMs = 5_000 } = options
  const { db } = store
  const holder = newId('wrk')
  const now = (): Date => new Date(clock())

  const held = new Map<string, { controller: AbortController; since: number; done: Promise<void> }>()
  const works = new Map<string, JobWork>()
  const stats = { pages: 0, steps: 0 }
  const stopping = new AbortController()
  const timers: NodeJS.Timeout[] = []
  const rounds = new Set<Promise<void>>()
  let wake = (): void => {}
  let woken = false
  let asked = true
  let loop: Promise<void> | undefined

  const nudge = (): void => {
    woken = true
    wake()
  }

  /** Keeps a lease's work on the books until it has ended. */
  const hold = (id: string, run: (signal: AbortSignal) => Promise<void>): void => {
    const controller = new AbortController()
    const done = run(AbortSignal.any([controller.signal, stopping.signal]))
      .catch((err: unknown) => logger.error({ err, lease: id }, 'durable work could not be settled; its lease will run out and it will be done again'))
      .finally(() => {
        held.delete(id)
        nudge()
      })
    held.set(id, { controller, since: performance.now(), done })
  }

  const flushing = new Map<string, Flushing>()

  /** Pages of a job that end while others are being written are written together. False where the lease was lost. */
  const settle = (jobId: string, result: PageResult): Promise<boolean> =>
    new Promise((resolve, reject) => {
      const box = flushing.get(jobId) ?? { results: [], waiters: [], running: false }
      flushing.set(jobId, box)
      box.results.push(result)
      box.waiters.push({ resolve, reject })
      if (!box.running) void flush(jobId, box)
    })

  const flush = async (jobId: string, box: Flushing): Promise<void> => {
    box.running = true
    while (box.results.length > 0) {
      const results = box.results.splice(0)
      const waiters = box.waiters.splice(0)
      try {
        const written = await retryLost(() => finishPages(db, jobId, now(), results))
        for (const [i, one] of waiters.entries()) one.resolve(written.includes(results[i]?.n ?? -1))
      } catch (err) {
        if (waiters.length === 1) waiters[0]?.reject(err)
        // One that the database refuses must not take the others with it.
        else await Promise.all(results.map((result, i) => retryLost(() => finishPages(db, jobId, now(), [result])).then((written) => waiters[i]?.resolve(written.length > 0), waiters[i]?.reject)))
      }
      bus.changed()
    }
    flushing.delete(jobId)
  }

  const runPage = async (page: ClaimedPage, signal: AbortSignal): Promise<void> => {
    const job = works.get(page.jobId)
    const handler = job && handlers[job.kind].page
    if (!job || !handler) return
    let outcome: PageOutcome
    try {
      outcome = await handler(job, page, signal)
    } catch (error) {
      outcome = { state: 'failed', failure: normalize(error).toJSON() }
      logger.error({ err: error, job: page.jobId, n: page.n }, 'a page could not be worked on')
    }
    if (stopping.signal.aborted && signal.aborted && outcome.state !== 'done') outcome = { state: 'queued', retryMs: 0, tried: false }
    // Taken away meanwhile: cancelled, paused, or claimed by another.
    else if (signal.aborted && !stopping.signal.aborted) return
    if (outcome.hosts && outcome.hosts.length > 0) works.delete(page.jobId)
    const { settled, ...result } = outcome
    if (await settle(page.jobId, { ...result, n: page.n, fence: page.fence })) settled?.()
    stats.pages++
  }

  const runStep = async (job: JobWork, signal: AbortSignal): Promise<void> => {
    const handler = handlers[job.kind]
    const step = job.stage === 'prepare' ? handler.prepare : handler.finish
    const next = job.stage === 'prepare' ? 'pages' : 'end'
    try {
      const outcome = step
        ? await step(job, {
            signal,
            add: async (pages) => (await retryLost(() => addPagesAs(db, job.id, job.fence, now(), pages))) >= 0,
            slowTo: (ms) => setHostDelay(db, job.id, job.fence, ms),
          })
        : { next } as const
      if (signal.aborted && !stopping.signal.aborted) return
      await retryLost(() => finishStep(db, job.id, job.fence, now(), outcome))
    } catch (error) {
      if (stopping.signal.aborted) return handBackStep(db, job.id, job.fence, now())
      if (signal.aborted) return
      const failure = normalize(error)
      if (failure.class === 'platform') logger.error({ err: error, job: job.id, stage: job.stage }, 'a job could not go on')
      await retryLost(() => finishStep(db, job.id, job.fence, now(), { next: 'end', failure: failure.toJSON() }))
    }
    stats.steps++
    works.delete(job.id)
    bus.changed()
  }

  const workOf = async (id: string, hosts: number): Promise<JobWork | undefined> => {
    const known = works.get(id)
    if (known && known.hosts.length === hosts) return known
    const found = await getWork(db, id)
    if (found) works.set(id, found)
    if (works.size > 500) for (const oldest of works.keys()) { works.delete(oldest); break }
    return found
  }

  let steps = 0
  let stepsLookedAt = -Infinity
  const takeSteps = async (): Promise<number> => {
    let taken = 0
    // Every finished page leads here, and hardly ever to a step.
    if (!asked && performance.now() - stepsLookedAt < busyPollMs) return 0
    asked = false
    stepsLookedAt = performance.now()
    while (steps < stepsAtOnce && !stopping.signal.aborted) {
      const job = await claimStep(db, holder, now(), leaseMs)
      if (!job) break
      steps++
      taken++
      hold(leaseId(job.id, null, job.fence), async (signal) => {
        try {
          await runStep(job, signal)
        } finally {
          steps--
        }
      })
    }
    return taken
  }

  const takePages = async (): Promise<number> => {
    let free = concurrency - held.size
    // A claim costs as much for one page as for many.
    if (free < Math.max(1, concurrency >> 2) || stopping.signal.aborted) return 0
    let taken = 0
    const jobs = await openJobs(db, 20)
    for (const [i, { id, mode, hosts }] of jobs.entries()) {
      if (free <= 0 || stopping.signal.aborted) break
      // Several jobs share what is free; the first in line has waited longest.
      const limit = Math.max(1, Math.ceil(free / (jobs.length - i)))
      const { pages, refused } = await claimPages(db, id, { holder, limit, now: now(), leaseMs, free: mode === 'test' })
      if (refused) await failQueued(db, id, refusal(refused).toJSON(), now())
      if (pages.length === 0) continue
      const job = await workOf(id, hosts)
      if (!job) continue
      for (const page of pages) hold(leaseId(page.jobId, page.n, page.fence), (signal) => runPage(page, signal))
      free -= pages.length
      taken += pages.length
    }
    return taken
  }

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      woken = false
      let taken = 0
      try {
        taken = await takeSteps() + await takePages()
      } catch (err) {
        logger.warn({ err }, 'a worker could not look for work and will look again')
      }
      if (taken > 0 || woken) {
        // Let what was just begun, and what waits for this thread, have its turn.
        await new Promise((resolve) => setImmediate(resolve))
        if (taken > 0) continue
      }
      if (woken && held.size < concurrency) continue
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, held.size > 0 ? busyPollMs : idlePollMs)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
        if (woken || stopping.signal.aborted) wake()
      })
    }
  }

  const heartbeat = async (): Promise<void> => {
    if (held.size > 0) {
      const asked = performance.now()
      const still = await renewLeases(db, holder, now(), leaseMs)
      for (const [id, { controller, since }] of held) if (since < asked && !still.has(id)) controller.abort()
    }
    if (await reclaimPages(db, now(), crashesMax, fail('platform.internal', { id: 'worker lost' }).toJSON()) > 0) nudge()
  }

  const housekeeping = async (): Promise<void> => {
    await deleteExpiredJobs(db, now())
    await deleteOldHosts(db, now())
  }

  /** Never twice at once, and never after the end. */
  const repeat = (name: string, everyMs: number, task: () => Promise<unknown>): void => {
    let busy = false
    timers.push(setInterval(() => {
      if (busy || stopping.signal.aborted) return
      busy = true
      const round: Promise<void> = task()
        .catch((err: unknown) => logger.warn({ err, task: name }, 'a task of the worker failed and will be tried again'))
        .then(() => {
          busy = false
          rounds.delete(round)
        })
      rounds.add(round)
    }, everyMs).unref())
  }

  const offWork = bus.onWork(() => {
    asked = true
    nudge()
  })

  return {
    id: holder,
    stats,

    async start() {
      if (store.kind === 'pglite') await expireForeignWork(db, holder, now())
      await reclaimPages(db, now(), crashesMax, fail('platform.internal', { id: 'worker lost' }).toJSON())
      loop = run()
      repeat('heartbeat', Math.floor(leaseMs / 3), heartbeat)
      repeat('housekeeping', housekeepingMs, housekeeping)
      for (const duty of duties) {
        repeat(duty.name, duty.everyMs, async () => {
          while (!stopping.signal.aborted && await duty.run(stopping.signal) > 0);
        })
      }
    },

    async stop() {
      if (stopping.signal.aborted) return
      stopping.abort(fail('platform.shutting_down'))
      offWork()
      for (const timer of timers) clearInterval(timer)
      nudge()
      await loop
      await Promise.all([...[...held.values()].map(({ done }) => done), ...rounds])
    },
  }
}

const refusal = ({ verdict, available }: { verdict: 'credits' | 'key_credits' | 'daily_cap'; available: number }) =>
  verdict === 'daily_cap'
    ? fail('account.daily_cap_exceeded', { cap: available, resetAt: new Date(new Date().setUTCHours(24, 0, 0, 0)).toISOString() })
    : fail('account.insufficient_credits', { required: available + 1, available, resetAt: null })
