import type { JobHandlers } from '../../jobs/handlers.ts'
import { batchHandler } from './batch.ts'
import { crawlHandler } from './crawl.ts'
import type { WorkDeps } from './job.ts'
import { mapHandler } from './map.ts'
import { monitorHandler } from './monitor.ts'

import { searchHandler } from './search.ts'

export type { WorkDeps }
export { createAdoptions } from './adoptions.ts'

/** What each kind of job does. */
export const createHandlers = (deps: WorkDeps): JobHandlers => ({
  batch: batchHandler(deps),
  crawl: crawlHandler(deps),
  map: mapHandler(deps),
  search: searchHandler(deps),
  monitor: monitorHandler(deps),
})
