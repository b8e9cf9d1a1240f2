import type { ResultCache } from './engine/engine.ts'
import { Backlog } from './lib/backlog.ts'
import type { Clock } from './lib/clock.ts'
import type { Logger } from './lib/logger.ts'
import type { Lull } from './lib/lull.ts'
import { weightOf } from './lib/weight.ts'
import type { DocumentCache as StoredDocuments } from './store/documents.ts'

/** Results that wait to be written, in all workspaces together; further ones are not kept. */
const waitingMax = 1_024
const weightMax = 64 * 1024 * 1024

interface Fresh {
  value: unknown
  madeAt: number
}

/** The engine's cache over the store: writes never make a request wait or fail, and are seen by reads at once. */
export const createCaches = (stored: StoredDocuments, { logger, lull, clock }: { logger: Logger; lull: Lull; clock: Clock }): { of<T>(workspaceId: string): ResultCache<T>; drain(): Promise<void> } => {
  const waiting = new Map<string, Fresh>()
  const write = async ({ place, workspaceId, key }: { place: string; workspaceId: string; key: string }): Promise<void> => {
    for (let fresh = waiting.get(place); fresh; fresh = waiting.get(place)) {
      try {
        await stored.put(workspaceId, key, JSON.stringify(fresh.value), new Date(fresh.madeAt))
      } catch (err) {
        logger.warn({ err }, 'a result could not be kept for reuse')
      }
      // A newer one that came meanwhile is written too.
      if (waiting.get(place) === fresh) waiting.delete(place)
    }
  }
  const backlog = new Backlog({ lull, itemsMax: waitingMax, sizeMax: weightMax, run: write })

  return {
    of: <T>(workspaceId: string): ResultCache<T> => ({
      get: async (key, maxAgeS) => {
        const fresh = waiting.get(`${workspaceId} ${key}`)
        // Safe, here and below: `put` wrote it, and no two kinds of results share a key.
        if (fresh && fresh.madeAt + maxAgeS * 1000 > clock()) return fresh.value as T
        const found = await stored.get(workspaceId, key, maxAgeS)
        return found && (JSON.parse(found.body) as T)
      },
      put: (key, value) => {
        const place = `${workspaceId} ${key}`
        if (waiting.has(place) || backlog.add({ place, workspaceId, key }, weightOf(value))) waiting.set(place, { value, madeAt: clock() })
      },
    }),
    drain: () => backlog.urge(),
  }
}
