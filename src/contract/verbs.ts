import type { Failure } from '../failure/failure.ts'
import type { Actor, KeyRecord, NewKey } from './actor.ts'
import type { Document } from './document.ts'
import type { ExtractIntent, ScrapeIntent, ScrapeManyIntent } from './intent.ts'
import type { Outcome } from './outcome.ts'
import type { PriceList } from './price.ts'
import type { Account, CreditState, Page, RateState, RequestRecord } from './usage.ts'

/** What the engine of this process can do at this moment. */
export interface Capabilities {
  version: string
  formats: string[]
  modes: string[]
  renderers: { static: boolean; js: boolean }
  contentTypes: string[]
  limits: { timeoutMs: { min: number; max: number; default: number }; fetchBytes: number; bodyBytes: number; redirects: number }
  dialects: { name: string; title: string; basePath: string }[]
  providers: { search: string[]; model: string | null; proxies: string[] }
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

/** Every effect there is: input and value of each verb. */
export interface VerbMap {
  scrape: { input: ScrapeIntent; value: Document }
  scrape_many: { input: ScrapeManyIntent; value: { results: Outcome<Document>[] } }
  extract: { input: ExtractIntent; value: { results: Outcome<Document>[] } }
  credits: { input: Record<string, never>; value: CreditState }
  top_up: { input: { credits: number; note?: string }; value: CreditState }
  set_credit_limit: { input: { monthlyCredits: number | null }; value: CreditState }
  requests_list: { input: HistoryQuery; value: Page<RequestRecord> }
  requests_get: { input: { id: string }; value: RequestRecord }
  keys_create: { input: NewKey; value: { key: KeyRecord; secret: string } }
  keys_list: { input: Record<string, never>; value: KeyRecord[] }
  keys_revoke: { input: { id: string }; value: KeyRecord }
  keys_rotate: { input: { id: string }; value: { key: KeyRecord; secret: string } }
  whoami: { input: Record<string, never>; value: { actor: Actor; key: KeyRecord; credits: CreditState } }
  capabilities: { input: Record<string, never>; value: Capabilities }
  health: { input: Record<string, never>; value: Health }
  /** `uptimeSeconds` is that of this process. */
  ready: { input: Record<string, never>; value: Health & { uptimeSeconds: number } }
}

export type VerbName = keyof VerbMap
export type VerbInput<V extends VerbName> = VerbMap[V]['input']
export type VerbValue<V extends VerbName> = VerbMap[V]['value']

/** Verbs whose value holds a secret that is shown once: no reply of theirs is ever stored. */
export const secretVerbs: readonly VerbName[] = ['keys_create', 'keys_rotate']

/** How a dialect's credits are held: `reserve` what the request may cost, or `gate`: refuse once used reaches the limit. */
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
