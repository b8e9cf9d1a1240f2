import { freePrices } from '../contract/price.ts'
import { isFree } from './tasks/job.ts'
import { reading, steering } from './plain.ts'

export const monitorVerbs = {
  monitors_create: steering<'monitors_create'>(async (deps, visit, actor, intent) => {
    if (intent.webhook) await deps.webhooks.judge(intent.webhook.url, actor.mode, ['webhook', 'url'])
    return deps.monitors.create(actor, { prices: isFree(actor) ? freePrices : visit.prices, dialect: visit.dialect, requestId: visit.id }, intent)
  }),
  monitors_list: reading<'monitors_list'>((deps, actor) => deps.monitors.list(actor.workspaceId)),
  monitors_get: reading<'monitors_get'>((deps, actor, { id }) => deps.monitors.get(actor.workspaceId, id)),
  monitors_update: steering<'monitors_update'>(async (deps, _, actor, { id, change, active }) => {
    if (change.webhook) await deps.webhooks.judge(change.webhook.url, actor.mode, ['webhook', 'url'])
    return deps.monitors.update(actor.workspaceId, id, change, active)
  }),
  monitors_delete: steering<'monitors_delete'>((deps, _, actor, { id }) => deps.monitors.delete(actor.workspaceId, id)),
  monitors_trigger: steering<'monitors_trigger'>((deps, _, actor, { id }) => deps.monitors.trigger(actor.workspaceId, id)),
  monitors_runs: reading<'monitors_runs'>((deps, actor, { id, ...query }) => deps.monitors.runs(actor.workspaceId, id, query)),
  monitors_run: reading<'monitors_run'>((deps, actor, { id, runId }) => deps.monitors.run(actor.workspaceId, id, runId)),
}
