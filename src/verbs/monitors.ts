import type { Actor } from '../contract/actor.ts'
import type { MonitorRecord } from '../contract/monitors.ts'
import { freePrices } from '../contract/price.ts'
import type { MonitorQuery } from '../contract/verbs.ts'
import { fail } from '../failure/failure.ts'
import type { VerbDeps } from './deps.ts'
import { isFree } from './tasks/job.ts'
import { reading, steering } from './plain.ts'

/** The monitor, where the caller's contract knows it. */
const own = async (deps: VerbDeps, actor: Actor, { id, dialect }: MonitorQuery): Promise<MonitorRecord> => {
  const monitor = await deps.monitors.get(actor.workspaceId, id)
  if ((dialect ?? monitor.dialect) !== monitor.dialect) throw fail('caller.not_found', { kind: 'monitor', id })
  return monitor
}

export const monitorVerbs = {
  monitors_create: steering<'monitors_create'>(async (deps, visit, actor, intent) => {
    if (intent.webhook) await deps.webhooks.judge(intent.webhook.url, actor.mode, ['webhook', 'url'])
    if (intent.webhookId) await deps.webhooks.get(actor.workspaceId, intent.webhookId)
    return deps.monitors.create(actor, { prices: isFree(actor) ? freePrices : visit.prices, dialect: visit.dialect, requestId: visit.id }, intent)
  }),
  monitors_list: reading<'monitors_list'>(async (deps, actor, { dialect }) => (await deps.monitors.list(actor.workspaceId)).filter((monitor) => dialect === undefined || monitor.dialect === dialect)),
  monitors_get: reading<'monitors_get'>((deps, actor, query) => own(deps, actor, query)),
  monitors_update: steering<'monitors_update'>(async (deps, _, actor, { id, dialect, change, active }) => {
    if (dialect !== undefined) await own(deps, actor, { id, dialect })
    if (change.webhook) await deps.webhooks.judge(change.webhook.url, actor.mode, ['webhook', 'url'])
    if (change.webhookId) await deps.webhooks.get(actor.workspaceId, change.webhookId)
    return deps.monitors.update(actor.workspaceId, id, change, active)
  }),
  monitors_delete: steering<'monitors_delete'>(async (deps, _, actor, query) => {
    await own(deps, actor, query)
    return deps.monitors.delete(actor.workspaceId, query.id)
  }),
  monitors_trigger: steering<'monitors_trigger'>((deps, _, actor, { id }) => deps.monitors.trigger(actor.workspaceId, id)),
  monitors_runs: reading<'monitors_runs'>(async (deps, actor, { id, dialect, ...query }) => {
    if (dialect !== undefined) await own(deps, actor, { id, dialect })
    return deps.monitors.runs(actor.workspaceId, id, query)
  }),
  monitors_run: reading<'monitors_run'>((deps, actor, { id, runId }) => deps.monitors.run(actor.workspaceId, id, runId)),
}
