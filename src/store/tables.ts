import type { Generated } from 'kysely'
import type { KeyMode, Scope } from '../contract/actor.ts'
import type { JobKind, JobState } from '../contract/jobs.ts'
import type { SessionEnd, SessionState } from '../contract/sessions.ts'
import type { FailureJson } from '../failure/failure.ts'

export interface WorkspaceRow {
  id: string
  name: string
  created_at: Date
  monthly_credits: number | null
  period: string
  balance: Generated<number>
  extra: Generated<number>
}

export interface KeyRow {
  id: string
  workspace_id: string
  name: string
  prefix: string
  last_four: string
  hash: Uint8Array
  mode: KeyMode
  scopes: Scope[]
  rpm: number | null
  concurrency: number | null
  credit_limit: number | null
  daily_credit_cap: number | null
  url_blocklist: string[]
  index_pages: boolean
  created_at: Date
  last_used_at: Date | null
  expires_at: Date | null
  revoked_at: Date | null
  spent: Generated<number>
  spent_day: Generated<string | null>
  spent_today: Generated<number>
}

export type LedgerKind = 'grant' | 'expire' | 'limit' | 'top_up' | 'reserve' | 'settle' | 'release'

export interface LedgerRow {
  id: Generated<number>
  workspace_id: string
  key_id: string | null
  at: Date
  kind: LedgerKind
  amount: number
  used: Generated<number>
  permit_id: string | null
  request_id: string | null
  note: string | null
}

export interface ReservationRow {
  permit_id: string
  workspace_id: string
  key_id: string
  request_id: string
  credits: number
  held: number
  from_extra: number
  period: string
  day: string
  holder: string
  created_at: Date
  expires_at: Date
}

export interface UsageDayRow {
  workspace_id: string
  day: string
  key_id: string
  shard: number
  credits: number
  requests: number
}

export interface RequestRow {
  seq: Generated<number>
  workspace_id: string
  id: string
  shown_id: string
  at: Date
  dialect: string
  method: string
  path: string
  verb: string | null
  key_id: string
  key_name: string
  mode: KeyMode
  status: number
  credits: number
  duration_ms: number
  url: string | null
  failure_code: string | null
  detail: unknown
}

export interface IdempotencyRow {
  workspace_id: string
  scope: string
  key: string
  digest: string
  token: string
  holder: string
  started_at: Date
  locked_until: Date
  expires_at: Date
  status: number | null
  headers: unknown
  body: Uint8Array | null
  encoding: string | null
}

export interface DocumentRow {
  workspace_id: string
  key: string
  stored_at: Date
  expires_at: Date
  size: number
  encoding: string
  body: Uint8Array
}

export interface MetaRow {
  name: string
  value: unknown
  updated_at: Date
}

export interface AddressWindowRow {
  address: string
  starts_at: Date
  requests: number
}

export interface RateWindowRow {
  key_id: string
  seq: number
  last_at: Date
}

export interface RateEventRow {
  key_id: string
  seq: number
  at: Date
}

export interface LeaseRow {
  id: string
  key_id: string
  holder: string
  created_at: Date
  expires_at: Date
}

export interface JobRow {
  id: string
  seq: Generated<number>
  workspace_id: string
  key_id: string
  kind: JobKind
  state: JobState
  stage: 'prepare' | 'pages' | 'finish' | 'end'
  has_finish: Generated<boolean>
  actor: unknown
  intent: unknown
  prices: unknown
  dialect: string
  request_id: string
  page_limit: number | null
  pages_at_once: number
  host_at_once: number
  host_delay_ms: number
  tries_max: number
  frontier_max: number
  hosts: Generated<string[]>
  discovered: Generated<number>
  running: Generated<number>
  done: Generated<number>
  failed: Generated<number>
  skipped: Generated<number>
  skips: Generated<Record<string, number>>
  credits: Generated<number>
  events: Generated<number>
  truncated: Generated<boolean>
  failure: FailureJson | null
  result: unknown
  created_at: Date
  started_at: Date | null
  finished_at: Date | null
  expires_at: Date | null
  keep_s: number
  claimed_at: Date
  holder: string | null
  fence: Generated<number>
  lease_until: Date | null
}

export interface JobPageRow {
  job_id: string
  n: Generated<number>
  key: Uint8Array
  url: string
  host: string
  depth: number
  parent: string | null
  state: 'queued' | 'running' | 'done' | 'failed' | 'skipped' | 'alias'
  reason: string | null
  reserve: Generated<number>
  item: unknown
  tries: Generated<number>
  crashes: Generated<number>
  not_before: Date | null
  holder: string | null
  fence: Generated<number>
  lease_until: Date | null
  event: number | null
  finished_at: Date | null
  credits: Generated<number>
  facts: unknown
  failure: FailureJson | null
  body: Uint8Array | null
  encoding: string | null
}

export interface JobHostRow {
  host: string
  next_at: Date
}

export interface JobEventRow {
  job_id: string
  event: number
  workspace_id: string
  seq: number
  id: string
  at: Date
  type: string
  data: unknown
}

export interface EventHeadRow {
  workspace_id: string
  seq: number
}

export interface WebhookEndpointRow {
  id: string
  seq: Generated<number>
  workspace_id: string
  job_id: string | null
  monitor_id: string | null
  name: string | null
  url: string
  events: string[]
  secret: string
  old_secret: string | null
  old_secret_until: Date | null
  headers: unknown
  options: unknown
  mode: KeyMode
  active: Generated<boolean>
  disabled_reason: string | null
  failing_since: Date | null
  attempts: Generated<number>
  failures: Generated<number>
  last_at: Date | null
  last_status: number | null
  created_at: Date
  updated_at: Date
}

export interface WebhookDeliveryRow {
  seq: Generated<number>
  id: string
  endpoint_id: string
  workspace_id: string
  event_id: string
  type: string
  job_id: string | null
  at: Date
  data: unknown
  state: 'pending' | 'delivered' | 'failed'
  attempt: Generated<number>
  begun_at: Date
  next_at: Date | null
  holder: string | null
  fence: Generated<number>
  lease_until: Date | null
  last_at: Date | null
  last_status: number | null
  last_failure: string | null
  snippet: string | null
}

export interface IndexDocumentRow {
  id: string
  workspace_id: string
  mode: KeyMode
  key: string
  url: string
  host: string
  title: string
  config: string
  language: string | null
  published_at: Date | null
  crawled_at: Date
  shown: unknown
  content_hash: string
  simhash: string
  passages: number
  words: number
  bytes: number
}

export interface IndexPassageRow {
  document_id: string
  ordinal: number
  heading: string
  body: string
  words: number
  terms: unknown
}

export interface MonitorRow {
  id: string
  seq: Generated<number>
  workspace_id: string
  key_id: string
  actor: unknown
  prices: unknown
  dialect: string
  request_id: string
  intent: unknown
  active: Generated<boolean>
  reason: string | null
  failures: Generated<number>
  next_at: Date | null
  last_run_at: Date | null
  last_digest_at: Date | null
  created_at: Date
  updated_at: Date
}

export interface MonitorRunRow {
  id: string
  seq: Generated<number>
  monitor_id: string
  workspace_id: string
  state: 'running' | 'completed' | 'failed' | 'skipped'
  trigger: 'created' | 'schedule' | 'manual'
  due_at: Date
  finished_at: Date | null
  previous_id: string | null
  changed: Generated<boolean>
  diff: unknown
  failure: FailureJson | null
  credits: Generated<number>
  body: Uint8Array | null
  encoding: string | null
}

export interface SessionRow {
  id: string
  seq: Generated<number>
  workspace_id: string
  key_id: string
  mode: KeyMode
  dialect: string
  state: SessionState
  reason: SessionEnd | null
  token: string
  address: string | null
  intent: unknown
  holder: string
  lease_until: Date
  end_asked: Generated<boolean>
  idle_ms: number
  created_at: Date
  expires_at: Date
  last_used_at: Date
  ended_at: Date | null
  credits: Generated<number>
}

export interface ProfileRow {
  workspace_id: string
  mode: KeyMode
  name: string
  body: Uint8Array
  cookies: number
  sites: unknown
  created_at: Date
  updated_at: Date
  used_at: Date | null
}

/** Every table as Kysely sees it. Numbers are safe integers, instants are `Date`, days are `YYYY-MM-DD`. */
export interface Tables {
  meta: MetaRow
  workspaces: WorkspaceRow
  keys: KeyRow
  ledger: LedgerRow
  reservations: ReservationRow
  usage_days: UsageDayRow
  requests: RequestRow
  idempotency: IdempotencyRow
  documents: DocumentRow
  address_windows: AddressWindowRow
  rate_windows: RateWindowRow
  rate_events: RateEventRow
  leases: LeaseRow
  jobs: JobRow
  job_pages: JobPageRow
  job_hosts: JobHostRow
  job_events: JobEventRow
  event_heads: EventHeadRow
  webhook_endpoints: WebhookEndpointRow
  webhook_deliveries: WebhookDeliveryRow
  index_documents: IndexDocumentRow
  index_passages: IndexPassageRow
  monitors: MonitorRow
  monitor_runs: MonitorRunRow
  sessions: SessionRow
  profiles: ProfileRow
}

/** Tables that an export carries, parents first. The others hold the present minute and nothing else. */
export const durableTables = [
  'meta', 'workspaces', 'keys', 'ledger', 'reservations', 'usage_days', 'requests', 'idempotency', 'documents',
  'jobs', 'job_pages', 'job_events', 'event_heads', 'webhook_endpoints', 'webhook_deliveries',
  'index_documents', 'index_passages',
  'monitors', 'monitor_runs',
  'profiles',
] as const satisfies readonly (keyof Tables)[]
