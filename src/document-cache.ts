import { weightOf, type Document } from './contract/document.ts'
import type { DocumentCache } from './engine/engine.ts'
import { Backlog } from './lib/backlog.ts'
import type { Clock } from './lib/clock.ts'
import type { Logger } from './lib/logger.ts'
import type { Lull } from './lib/lull.ts'
import type { DocumentCache as StoredDocuments } from './store/documents.ts'

/** Documents that wait to be written, in all workspaces together; further ones are not kept. */
const waitingMax = 1_024
const weightMax = 64 * 1024 * 1024

/** The engine's cache over the store: writes never make a request wait or fail, and are seen by reads at once. */
export const createCaches = (stored: StoredDocuments, { logger, lull, clock }: { logger: Logger; lull: Lull; clock: Clock }): { of(workspaceId: string): DocumentCache; drain(): Promise<void> } => {
  const waiting = new Map<string, Document>()
  const write = async ({ place, workspaceId, key }: { place: string; workspaceId: string; key: string }): Promise<void> => {
    for (let document = waiting.get(place); document; document = waiting.get(place)) {
      try {
        await stored.put(workspaceId, key, JSON.stringify(document), new Date(document.fetchedAt))
      } catch (err) {
        logger.warn({ err }, 'a document could not be kept for reuse')
      }
      // A newer one that came meanwhile is written too.
      if (waiting.get(place) === document) waiting.delete(place)
    }
  }
  const backlog = new Backlog({ lull, itemsMax: waitingMax, sizeMax: weightMax, run: write })

  return {
    of: (workspaceId) => ({
      get: async (key, maxAgeS) => {
        const fresh = waiting.get(`${workspaceId} ${key}`)
        if (fresh && Date.parse(fresh.fetchedAt) + maxAgeS * 1000 > clock()) return fresh
        const found = await stored.get(workspaceId, key, maxAgeS)
        // Safe: `put` wrote it.
        return found && (JSON.parse(found.body) as Document)
      },
      put: (key, document) => {
        const place = `${workspaceId} ${key}`
        if (waiting.has(place) || backlog.add({ place, workspaceId, key }, weightOf(document))) waiting.set(place, document)
      },
    }),
    drain: () => backlog.urge(),
  }
}
