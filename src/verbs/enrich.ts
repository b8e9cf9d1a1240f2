import { failed, type Outcome } from '../contract/outcome.ts'
import type { Actor } from '../contract/actor.ts'
import type { Enrichment, EnrichIntent } from '../contract/enrich.ts'
import { costOfParts, reserveForParts } from '../contract/price.ts'
import type { Visit } from '../contract/verbs.ts'
import { fail } from '../failure/failure.ts'
import { isBlocklisted } from './blocklist.ts'
import type { VerbDeps } from './deps.ts'
import { asNamed, refuseWhole, simulatedFailure } from './scrape.ts'
import type { Metered } from './table.ts'

const run = async (deps: VerbDeps, visit: Visit, actor: Actor, intent: EnrichIntent): Promise<Outcome<Enrichment>> => {
  refuseWhole([intent], actor)
  if (isBlocklisted(intent.url, actor.urlBlocklist)) return failed(fail('policy.url_blocklisted'))
  const simulated = actor.mode === 'test' ? simulatedFailure(intent.url) : undefined
  if (simulated) return failed(simulated)
  const parts = deps.partsOf(actor.workspaceId)
  const outcome = await deps.engine.enrich(asNamed(intent, actor), { mode: actor.mode, signal: visit.signal, owner: actor.keyId, maxAgeS: deps.enrichMaxAgeS, ...(parts ? { parts } : {}) })
  // A redirect is no way round the list.
  if (outcome.ok && isBlocklisted(outcome.value.finalUrl, actor.urlBlocklist)) return failed(fail('policy.url_blocklisted'), outcome.evidence, outcome.timings)
  return outcome
}

const enriching = <V extends 'brand' | 'company' | 'classify' | 'enrich'>(): Metered<V> => ({
  scope: 'scrape',
  reserve: (intent, prices) => reserveForParts(intent, prices),
  cost: (value, intent, prices) => costOfParts(intent, value, prices),
  url: (intent) => intent.url,
  run,
})

export const enrichVerbs = { brand: enriching<'brand'>(), company: enriching<'company'>(), classify: enriching<'classify'>(), enrich: enriching<'enrich'>() }
