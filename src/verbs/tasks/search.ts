import { storedSearch } from '../../contract/jobs.ts'
import type { SearchIntent } from '../../contract/search.ts'
import type { JobHandler } from '../../jobs/handlers.ts'
import { oneSearch, search } from '../search.ts'
import { actorOf, intentOf, isFree, pricesOf, type WorkDeps } from './job.ts'

export const searchHandler = (deps: WorkDeps): JobHandler => ({
  async prepare(job, { signal }) {
    const intent = intentOf<{ search: SearchIntent }>(job).search
    const outcome = await oneSearch(deps, actorOf(job), intent, signal)
    if (!outcome.ok) throw outcome.failure
    const credits = isFree(actorOf(job)) ? 0 : search.cost(outcome.value, intent, pricesOf(job))
    return { next: 'end', result: storedSearch(outcome.value), credits }
  },
})
