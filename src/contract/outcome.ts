import type { Attempt } from '../failure/evidence.ts'
import type { Failure } from '../failure/failure.ts'

/** Milliseconds by stage name. */
export type Timings = Record<string, number>

interface Settled {
  evidence: Attempt[]
  timings: Timings
}

export interface Success<T> extends Settled {
  ok: true
  value: T
}

export interface Failed extends Settled {
  ok: false
  failure: Failure
}

/** What came of an intent: a value or a failure, with what was tried. */
export type Outcome<T> = Success<T> | Failed

export const succeeded = <T>(value: T, evidence: Attempt[] = [], timings: Timings = {}): Success<T> =>
  ({ ok: true, value, evidence, timings })

export const failed = (failure: Failure, evidence: Attempt[] = failure.evidence, timings: Timings = {}): Failed =>
  ({ ok: false, failure, evidence, timings })
