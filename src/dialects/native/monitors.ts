import { z } from 'zod'
import { missedPolicies, watchedParts, type MonitorIntent, type MonitorRecord, type MonitorRun, type MonitorTarget, type Watch } from '../../contract/monitors.ts'
import { route } from '../dialect.ts'
import { browserAllowed } from './browser-fields.ts'
import { renderFailureJson } from './job-fields.ts'
import { pageFields, toIntent, urlField } from './scrape.ts'
import { mapFields, toMap } from './submit.ts'

const threshold = z.strictObject({ abs: z.number().positive().optional(), pct: z.number().positive().optional() })

const watch = z.strictObject({
  parts: z.array(z.enum(watchedParts)).min(1).max(watchedParts.length).default(['markdown']),
  section: z.string().min(1).max(300).nullable().default(null).describe('Only what stands under this heading'),
  fields: z.array(z.string().min(1).max(200)).max(100).default([]).describe('Only these members of metadata or json, as dotted paths'),
  ignore: z.array(z.string().min(1).max(500)).max(50).default([]).describe('RE2 expressions; what they match does not count'),
  ignore_case: z.boolean().default(false),
  ignore_numbers: z.boolean().default(false),
  min_chars: z.int().min(0).max(1_000_000).default(0),
  whole: z.boolean().optional().describe('`true` compares fields as wholes, and lists as sets'),
  on: z.enum(['any', 'all']).optional().describe('`all`: only where every field that is watched has changed'),
  thresholds: z.record(z.string().max(200), threshold).optional().describe('By field: how far a number has to move, by amount or by percentage'),
  first_run: z.boolean().optional().describe('`true` tells the first look as a change'),
  digest_minutes: z.int().min(1).max(525_600).nullable().optional().describe('Tells changes together as `monitor.digest`, this far apart'),
})

const webhook = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).max(2048),
  events: z.array(z.enum(['monitor.changed', 'monitor.digest', 'monitor.run', 'monitor.failed', 'monitor.paused', 'monitor.*'])).min(1).default(['monitor.changed']),
  secret: z.string().min(16).max(256).optional(),
})

const body = z.strictObject({
  name: z.string().min(1).max(200).nullable().default(null),
  schedule: z.string().min(1).max(100).describe('Five fields of cron, or `every 10m`'),
  time_zone: z.string().max(100).default('UTC'),
  missed: z.enum(missedPolicies).default('once').describe('What becomes of a time at which nothing ran'),
  url: urlField.optional().describe('The page that is watched'),
  page: z.strictObject(pageFields).superRefine(browserAllowed).optional().describe('How it is fetched'),
  map: z.strictObject(mapFields).optional().describe('Or: a site whose URLs are watched'),
  watch: watch.prefault({}),
  webhook: webhook.nullable().default(null),
})

const createBody = body.refine((value) => (value.url === undefined) !== (value.map === undefined), { error: 'Give either url or map', path: ['url'] })

const changeBody = z.strictObject({
  name: z.string().min(1).max(200).nullable().optional(),
  schedule: z.string().min(1).max(100).optional(),
  time_zone: z.string().max(100).optional(),
  missed: z.enum(missedPolicies).optional(),
  url: urlField.optional(),
  page: z.strictObject(pageFields).superRefine(browserAllowed).optional(),
  map: z.strictObject(mapFields).optional(),
  watch: watch.optional(),
  webhook: webhook.nullable().optional(),
  active: z.boolean().optional(),
})

const monitor = z.looseObject({ id: z.string(), active: z.boolean(), schedule: z.string(), next_at: z.string().nullable() })
const run = z.looseObject({ id: z.string(), state: z.enum(['running', 'completed', 'failed', 'skipped']), changed: z.boolean() })
const id = z.object({ id: z.string().min(1).max(100) })

type Webhook = { url: string; events: string[]; secret?: string | undefined } | null
const webhookOf = (it: Webhook): MonitorIntent['webhook'] => it && { url: it.url, events: it.events, ...(it.secret === undefined ? {} : { secret: it.secret }) }

const watchMore = ({ whole, on, thresholds, first_run: firstRun, digest_minutes: digestMinutes }: z.output<typeof watch>): Partial<Watch> =>
  defined({ whole, on, thresholds: thresholds && Object.fromEntries(Object.entries(thresholds).map(([name, one]) => [name, defined(one)])), firstRun, digestMinutes }) as Partial<Watch>

const watchOf = (it: z.output<typeof watch>): Watch =>
  ({ parts: it.parts, section: it.section, fields: it.fields, ignore: it.ignore, ignoreCase: it.ignore_case, ignoreNumbers: it.ignore_numbers, minChars: it.min_chars, ...watchMore(it) })

const targetOf = (it: { url?: string | undefined; page?: z.output<z.ZodObject<typeof pageFields>> | undefined; map?: z.output<z.ZodObject<typeof mapFields>> | undefined }): MonitorTarget => {
  if (it.map) return { kind: 'map', map: toMap(it.map) }
  const { url, ...page } = toIntent({ ...(it.page ?? z.object(pageFields).parse({})), url: it.url ?? '' })
  return { kind: 'page', url, page }
}

const renderMonitor = ({ intent, ...it }: MonitorRecord) => ({
  id: it.id, name: intent.name, active: it.active, reason: it.reason, schedule: intent.schedule, time_zone: intent.timeZone, missed: intent.missed,
  target: intent.target.kind === 'page' ? { url: intent.target.url, formats: intent.target.page.formats.map((format) => format.kind) } : { map: { seeds: intent.target.map.seeds } },
  watch: { parts: intent.watch.parts, section: intent.watch.section, fields: intent.watch.fields, ignore: intent.watch.ignore, ignore_case: intent.watch.ignoreCase, ignore_numbers: intent.watch.ignoreNumbers, min_chars: intent.watch.minChars, whole: intent.watch.whole, on: intent.watch.on, thresholds: intent.watch.thresholds, first_run: intent.watch.firstRun, digest_minutes: intent.watch.digestMinutes },
  webhook: intent.webhook && { url: intent.webhook.url, events: intent.webhook.events },
  failures: it.failures, next_at: it.nextAt, last_run_at: it.lastRunAt, created_at: it.createdAt, updated_at: it.updatedAt,
})

const renderRun = (it: MonitorRun) => ({
  id: it.id, monitor_id: it.monitorId, state: it.state, trigger: it.trigger, due_at: it.dueAt, finished_at: it.finishedAt, previous_id: it.previousId,
  changed: it.changed, diff: it.diff, failure: renderFailureJson(it.failure), credits: it.credits, ...(it.snapshot === null ? {} : { snapshot: it.snapshot }),
})

const defined = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> }

const runsQuery = z.strictObject({ limit: z.coerce.number().pipe(z.int().min(1).max(200)).default(50), cursor: z.string().max(100).optional() })
const runList = z.object({ data: z.array(run), next_cursor: z.string().nullable() })

const switching = (path: 'pause' | 'resume', active: boolean, summary: string) => route({
  method: 'POST', path: `/v1/monitors/:id/${path}`, verb: 'monitors_update', summary,
  params: id, response: z.object({ data: monitor }),
  toIntent: ({ params }) => ({ ...params, change: {}, active }),
  render: (value) => ({ status: 200, body: { data: renderMonitor(value) } }),
})

export const monitorRoutes = [
  route({
    method: 'POST', path: '/v1/monitors', verb: 'monitors_create',
    summary: 'Watches a page or the URLs of a site; the first look is taken at once',
    body: createBody, response: z.object({ data: monitor }),
    toIntent: ({ body: it }) => ({
      name: it.name, schedule: it.schedule, timeZone: it.time_zone, missed: it.missed, target: targetOf(it), watch: watchOf(it.watch), webhook: webhookOf(it.webhook), options: {},
    }),
    render: (value) => ({ status: 201, body: { data: renderMonitor(value) } }),
  }),
  route({
    method: 'GET', path: '/v1/monitors', verb: 'monitors_list', throttled: false, summary: 'Monitors, newest first',
    response: z.object({ data: z.array(monitor) }),
    toIntent: () => ({}),
    render: (list) => ({ status: 200, body: { data: list.map(renderMonitor) } }),
  }),
  route({
    method: 'GET', path: '/v1/monitors/:id', verb: 'monitors_get', throttled: false, summary: 'One monitor',
    params: id, response: z.object({ data: monitor }),
    toIntent: ({ params }) => params,
    render: (value) => ({ status: 200, body: { data: renderMonitor(value) } }),
  }),
  route({
    method: 'PATCH', path: '/v1/monitors/:id', verb: 'monitors_update', summary: 'Changes what is given',
    params: id, body: changeBody, response: z.object({ data: monitor }),
    toIntent: ({ params, body: it }) => ({
      ...params,
      change: defined({
        name: it.name, schedule: it.schedule, timeZone: it.time_zone, missed: it.missed,
        target: it.url !== undefined || it.map !== undefined ? targetOf(it) : undefined,
        watch: it.watch && watchOf(it.watch),
        webhook: it.webhook === undefined ? undefined : webhookOf(it.webhook),
      }) as Partial<MonitorIntent>,
      ...(it.active === undefined ? {} : { active: it.active }),
    }),
    render: (value) => ({ status: 200, body: { data: renderMonitor(value) } }),
  }),
  route({
    method: 'DELETE', path: '/v1/monitors/:id', verb: 'monitors_delete', summary: 'Removes a monitor with its runs',
    params: id, response: z.object({ data: z.object({ id: z.string(), deleted: z.literal(true) }) }),
    toIntent: ({ params }) => params,
    render: (value) => ({ status: 200, body: { data: { id: value.id, deleted: true } } }),
  }),
  switching('pause', false, 'Stops looking until it is resumed'),
  switching('resume', true, 'Goes on looking'),
  route({
    method: 'POST', path: '/v1/monitors/:id/trigger', verb: 'monitors_trigger', summary: 'Looks now',
    params: id, response: z.object({ data: run }),
    toIntent: ({ params }) => params,
    render: (value) => ({ status: 202, body: { data: renderRun(value) } }),
  }),
  route({
    method: 'GET', path: '/v1/monitors/:id/runs', verb: 'monitors_runs', throttled: false, summary: 'Every look that was taken, newest first',
    params: id, query: runsQuery, response: runList,
    toIntent: ({ params, query }) => ({ ...params, ...(defined(query) as { limit: number }) }),
    render: (page) => ({ status: 200, body: { data: page.items.map(renderRun), next_cursor: page.nextCursor } }),
  }),
  route({
    method: 'GET', path: '/v1/monitors/:id/changes', verb: 'monitors_runs', throttled: false, summary: 'Only those that saw a change',
    params: id, query: runsQuery, response: runList,
    toIntent: ({ params, query }) => ({ ...params, ...(defined(query) as { limit: number }), changed: true }),
    render: (page) => ({ status: 200, body: { data: page.items.map(renderRun), next_cursor: page.nextCursor } }),
  }),
  route({
    method: 'GET', path: '/v1/monitors/:id/runs/:run', verb: 'monitors_run', throttled: false, summary: 'One of them with what it saw; `latest` is the newest that is complete',
    params: id.extend({ run: z.string().min(1).max(100) }), response: z.object({ data: run }),
    toIntent: ({ params }) => ({ id: params.id, runId: params.run === 'latest' ? null : params.run }),
    render: (value) => ({ status: 200, body: { data: renderRun(value) } }),
  }),
]
