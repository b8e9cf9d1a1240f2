import type { Actor, Scope } from '../contract/actor.ts'
import type { Outcome } from '../contract/outcome.ts'
import type { PriceList } from '../contract/price.ts'
import type { VerbInput, VerbName, VerbValue, Visit } from '../contract/verbs.ts'
import type { VerbDeps } from './deps.ts'

/** A verb that may cost credits: it runs inside a permit and is recorded. */
export interface Metered<V extends VerbName> {
  scope: Scope
  /** Most credits that it can cost. */
  reserve(input: VerbInput<V>, prices: PriceList): number
  cost(value: VerbValue<V>, input: VerbInput<V>, prices: PriceList): number
  url(input: VerbInput<V>): string | null
  run(deps: VerbDeps, visit: Visit, actor: Actor, input: VerbInput<V>): Promise<Outcome<VerbValue<V>>> | Outcome<VerbValue<V>>
}

/** A verb that never costs anything. `scope: null` asks for no key; `recorded` where it changes something. */
export interface Plain<V extends VerbName> {
  scope: Scope | null
  recorded: boolean
  run(deps: VerbDeps, visit: Visit, actor: Actor | null, input: VerbInput<V>): Promise<VerbValue<V>> | VerbValue<V>
}

export const isMetered = <V extends VerbName>(verb: Metered<V> | Plain<V>): verb is Metered<V> => 'reserve' in verb
