import { z } from 'zod'
import type { Reply, ReplyInfo } from '../dialect.ts'

const uuid4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i

/** The vendor promises a UUID v4; a caller's own id of another form stays in X-Request-Id. */
export const metaOf = (info: ReplyInfo): z.output<typeof meta> => ({
  requestId: uuid4.test(info.requestId) ? info.requestId : info.id,
  durationMs: info.durationMs,
})

const meta = z.object({ requestId: z.uuid(), durationMs: z.int() })

export const succeed = (data: object, info: ReplyInfo): Reply => ({ status: 200, body: { success: true, data, meta: metaOf(info) } })

export const success = <D extends z.ZodType>(data: D) => z.object({ success: z.literal(true), data, meta })

export const failureBody = z.object({ success: z.literal(false), error: z.string(), meta })
