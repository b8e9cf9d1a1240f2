import type { Actor } from '../contract/actor.ts'
import type { SearchGroup } from '../contract/answer.ts'
import { failed, type Outcome } from '../contract/outcome.ts'
import type { PriceList } from '../contract/price.ts'
import type { SearchIntent, SearchValue } from '../contract/search.ts'
import { normalize } from '../failure/normalize.ts'
import type { VerbDeps } from './deps.ts'
import { sum } from './scrape.ts'
import { costOfResultPages, oneSearch } from './search.ts'

/** One of several searches: its failure is an outcome. */
export const timedSearch = async (deps: VerbDeps, actor: Actor, intent: SearchIntent, signal: AbortSignal): Promise<SearchGroup> => {
  const startedAt = deps.clock()
  const outcome: Outcome<SearchValue> = await oneSearch(deps, actor, intent, signal).catch((error: unknown) => failed(normalize(error)))
  return { query: intent.query, ms: deps.clock() - startedAt, outcome }
}

/** What the pages of all groups cost. */
export const costOfGroups = (groups: readonly SearchGroup[], search: Pick<SearchIntent, 'content'>, prices: PriceList): number =>
  sum(groups, ({ outcome }) => (outcome.ok ? costOfResultPages(outcome.value, search, prices) : 0))
