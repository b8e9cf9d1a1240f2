import type { Failure } from '../failure/failure.ts'
import type { PageOutcome } from './handlers.ts'

const firstPauseMs = 1_000
const pauseMsMax = 30_000
const hostPauseMsMax = 120_000

/** What follows from a page's failure: another try later, or the end of it. */
export const afterFailure = (failure: Failure, tries: number, triesMax: number): PageOutcome => {
  const asked = failure.retryAfterSeconds === undefined ? undefined : Math.min(hostPauseMsMax, failure.retryAfterSeconds * 1000)
  // A host that says that it is asked too often is left alone by every worker.
  const host = failure.code === 'target.rate_limited' ? { hostWaitMs: asked ?? pauseMsMax } : {}
  if (failure.retry !== 'later' || tries >= triesMax || failure.class === 'account') return { state: 'failed', failure: failure.toJSON(), ...host }
  return { state: 'queued', retryMs: asked ?? Math.min(pauseMsMax, firstPauseMs * 2 ** (tries - 1)), ...host }
}
