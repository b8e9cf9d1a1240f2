import { Failure, isFailure } from '../../failure/failure.ts'
import { convertDocument } from './convert-document.ts'
import type { Answer, StepAnswer, StepTask, Task } from './types.ts'

/** The thread's side of the pool. */
export const run = async (task: Task): Promise<Answer> => {
  task.startedAt[0] = performance.timeOrigin + performance.now()
  try {
    return { ok: true, value: await convertDocument(task, task.degraded) }
  } catch (err) {
    // Whatever a page can make our code throw is a page that could not be parsed.
    const failure = isFailure(err) ? err : new Failure('content.parse_failed', {}, { cause: err })
    return { ok: false, failure: failure.toJSON() }
  }
}

/** One step of an enrichment; what it needs is loaded by the first that asks. */
export const step = async (task: StepTask): Promise<StepAnswer> => {
  task.startedAt[0] = performance.timeOrigin + performance.now()
  try {
    const { steps } = await import('../enrich/steps.ts')
    // Each name goes with the input of its own step, which indexing loses.
    return { ok: true, value: await (steps[task.step] as (input: unknown) => unknown)(task.input) }
  } catch (err) {
    const failure = isFailure(err) ? err : new Failure('content.parse_failed', {}, { cause: err })
    return { ok: false, failure: failure.toJSON() }
  }
}
