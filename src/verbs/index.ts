import type { Actor, Scope } from '../contract/actor.ts'
import { failed, succeeded, type Outcome } from '../contract/outcome.ts'
import type { RequestRecord } from '../contract/usage.ts'
import type { VerbInput, VerbName, Verbs, VerbValue, Visit } from '../contract/verbs.ts'
import { fail, type Failure } from '../failure/failure.ts'
import { normalize } from '../failure/normalize.ts'
import { publicForm } from '../lib/url.ts'
import { digestOf } from '../meter/digest.ts'
import type { Permit } from '../meter/permits.ts'
import type { Entrance } from '../meter/throttle.ts'
import type { VerbDeps } from './deps.ts'
import { jobVerbs } from './jobs.ts'
import { monitorVerbs } from './monitors.ts'
import { isOperator, operatorOf } from './operator.ts'
import { plainVerbs } from './plain.ts'
import { answer } from './answer.ts'
import { chat } from './chat.ts'
import { embed } from './embed.ts'
import { extract, schemaDraft } from './extract.ts'
import { enrichVerbs } from './enrich.ts'
import { scrapeOrSubmit } from './promote.ts'
import { scrape, scrapeMany } from './scrape.ts'
import { indexVerbs, search } from './search.ts'
import { profileVerbs } from './profiles.ts'
import { sessionVerbs } from './sessions.ts'
import { webhookVerbs } from './webhooks.ts'
import { valueKey, workVerbs } from './work.ts'
import { isMetered, type Metered, type Plain } from './table.ts'

export type { VerbDeps }

const table: { [V in VerbName]: Metered<V> | Plain<V> } = { ...plainVerbs, ...jobVerbs, ...webhookVerbs, ...monitorVerbs, ...sessionVerbs, ...profileVerbs, ...indexVerbs, ...enrichVerbs, ...workVerbs, search, answer, chat, embed, scrape, scrape_many: scrapeMany, scrape_or_submit: scrapeOrSubmit, extract, schema_draft: schemaDraft }

export const createVerbs = (deps: VerbDeps): Verbs => {
  const { meter } = deps
  const places = new Map<string, Place>()

  return {
    guardAddress: (address) => meter.guardAddress(address),

    authenticate: async (secret) => operatorOf(secret, deps.operatorSecret) ?? meter.authenticate(secret),

    enter: async (visit, options) => {
      const actor = actorOf(visit)
      if (isOperator(actor)) return
      try {
        const permit = options.throttled && visit.creditPolicy === 'gate' ? await meter.admit(actor, { requestId: visit.id, credits: visit.prices.page, policy: 'gate' }) : undefined
        const entrance = await meter.enter(actor, options)
        places.set(visit.id, { leave: () => entrance.leave(), permit })
        note(visit, entrance)
      } catch (error) {
        // A refused reply tells where the key stands too; where that cannot be known, the refusal still counts.
        const seen = await meter.enter(actor, { throttled: false }).catch(() => undefined)
        if (seen) note(visit, seen)
        throw error
      }
    },

    leave: async (visit) => {
      const place = places.get(visit.id)
      places.delete(visit.id)
      await place?.leave()
    },

    run: (visit, verb, input) => {
      const place = places.get(visit.id)
      const held = place?.permit
      if (place) place.permit = undefined
      return runVerb(deps, visit, verb, input, held)
    },

    refuse: async (visit, failure) => {
      if (visit.actor === null) return
      await meter.record(recordOf(deps, visit, visit.actor, null, null, null, failed(failure), 0))
    },

    idempotent: (visit, key, body) =>
      meter.idempotent(actorOf(visit), { key, route: `${visit.dialect} ${visit.method} ${visit.path}`, digest: digestOf(body) }),
  }
}

/** A request that was let in. */
interface Place {
  leave(): Promise<void>
  /** Got at the entrance, where the dialect asks for credits before anything else. Good for one verb. */
  permit: Permit | undefined
}

const note = ({ account }: Visit, { rate, concurrency }: Entrance): void => {
  account.concurrency = concurrency
  if (rate) account.rate = rate
}

const runVerb = async <V extends VerbName>(deps: VerbDeps, visit: Visit, name: V, input: VerbInput<V>, held: Permit | undefined): Promise<Outcome<VerbValue<V>>> => {
  // The table maps each name to its own verb; indexing with a type parameter loses that.
  const verb = table[name] as unknown as Metered<V> | Plain<V>
  try {
    if (verb.scope !== null) requireScope(actorOf(visit), verb.scope)
    return isMetered(verb) ? await runMetered(deps, visit, name, verb, input, held) : await runPlain(deps, visit, name, verb, input)
  } catch (error) {
    const failure = normalize(error)
    if (visit.actor) await deps.meter.record(recordOf(deps, visit, visit.actor, name, null, input, failed(failure), 0)).catch((cause: unknown) => deps.logger.error({ err: cause }, 'a failed request could not be recorded'))
    return failed(failure)
  }
}

const runMetered = async <V extends VerbName>(deps: VerbDeps, visit: Visit, name: V, verb: Metered<V>, input: VerbInput<V>, held: Permit | undefined): Promise<Outcome<VerbValue<V>>> => {
  const { meter } = deps
  const actor = actorOf(visit)
  const free = actor.mode === 'test' || isOperator(actor)
  const permit = held ?? await meter.admit(actor, { requestId: visit.id, credits: free ? 0 : verb.reserve(input, visit.prices), policy: visit.creditPolicy })
  const outcome = await attempt(async () => vetted(visit, await verb.run(deps, visit, actor, input)))
  const credits = outcome.ok && !free ? verb.cost(outcome.value, input, visit.prices) : 0
  const record = { ...recordOf(deps, visit, actor, name, verb.url(input), input, outcome, credits) }
  if (outcome.ok && visit.keepsValues) deps.valuesOf(actor.workspaceId)?.put(valueKey(visit.id), outcome.value)
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

const vetted = <T>(visit: Visit, outcome: Outcome<T>): Outcome<T> => {
  const failure = outcome.ok ? visit.veto?.(outcome.value) : undefined
  return failure ? failed(failure.carrying(outcome.evidence), outcome.evidence, outcome.timings) : outcome
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
