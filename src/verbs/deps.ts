import type { Logger } from '../lib/logger.ts'
import type { Clock } from '../lib/clock.ts'
import type { Capabilities, Health } from '../contract/verbs.ts'
import type { DocumentCache, Engine } from '../engine/engine.ts'
import type { Jobs } from '../jobs/jobs.ts'
import type { Monitors } from '../jobs/monitors/monitors.ts'
import type { Webhooks } from '../webhooks/endpoints.ts'
import type { Meter } from '../meter/meter.ts'

export interface VerbDeps {
  meter: Meter
  engine: Engine
  jobs: Jobs
  webhooks: Webhooks
  monitors: Monitors
  /** Stored results of a workspace; undefined where none are kept. */
  cacheOf(workspaceId: string): DocumentCache | undefined
  capabilities(): Capabilities
  ready(): Promise<Health>
  /** A secret made at start for the command line of this machine; acts as an administrator. */
  operatorSecret: string
  logger: Logger
  clock: Clock
}
