import { z } from 'zod'

/** The vendor's events, each with those of this server that can stand behind it. */
export const behind = {
  'job.started': ['job.started'],
  'job.page': ['job.page'],
  // A job whose pages have all failed has done its run all the same.
  'job.completed': ['job.completed', 'job.partial', 'job.failed'],
  'job.failed': ['job.failed'],
  'credit.low': ['credits.low'],
  'session.created': ['session.created'],
  'session.stopped': ['session.stopped'],
} as const satisfies Record<string, readonly string[]>

export type ReaderEvent = keyof typeof behind

export const eventNames = Object.keys(behind) as [ReaderEvent, ...ReaderEvent[]]

export const eventList = z.array(z.enum(eventNames)).min(1).max(50)

/** What the endpoint is told of here; the form of the messages narrows it to what was asked for. */
export const canonicalEvents = (events: readonly ReaderEvent[]): string[] => [...new Set(events.flatMap((event) => behind[event]))]

export const secret = z.string().min(16).max(256)

/** Of one job. */
export const perJobWebhook = (url: z.ZodType<string>) => z.object({ url, events: eventList.default(['job.completed', 'job.failed']), secret: secret.optional() })
