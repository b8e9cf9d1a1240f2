import { fail } from '../../failure/failure.ts'

/** Places for calls to one provider: so many at once in all, so many for one owner; those who wait are served in order. */
export interface Gate {
  /** Resolves with the way out. */
  enter(owner: string, signal: AbortSignal): Promise<() => void>
  readonly running: number
  readonly waiting: number
}

interface Waiter {
  owner: string
  admit(): void
}

export const createGate = (limits: { total: number; perOwner: number; waiting: number }): Gate => {
  const byOwner = new Map<string, number>()
  const queue = new Set<Waiter>()
  let running = 0
  const mayRun = (owner: string): boolean => running < limits.total && (byOwner.get(owner) ?? 0) < limits.perOwner
  const take = (owner: string): (() => void) => {
    running++
    byOwner.set(owner, (byOwner.get(owner) ?? 0) + 1)
    let left = false
    return () => {
      if (left) return
      left = true
      running--
      const rest = (byOwner.get(owner) ?? 1) - 1
      if (rest === 0) byOwner.delete(owner)
      else byOwner.set(owner, rest)
      for (const waiter of queue) if (mayRun(waiter.owner)) return waiter.admit()
    }
  }
  return {
    get running() {
      return running
    },
    get waiting() {
      return queue.size
    },
    async enter(owner, signal) {
      signal.throwIfAborted()
      if (mayRun(owner)) return take(owner)
      if (queue.size >= limits.waiting) throw fail('platform.overloaded', { retryAfterSeconds: 5 })
      const { promise, resolve, reject } = Promise.withResolvers<() => void>()
      const onAbort = (): void => {
        queue.delete(waiter)
        reject(signal.reason as Error)
      }
      const waiter: Waiter = {
        owner,
        admit: () => {
          queue.delete(waiter)
          signal.removeEventListener('abort', onAbort)
          resolve(take(owner))
        },
      }
      queue.add(waiter)
      signal.addEventListener('abort', onAbort, { once: true })
      return promise
    },
  }
}
