import type { Attempt } from '../failure/evidence.ts'
import { fail, isFailure, type Failure } from '../failure/failure.ts'
import { normalize } from '../failure/normalize.ts'
import { DeadlineExceeded, isDeadlineExceeded } from '../lib/deadline.ts'
import { CookieJar } from './cookies.ts'
import { Exchange, type Answer } from './exchange.ts'
import type { Guard, Route } from './guard.ts'
import { isSameSite, readHeaders, withoutBody, withoutSecrets, type HeaderMap } from './headers.ts'
import type { Pool } from './pool.ts'
import type { EgressOptions, EgressRequest, EgressResponse, Protocol, Timings, Trust } from './types.ts'

export type Stage = 'name resolution' | 'connection' | 'tls handshake' | 'response headers' | 'response body'

/** An `EgressRequest` as egress itself makes them. */
export interface Order extends EgressRequest {
  /** Cut a body at `maxBytes` instead of failing. */
  truncate?: boolean
}

interface Hop {
  url: string
  method: string
  headers: HeaderMap
  body: string | Uint8Array | undefined
  trust: Trust
}

/** What is known of a hop while it runs; its evidence. */
interface Trace {
  startedMs: number
  stage: Stage
  url: string
  address?: string
  protocol?: Protocol
  exchange?: Exchange
}

interface Arrival {
  answer: Answer
  route: Route
  timings: Timings
  trace: Trace
}

/** Redirect targets may be longer than URLs that people send: single sign-on packs whole requests into them. */
const redirectCharsMax = 8192
const redirectStatuses = new Set([301, 302, 303, 307, 308])
const repeatable = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

/** One order from its first hop to its answer. */
export class Chain {
  readonly #guard: Guard
  readonly #pool: Pool
  readonly #options: EgressOptions
  readonly #order: Order
  readonly #signal: AbortSignal
  readonly #attempts: Attempt[] = []
  readonly #redirects: string[] = []
  readonly #hopsMax: number
  readonly #startedMs = performance.now()
  #jar: CookieJar | undefined

  constructor(guard: Guard, pool: Pool, options: EgressOptions, order: Order, signal: AbortSignal) {
    this.#guard = guard
    this.#pool = pool
    this.#options = options
    this.#order = order
    this.#signal = signal
    this.#hopsMax = order.maxRedirects ?? options.maxRedirects
  }

  async run(): Promise<EgressResponse> {
    let hop: Hop | undefined = this.#firstHop()
    for (;;) {
      const trace: Trace = { startedMs: performance.now(), stage: 'name resolution', url: hop.url }
      let arrival: Arrival
      try {
        arrival = await this.#visit(hop, trace)
      } catch (error) {
        throw this.#failure(error, trace)
      }
      const next = this.#nextHop(hop, arrival)
      this.#attempts.push(attemptOf(trace, next ? 'redirect' : 'ok'))
      if (!next) return this.#response(arrival)
      this.#redirects.push(arrival.route.url.href)
      if (this.#redirects.length > this.#hopsMax) throw fail('target.too_many_redirects', { hops: this.#redirects.length }, { evidence: this.#attempts })
      hop = next
    }
  }

  #firstHop(): Hop {
    const { url, method = 'GET', headers = {}, body, trust = 'target' } = this.#order
    const upper = method.toUpperCase()
    if (!/^[A-Z]{1,20}$/.test(upper) || upper === 'CONNECT' || upper === 'TRACE' || upper === 'TRACK') {
      throw fail('caller.invalid_request', { issues: [{ path: ['method'], code: 'invalid_value', message: 'The method cannot be used.' }] })
    }
    const defaults: HeaderMap = new Map([['user-agent', this.#options.userAgent], ['accept', '*/*'], ['accept-encoding', 'gzip, deflate, br, zstd']])
    return { url, method: upper, headers: new Map([...defaults, ...readHeaders(headers)]), body, trust }
  }

  /** Judges, dials and asks; a pooled connection that turns out dead is replaced once. */
  async #visit(hop: Hop, trace: Trace): Promise<Arrival> {
    if (this.#signal.aborted) throw this.#signal.reason
    const target = this.#guard.read(hop.url, hop.trust, this.#redirects.length > 0 ? redirectCharsMax : undefined)
    target.url.hash = ''
    this.#jar ??= new CookieJar(this.#order.cookies ?? {}, target.url, this.#order.stored)
    const route = await this.#guard.route(target, hop.trust, this.#signal)
    for (let fresh = false; ; fresh = true) {
      const acquired = await this.#pool.acquire(route, this.#signal, (stage, address) => {
        trace.stage = stage
        if (address !== undefined) trace.address = address
      }, fresh)
      const { connection, timings } = acquired
      const exchange = new Exchange(connection, this.#wanted(hop, route), this.#signal)
      Object.assign(trace, { stage: 'response headers', address: connection.address, protocol: connection.protocol, exchange })
      try {
        const answer = await exchange.run()
        return { answer, route, trace, timings: { ...(route.dnsMs === undefined ? {} : { dns: route.dnsMs }), ...timings } }
      } catch (error) {
        if (fresh || exchange.head || this.#signal.aborted || !(isUnsent(error) || (acquired.reused && repeatable.has(hop.method) && isCut(error)))) throw error
      } finally {
        this.#pool.release(connection, exchange.complete)
      }
    }
  }

  #wanted(hop: Hop, route: Route) {
    const headers = [...hop.headers].flat()
    const cookie = this.#jar?.header(route.url)
    if (cookie !== undefined) {
      const own = headers.indexOf('cookie')
      if (own >= 0 && own % 2 === 0) headers[own + 1] += `; ${cookie}`
      else headers.push('cookie', cookie)
    }
    const { maxBytes = this.#options.bodyLimitBytes, truncate = false, accept, onData } = this.#order
    return {
      path: `${route.url.pathname}${route.url.search}`,
      method: hop.method,
      headers,
      body: hop.body,
      limitBytes: maxBytes,
      onData,
      truncate,
      buffered: this.#pool.buffered,
      onHead: ({ status, headers: received }: { status: number; headers: Headers }) => {
        if (isRedirect(status, received)) return 'discard' as const
        accept?.({ url: route.url.href, status, headers: received })
        return 'read' as const
      },
    }
  }

  #nextHop(hop: Hop, { answer, route }: Arrival): Hop | undefined {
    if (!isRedirect(answer.status, answer.headers)) return undefined
    this.#jar?.store(route.url, answer.headers.getSetCookie())
    const location = fromLatin1(answer.headers.get('location') ?? '')
    const url = URL.parse(location, route.url.href)
    const turnsGet = answer.status === 303 ? hop.method !== 'HEAD' : answer.status < 303 && hop.method === 'POST'
    let headers = hop.headers
    if (turnsGet) headers = withoutBody(headers)
    if (!url || !isSameSite(route.url, url)) headers = withoutSecrets(headers)
    return {
      // What cannot be parsed is handed on as it is, for the guard to refuse.
      url: url?.href ?? location,
      method: turnsGet ? 'GET' : hop.method,
      headers,
      body: turnsGet ? undefined : hop.body,
      // A setting vouches for the origin it names, not for where that one points.
      trust: url && url.origin === route.url.origin ? hop.trust : 'target',
    }
  }

  #response({ answer, route, timings, trace }: Arrival): EgressResponse {
    if (this.#order.stored) this.#jar?.store(route.url, answer.headers.getSetCookie())
    return {
      url: route.url.href,
      status: answer.status,
      headers: answer.headers,
      body: answer.body,
      attempts: this.#attempts,
      redirects: this.#redirects,
      protocol: trace.protocol ?? 'http/1.1',
      address: trace.address ?? '',
      timings: { ...timings, first_byte: answer.firstByteMs, body: answer.bodyMs },
      stored: this.#order.stored ? (this.#jar?.stored() ?? []) : [],
    }
  }

  #failure(error: unknown, trace: Trace): Failure {
    const stage = trace.exchange?.head ? 'response body' : trace.stage
    const raw = this.#signal.aborted && !isFailure(error) ? abortError(this.#signal.reason, performance.now() - this.#startedMs) : error
    const failure = normalize(raw, { target: true, stage, ...(this.#order.deadline ? { deadline: this.#order.deadline } : {}) })
    return failure.withEvidence([...this.#attempts, attemptOf(trace, failure.code, signalOf(failure, this.#signal))])
  }
}

const isUnsent = (error: unknown): boolean => error instanceof Error && error.name === 'ConnectionSpent'

const isCut = (error: unknown): boolean => normalize(error, { target: true }).code === 'target.connection_reset'

const isRedirect = (status: number, headers: Headers): boolean => redirectStatuses.has(status) && headers.has('location')

/** Header bytes reach us as latin1; a Location that browsers follow is often UTF-8. */
const fromLatin1 = (text: string): string => (/[\u0080-\u00ff]/.test(text) ? Buffer.from(text, 'latin1').toString('utf8') : text)

/**
 * Why a signal aborted, as an error that `normalize` knows. A hang-up carries whatever reason its owner chose: it ends as
 * target.connection_reset, since nobody reads the answer and the connection was in fact cut; evidence says who cut it.
 */
export const abortError = (reason: unknown, afterMs: number): unknown => {
  if (isFailure(reason) || isDeadlineExceeded(reason)) return reason
  if (reason instanceof Error && reason.name === 'TimeoutError') return new DeadlineExceeded(Math.round(afterMs))
  return Object.assign(new Error('the caller hung up', { cause: reason }), { name: 'AbortError' })
}

export const signalOf = (failure: Failure, signal: AbortSignal): string | undefined => {
  const { reason, stage } = failure.plainFacts
  if (typeof reason === 'string') return reason
  if (typeof stage === 'string') return stage
  return signal.aborted && failure.code === 'target.connection_reset' ? 'caller hung up' : undefined
}

export const attemptOf = (trace: Trace, outcome: string, signal?: string): Attempt => {
  const url = shown(trace.url)
  return {
    tier: 'http',
    ...(url === undefined ? {} : { url }),
    ...(trace.address === undefined || outcome.startsWith('policy.') ? {} : { address: trace.address }),
    ...(trace.protocol === undefined ? {} : { protocol: trace.protocol }),
    ...(trace.exchange?.head ? { status: trace.exchange.head.status } : {}),
    ...(trace.exchange ? { bytes: trace.exchange.bytes } : {}),
    ms: Math.round(performance.now() - trace.startedMs),
    outcome,
    ...(signal === undefined ? {} : { signal }),
  }
}

/** A URL for evidence: no credentials, no fragment, no endless one. Undefined where it cannot be parsed, since credentials could then hide anywhere. */
const shown = (raw: string): string | undefined => {
  const url = URL.parse(raw.trim())
  if (!url) return undefined
  url.username = ''
  url.password = ''
  url.hash = ''
  return url.href.slice(0, redirectCharsMax)
}
