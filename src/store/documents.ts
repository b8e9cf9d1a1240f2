import { sql } from 'kysely'
import { systemClock, type Clock } from '../lib/clock.ts'
import type { Store } from './db.ts'
import { pack, unpack } from './pack.ts'
import { deleteDocumentsBefore } from './retention.ts'

export interface StoredDocument {
  /** The JSON text that was put. */
  body: string
  storedAt: Date
}

/** Results kept for reuse, per workspace. */
export interface DocumentCache {
  get(workspaceId: string, key: string, maxAgeS: number): Promise<StoredDocument | undefined>
  put(workspaceId: string, key: string, body: string, fetchedAt?: Date): Promise<void>
  /** Drops what is too old, then the oldest until the rest fits. */
  sweep(): Promise<void>
}

export interface DocumentCacheOptions {
  store: Store
  /** Seconds for which a document is kept; 0 keeps none. */
  ttlS: number
  clock?: Clock
  /** Of one document as stored; larger ones are not kept. */
  documentBytesMax?: number
  /** Of all documents together as stored. */
  totalBytesMax?: number
}

export const createDocumentCache = ({
  store: { db }, ttlS, clock = systemClock, documentBytesMax = 8 * 1024 * 1024, totalBytesMax = 1024 * 1024 * 1024,
}: DocumentCacheOptions): DocumentCache => ({
  async get(workspaceId, key, maxAgeS) {
    if (ttlS === 0 || maxAgeS <= 0) return undefined
    const now = clock()
    const row = await db.selectFrom('documents').select(['body', 'encoding', 'stored_at'])
      .where('workspace_id', '=', workspaceId).where('key', '=', key)
      .where('stored_at', '>', new Date(now - Math.min(maxAgeS, ttlS) * 1000)).executeTakeFirst()
    return row && { body: await unpack(row.body, row.encoding), storedAt: row.stored_at }
  },

  async put(workspaceId, key, text, fetchedAt = new Date(clock())) {
    if (ttlS === 0) return
    const { body, encoding } = await pack(text)
    if (body.byteLength > documentBytesMax) return
    const row = { stored_at: fetchedAt, expires_at: new Date(fetchedAt.getTime() + ttlS * 1000), size: body.byteLength, encoding, body }
    await db.insertInto('documents').values({ workspace_id: workspaceId, key, ...row })
      .onConflict((conflict) => conflict.columns(['workspace_id', 'key']).doUpdateSet(row).where('documents.stored_at', '<=', row.stored_at)).execute()
  },

  async sweep() {
    await deleteDocumentsBefore(db, new Date(clock()))
    await sql`delete from documents where (workspace_id, key) in (
      select workspace_id, key from (
        select workspace_id, key, sum(size) over (order by stored_at desc, workspace_id, key) as newer from documents
      ) as sized where newer > ${totalBytesMax})`.execute(db)
  },
})
