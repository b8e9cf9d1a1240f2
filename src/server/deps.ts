import type { Clock } from '../lib/clock.ts'
import type { Logger } from '../lib/logger.ts'
import type { BlobStore } from '../contract/blobs.ts'
import type { SessionRelay } from '../contract/sessions.ts'
import type { Verbs } from '../contract/verbs.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { Metrics } from './metrics.ts'

/** Web pages of the operator's own, known by their origins. */
export interface FirstParty {
  /** As browsers write them: `https://app.example`. */
  origins: ReadonlySet<string>
  /** The key of requests from these pages that carry none. */
  secret: string | undefined
}

export interface ServerSettings {
  publicUrl: string | undefined
  bodyLimitBytes: number
  maxInFlight: number
  trustedProxies: readonly string[]
  /** Host name → dialect served at its root; `*` is every host. */
  voiceHosts: ReadonlyMap<string, string>
  /** Dialect → pages that may speak it from a browser. */
  firstParties: ReadonlyMap<string, FirstParty>
}

export interface ServerDeps {
  verbs: Verbs
  dialects: readonly Dialect[]
  blobs: Pick<BlobStore, 'get'>
  sessions: SessionRelay
  settings: ServerSettings
  metrics: Metrics
  logger: Logger
  clock: Clock
}
