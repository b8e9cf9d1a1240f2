import type { IncomingMessage, ServerResponse } from 'node:http'
import { constants, type ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { escapeHtml } from './html.ts'

/** One request to the lab, and what is needed to answer or to misbehave. */
export interface Exchange {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  /** Normalised: lower case, no port. */
  readonly host: string
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly secure: boolean
  /** Scheme, host and port as the client wrote them. */
  readonly origin: string
  /** Aborted when the client goes or the lab closes. */
  readonly signal: AbortSignal
  /** Counts visits per key for as long as the lab lives. */
  readonly visit: (key: string) => number
  /** The TCP socket at the very bottom, below TLS. */
  readonly tcp: Socket
}

/** Answers, or returns false: not mine. */
export type Handler = (x: Exchange) => unknown

export interface Reply {
  status?: number
  type?: string
  headers?: Record<string, string | string[]>
}

/** Sends a whole body; HEAD gets its headers only. */
export const send = (x: Exchange, body: string | Uint8Array, reply: Reply = {}): void => {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  const bodyless = x.method === 'HEAD' || reply.status === 204 || reply.status === 304
  x.res.writeHead(reply.status ?? 200, {
    'content-type': reply.type ?? 'text/html; charset=utf-8',
    ...(reply.status === 204 || reply.status === 304 ? {} : { 'content-length': String(bytes.length) }),
    ...reply.headers,
  })
  x.res.end(bodyless ? undefined : bytes)
}

export const sendJson = (x: Exchange, value: unknown, reply: Reply = {}): void =>
  send(x, `${JSON.stringify(value, null, 2)}\n`, { type: 'application/json; charset=utf-8', ...reply })

export const redirect = (x: Exchange, location: string, status = 302): void =>
  send(x, `<!doctype html><title>Moved</title><p>Moved to <a href="${escapeHtml(location)}">here</a>.\n`, { status, headers: { location } })

/** Streams chunks as fast as the client reads, without a content length; stops when it goes. */
export const stream = async (x: Exchange, chunks: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>, reply: Reply = {}): Promise<void> => {
  x.res.writeHead(reply.status ?? 200, { 'content-type': reply.type ?? 'text/html; charset=utf-8', ...reply.headers })
  if (x.method === 'HEAD') return void x.res.end()
  await pipeline(Readable.from(chunks, { objectMode: false, highWaterMark: 65_536 }), x.res, { signal: x.signal })
}

/** A whole number from the query, held between bounds. */
export const number = (x: Exchange, name: string, fallback: number, max: number, min = 0): number => {
  const raw = x.query.get(name)
  const value = raw === null || raw === '' ? Number.NaN : Number(raw)
  return Number.isFinite(value) ? Math.min(max, Math.max(min, Math.floor(value))) : fallback
}

/** Waits; rejects as soon as the client goes or the lab closes. */
export const pause = async (x: Exchange, ms: number): Promise<void> => {
  await sleep(ms, undefined, { signal: x.signal })
}

/** Never answers: returns when the client goes. */
export const hang = (x: Exchange): Promise<void> =>
  new Promise((resolve) => {
    if (x.signal.aborted) resolve()
    else x.signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** Ends the connection with bytes that are not the answer, or with none. */
export const breakOff = (x: Exchange, bytes?: string | Uint8Array): void => {
  const { stream: http2 } = x.req as { stream?: ServerHttp2Stream }
  // Foreign bytes under an HTTP/2 session abort the whole process; a protocol error is the nearest that a client can be shown.
  if (http2) {
    if (bytes === undefined) http2.session?.destroy()
    else http2.close(constants.NGHTTP2_PROTOCOL_ERROR)
  } else if (bytes === undefined) x.req.socket.end()
  else x.req.socket.end(bytes)
}
