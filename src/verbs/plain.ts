import type { Actor } from '../contract/actor.ts'
import type { VerbName, VerbValue, Visit } from '../contract/verbs.ts'
import { fail } from '../failure/failure.ts'
import type { VerbDeps } from './deps.ts'
import { isOperator } from './operator.ts'
import type { Plain } from './table.ts'

export const reading = <V extends VerbName>(run: (deps: VerbDeps, actor: Actor, input: Parameters<Plain<V>['run']>[3], visit: Visit) => ReturnType<Plain<V>['run']>): Plain<V> =>
  ({ scope: 'read', recorded: false, run: (deps, visit, actor, input) => run(deps, known(actor), input, visit) })

const administering = <V extends VerbName>(run: (deps: VerbDeps, actor: Actor, input: Parameters<Plain<V>['run']>[3]) => ReturnType<Plain<V>['run']>, recorded = true): Plain<V> =>
  ({ scope: 'admin', recorded, run: (deps, _visit, actor, input) => run(deps, known(actor), input) })

/** A verb of the scope `scrape` that begins or steers durable work. */
export const steering = <V extends VerbName>(run: (deps: VerbDeps, visit: Visit, actor: Actor, input: Parameters<Plain<V>['run']>[3]) => Promise<VerbValue<V>>): Plain<V> =>
  ({ scope: 'scrape', recorded: true, run: (deps, visit, actor, input) => run(deps, visit, known(actor), input) })

/** Beyond one workspace: for the command line of this machine alone. */
const operating = <V extends VerbName>(run: (deps: VerbDeps, input: Parameters<Plain<V>['run']>[3]) => ReturnType<Plain<V>['run']>): Plain<V> => ({
  scope: 'admin',
  recorded: false,
  run: (deps, _visit, actor, input) => {
    if (!isOperator(known(actor))) throw fail('account.scope_denied', { needs: 'the command line of the server' })
    return run(deps, input)
  },
})

/** Verbs with a scope run only with a key: the runner has checked it. */
export const known = (actor: Actor | null): Actor => {
  if (actor === null) throw fail('account.missing_key')
  return actor
}

export const plainVerbs = {
  credits: reading<'credits'>((deps, actor) => deps.meter.credits(actor.workspaceId)),
  top_up: administering<'top_up'>((deps, actor, input) => deps.meter.topUp(actor.workspaceId, input.credits, input.note)),
  set_credit_limit: administering<'set_credit_limit'>((deps, actor, input) => deps.meter.setMonthlyCredits(actor.workspaceId, input.monthlyCredits)),
  usage_days: reading<'usage_days'>((deps, actor, input) => deps.meter.usage.days(actor.workspaceId, input.since)),
  ledger_list: reading<'ledger_list'>((deps, actor, input) => deps.meter.usage.ledger(actor.workspaceId, input)),
  workspaces_list: operating<'workspaces_list'>((deps) => deps.meter.workspaces.list()),
  workspaces_create: operating<'workspaces_create'>(async (deps, input) => {
    await deps.meter.workspaces.ensure(input.id, input.name)
    const made = (await deps.meter.workspaces.list()).find((workspace) => workspace.id === input.id)
    if (!made) throw fail('caller.not_found', { kind: 'workspace', id: input.id })
    return made
  }),
  requests_list: reading<'requests_list'>((deps, actor, input) => deps.meter.requests.list(actor.workspaceId, input)),
  requests_get: reading<'requests_get'>((deps, actor, input) => deps.meter.requests.get(actor.workspaceId, input.id)),
  // A test key that made live ones would be a way out of the lab.
  keys_create: administering<'keys_create'>(async (deps, actor, input) => {
    // The command line may name a workspace that is not there: that is not_found, and no key without a home.
    if (isOperator(actor)) await deps.meter.credits(actor.workspaceId)
    return deps.meter.keys.create(actor.workspaceId, actor.mode === 'test' ? { ...input, mode: 'test' } : input)
  }),
  keys_list: administering<'keys_list'>((deps, actor) => deps.meter.keys.list(actor.workspaceId), false),
  keys_revoke: administering<'keys_revoke'>((deps, actor, input) => deps.meter.keys.revoke(actor.workspaceId, input.id)),
  keys_rotate: administering<'keys_rotate'>(async (deps, actor, input) => {
    const { mode } = await deps.meter.keys.get(actor.workspaceId, input.id)
    // The same way out: the reply holds a live secret.
    if (actor.mode === 'test' && mode === 'live') throw fail('account.scope_denied', { needs: 'a live key: a test key rotates only test keys' })
    return deps.meter.keys.rotate(actor.workspaceId, input.id)
  }),
  whoami: reading<'whoami'>(async (deps, actor, { open }) => ({
    ...(open ? { open: await deps.work.open(actor.workspaceId) } : {}),
    actor,
    key: await deps.meter.keys.get(actor.workspaceId, actor.keyId),
    credits: await deps.meter.credits(actor.workspaceId),
  })),
  capabilities: { scope: null, recorded: false, run: (deps) => deps.capabilities() } satisfies Plain<'capabilities'>,
  health: { scope: null, recorded: false, run: () => ({ ok: true, checks: {} }) } satisfies Plain<'health'>,
  ready: { scope: null, recorded: false, run: async (deps) => ({ ...(await deps.ready()), uptimeSeconds: Math.floor(process.uptime()) }) } satisfies Plain<'ready'>,
}
