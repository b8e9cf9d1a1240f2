import { randomUUID } from 'node:crypto'
import type { Timings } from '../contract/outcome.ts'
import type { Account } from '../contract/usage.ts'
import { secretVerbs, type StoredReply, type Visit } from '../contract/verbs.ts'
import type { Dialect, Reply, ReplyInfo, Route } from '../dialects/dialect.ts'
import { fail, isFailure, type Failure } from '../failure/failure.ts'
import { normalize } from '../failure/normalize.ts'
import { accepts } from '../lib/accept.ts'
import { withoutUserInfo } from '../lib/url.ts'
import { requestIdFrom } from '../lib/request-id.ts'
import { readJson } from './body.ts'
import { crossOriginHeaders, firstPartyOf, isPreflight } from './cross-origin.ts'
import type { FirstParty, ServerDeps } from './deps.ts'
import { commonHeaders, toResponse, toStored } from './respond.ts'
import { validate } from './validate.ts'

/** One request as the transport sees it. */
export interface Incoming {
  request: Request
  /** Path below the dialect's base. */
  path: string
  /** Path and query below the dialect's base, as sent. */
  target: string
  query: URLSearchParams
  params: Record<string, string>
  clientAddress: string
  origin: string
  signal: AbortSignal
}

/** A route's row, or the reason why there is none. */
export type Found = { route: Route } | { failure: Failure }

/** The whole way of a request: credential, validation, verb, rendering. Never throws. */
export const handle = async (deps: ServerDeps, dialect: Dialect, found: Found, incoming: Incoming): Promise<Response> => {
  const progress = new Progress(deps, dialect, incoming)
  try {
    if (progress.preflight()) return progress.reply({ status: 204, headers: {}, body: '' }, undefined)
    const stored = 'failure' in found ? progress.render(found.failure) : await serve(deps, dialect, found.route, progress)
    return progress.reply(stored, 'route' in found ? found.route : undefined)
  } catch (error) {
    return progress.reply(await progress.refuse(error), 'route' in found ? found.route : undefined)
  } finally {
    await progress.leave()
  }
}

const serve = async (deps: ServerDeps, dialect: Dialect, route: Route, progress: Progress): Promise<StoredReply | Response> => {
  const { verbs } = deps
  const { incoming } = progress
  if (dialect.negotiates && !accepts(incoming.request.headers.get('accept'), [...route.produces, 'application/problem+json'])) {
    throw fail('caller.not_acceptable', { available: [...route.produces] })
  }
  progress.follow(route)
  if (route.open === false || (route.open === 'unless_keyed' && progress.secret() !== undefined)) {
    await verbs.guardAddress(incoming.clientAddress)
    if (dialect.firstCheck === 'input') await progress.readInput(route)
    await progress.enter(route)
  }
  const input = await progress.readInput(route)
  const row = route.instead?.(input) ?? route
  if (row !== route) progress.follow(row)
  const intent = row.toIntent(input, progress.info())
  const replay = await progress.replay(input.body)
  if (replay?.kind === 'replay') return { ...replay.reply, headers: { ...replay.reply.headers, 'idempotency-replayed': 'true', 'x-request-id': progress.visit.requestId } }

  let stored: StoredReply | null = null
  try {
    const outcome = await verbs.run(progress.visit, row.verb, intent as never)
    progress.timings = outcome.timings
    progress.failure = outcome.ok ? undefined : outcome.failure
    const reply = outcome.ok ? row.render(outcome, progress.info()) : dialect.renderFailure(outcome.failure, progress.info())
    if (reply.body instanceof ReadableStream) return progress.stream(reply)
    stored = progress.store(reply)
    return stored
  } finally {
    // The work is done and billed: that its reply could not be kept must not take it from the caller.
    if (replay) await replay.finish(isKept(row, progress.failure) ? stored : null).catch((err: unknown) => deps.logger.error({ err, request_id: progress.visit.requestId }, 'a reply could not be kept for a repeat'))
  }
}

/** A failure that may be mended, by time, by a top-up or by the operator, is forgotten, so that the repeat is a real one; a secret is not kept at all. */
const isKept = (route: Route, failure: Failure | undefined): boolean =>
  failure?.retry !== 'later' && failure?.class !== 'account' && failure?.class !== 'platform' && !secretVerbs.includes(route.verb)

interface Input {
  body: unknown
  query: unknown
  params: unknown
}

/** What is known of a request so far, and the replies that can be made of it. */
class Progress {
  readonly incoming: Incoming
  readonly account: Account = { creditsBilled: 0 }
  visit: Visit
  failure: Failure | undefined
  timings: Timings = {}
  readonly #deps: ServerDeps
  readonly #dialect: Dialect
  readonly #firstParty: FirstParty | undefined
  #input: Input | undefined
  #entered = false
  #recorded = false

  constructor(deps: ServerDeps, dialect: Dialect, incoming: Incoming) {
    this.#deps = deps
    this.#dialect = dialect
    this.#firstParty = deps.settings.firstParties.get(dialect.name)
    this.incoming = incoming
    this.visit = {
      id: randomUUID(),
      requestId: requestIdFrom(incoming.request.headers.get('x-request-id')),
      actor: null,
      dialect: dialect.name,
      method: incoming.request.method,
      path: incoming.path,
      clientAddress: incoming.clientAddress,
      startedAt: deps.clock(),
      signal: incoming.signal,
      prices: dialect.prices,
      creditPolicy: dialect.creditPolicy,
      keepsValues: dialect.keepsValues ?? false,
      statusOf: (failure) => (failure ? dialect.renderFailure(failure, this.info()).status : 200),
      account: this.account,
    }
  }

  info(): ReplyInfo {
    return {
      id: this.visit.id,
      requestId: this.visit.requestId,
      durationMs: this.#deps.clock() - this.visit.startedAt,
      origin: this.incoming.origin,
      base: this.incoming.origin + this.#dialect.basePath,
      method: this.visit.method,
      path: this.incoming.path,
      target: this.incoming.target,
      headers: this.incoming.request.headers,
      input: this.#input,
      authenticated: this.visit.actor !== null,
      account: this.account,
      now: new Date(this.#deps.clock()),
    }
  }

  /** From here on the row of a route goes before what holds for the whole dialect. */
  follow({ prices, veto }: Route): void {
    this.visit = { ...this.visit, prices: prices ?? this.visit.prices, veto: (value) => veto?.(value, this.info()) }
  }

  /** True for a browser's question that needs no route and no key. */
  preflight(): boolean {
    const { request } = this.incoming
    return isPreflight(request) && firstPartyOf(this.#firstParty, request.headers) !== undefined
  }

  secret(): string | undefined {
    const { request, path, query } = this.incoming
    return this.#dialect.credential({ method: request.method, path, headers: request.headers, query }) ?? firstPartyOf(this.#firstParty, request.headers)?.secret
  }

  async enter(route: Route): Promise<void> {
    this.visit = { ...this.visit, actor: await this.#deps.verbs.authenticate(this.secret()) }
    await this.#deps.verbs.enter(this.visit, { throttled: route.throttled })
    this.#entered = true
  }

  async readInput(route: Route): Promise<Input> {
    if (this.#input) return this.#input
    const { request, query, params } = this.incoming
    const limit = route.bodyLimitBytes ?? this.#dialect.bodyLimitBytes ?? this.#deps.settings.bodyLimitBytes
    const body = route.body === undefined ? undefined : await readJson(request, limit, this.#dialect.lenientContentType ?? false)
    this.#input = {
      params: validate(route.params, params),
      query: validate(route.query, fromQuery(query)),
      body: validate(route.body, body),
    }
    return this.#input
  }

  async replay(body: unknown) {
    const key = this.incoming.request.headers.get(this.#dialect.idempotencyHeader)
    if (key === null || this.incoming.request.method !== 'POST' || this.visit.actor === null) return undefined
    if (key.length === 0 || key.length > 255) {
      throw fail('caller.invalid_request', { issues: [{ path: [this.#dialect.idempotencyHeader], code: 'invalid_header', message: 'An idempotency key has 1 to 255 characters' }] })
    }
    return this.#deps.verbs.idempotent(this.visit, key, body ?? null)
  }

  store(reply: Reply): StoredReply {
    return toStored(reply, { ...commonHeaders(this.info(), this.timings, this.failure), ...this.#dialect.headers?.(this.info()) })
  }

  stream(reply: Reply): Response {
    const headers = { ...commonHeaders(this.info(), this.timings, this.failure), ...this.#dialect.headers?.(this.info()), ...reply.headers }
    return new Response(reply.body as ReadableStream, { status: reply.status, headers: { ...headers, 'content-type': reply.contentType ?? 'application/octet-stream' } })
  }

  /** A failure in the dialect's words; a failure of the rendering itself has its own fallback. */
  render(failure: Failure): StoredReply {
    this.failure = failure
    try {
      return this.store(this.#dialect.renderFailure(failure, this.info()))
    } catch (error) {
      this.#deps.logger.error({ err: error, request_id: this.visit.requestId, code: failure.code }, 'a failure could not be rendered')
      return { status: 500, headers: { 'content-type': 'application/json; charset=utf-8', 'x-request-id': this.visit.requestId }, body: '{"code":"platform.internal","title":"Internal error","status":500}' }
    }
  }

  /** The reply for whatever was thrown on the way to the verb. */
  async refuse(error: unknown): Promise<StoredReply> {
    const failure = isFailure(error) ? error : normalize(error)
    if (this.visit.actor && !this.#recorded) {
      this.#recorded = true
      await this.#deps.verbs.refuse(this.visit, failure).catch((cause: unknown) => this.#deps.logger.error({ err: cause }, 'a refused request could not be recorded'))
    }
    return this.render(failure)
  }

  reply(stored: StoredReply | Response, route: Route | undefined): Response {
    const { logger, metrics } = this.#deps
    const { durationMs } = this.info()
    const line = { request_id: this.visit.requestId, dialect: this.#dialect.name, method: this.visit.method, path: withoutUserInfo(this.incoming.path), status: stored.status, ms: durationMs, key: this.visit.actor?.keyId, code: this.failure?.code }
    if (this.failure?.class === 'platform') logger.error({ ...line, err: this.failure.cause, id: this.failure.plainFacts.id }, 'failed')
    else logger.info(line, this.failure ? 'failed' : 'done')
    metrics.replied({ dialect: this.#dialect.name, route: route?.path ?? 'none', status: stored.status }, durationMs / 1000, this.failure)
    const response = stored instanceof Response ? stored : toResponse(stored)
    for (const [name, value] of Object.entries(crossOriginHeaders(this.#firstParty, this.incoming.request))) response.headers.set(name, value)
    return response
  }

  async leave(): Promise<void> {
    if (this.#entered) await this.#deps.verbs.leave(this.visit).catch((cause: unknown) => this.#deps.logger.error({ err: cause }, 'a place could not be given back'))
  }
}

/** Query parameters as an object; repeated ones become arrays. */
const fromQuery = (query: URLSearchParams): Record<string, string | string[]> => {
  const out: Record<string, string | string[]> = {}
  for (const key of new Set(query.keys())) {
    const values = query.getAll(key)
    out[key] = values.length === 1 ? (values[0] ?? '') : values
  }
  return out
}
