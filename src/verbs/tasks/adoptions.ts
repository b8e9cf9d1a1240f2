import type { Document } from '../../contract/document.ts'
import type { Outcome } from '../../contract/outcome.ts'

/** A page that is being fetched, and the way to stop that. */
export interface Underway {
  outcome: Promise<Outcome<Document>>
  abort(reason: unknown): void
}

/** What a request began and a job of this process is to go on with. Whoever comes too late, or from another process, fetches the page anew. */
export interface Adoptions {
  offer(name: string, underway: Underway): void
  /** Once. */
  take(name: string): Underway | undefined
  close(): void
}

const keptMs = 60_000

export const createAdoptions = (): Adoptions => {
  const offered = new Map<string, Underway>()
  return {
    offer(name, underway) {
      offered.set(name, underway)
      void underway.outcome.then(() => setTimeout(() => offered.delete(name), keptMs).unref())
    },
    take(name) {
      const found = offered.get(name)
      offered.delete(name)
      return found
    },
    close() {
      for (const { abort } of offered.values()) abort(new Error('the server stops'))
      offered.clear()
    },
  }
}

/** Its outcome; stopped where the job's lease is lost. */
export const adopted = async ({ outcome, abort }: Underway, signal: AbortSignal): Promise<Outcome<Document>> => {
  const stop = (): void => abort(signal.reason)
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await outcome
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
