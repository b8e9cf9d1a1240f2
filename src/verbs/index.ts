import { timingSafeEqual } from 'node:crypto'
import { scopes, type Actor, type Scope } from '../contract/actor.ts'
import { failed, succeeded, type Outcome } from '../contract/outcome.ts'
import type { RequestRecord } from '../contract/usage.ts'
import type { VerbInput, VerbName, Verbs, VerbValue, Visit } from '../contract/verbs.ts'
import { fail, type Failure } from '../failure/failure.ts'
import { normalize } from '../failure/normalize.ts'
import { publicForm } from '../lib/url.ts'
import { digestOf } from '../meter/digest.ts'
import type { VerbDeps } from './deps.ts'
import { plainVerbs } from './plain.ts'
import { extract } from './extract.ts'
import { scrape, scrapeMany } from './scrape.ts'
import { isMetered, type Metered, type Plain } from './table.ts'

export type { VerbDeps }

const table: { [V in VerbName]: Metered<V> | Plain<V> } = { ...plainVerbs, scrape, scrape_many: scrapeMany, extract }

export const createVerbs = (deps: VerbDeps): Verbs => {
  const { meter } = deps
  const places = new Map<string, () => Promise<void>>()

  return {
    guardAddress: (address) => meter.guardAddress(address),

    authenticate: async (secret) => (secret !== undefined && sameSecret(secret, deps.operatorSecret) ? operator : meter.authenticate(secret)),

    enter: async (visit, options) => {
      const actor = actorOf(visit)
      if (actor === operator) return
      const place = await meter.enter(actor, options)
      places.set(visit.id, () => place.leave())
      visit.account.concurrency = place.concurrency
      if (place.rate) visit.account.rate = place.rate
    },

    leave: async (visit) => {
      const leave = places.get(visit.id)
      places.delete(visit.id)
      await leave?.()
    },

    run: (visit, verb, input) => runVerb(deps, visit, verb, input),

    refuse: async (visit, failure) => {
      if (visit.actor === null) return
      await meter.record(recordOf(deps, visit, visit.actor, null, null, null, failed(failure), 0))
    },

    idempotent: (visit, key, body) =>
      meter.idempotent(actorOf(visit), { key, route: `${visit.dialect} ${visit.method} ${visit.path}`, digest: digestOf(body) }),
  }
}

const runVerb = async <V extends VerbName>(deps: VerbDeps, visit: Visit, name: V, input: VerbInput<V>): Promise<Outcome<VerbValue<V>>> => {
  // The table maps each name to its own verb; indexing with a type parameter loses that.
  const verb = table[name] as unknown as Metered<V> | Plain<V>
  try {
    if (verb.scope !== null) requireScope(actorOf(visit), verb.scope)
    return isMetered(verb) ? await runMetered(deps, visit, name, verb, input) : await runPlain(deps, visit, name, verb, input)
  } catch (error) {
    const failure = normalize(error)
    if (visit.actor) await deps.meter.record(recordOf(deps, visit, visit.actor, name, null, input, failed(failure), 0)).catch((cause: unknown) => deps.logger.error({ err: cause }, 'a failed request could not be recorded'))
    return failed(failure)
  }
}

const runMetered = async <V extends VerbName>(deps: VerbDeps, visit: Visit, name: V, verb: Metered<V>, input: VerbInput<V>): Promise<Outcome<VerbValue<V>>> => {
  const { meter } = deps
  const actor = actorOf(visit)
  const free = actor.mode === 'test' || actor === operator
  const permit = await meter.admit(actor, { requestId: visit.id, credits: free ? 0 : verb.reserve(input, visit.prices), policy: visit.creditPolicy })
  const outcome = await attempt(() => verb.run(deps, visit, actor, input))
  const credits = outcome.ok && !free ? verb.cost(outcome.value, input, visit.prices) : 0
  const record = { ...recordOf(deps, visit, actor, name, verb.url(input), input, outcome, credits) }
  await (outcome.ok ? meter.settle(permit, { credits, record }) : meter.release(permit, record))
  visit.account.creditsBilled = credits
  return outcome
}

const runPlain = async <V extends VerbName>(deps: VerbDeps, visit: Visit, name: V, verb: Plain<V>, input: VerbInput<V>): Promise<Outcome<VerbValue<V>>> => {
  const outcome: Outcome<VerbValue<V>> = succeeded(await verb.run(deps, visit, visit.actor, input))
  if (verb.recorded && visit.actor) await deps.meter.record(recordOf(deps, visit, visit.actor, name, null, input, outcome, 0))
  return outcome
}

const attempt = async <T>(run: () => Promise<Outcome<T>> | Outcome<T>): Promise<Outcome<T>> => {
  try {
    return await run()
  } catch (error) {
    return failed(normalize(error))
  }
}

const actorOf = (visit: Visit): Actor => {
  if (visit.actor === null) throw fail('account.missing_key')
  return visit.actor
}

const requireScope = (actor: Actor, scope: Scope): void => {
  if (!actor.scopes.includes(scope)) throw fail('account.scope_denied', { needs: `the scope "${scope}"` })
}

const recordOf = (deps: VerbDeps, visit: Visit, actor: Actor, verb: VerbName | null, url: string | null, intent: unknown, outcome: Outcome<unknown>, credits: number): RequestRecord & { workspaceId: string } => {
  const failure: Failure | null = outcome.ok ? null : outcome.failure
  return {
    id: visit.id,
    requestId: visit.requestId,
    workspaceId: actor.workspaceId,
    at: new Date(visit.startedAt).toISOString(),
    dialect: visit.dialect,
    method: visit.method,
    path: visit.path,
    verb,
    keyId: actor.keyId,
    keyName: actor.keyName,
    mode: actor.mode,
    status: visit.statusOf(failure),
    credits,
    durationMs: deps.clock() - visit.startedAt,
    url: url === null ? null : publicForm(url),
    intent,
    failure: failure?.toJSON() ?? null,
    evidence: outcome.evidence,
    timings: outcome.timings,
  }
}

/** The command line of this machine, by the secret of this start. */
const operator: Actor = {
  workspaceId: 'default',
  keyId: 'operator',
  keyName: 'command line',
  mode: 'live',
  scopes,
  limits: { rpm: null, concurrency: null, creditLimit: null, dailyCreditCap: null },
  urlBlocklist: [],
}

const sameSecret = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
