import type { KeyMode } from '../contract/actor.ts'
import { fail } from '../failure/failure.ts'
import { Deadline } from '../lib/deadline.ts'

/** A part that the operator configures. Test keys reach none of them, because they are elsewhere. Throws account.scope_denied or platform.not_configured. */
export const configured = <T>(part: T | undefined, mode: KeyMode, setting: string): T => {
  if (mode === 'test') throw fail('account.scope_denied', { needs: 'a live key: a test key reaches no model' })
  if (!part) throw fail('platform.not_configured', { setting })
  return part
}

export const modelSetting = 'LYREBIRD_MODEL_BASE_URL'
export const embeddingSetting = 'LYREBIRD_EMBEDDING_BASE_URL'

/** Work under one deadline. `keep` hands the deadline on to what is read later: it then ends with that, or when its reader leaves. */
export const underDeadline = async <T>(ms: number, signal: AbortSignal, work: (deadline: Deadline, keep: <P>(parts: AsyncGenerator<P>) => AsyncGenerator<P>) => Promise<T>): Promise<T> => {
  const hangUp = new AbortController()
  const deadline = new Deadline(ms, AbortSignal.any([signal, hangUp.signal]))
  let kept = false
  try {
    return await work(deadline, (parts) => {
      kept = true
      return leavable(parts, () => {
        hangUp.abort()
        deadline.clear()
      })
    })
  } catch (error) {
    // The time of a request that waits for a model is the model's.
    throw deadline.expired ? fail('platform.model_unavailable', {}, { cause: error }) : error
  } finally {
    if (!kept) deadline.clear()
  }
}

/** The same parts; who stops reading ends what makes them at once, not with the next part. */
const leavable = <P>(parts: AsyncGenerator<P>, leave: () => void): AsyncGenerator<P> => {
  const left: AsyncGenerator<P> = {
    async next() {
      const step = await parts.next()
      if (step.done) leave()
      return step
    },
    return(value) {
      leave()
      return parts.return(value)
    },
    throw(error) {
      leave()
      return parts.throw(error)
    },
    [Symbol.asyncIterator]: () => left,
    [Symbol.asyncDispose]: async () => void (await left.return(undefined)),
  }
  return left
}
