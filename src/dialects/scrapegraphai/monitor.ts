import { z } from 'zod'
import type { MonitorDiff, MonitorRecord, MonitorRun, MonitorWebhook, Watch, WatchedPart } from '../../contract/monitors.ts'
import { idOf, uuidOf } from '../../lib/ids.ts'
import { route, type ReplyInfo } from '../dialect.ts'
import { changedFormats, cronIdParams as params, fetchConfig, formats, type FetchConfig, type FormatEntry } from './fields.ts'
import { prices } from './prices.ts'
import { fetchParts, isShown, pageIntent, requestOf } from './results.ts'
import { urlField } from './url.ts'

export const monitorBody = z.object({
  url: urlField,
  name: z.string().max(200).optional(),
  formats,
  webhookUrl: urlField.optional(),
  interval: z.string().min(1).max(100),
  fetchConfig: fetchConfig.optional(),
})

export const monitorChange = z.object({
  name: z.string().max(200).optional(),
  formats: changedFormats.optional(),
  webhookUrl: urlField.nullable().optional(),
  interval: z.string().min(1).max(100).optional(),
  fetchConfig: fetchConfig.optional(),
})

/** `url` is in no published schema of a change and in the documentation. */
const changeBody = monitorChange.extend({ url: urlField.optional() })

export const activityQuery = z.object({
  cursor: z.iso.datetime({ offset: true, local: true }).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
})

const monitor = z.object({
  cronId: z.uuid(), scheduleId: z.string(), interval: z.string(), status: z.enum(['active', 'paused']),
  config: z.looseObject({ url: z.string(), formats: z.array(z.looseObject({ type: z.string() })), interval: z.string() }),
  createdAt: z.string(), updatedAt: z.string(), consecutiveFailures: z.int(), reason: z.string().optional(),
})

const lines = z.array(z.object({ type: z.enum(['added', 'removed']), line: z.int(), content: z.string() })).optional()
const changes = z.array(z.object({ path: z.string(), old: z.unknown(), new: z.unknown() })).optional()
const sets = z.object({ added: z.array(z.string()), removed: z.array(z.string()) }).optional()
export const diffs = z.object({
  markdown: lines, html: lines, summary: lines, json: changes, branding: changes, links: sets, images: sets,
  screenshot: z.object({ size: z.int(), changed: z.int(), mask: z.string().optional() }).optional(),
})

const activity = z.object({
  ticks: z.array(z.object({
    id: z.uuid(), status: z.enum(['completed', 'failed', 'paused', 'running']), createdAt: z.string(), elapsedMs: z.int(), changed: z.boolean(), diffs, error: z.string().optional(),
  })),
  nextCursor: z.string().nullable(),
})
const done = z.object({ ok: z.literal(true) })

const dialect = 'scrapegraphai'
const own = (id: string) => ({ id: idOf('mon', id), dialect })

const partOf = (entry: FormatEntry): WatchedPart => (entry.type === 'html' ? (entry.mode === 'normal' ? 'raw_html' : 'html') : entry.type)

const watchOf = (entries: readonly FormatEntry[]): Watch =>
  ({ parts: entries.map(partOf), section: null, fields: [], ignore: [], ignoreCase: false, ignoreNumbers: false, minChars: 0 })

/** Every look is told to the server itself; which ones become messages says `webhook.ts`. */
const webhookOf = (url: string, info: ReplyInfo): MonitorWebhook => ({ url, events: ['monitor.run'], snapshots: true, options: { origin: info.origin } })

/** All that a way of fetching may set, so that what an earlier one had set is gone. */
const fetchChange = (seed: string, config: FetchConfig, shown: boolean) => ({ content: undefined, browser: undefined, proxy: undefined, ...fetchParts(seed, config, shown) })

// Safe: this dialect wrote them.
export const optionsOf = ({ intent }: MonitorRecord) => intent.options as { formats: FormatEntry[]; fetchConfig?: FetchConfig }

/** The request as it was understood. */
const configOf = (record: MonitorRecord) => {
  const { intent: { name, schedule, target, webhook } } = record
  const { formats: entries, fetchConfig: config } = optionsOf(record)
  return {
    url: target.kind === 'page' ? target.url : '', ...(name === null ? {} : { name }), formats: entries, interval: schedule,
    ...(webhook ? { webhookUrl: webhook.url } : {}), ...(config ? { fetchConfig: config } : {}),
  }
}

const renderMonitor = (record: MonitorRecord): z.output<typeof monitor> => ({
  cronId: uuidOf(record.id),
  scheduleId: `scd_${record.id.slice(record.id.indexOf('_') + 1)}`,
  interval: record.intent.schedule,
  status: record.active ? 'active' : 'paused',
  config: configOf(record),
  createdAt: record.createdAt,
  updatedAt: record.updatedAt,
  consecutiveFailures: record.failures,
  ...(record.reason === null ? {} : { reason: record.reason }),
})

export const renderDiffs = (diff: MonitorDiff | null): z.output<typeof diffs> => {
  if (diff === null) return {}
  const { texts, fields, lists, picture } = diff
  const html = texts.raw_html ?? texts.html
  return {
    ...(texts.markdown ? { markdown: texts.markdown.lines } : {}),
    ...(html ? { html: html.lines } : {}),
    ...(texts.summary ? { summary: texts.summary.lines } : {}),
    ...(fields.json ? { json: fields.json } : {}),
    ...(fields.branding ? { branding: fields.branding } : {}),
    ...(lists.links ? { links: lists.links } : {}),
    ...(lists.images ? { images: lists.images } : {}),
    ...(picture ? { screenshot: picture } : {}),
  }
}

/** The first look that saw anything is the baseline, and counts as a change with nothing to compare it with. */
export const isChanged = (run: Pick<MonitorRun, 'state' | 'changed' | 'previousId'>): boolean => run.state === 'completed' && (run.changed || run.previousId === null)

export const elapsedOf = ({ dueAt, finishedAt }: Pick<MonitorRun, 'dueAt' | 'finishedAt'>): number => (finishedAt === null ? 0 : Math.max(0, Date.parse(finishedAt) - Date.parse(dueAt)))

export const tickStates: Record<MonitorRun['state'], z.output<typeof activity>['ticks'][number]['status']> = { running: 'running', completed: 'completed', failed: 'failed', skipped: 'paused' }

const renderTick = (run: MonitorRun): z.output<typeof activity>['ticks'][number] => ({
  id: uuidOf(run.id),
  status: tickStates[run.state],
  createdAt: run.dueAt,
  elapsedMs: elapsedOf(run),
  changed: isChanged(run),
  diffs: renderDiffs(run.diff),
  ...(run.failure ? { error: run.failure.message } : {}),
})

const switching = (path: 'pause' | 'resume', active: boolean, summary: string) => route({
  method: 'POST', path: `/api/monitor/:cronId/${path}`, verb: 'monitors_update', summary,
  params, response: monitor,
  toIntent: ({ params: { cronId } }) => ({ ...own(cronId), change: {}, active }),
  render: (record) => ({ status: 200, body: renderMonitor(record) }),
})

export const monitorRoutes = [
  route({
    method: 'POST', path: '/api/monitor', verb: 'monitors_create', summary: 'Watches a page; the first look is taken at once',
    prices: { ...prices, change: 5 },
    body: monitorBody, response: monitor,
    toIntent: ({ body }, info) => {
      const { url, ...page } = pageIntent(body)
      return {
        name: body.name ?? null, schedule: body.interval, timeZone: 'UTC', missed: 'once', target: { kind: 'page', url, page }, watch: watchOf(body.formats),
        webhook: body.webhookUrl === undefined ? null : webhookOf(body.webhookUrl, info),
        options: { formats: body.formats, ...(body.fetchConfig ? { fetchConfig: body.fetchConfig } : {}) },
      }
    },
    render: (record) => ({ status: 200, body: renderMonitor(record) }),
  }),
  route({
    method: 'GET', path: '/api/monitor', verb: 'monitors_list', throttled: false, summary: 'All monitors, newest first',
    response: z.array(monitor),
    toIntent: () => ({ dialect }),
    render: (list) => ({ status: 200, body: list.map(renderMonitor) }),
  }),
  route({
    method: 'GET', path: '/api/monitor/:cronId', verb: 'monitors_get', throttled: false, summary: 'One monitor',
    params, response: monitor,
    toIntent: ({ params: { cronId } }) => own(cronId),
    render: (record) => ({ status: 200, body: renderMonitor(record) }),
  }),
  route({
    method: 'PATCH', path: '/api/monitor/:cronId', verb: 'monitors_update', summary: 'Changes what is given',
    params, body: changeBody, response: monitor,
    toIntent: ({ params: { cronId }, body }, info) => ({
      ...own(cronId),
      change: {
        ...(body.name === undefined ? {} : { name: body.name }),
        ...(body.interval === undefined ? {} : { schedule: body.interval }),
        ...(body.webhookUrl === undefined ? {} : { webhook: body.webhookUrl === null ? null : webhookOf(body.webhookUrl, info) }),
        ...(body.formats ? { watch: watchOf(body.formats) } : {}),
        options: { ...(body.formats ? { formats: body.formats } : {}), ...(body.fetchConfig ? { fetchConfig: body.fetchConfig } : {}) },
        page: {
          ...(body.url === undefined ? {} : { url: body.url }),
          ...(body.formats ? { formats: body.formats.map(requestOf) } : {}),
          // Which formats there are is not known here: a screenshot is made in a browser whatever the mode says.
          ...(body.fetchConfig ? fetchChange(body.url ?? cronId, body.fetchConfig, body.formats?.some(({ type }) => isShown(type)) ?? true) : {}),
        } as Record<string, unknown>,
      },
    }),
    render: (record) => ({ status: 200, body: renderMonitor(record) }),
  }),
  route({
    method: 'DELETE', path: '/api/monitor/:cronId', verb: 'monitors_delete', summary: 'Deletes a monitor and its ticks',
    params, response: done,
    toIntent: ({ params: { cronId } }) => own(cronId),
    render: () => ({ status: 200, body: { ok: true } }),
  }),
  switching('pause', false, 'Pauses a monitor'),
  switching('resume', true, 'Continues a paused monitor'),
  route({
    method: 'GET', path: '/api/monitor/:cronId/activity', verb: 'monitors_runs', throttled: false, summary: 'Ticks of a monitor, newest first',
    params, query: activityQuery, response: activity,
    toIntent: ({ params: { cronId }, query: { limit, cursor } }) => ({ ...own(cronId), limit, ...(cursor === undefined ? {} : { before: momentOf(cursor) }) }),
    render: ({ items, nextCursor }) => ({ status: 200, body: { ticks: items.map(renderTick), nextCursor: nextCursor === null ? null : (items.at(-1)?.dueAt ?? null) } }),
  }),
]

/** A time without a zone is UTC. */
const momentOf = (cursor: string): string => new Date(/(?:Z|[+-]\d\d:?\d\d)$/i.test(cursor) ? cursor : `${cursor}Z`).toISOString()
