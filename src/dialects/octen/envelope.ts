import { z } from 'zod'
import type { Reply, ReplyInfo } from '../dialect.ts'

/** The vendor's envelope of success. */
export const succeed = (info: ReplyInfo, data: object, usage: object, warning: string | null): Reply => ({
  status: 200,
  body: { code: 0, msg: 'success', request_id: info.requestId, data, meta: { usage, latency: info.durationMs, warning } },
})

export const envelope = <D extends z.ZodType, U extends z.ZodType>(data: D, usage: U) =>
  z.looseObject({
    code: z.literal(0),
    msg: z.literal('success'),
    request_id: z.string(),
    data,
    meta: z.looseObject({ usage, latency: z.number().describe('Milliseconds'), warning: z.string().nullable() }),
  })
