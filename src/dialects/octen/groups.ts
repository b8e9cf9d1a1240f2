import { z } from 'zod'
import type { SearchGroup } from '../../contract/answer.ts'
import type { SearchValue } from '../../contract/search.ts'
import { itemOf, searchItem } from './search-result.ts'
import type { SearchWish } from './search-options.ts'

export const searchGroup = z.looseObject({ query: z.string(), results: z.array(searchItem), latency: z.number() })

/** One group for each sub-query, whatever became of its search. */
export const groupsOf = (groups: readonly SearchGroup[], wish: SearchWish): z.output<typeof searchGroup>[] =>
  groups.map(({ query, ms, outcome }) => ({ query, results: outcome.ok ? outcome.value.results.map((result) => itemOf(result, wish)) : [], latency: Math.round(ms) }))

export const valuesOf = (groups: readonly SearchGroup[]): SearchValue[] => groups.flatMap(({ outcome }) => (outcome.ok ? [outcome.value] : []))
