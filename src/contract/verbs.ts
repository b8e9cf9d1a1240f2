import type { Failure } from '../failure/failure.ts'
import type { Actor, KeyRecord, NewKey } from './actor.ts'
import type { AnswerIntent, AnswerValue, ChatIntent, ChatValue, EmbedIntent, EmbedValue } from './answer.ts'
import type { Document } from './document.ts'
import type { SchemaDraft } from './extract.ts'
import type { Enrichment, EnrichIntent } from './enrich.ts'
import type { OpenWork, PastWork, WorkQuery } from './history.ts'
import type { ExtractIntent, ScrapeIntent, ScrapeManyIntent } from './intent.ts'
import type { BatchIntent, CrawlIntent, JobEvent, JobWithin, JobKind, JobLoad, JobPage, JobRecord, JobState, MapIntent, MapResult, PromotableIntent, SearchJobIntent, WithinIntent } from './jobs.ts'
import type { Outcome } from './outcome.ts'
import type { MonitorChange, MonitorIntent, MonitorRecord, MonitorRun } from './monitors.ts'
import type { ProfileRecord, ProfileState } from './profiles.ts'
import type { PriceList } from './price.ts'
import type { SessionIntent, SessionRecord } from './sessions.ts'
import type { IndexSelection, IndexState, SearchIntent, SearchValue } from './search.ts'
import type { NewWebhook, WebhookChange, WebhookDelivery, WebhookEndpoint } from './webhooks.ts'
import type { Account, CreditState, LedgerLine, Page, RateState, RequestRecord, UsageDay, Workspace } from './usage.ts'

/** What the engine of this process can do at this moment. */
export interface Capabilities {
  version: string
  formats: string[]
  modes: string[]
  renderers: { static: boolean; js: boolean }
  contentTypes: string[]
  limits: { timeoutMs: { min: number; max: number; default: number }; fetchBytes: number; bodyBytes: number; redirects: number }
  dialects: { name: string; title: string; basePath: string }[]
  providers: { search: string[]; model: string | null; embedding: string | null; proxies: string[] }
  store: 'pglite' | 'postgres'
}

export interface Health {
  ok: boolean
  checks: Record<string, { ok: boolean; detail?: string }>
}

export interface HistoryQuery {
  limit: number
  cursor?: string
  /** Items passed over, for contracts that number their pages. */
  skip?: number
  /** Tell how many items there are in all. */
  counted?: boolean
  dialect?: string
  verb?: string
  /** Only failed (true) or only successful (false) requests. */
  failed?: boolean
}

export interface JobQuery {
  id: string
  /** Another kind of job, or one that was made in another dialect, is not found. */
  of?: { kind?: JobKind; dialect?: string }
}

export interface MonitorQuery {
  id: string
  /** One that was made in another dialect is not found. */
  dialect?: string
}

export interface JobPagesQuery extends JobQuery {
  limit: number
  cursor?: string | undefined
  /** Instead of a cursor: all but the first so many. Results only. */
  skip?: number | undefined
  /** False leaves the documents out. */
  documents: boolean
}

/** Every effect there is: input and value of each verb. */
export interface VerbMap {
  scrape: { input: ScrapeIntent; value: Document }
  /** A page that takes longer than its caller waits goes on as a job; what has been done for it is not lost. */
  scrape_or_submit: { input: PromotableIntent; value: { document: Document } | { job: JobRecord } }
  scrape_many: { input: ScrapeManyIntent; value: { results: Outcome<Document>[] } }
  search: { input: SearchIntent; value: SearchValue }
  /** A question taken apart, searched and, on request, answered. */
  answer: { input: AnswerIntent; value: AnswerValue }
  chat: { input: ChatIntent; value: ChatValue }
  embed: { input: EmbedIntent; value: EmbedValue }
  index_state: { input: Record<string, never>; value: IndexState }
  index_delete: { input: IndexSelection; value: { deleted: number } }
  extract: { input: ExtractIntent; value: { results: Outcome<Document>[] } }
  /** Needs a model. `existing` is what the words change. */
  schema_draft: { input: { prompt: string; existing?: Record<string, unknown> }; value: SchemaDraft }
  /** The four differ in name alone: the parts are the intent's. */
  brand: { input: EnrichIntent; value: Enrichment }
  company: { input: EnrichIntent; value: Enrichment }
  classify: { input: EnrichIntent; value: Enrichment }
  enrich: { input: EnrichIntent; value: Enrichment }
  batch: { input: BatchIntent; value: JobRecord }
  crawl: { input: CrawlIntent; value: JobRecord }
  map: { input: MapIntent; value: MapResult }
  map_submit: { input: MapIntent; value: JobRecord }
  search_submit: { input: SearchJobIntent; value: JobRecord }
  /** Submits, and waits for the end for a while. The pages are there where the job is over; it is cancelled where its caller hangs up meanwhile. */
  submit_and_wait: { input: WithinIntent; value: JobWithin }
  jobs_list: { input: { limit: number; cursor?: string; kind?: JobKind; state?: JobState; dialect?: string }; value: Page<JobRecord> }
  jobs_get: { input: JobQuery; value: JobRecord }
  /** Finished pages in the order of finishing: what was seen once keeps its place. */
  jobs_results: { input: JobPagesQuery; value: Page<JobPage> & { job: JobRecord } }
  /** Every URL in the order of discovery, whatever became of it. */
  jobs_pages: { input: JobPagesQuery & { state?: JobPage['state'] | undefined }; value: Page<JobPage> & { job: JobRecord } }
  jobs_page: { input: JobQuery & { n: number }; value: JobPage }
  /** Cancels what is not over; `stopped` is false where it was. */
  jobs_stop: { input: JobQuery; value: { job: JobRecord; stopped: boolean } }
  jobs_cancel: { input: JobQuery; value: JobRecord }
  jobs_pause: { input: JobQuery; value: JobRecord }
  jobs_resume: { input: JobQuery; value: JobRecord }
  jobs_retry: { input: JobQuery; value: { job: JobRecord; retrying: number } }
  jobs_delete: { input: JobQuery; value: JobRecord }
  /** Events after the one with the number `after`; ends with the job. Those of type `progress` have no id. `job` is as it was when the stream was opened. */
  jobs_events: { input: JobQuery & { after: number; documents: boolean }; value: { job: JobRecord; events: AsyncGenerator<JobEvent> } }
  /** Events of all jobs, without end; from now on where `after` is null. With `progress`, events of that type tell between them how open jobs come on. */
  workspace_events: { input: { after: number | null; progress: boolean }; value: AsyncGenerator<JobEvent> }
  /** Pages of the workspace's jobs that are under way and that wait. */
  jobs_load: { input: Record<string, never>; value: JobLoad }
  webhooks_create: { input: NewWebhook; value: { endpoint: WebhookEndpoint; secret: string } }
  webhooks_list: { input: Record<string, never>; value: WebhookEndpoint[] }
  webhooks_get: { input: { id: string }; value: WebhookEndpoint }
  webhooks_update: { input: { id: string; change: WebhookChange }; value: WebhookEndpoint }
  webhooks_delete: { input: { id: string }; value: WebhookEndpoint }
  /** A new secret; the old one signs too for so long. */
  webhooks_rotate: { input: { id: string; overlapS: number }; value: { endpoint: WebhookEndpoint; secret: string } }
  webhooks_test: { input: { id: string }; value: WebhookDelivery }
  deliveries_list: { input: { id: string; limit: number; cursor?: string; state?: WebhookDelivery['state'] }; value: Page<WebhookDelivery> }
  deliveries_replay: { input: { id: string; deliveryId: string }; value: WebhookDelivery }
  /** Sends again what happened between two instants; only what failed unless `all`. */
  deliveries_replay_range: { input: { id: string; since: string; until: string; all: boolean }; value: { replaying: number } }
  monitors_create: { input: MonitorIntent; value: MonitorRecord }
  monitors_list: { input: { dialect?: string }; value: MonitorRecord[] }
  monitors_get: { input: MonitorQuery; value: MonitorRecord }
  monitors_update: { input: MonitorQuery & { change: MonitorChange; active?: boolean }; value: MonitorRecord }
  monitors_delete: { input: MonitorQuery; value: MonitorRecord }
  /** Runs it now, whatever its schedule says. */
  monitors_trigger: { input: { id: string }; value: MonitorRun }
  /** Newest first; `changed` leaves out runs without a change, `before` (ISO 8601) those that were due then or later. */
  monitors_runs: { input: MonitorQuery & { limit: number; cursor?: string; before?: string; changed?: boolean; snapshots?: boolean }; value: Page<MonitorRun> }
  /** One run with what it saw; without an id the newest that is complete. */
  monitors_run: { input: { id: string; runId: string | null }; value: MonitorRun }
  /** Answers when its browser can be connected to. */
  sessions_create: { input: SessionIntent; value: SessionRecord }
  /** Active ones, newest first. */
  sessions_list: { input: Record<string, never>; value: SessionRecord[] }
  sessions_get: { input: { id: string }; value: SessionRecord }
  /** Ends it; one that is over stays as it is. */
  sessions_delete: { input: { id: string }; value: SessionRecord }
  profiles_put: { input: { name: string; state: ProfileState }; value: ProfileRecord }
  profiles_list: { input: Record<string, never>; value: ProfileRecord[] }
  profiles_get: { input: { name: string }; value: ProfileRecord }
  profiles_delete: { input: { name: string }; value: ProfileRecord }
  credits: { input: Record<string, never>; value: CreditState }
  top_up: { input: { credits: number; note?: string }; value: CreditState }
  set_credit_limit: { input: { monthlyCredits: number | null }; value: CreditState }
  usage_days: { input: { since: string }; value: UsageDay[] }
  ledger_list: { input: { limit: number; cursor?: string }; value: Page<LedgerLine> }
  workspaces_list: { input: Record<string, never>; value: Workspace[] }
  workspaces_create: { input: { id: string; name: string }; value: Workspace }
  requests_list: { input: HistoryQuery; value: Page<RequestRecord> }
  requests_get: { input: { id: string }; value: RequestRecord }
  /** Requests, crawls, their pages and the runs of monitors in one list. */
  work_list: { input: WorkQuery; value: { items: PastWork[]; total: number } }
  work_get: { input: { id: string; dialect: string }; value: PastWork }
  keys_create: { input: NewKey; value: { key: KeyRecord; secret: string } }
  keys_list: { input: Record<string, never>; value: KeyRecord[] }
  keys_revoke: { input: { id: string }; value: KeyRecord }
  keys_rotate: { input: { id: string }; value: { key: KeyRecord; secret: string } }
  /** `open` counts what is not over, where asked for. */
  whoami: { input: { open?: boolean }; value: { actor: Actor; key: KeyRecord; credits: CreditState; open?: OpenWork } }
  capabilities: { input: Record<string, never>; value: Capabilities }
  health: { input: Record<string, never>; value: Health }
  /** `uptimeSeconds` is that of this process. */
  ready: { input: Record<string, never>; value: Health & { uptimeSeconds: number } }
}

export type VerbName = keyof VerbMap
export type VerbInput<V extends VerbName> = VerbMap[V]['input']
export type VerbValue<V extends VerbName> = VerbMap[V]['value']

/** Verbs whose value holds a secret that is shown once: no reply of theirs is ever stored. */
export const secretVerbs: readonly VerbName[] = ['keys_create', 'keys_rotate', 'webhooks_create', 'webhooks_rotate', 'sessions_create']

/** How a dialect's credits are held: `reserve` what the request may cost, or `gate`: refuse once used reaches the limit, before any other limit of the key. */
export type CreditPolicy = 'reserve' | 'gate'

/** One request on its way through, from the credential to the record in history. */
export interface Visit {
  /** UUID; the id of the request's record in history. */
  readonly id: string
  /** Shown as X-Request-Id. */
  readonly requestId: string
  /** Null on routes that ask for no key. */
  readonly actor: Actor | null
  readonly dialect: string
  readonly method: string
  readonly path: string
  readonly clientAddress: string
  readonly startedAt: number
  /** Aborts when the client hangs up or the server stops. */
  readonly signal: AbortSignal
  readonly prices: PriceList
  readonly creditPolicy: CreditPolicy
  /** The values of its requests are kept for `work_get`. */
  readonly keepsValues: boolean
  /** A failure that takes the place of a verb's value before it is billed. */
  readonly veto?: (value: unknown) => Failure | undefined
  /** HTTP status that the dialect gives a failure, or a success (null). */
  readonly statusOf: (failure: Failure | null) => number
  /** Filled as metering learns it. */
  readonly account: Account
}

export interface StoredReply {
  status: number
  headers: Record<string, string>
  body: string
}

export type Replay =
  | { kind: 'replay'; reply: StoredReply }
  /** `finish(null)` forgets the key, so that a repeat runs again. */
  | { kind: 'first'; finish(reply: StoredReply | null): Promise<void> }

/** The only door to effects. Every method throws `Failure` and nothing else. */
export interface Verbs {
  /** Counts the client's address; throws account.ip_rate_limited. */
  guardAddress(address: string): Promise<RateState>
  /** Throws account.missing_key, invalid_key, revoked_key or expired_key. */
  authenticate(secret: string | undefined): Promise<Actor>
  /** Takes the key's place in its rate window and among its running requests. `throttled: false` only looks. */
  enter(visit: Visit, options: { throttled: boolean }): Promise<void>
  /** Gives the place back. Safe to call twice. */
  leave(visit: Visit): Promise<void>
  /** Runs a verb inside a permit and records it. Never throws: a failure is an outcome. */
  run<V extends VerbName>(visit: Visit, verb: V, input: VerbInput<V>): Promise<Outcome<VerbValue<V>>>
  /** Records a request that failed before a verb ran. */
  refuse(visit: Visit, failure: Failure): Promise<void>
  idempotent(visit: Visit, key: string, body: unknown): Promise<Replay>
}
