import type { Logger } from '../lib/logger.ts'
import type { Clock } from '../lib/clock.ts'
import type { Capabilities, Health } from '../contract/verbs.ts'
import type { KeyMode } from '../contract/actor.ts'
import type { Document } from '../contract/document.ts'
import type { IndexSelection, IndexState } from '../contract/search.ts'
import type { DocumentCache, Engine, ResultCache, StoredPart } from '../engine/engine.ts'
import type { ChatModel } from '../engine/providers/chat.ts'
import type { Embedder } from '../engine/providers/embedding.ts'
import type { Model } from '../engine/providers/model.ts'
import type { OwnIndex, Searcher } from '../engine/search/searcher.ts'
import type { Jobs } from '../jobs/jobs.ts'
import type { Monitors } from '../jobs/monitors/monitors.ts'
import type { Webhooks } from '../webhooks/endpoints.ts'
import type { Adoptions } from './tasks/adoptions.ts'
import type { Profiles, Sessions } from '../sessions/index.ts'
import type { WorkIndex } from '../store/history.ts'
import type { Meter } from '../meter/meter.ts'

export interface VerbDeps {
  meter: Meter
  engine: Engine
  jobs: Jobs
  webhooks: Webhooks
  monitors: Monitors
  sessions: Sessions
  profiles: Profiles
  /** Stored results of a workspace; undefined where none are kept. */
  cacheOf(workspaceId: string): DocumentCache | undefined
  /** Values of past requests, kept like results; undefined where none are. */
  valuesOf(workspaceId: string): ResultCache<unknown> | undefined
  work: WorkIndex
  /** Answers about hosts, kept as results are. */
  partsOf(workspaceId: string): ResultCache<StoredPart> | undefined
  /** Seconds for which such an answer will do, where a request names none. */
  enrichMaxAgeS: number
  searcher: Searcher
  /** Pages under way that a job is to take over. */
  adoptions: Adoptions
  models: Models
  /** What workspaces have fetched, as far as it can be searched; undefined where nothing is kept for that. */
  pages?: SearchablePages | undefined
  capabilities(): Capabilities
  ready(): Promise<Health>
  /** A secret made at start for the command line of this machine; acts as an administrator. */
  operatorSecret: string
  logger: Logger
  clock: Clock
}

/** What the operator has configured of models; undefined where nothing is. */
export interface Models {
  model: Model | undefined
  chat: ChatModel | undefined
  embedder: Embedder | undefined
}

export interface SearchablePages {
  /** Never fails; waits only where pages come faster than they can be indexed. */
  put(workspaceId: string, mode: KeyMode, document: Document): Promise<void>
  of(workspaceId: string, mode: KeyMode): OwnIndex
  state(workspaceId: string, mode: KeyMode): Promise<IndexState>
  delete(workspaceId: string, mode: KeyMode, selection: IndexSelection): Promise<number>
}

/** What a search needs of them. */
export type SearchDeps = Pick<VerbDeps, 'engine' | 'cacheOf' | 'pages' | 'profiles' | 'searcher'>
