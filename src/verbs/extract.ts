import { succeeded } from '../contract/outcome.ts'
import { costOf, reserveFor } from '../contract/price.ts'
import { Deadline } from '../lib/deadline.ts'
import { inOrder, onePage, pagesAtOnce, refuseWhole, sum } from './scrape.ts'
import type { Metered } from './table.ts'

/** Structured data from pages: what `scrape` does with a format `json`, for one page or several. */
export const extract: Metered<'extract'> = {
  scope: 'scrape',
  reserve: (intent, prices) => sum(intent.pages, (page) => reserveFor(page, prices)),
  cost: ({ results }, intent, prices) =>
    sum(results, (result, i) => {
      const page = intent.pages[i]
      return result.ok && page ? costOf(page, result.value, prices) : 0
    }),
  url: (intent) => intent.pages.find((page) => !page.content)?.url ?? null,
  run: async (deps, visit, actor, intent) => {
    refuseWhole(intent.pages, actor)
    const deadline = new Deadline(intent.timeoutMs, visit.signal)
    try {
      const results = await inOrder(intent.pages, pagesAtOnce, (page) => onePage(deps, actor, page, deadline.signal))
      const [first] = results
      if (intent.single && first && !first.ok) return first
      return succeeded({ results }, results.flatMap((result) => result.evidence), first?.timings)
    } finally {
      deadline.clear()
    }
  },
}

export const schemaDraft: Metered<'schema_draft'> = {
  scope: 'scrape',
  reserve: (_, prices) => prices.page,
  cost: (_, __, prices) => prices.page,
  url: () => null,
  run: (deps, visit, actor, wish) => deps.engine.draftSchema(wish, { mode: actor.mode, signal: visit.signal, owner: actor.keyId }),
}
