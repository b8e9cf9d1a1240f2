import type { Document } from './contract/document.ts'
import type { DocumentCache } from './engine/engine.ts'
import type { Logger } from './lib/logger.ts'
import type { DocumentCache as StoredDocuments } from './store/documents.ts'

/** Documents of a workspace that wait to be written, in all workspaces together; further ones are not kept. */
const waitingMax = 64

/** The engine's cache over the store: writes never make a request wait or fail, and are seen by reads at once. */
export const createCaches = (stored: StoredDocuments, logger: Logger): { of(workspaceId: string): DocumentCache; drain(): Promise<void> } => {
  const waiting = new Map<string, Document>()
  let tail: Promise<void> = Promise.resolve()
  const write = async (place: string, workspaceId: string, key: string): Promise<void> => {
    const document = waiting.get(place)
    try {
      await stored.put(workspaceId, key, JSON.stringify(document))
    } catch (err) {
      logger.warn({ err }, 'a document could not be kept for reuse')
    }
    // A newer one that came meanwhile is written by a turn of its own.
    if (waiting.get(place) === document) waiting.delete(place)
    else tail = tail.then(() => write(place, workspaceId, key))
  }

  return {
    of: (workspaceId) => ({
      get: async (key, maxAgeS) => {
        const fresh = waiting.get(`${workspaceId} ${key}`)
        if (fresh) return fresh
        const found = await stored.get(workspaceId, key, maxAgeS)
        // Safe: `put` wrote it.
        return found && (JSON.parse(found.body) as Document)
      },
      put: (key, document) => {
        const place = `${workspaceId} ${key}`
        const isQueued = waiting.has(place)
        if (!isQueued && waiting.size >= waitingMax) return
        waiting.set(place, document)
        if (!isQueued) tail = tail.then(() => write(place, workspaceId, key))
      },
    }),
    drain: async () => {
      for (let seen: Promise<void> | undefined; seen !== tail; await seen) seen = tail
    },
  }
}
