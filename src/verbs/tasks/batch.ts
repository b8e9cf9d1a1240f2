import { createHash } from 'node:crypto'
import type { BatchIntent, PageOptions } from '../../contract/jobs.ts'
import type { ScrapeIntent } from '../../contract/intent.ts'
import { reserveFor, type PriceList } from '../../contract/price.ts'
import { afterFailure } from '../../jobs/again.ts'
import type { JobHandler, NewPage } from '../../jobs/handlers.ts'
import { onePage } from '../scrape.ts'
import { adopted } from './adoptions.ts'
import { actorOf, intentOf, pageDone, type WorkDeps } from './job.ts'

/** What is kept of a batch: the options that most pages share stand once. `adopt`: a request of some process has begun with its only page. */
export type StoredBatch = Pick<BatchIntent, 'pace' | 'metadata'> & { page: PageOptions; urls: number; adopt?: string }

export const storedBatch = ({ pages, pace, metadata }: BatchIntent): StoredBatch =>
  ({ pace, ...(metadata === undefined ? {} : { metadata }), page: optionsOf(pages[0]), urls: pages.length })

const optionsOf = (intent: ScrapeIntent | undefined): PageOptions => {
  if (!intent) throw new Error('a batch has at least one page')
  const { url: _, ...options } = intent
  return options
}

/** One row per entry, in input order; a URL named twice is fetched twice, as it was asked for twice. */
export const batchPages = ({ pages }: BatchIntent, prices: PriceList, free: boolean): NewPage[] => {
  const common = JSON.stringify(optionsOf(pages[0]))
  return pages.map((intent, i) => {
    const own = optionsOf(intent)
    return {
      key: createHash('sha256').update(`${i}`).digest().subarray(0, 16).toString('base64'),
      url: intent.url,
      host: URL.parse(intent.url)?.host ?? '',
      depth: 0,
      parent: null,
      reason: null,
      reserve: free ? 0 : reserveFor(intent, prices),
      ...(JSON.stringify(own) === common ? {} : { item: own }),
    }
  })
}

export const batchHandler = (deps: WorkDeps): JobHandler => ({
  async page(job, page, signal) {
    const options = (page.item as PageOptions | null) ?? intentOf<StoredBatch>(job).page
    const begun = deps.clock()
    const { adopt } = intentOf<StoredBatch>(job)
    const underway = adopt === undefined ? undefined : deps.adoptions.take(adopt)
    const outcome = underway ? await adopted(underway, signal) : await onePage(deps, actorOf(job), { ...options, url: page.url }, signal)
    return outcome.ok ? pageDone(job, options, outcome.value, { ms: deps.clock() - begun }) : afterFailure(outcome.failure, page.tries, job.triesMax)
  },
})
