import type { JobPage, JobRecord } from './jobs.ts'
import type { MonitorRecord, MonitorRun } from './monitors.ts'
import type { RequestRecord } from './usage.ts'

/** `scrape`: requests and pages of crawls; `crawl`: the crawls; `monitor`: what monitors saw. */
export const workKinds = ['scrape', 'extract', 'search', 'crawl', 'monitor'] as const
export type WorkKind = (typeof workKinds)[number]

export interface WorkQuery {
  /** Only what was begun in it. */
  dialect: string
  kinds: readonly WorkKind[]
  limit: number
  /** Newest first: all but the first so many. */
  skip: number
}

/** One piece of past work, under a UUID of its own. */
export type PastWork =
  /** `value` is what the verb gave, as long as results are kept for reuse. */
  | { of: 'request'; id: string; record: RequestRecord; value: unknown }
  | { of: 'job'; id: string; job: JobRecord; pages: JobPage[] }
  | { of: 'page'; id: string; job: JobRecord; page: JobPage }
  | { of: 'run'; id: string; monitor: MonitorRecord; run: MonitorRun }

/** What is under way in a workspace. */
export interface OpenWork {
  crawls: number
  /** Active monitors. */
  monitors: number
}
