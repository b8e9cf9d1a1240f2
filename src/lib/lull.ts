const quietMs = 100

/** Knows whether anybody waits for an answer just now. */
export interface Lull {
  /** Runs something that somebody waits for. */
  during<T>(task: () => Promise<T>): Promise<T>
  /** Resolves once nobody has waited for a while, or when the signal says that it cannot wait for that. Never rejects. */
  come(signal: AbortSignal): Promise<void>
}

export const createLull = (): Lull => {
  let running = 0
  let endedAt = Number.NEGATIVE_INFINITY
  return {
    async during(task) {
      running++
      try {
        return await task()
      } finally {
        running--
        endedAt = performance.now()
      }
    },
    async come(signal) {
      while (!signal.aborted && (running > 0 || performance.now() - endedAt < quietMs)) await pause(quietMs / 2, signal)
    },
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms).unref()
    signal.addEventListener('abort', done, { once: true })
  })
