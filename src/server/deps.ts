import type { Clock } from '../lib/clock.ts'
import type { Logger } from '../lib/logger.ts'
import type { Verbs } from '../contract/verbs.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { Metrics } from './metrics.ts'

export interface ServerSettings {
  publicUrl: string | undefined
  bodyLimitBytes: number
  maxInFlight: number
  trustedProxies: readonly string[]
  /** Host name → dialect served at its root; `*` is every host. */
  voiceHosts: ReadonlyMap<string, string>
}

export interface ServerDeps {
  verbs: Verbs
  dialects: readonly Dialect[]
  settings: ServerSettings
  metrics: Metrics
  logger: Logger
  clock: Clock
}
