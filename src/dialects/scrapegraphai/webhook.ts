import { z } from 'zod'
import type { Brand } from '../../contract/brand.ts'
import type { MonitorDiff, Snapshot } from '../../contract/monitors.ts'
import type { WebhookForm } from '../../contract/webhooks.ts'
import { uuidOf } from '../../lib/ids.ts'
import { renderBranding } from './branding.ts'
import { renderDiffs } from './monitor.ts'
import { addressOf } from './results.ts'

/** What a look tells; the server wrote it. */
const look = z.object({
  monitor_id: z.string(), url: z.string(), at: z.string(), first: z.boolean(), changed: z.boolean(),
  diff: z.custom<MonitorDiff>().nullable(), current: z.custom<Told>().optional(), previous: z.custom<Told>().nullish(),
})

type Told = Omit<Snapshot, 'picture'> & { picture?: Pick<NonNullable<Snapshot['picture']>, 'screenshot'> }

const list = (data: string[] | undefined) => (data ? { data, metadata: { count: data.length } } : undefined)

/** What was seen as the results of a scrape. */
export const resultsOf = ({ texts, fields, lists, picture }: Told, origin: string): Record<string, unknown> => {
  const html = texts.raw_html ?? texts.html
  const shot = picture?.screenshot
  const sections = {
    markdown: texts.markdown === undefined ? undefined : { data: [texts.markdown] },
    html: html === undefined ? undefined : { data: [html] },
    links: list(lists.links),
    images: list(lists.images),
    summary: texts.summary === undefined ? undefined : { data: texts.summary },
    json: 'json' in fields ? { data: fields.json } : undefined,
    branding: fields.branding ? { data: renderBranding(fields.branding as Brand) } : undefined,
    screenshot: shot && { data: { url: addressOf(shot, origin), width: shot.width ?? 0, height: shot.height ?? 0 }, metadata: { contentType: shot.contentType } },
  }
  return Object.fromEntries(Object.entries(sections).filter(([, section]) => section !== undefined))
}

/** One message for each look that counts as a change, the baseline among them; the vendor documents no signature. */
export const webhookForm: WebhookForm = ({ id, type, data, options }) => {
  if (type !== 'monitor.run') return null
  const { monitor_id: monitorId, url, at, first, changed, diff, current, previous } = look.parse(data)
  if (!first && !changed) return null
  const origin = typeof options.origin === 'string' ? options.origin : ''
  return {
    headers: { 'x-event-id': id },
    body: JSON.stringify({
      type: 'monitor.change.detected',
      data: {
        cronId: uuidOf(monitorId), url, changedAt: at, changed: true,
        current: current ? resultsOf(current, origin) : {}, previous: previous ? resultsOf(previous, origin) : null, diffs: renderDiffs(diff),
      },
    }),
  }
}
