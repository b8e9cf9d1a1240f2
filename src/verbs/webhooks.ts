import { reading, steering } from './plain.ts'

export const webhookVerbs = {
  webhooks_create: steering<'webhooks_create'>((deps, visit, actor, input) => deps.webhooks.create(actor, visit.dialect, input)),
  webhooks_list: reading<'webhooks_list'>((deps, actor) => deps.webhooks.list(actor.workspaceId)),
  webhooks_get: reading<'webhooks_get'>((deps, actor, { id }) => deps.webhooks.get(actor.workspaceId, id)),
  webhooks_update: steering<'webhooks_update'>((deps, _, actor, { id, change }) => deps.webhooks.update(actor, id, change)),
  webhooks_delete: steering<'webhooks_delete'>((deps, _, actor, { id }) => deps.webhooks.delete(actor.workspaceId, id)),
  webhooks_rotate: steering<'webhooks_rotate'>((deps, _, actor, { id, overlapS }) => deps.webhooks.rotate(actor.workspaceId, id, overlapS)),
  webhooks_test: steering<'webhooks_test'>((deps, _, actor, { id }) => deps.webhooks.test(actor.workspaceId, id)),
  deliveries_list: reading<'deliveries_list'>((deps, actor, { id, ...query }) => deps.webhooks.deliveries(actor.workspaceId, id, query)),
  deliveries_replay: steering<'deliveries_replay'>((deps, _, actor, { id, deliveryId }) => deps.webhooks.replay(actor.workspaceId, id, deliveryId)),
  deliveries_replay_range: steering<'deliveries_replay_range'>(async (deps, _, actor, { id, since, until, all }) =>
    ({ replaying: await deps.webhooks.replayRange(actor.workspaceId, id, { since: new Date(since), until: new Date(until), all }) })),
}
