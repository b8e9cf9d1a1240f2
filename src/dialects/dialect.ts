import type { WebhookForm } from '../contract/webhooks.ts'
import type { z } from 'zod'
import type { PriceList } from '../contract/price.ts'
import type { Outcome } from '../contract/outcome.ts'
import type { Account } from '../contract/usage.ts'
import type { CreditPolicy, VerbInput, VerbName, VerbValue } from '../contract/verbs.ts'
import type { FailureClass, FailureCode } from '../failure/catalog.ts'
import type { Failure } from '../failure/failure.ts'

/** What a dialect may look at to find the credential. */
export interface RequestFacts {
  method: string
  /** Path below the dialect's base. */
  path: string
  headers: Headers
  query: URLSearchParams
}

/** What is known when a reply is rendered. */
export interface ReplyInfo {
  /** UUID of the request. */
  id: string
  requestId: string
  durationMs: number
  /** Public address of this server, without a trailing slash. */
  origin: string
  /** Public address of this dialect, without a trailing slash. */
  base: string
  method: string
  /** Path below the dialect's base. */
  path: string
  /** Everything after the dialect's base as it was sent, query included. */
  target: string
  headers: Headers
  /** The parsed input of the request, where it got that far. */
  input?: unknown
  /** False on routes that ask for no key. */
  authenticated: boolean
  account: Account
  now: Date
}

export interface Reply {
  status: number
  headers?: Record<string, string>
  /** JSON unless `contentType` says otherwise. */
  body: unknown
  contentType?: string
}

interface Input<B, Q, P> {
  body: B
  query: Q
  params: P
}

/** One row of a dialect: registration, validation, OpenAPI and rendering all come from it. */
export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Hono path below the dialect's base: `/v1/jobs/:id`. */
  path: string
  verb: VerbName
  summary: string
  /** No key is asked for; `unless_keyed`: one that is sent must be good. */
  open: boolean | 'unless_keyed'
  /** False where reading state is not throttled with the work. */
  throttled: boolean
  produces: readonly string[]
  /** In place of the dialect's limit. */
  bodyLimitBytes: number | undefined
  /** In place of the dialect's list. */
  prices: PriceList | undefined
  body: z.ZodType | undefined
  query: z.ZodType | undefined
  params: z.ZodType | undefined
  response: z.ZodType
  /** Throws `Failure` where the schemas cannot say what is wrong. */
  toIntent(input: Input<unknown, unknown, unknown>, info: ReplyInfo): unknown
  /** Where one address does several things: the row that does what this input asks for, with its own verb, prices and rendering. */
  instead: ((input: Input<unknown, unknown, unknown>) => Route | undefined) | undefined
  /** A failure that takes the place of a value that is no answer to this route, before anything is billed. */
  veto: ((value: unknown, info: ReplyInfo) => Failure | undefined) | undefined
  render(outcome: Outcome<unknown>, info: ReplyInfo): Reply
}

interface RouteSpec<V extends VerbName, B extends z.ZodType, Q extends z.ZodType, P extends z.ZodType> {
  method: Route['method']
  path: string
  verb: V
  summary: string
  open?: boolean | 'unless_keyed'
  throttled?: boolean
  produces?: readonly string[]
  bodyLimitBytes?: number
  prices?: PriceList
  body?: B
  query?: Q
  params?: P
  response: z.ZodType
  toIntent(input: Input<z.output<B>, z.output<Q>, z.output<P>>, info: ReplyInfo): VerbInput<V>
  instead?(input: Input<z.output<B>, z.output<Q>, z.output<P>>): Route | undefined
  veto?(value: VerbValue<V>, info: ReplyInfo): Failure | undefined
  render(value: VerbValue<V>, outcome: Outcome<VerbValue<V>> & { ok: true }, info: ReplyInfo): Reply
}

/** Types a row while it is written; rows are stored without their type parameters. */
export const route = <V extends VerbName, B extends z.ZodType = z.ZodUndefined, Q extends z.ZodType = z.ZodUndefined, P extends z.ZodType = z.ZodUndefined>(
  spec: RouteSpec<V, B, Q, P>,
): Route => ({
  method: spec.method,
  path: spec.path,
  verb: spec.verb,
  summary: spec.summary,
  open: spec.open ?? false,
  throttled: spec.throttled ?? true,
  produces: spec.produces ?? ['application/json'],
  bodyLimitBytes: spec.bodyLimitBytes,
  prices: spec.prices,
  body: spec.body,
  query: spec.query,
  params: spec.params,
  response: spec.response,
  // Safe: the server passes what the schemas of this same row gave, and the value of this row's verb.
  toIntent: (input, info) => spec.toIntent(input as Input<z.output<B>, z.output<Q>, z.output<P>>, info),
  // Safe for the same reason.
  instead: spec.instead && ((input) => spec.instead?.(input as Input<z.output<B>, z.output<Q>, z.output<P>>)),
  veto: spec.veto && ((value, info) => spec.veto?.(value as VerbValue<V>, info)),
  render: (outcome, info) => {
    if (!outcome.ok) throw outcome.failure
    return spec.render(outcome.value as VerbValue<V>, outcome as Outcome<VerbValue<V>> & { ok: true }, info)
  },
})

/** Total by class, precise by code: a new code answers at once as its class does. */
export type FailureMap<Row> = Record<FailureClass, Row> & Partial<Record<FailureCode, Row>>

export const rowFor = <Row>(map: FailureMap<Row>, failure: Failure): Row => map[failure.code] ?? map[failure.class]

/** A vendor's contract as data and pure functions. */
export interface Dialect {
  name: string
  title: string
  /** `''` for the native dialect, otherwise `/reader` and the like. */
  basePath: string
  credential(request: RequestFacts): string | undefined
  /** The OpenAPI security schemes of the places where `credential` looks. */
  security: Record<string, { type: 'apiKey'; in: 'header' | 'query'; name: string } | { type: 'http'; scheme: 'bearer' }>
  routes: readonly Route[]
  renderFailure(failure: Failure, info: ReplyInfo): Reply
  /** Shape of the bodies that `renderFailure` makes. */
  failureBody: z.ZodType
  /** The vendor's names of failures: each is a section, with the name as its anchor, of the page `/docs/<name>/errors`. */
  errors?: {
    nameOf(failure: Failure): string
    /** Failures whose name depends on their facts, beside the catalogue's examples. */
    more?: readonly Failure[]
  }
  /** Headers for every reply, of success and of failure. */
  headers?(info: ReplyInfo): Record<string, string>
  prices: PriceList
  /** How webhooks of endpoints and jobs made in this dialect look, where not as Standard Webhooks. */
  webhookForm?: WebhookForm
  creditPolicy: CreditPolicy
  /** Its history gives past results too. */
  keepsValues?: boolean
  /** Header that carries an idempotency key; lower case. */
  idempotencyHeader: string
  /** `credential` (default) looks at the key before the body, `input` the other way round. */
  firstCheck?: 'credential' | 'input'
  bodyLimitBytes?: number
  /** Answer caller.not_acceptable where the Accept header rules out what a route produces. */
  negotiates?: boolean
  /** Accept JSON whatever Content-Type says. */
  lenientContentType?: boolean
  /** Served at `/docs/<name>`. */
  description: string
}
