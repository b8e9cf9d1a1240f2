import type { ResultCache } from './engine/engine.ts'
import type { Logger } from './lib/logger.ts'
import type { DocumentCache as StoredDocuments } from './store/documents.ts'

/** Results that wait to be written, in all workspaces together; further ones are not kept. */
const waitingMax = 64

/** The engine's cache over the store: writes never make a request wait or fail, and are seen by reads at once. */
export const createCaches = (stored: StoredDocuments, logger: Logger): { of<T>(workspaceId: string): ResultCache<T>; drain(): Promise<void> } => {
  const waiting = new Map<string, unknown>()
  let tail: Promise<void> = Promise.resolve()
  const write = async (place: string, workspaceId: string, key: string): Promise<void> => {
    const value = waiting.get(place)
    try {
      await stored.put(workspaceId, key, JSON.stringify(value))
    } catch (err) {
      logger.warn({ err }, 'a result could not be kept for reuse')
    }
    // A newer one that came meanwhile is written by a turn of its own.
    if (waiting.get(place) === value) waiting.delete(place)
    else tail = tail.then(() => write(place, workspaceId, key))
  }

  return {
    of: <T>(workspaceId: string): ResultCache<T> => ({
      get: async (key, maxAgeS) => {
        const fresh = waiting.get(`${workspaceId} ${key}`)
        // Safe, here and below: `put` wrote it, and no two kinds of results share a key.
        if (fresh !== undefined) return fresh as T
        const found = await stored.get(workspaceId, key, maxAgeS)
        return found && (JSON.parse(found.body) as T)
      },
      put: (key, value) => {
        const place = `${workspaceId} ${key}`
        const isQueued = waiting.has(place)
        if (!isQueued && waiting.size >= waitingMax) return
        waiting.set(place, value)
        if (!isQueued) tail = tail.then(() => write(place, workspaceId, key))
      },
    }),
    drain: async () => {
      for (let seen: Promise<void> | undefined; seen !== tail; await seen) seen = tail
    },
  }
}
