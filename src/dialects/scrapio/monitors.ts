import { createHash } from 'node:crypto'
import { z } from 'zod'
import { scrapeIntent } from '../../contract/intent.ts'
import type { FieldChange, MonitorDiff, MonitorIntent, MonitorRecord, MonitorRun, Watch } from '../../contract/monitors.ts'
import { fail } from '../../failure/failure.ts'
import { route, type ReplyInfo, type Route } from '../dialect.ts'
import { schemaOf } from './extract.ts'
import { body, decimal, digits, flag, httpUrl, integer, list, map, oneOf, open, text } from './fields.ts'
import { monitorPrices } from './prices.ts'

const threshold = open({ abs: decimal.optional(), pct: decimal.optional() })

const watch = open({
  fields: list(text(500), 0).optional(),
  on: oneOf(['any', 'all']).optional(),
  notify_on_first_run: flag.optional(),
  thresholds: map(threshold).nullish(),
  ignore_patterns: list(text(1000), 0).nullish(),
  digest_interval_minutes: integer(15, 525_600).nullish(),
})
type WatchWish = z.output<typeof watch>

const created = body(open({
  name: text(200),
  url: httpUrl,
  mode: oneOf(['fields', 'content']).optional().describe('Default `fields`'),
  extract: map(text(10_000)).optional().describe('Name → a word for its type (`number`, `boolean`, `string[]`) or a description'),
  cron: text(100),
  watch: watch.optional(),
  webhook_endpoint_id: text(200).nullish(),
})
  .refine(({ mode, extract }) => mode === 'content' || (extract !== undefined && Object.keys(extract).length > 0), { path: ['extract'], error: 'is required' })
  .refine(({ mode, extract }) => mode !== 'content' || extract === undefined, { path: ['extract'], error: 'is not for mode content' })
  .refine(({ mode, watch: it }) => mode !== 'content' || ((it?.fields?.length ?? 0) === 0 && !it?.thresholds), { path: ['watch'], error: 'has fields and thresholds in mode fields only' })
  .refine(({ extract = {}, watch: it }) => (it?.fields ?? []).every((name) => name in extract), { path: ['watch', 'fields'], error: 'must be names in extract' }))
type Created = z.output<typeof created>

const changed = body(open({
  name: text(200).optional(), cron: text(100).optional(), url: httpUrl.optional(), active: flag.optional(), extract: map(text(10_000)).optional(), watch: watch.optional(), webhook_endpoint_id: text(200).nullish(),
}))
type Changed = z.output<typeof changed>

type Mode = 'fields' | 'content'

/** What is kept of the wish, to be given back. */
interface Kept {
  mode: Mode
  extract: Record<string, string> | null
}

const watchOf = (wish: WatchWish): Partial<Watch> => ({
  ...(wish.fields === undefined ? {} : { fields: wish.fields }),
  ...(wish.on === undefined ? {} : { on: wish.on }),
  ...(wish.notify_on_first_run === undefined ? {} : { firstRun: wish.notify_on_first_run }),
  ...(wish.thresholds === undefined ? {} : { thresholds: thresholdsOf(wish.thresholds) }),
  ...(wish.ignore_patterns === undefined ? {} : { ignore: wish.ignore_patterns ?? [] }),
  ...(wish.digest_interval_minutes === undefined ? {} : { digestMinutes: wish.digest_interval_minutes }),
})

const thresholdsOf = (wish: WatchWish['thresholds']): NonNullable<Watch['thresholds']> => Object.fromEntries(
  Object.entries(wish ?? {}).map(([name, { abs, pct }]) => [name, { ...(abs === undefined ? {} : { abs }), ...(pct === undefined ? {} : { pct }) }]),
)

const formatOf = (extract: Record<string, string>) => ({ kind: 'json', extract: { schema: schemaOf(extract) } }) as const

const pageMs = 60_000

const intentOf = (wish: Created): MonitorIntent => {
  const mode = wish.mode ?? 'fields'
  const { url, ...page } = scrapeIntent({ url: wish.url, formats: mode === 'fields' ? [formatOf(wish.extract ?? {})] : [{ kind: 'markdown', mode: 'reader' }], timeoutMs: pageMs })
  return {
    name: wish.name, schedule: wish.cron, timeZone: 'UTC', missed: 'once', target: { kind: 'page', url, page },
    watch: { parts: [mode === 'fields' ? 'json' : 'markdown'], section: null, fields: [], ignore: [], ignoreCase: false, ignoreNumbers: false, minChars: 0, whole: true, ...watchOf(wish.watch ?? {}) },
    webhook: null, webhookId: wish.webhook_endpoint_id ?? null,
    options: { mode, extract: wish.extract ?? null } satisfies Kept as unknown as Record<string, unknown>,
  }
}

const nullable = <T extends z.ZodType>(schema: T) => schema.nullable()
const record = z.object({
  id: z.string(), tenant_id: z.string(), name: z.string(), url: z.string(), mode: z.enum(['fields', 'content']), extract: nullable(z.record(z.string(), z.string())), cron: z.string(),
  watch: z.object({
    fields: z.array(z.string()), on: z.enum(['any', 'all']), notify_on_first_run: z.boolean(), thresholds: nullable(z.record(z.string(), z.unknown())),
    ignore_patterns: nullable(z.array(z.string())), digest_interval_minutes: nullable(z.int()),
  }),
  webhook_endpoint_id: nullable(z.string()), active: z.boolean(), last_run_at: nullable(z.string()), next_run_at: nullable(z.string()), last_digest_at: nullable(z.string()),
  created_at: z.string(), updated_at: z.string(),
})

const toRecord = (it: MonitorRecord): z.output<typeof record> => {
  const { intent } = it
  if (intent.target.kind !== 'page') throw fail('caller.not_found', { kind: 'monitor', id: it.id })
  const kept = intent.options as Partial<Kept>
  const { watch: watched } = intent
  const mode = kept.mode ?? (watched.parts.includes('json') ? 'fields' : 'content')
  const extract = kept.extract ?? null
  return {
    id: it.id, tenant_id: it.workspaceId, name: intent.name ?? '', url: intent.target.url, mode, extract, cron: intent.schedule,
    watch: {
      fields: watched.fields, on: watched.on ?? 'any', notify_on_first_run: watched.firstRun ?? false,
      thresholds: Object.keys(watched.thresholds ?? {}).length > 0 ? (watched.thresholds ?? null) : null,
      ignore_patterns: watched.ignore.length > 0 ? watched.ignore : null, digest_interval_minutes: watched.digestMinutes ?? null,
    },
    webhook_endpoint_id: intent.webhookId ?? null, active: it.active, last_run_at: it.lastRunAt, next_run_at: it.nextAt, last_digest_at: it.lastDigestAt,
    created_at: it.createdAt, updated_at: it.updatedAt,
  }
}

/** Fields, or the content as one: what it lost and what it gained. */
export const changesIn = (diff: MonitorDiff | null): { field: string; previous: unknown; now: unknown }[] => {
  const fields = [...(diff?.fields.json ?? []), ...(diff?.fields.metadata ?? [])].map(({ path, old, new: now }: FieldChange) => ({ field: path, previous: old, now }))
  const lines = (diff?.texts.markdown ?? diff?.texts.text ?? diff?.texts.html)?.lines
  if (!lines) return fields
  const joined = (type: 'added' | 'removed'): string => lines.filter((line) => line.type === type).map(({ content }) => content).join('\n')
  return [...fields, { field: 'content', previous: joined('removed'), now: joined('added') }]
}

const runStates = ['pending', 'running', 'completed', 'failed', 'skipped'] as const
const run = z.object({
  id: z.string(), scheduleId: z.string(), tenantId: z.string(), jobId: nullable(z.string()), status: z.enum(runStates), triggeredAt: z.string(), completedAt: nullable(z.string()),
  error: nullable(z.string()), extractedWatchValues: nullable(z.record(z.string(), z.unknown())),
})

const toRun = (it: MonitorRun): z.output<typeof run> => ({
  id: it.id, scheduleId: it.monitorId, tenantId: it.workspaceId, jobId: null, status: it.state, triggeredAt: it.dueAt, completedAt: it.finishedAt,
  error: it.failure?.message ?? null, extractedWatchValues: valuesIn(it),
})

/** The fields as they were read; of a content monitor the digest that stands for it. */
const valuesIn = ({ snapshot }: MonitorRun): Record<string, unknown> | null => {
  if (!snapshot) return null
  const { json } = snapshot.fields
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Record<string, unknown>
  const content = snapshot.texts.markdown
  return content === undefined ? null : { content_hash: createHash('sha256').update(content).digest('hex') }
}

const change = z.object({
  id: z.string(), scheduleId: z.string(), tenantId: z.string(), runId: z.string(), previousRunId: nullable(z.string()),
  changes: z.array(z.object({ field: z.string(), previousValue: z.unknown(), newValue: z.unknown() })), detectedAt: z.string(),
})

const toChange = (it: MonitorRun): z.output<typeof change> => ({
  id: `chg_${it.id.slice(it.id.indexOf('_') + 1)}`, scheduleId: it.monitorId, tenantId: it.workspaceId, runId: it.id, previousRunId: it.previousId,
  changes: changesIn(it.diff).map(({ field, previous, now }) => ({ field, previousValue: previous ?? null, newValue: now ?? null })),
  detectedAt: it.finishedAt ?? it.dueAt,
})

const params = z.object({ id: text(200) })
const one = z.object({ request_id: z.string(), ...record.shape })
const history = z.object({ limit: digits.optional() })
const limitOf = ({ limit }: z.output<typeof history>): number => {
  const count = Number(limit ?? 50)
  if (count >= 1 && count <= 100) return count
  throw fail('caller.invalid_request', { issues: [{ path: ['limit'], code: 'invalid_value', message: 'must be from 1 to 100' }] })
}
const base = '/v1/monitors'
/** Monitors of other voices have no shape here. */
const dialect = 'scrapio'
const told = (it: MonitorRecord, info: ReplyInfo, status = 200) => ({ status, body: { request_id: info.requestId, ...toRecord(it) } })

const changeOf = (wish: Changed) => ({
  ...(wish.name === undefined ? {} : { name: wish.name }),
  ...(wish.cron === undefined ? {} : { schedule: wish.cron }),
  ...(wish.url === undefined && wish.extract === undefined ? {} : { page: { ...(wish.url === undefined ? {} : { url: wish.url }), ...(wish.extract === undefined ? {} : { formats: [formatOf(wish.extract)] }) } }),
  ...(wish.extract === undefined ? {} : { options: { extract: wish.extract } }),
  ...(wish.watch === undefined ? {} : { watch: watchOf(wish.watch) }),
  ...(wish.webhook_endpoint_id === undefined ? {} : { webhookId: wish.webhook_endpoint_id }),
})

export const monitorRoutes: Route[] = [
  route({
    method: 'POST', path: base, verb: 'monitors_create', prices: monitorPrices, summary: 'Watches a page on a schedule', body: created, response: one,
    toIntent: ({ body: wish }) => intentOf(wish),
    render: (it, _, info) => told(it, info, 201),
  }),
  route({
    method: 'GET', path: base, verb: 'monitors_list', throttled: false, summary: 'Every monitor', response: z.object({ request_id: z.string(), monitors: z.array(record) }),
    toIntent: () => ({ dialect }),
    render: (all, _, info) => ({ status: 200, body: { request_id: info.requestId, monitors: all.map(toRecord) } }),
  }),
  route({
    method: 'GET', path: `${base}/:id`, verb: 'monitors_get', throttled: false, summary: 'A monitor', params, response: one,
    toIntent: ({ params: { id } }) => ({ id, dialect }),
    render: (it, _, info) => told(it, info),
  }),
  route({
    method: 'PATCH', path: `${base}/:id`, verb: 'monitors_update', summary: 'Changes, pauses or resumes a monitor', params, body: changed, response: one,
    toIntent: ({ params: { id }, body: wish }) => ({ id, dialect, change: changeOf(wish), ...(wish.active === undefined ? {} : { active: wish.active }) }),
    render: (it, _, info) => told(it, info),
  }),
  route({
    method: 'DELETE', path: `${base}/:id`, verb: 'monitors_delete', summary: 'Deletes a monitor', params, response: z.undefined(),
    toIntent: ({ params: { id } }) => ({ id, dialect }),
    render: () => ({ status: 204, body: '' }),
  }),
  route({
    method: 'POST', path: `${base}/:id/trigger`, verb: 'monitors_trigger', summary: 'Runs a monitor now', params,
    response: z.object({ request_id: z.string(), run_id: z.string(), job_id: nullable(z.string()) }),
    toIntent: ({ params: { id } }) => ({ id }),
    render: (it, _, info) => ({ status: 202, body: { request_id: info.requestId, run_id: it.id, job_id: null } }),
  }),
  route({
    method: 'GET', path: `${base}/:id/runs`, verb: 'monitors_runs', throttled: false, summary: 'Runs, newest first', params, query: history, response: z.object({ request_id: z.string(), runs: z.array(run) }),
    toIntent: ({ params: { id }, query }) => ({ id, dialect, limit: limitOf(query), snapshots: true }),
    render: ({ items }, _, info) => ({ status: 200, body: { request_id: info.requestId, runs: items.map(toRun) } }),
  }),
  route({
    method: 'GET', path: `${base}/:id/runs/latest`, verb: 'monitors_run', throttled: false, summary: 'The newest complete run, with what it saw', params,
    response: z.object({ request_id: z.string(), ...run.shape, result: z.unknown() }),
    toIntent: ({ params: { id } }) => ({ id, runId: null }),
    render: (it, _, info) => ({ status: 200, body: { request_id: info.requestId, ...toRun(it), result: resultIn(it) } }),
  }),
  route({
    method: 'GET', path: `${base}/:id/changes`, verb: 'monitors_runs', throttled: false, summary: 'Changes, newest first', params, query: history, response: z.object({ request_id: z.string(), changes: z.array(change) }),
    toIntent: ({ params: { id }, query }) => ({ id, dialect, limit: limitOf(query), changed: true }),
    render: ({ items }, _, info) => ({ status: 200, body: { request_id: info.requestId, changes: items.map(toChange) } }),
  }),
  route({
    method: 'GET', path: `${base}/:id/changes/latest`, verb: 'monitors_runs', throttled: false, summary: 'The newest change', params, response: z.object({ request_id: z.string(), ...change.shape }),
    toIntent: ({ params: { id } }) => ({ id, dialect, limit: 1, changed: true }),
    render: ({ items }, _, info) => {
      const [latest] = items
      if (!latest) throw fail('caller.not_found', { kind: 'monitor change', id: 'latest' })
      return { status: 200, body: { request_id: info.requestId, ...toChange(latest) } }
    },
  }),
]

/** What the run made of the page, as a fetch would tell it. */
const resultIn = ({ snapshot }: MonitorRun): unknown =>
  snapshot && { outputs: { ...(snapshot.fields.json === undefined ? {} : { json: snapshot.fields.json }), ...(snapshot.texts.markdown === undefined ? {} : { markdown: snapshot.texts.markdown }) } }
