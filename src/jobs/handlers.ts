import type { JobKind } from '../contract/jobs.ts'
import type { FailureJson } from '../failure/failure.ts'
import type { ClaimedPage, JobWork, NewPage, PageResult } from '../store/jobs.ts'

export type { ClaimedPage, JobWork, NewPage }

export interface StepContext {
  signal: AbortSignal
  /** Adds URLs to the frontier; each key once. False where the step was taken over by another worker. */
  add(pages: readonly NewPage[]): Promise<boolean>
  /** From now on the job's hosts are asked at this distance. */
  slowTo(ms: number): Promise<void>
}

export interface StepOutcome {
  /** `pages`: on to the frontier; `end`: the job is over. */
  next: 'pages' | 'end'
  result?: unknown
  failure?: FailureJson
  credits?: number
}

export type PageOutcome = Omit<PageResult, 'n' | 'fence'> & {
  /** Called once what the page came to is written. */
  settled?(): void
}

/** What a kind of job does. Everything may run twice: what counts is what is written under the lease. */
export interface JobHandler {
  /** Before the pages. */
  prepare?(job: JobWork, context: StepContext): Promise<StepOutcome>
  page?(job: JobWork, page: ClaimedPage, signal: AbortSignal): Promise<PageOutcome>
  /** After the pages. */
  finish?(job: JobWork, context: StepContext): Promise<StepOutcome>
}

export type JobHandlers = Record<JobKind, JobHandler>
