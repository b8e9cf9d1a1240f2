import { z } from 'zod'
import type { Reply } from '../dialect.ts'

export const instant = z.iso.datetime({ offset: true })

/** The envelope of a success around `data`. */
export const envelope = <T extends z.ZodType>(data: T) => z.object({ success: z.literal(true), data })

export const pagination = z.object({
  total: z.int().min(0),
  skip: z.int().min(0),
  limit: z.int().min(1),
  hasMore: z.boolean(),
  next: z.url().optional().describe('Address of the next page; absent on the last one'),
})

export const pageEnvelope = <T extends z.ZodType>(item: T) => z.object({ success: z.literal(true), data: z.array(item), pagination })

export const pageQuery = z.object({
  skip: z.coerce.number().pipe(z.int().min(0)).default(0),
  limit: z.coerce.number().pipe(z.int().min(1).max(100)).default(20),
})

export const ok = (data: unknown, status = 200): Reply => ({ status, body: { success: true, data } })

/** One page of a list; `address` is that of the list, without a query. */
export const okPage = (items: readonly unknown[], total: number, query: z.output<typeof pageQuery>, address: string): Reply => {
  const { skip, limit } = query
  const hasMore = skip + items.length < total
  const next = hasMore ? { next: `${address}?skip=${skip + items.length}&limit=${limit}` } : {}
  return { status: 200, body: { success: true, data: items, pagination: { total, skip, limit, hasMore, ...next } } }
}
