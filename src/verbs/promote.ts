import { succeeded } from '../contract/outcome.ts'
import { costOf, reserveFor } from '../contract/price.ts'
import { newId } from '../lib/ids.ts'
import { submit } from './jobs.ts'
import { onePage, refuseWhole } from './scrape.ts'
import type { Metered } from './table.ts'
import { batchPages, storedBatch } from './tasks/batch.ts'
import { isFree } from './tasks/job.ts'

/** A page for a caller who waits so long and no longer: then a job takes over what is under way. */
export const scrapeOrSubmit: Metered<'scrape_or_submit'> = {
  scope: 'scrape',
  reserve: ({ page }, prices) => reserveFor(page, prices),
  // The job bills its page itself.
  cost: (value, { page }, prices) => ('document' in value ? costOf(page, value.document, prices) : 0),
  url: ({ page }) => page.url,
  run: async (deps, visit, actor, { page, afterMs, ...asked }) => {
    refuseWhole([page], actor)
    const own = new AbortController()
    const hangUp = (): void => own.abort(visit.signal.reason)
    visit.signal.addEventListener('abort', hangUp, { once: true })
    if (visit.signal.aborted) hangUp()
    let timer: NodeJS.Timeout | undefined
    try {
      const outcome = onePage(deps, actor, page, own.signal)
      const late = new Promise<'late'>((resolve) => { timer = setTimeout(resolve, afterMs, 'late') })
      const first = await Promise.race([outcome, late])
      if (first !== 'late') return first.ok ? succeeded({ document: first.value }, first.evidence, first.timings) : first
      const name = newId('adp', deps.clock())
      deps.adoptions.offer(name, { outcome, abort: (reason) => own.abort(reason) })
      const batch = { ...asked, pages: [page] }
      const job = await submit(deps, visit, actor, asked, { kind: 'batch', stage: 'pages', intent: { ...storedBatch(batch), adopt: name }, pageLimit: null, pages: batchPages(batch, visit.prices, isFree(actor)) })
      return succeeded({ job })
    } catch (error) {
      own.abort(error)
      throw error
    } finally {
      clearTimeout(timer)
      visit.signal.removeEventListener('abort', hangUp)
    }
  },
}
