import { randomUUID } from 'node:crypto'
import { createServer, type Server as HttpServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { rowOf } from '../failure/catalog.ts'
import type { Server } from './server.ts'

export interface Listener {
  readonly url: string
  readonly port: number
  /** Takes no new connection, gives running requests `graceMs`, then cuts. */
  close(graceMs: number): Promise<void>
}

/** Listens, or rejects with one line that says why it cannot. */
export const listen = async (server: Server, options: { host: string; port: number }): Promise<Listener> => {
  const listener = getRequestListener(server.fetch, { hostname: options.host, errorHandler: malformed })
  // It answers by itself, errors included: nothing is left to wait for.
  // Without the callback Node would take up every upgrade that a client offers, h2c included.
  const http = createServer({ shouldUpgradeCallback: (request) => server.relay.wants(request) }, (request, response) => void listener(request, response))
  http.on('upgrade', (request, socket, head) => server.relay.upgrade(request, socket, head))
  await new Promise<void>((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => reject(new Error(reasonOf(error, options), { cause: error })))
    http.listen(options.port, options.host, resolve)
  })
  // A connection that cannot be accepted, for want of file descriptors, must not end those that are open.
  http.on('error', () => {})
  const replies = keepReplies(http)
  const { port } = http.address() as AddressInfo
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  return {
    url: `http://${host}:${port}`,
    port,
    close: (graceMs) => {
      replies.endConnections()
      return closeGracefully(server, http, graceMs)
    },
  }
}

/** Where the request has no URL that could be routed, no dialect can answer. */
const malformed = (error: unknown): Response => {
  const isTheirs = error instanceof Error && error.name === 'RequestError'
  const code = isTheirs ? 'caller.invalid_request' : 'platform.internal'
  const { status, title } = rowOf(code)
  const requestId = randomUUID()
  const detail = isTheirs ? 'The request line or the Host header is not valid.' : 'An unexpected error occurred.'
  return Response.json({ type: 'about:blank', title, status, detail, code, request_id: requestId, billed_credits: 0 }, { status, headers: { 'content-type': 'application/problem+json; charset=utf-8', 'x-request-id': requestId } })
}

/** Replies under way when the server stops end their connections: kept alive, these would hold the process for seconds. */
const keepReplies = (http: HttpServer): { endConnections(): void } => {
  const running = new Set<ServerResponse>()
  let ending = false
  http.prependListener('request', (_request: unknown, reply: ServerResponse) => {
    if (ending) reply.shouldKeepAlive = false
    running.add(reply)
    reply.once('close', () => running.delete(reply))
  })
  return {
    endConnections: () => {
      ending = true
      for (const reply of running) reply.shouldKeepAlive = false
    },
  }
}

const closeGracefully = async (server: Server, http: HttpServer, graceMs: number): Promise<void> => {
  server.drain()
  const closed = new Promise<void>((resolve) => http.close(() => resolve()))
  http.closeIdleConnections()
  const cut = setTimeout(() => {
    server.abort()
    setTimeout(() => http.closeAllConnections(), 250).unref()
  }, graceMs)
  await closed
  clearTimeout(cut)
}

const reasonOf = ({ code, message }: NodeJS.ErrnoException, { host, port }: { host: string; port: number }): string => {
  switch (code) {
    case 'EADDRINUSE': return `Port ${port} on ${host} is taken. Set LYREBIRD_PORT to another one, or stop what listens there.`
    case 'EACCES': return `Port ${port} on ${host} may not be used by this user. Set LYREBIRD_PORT to one above 1023.`
    case 'ENOTFOUND': case 'EAI_AGAIN': case 'EADDRNOTAVAIL': return `${host} is no address of this machine. Set LYREBIRD_HOST to one, or to 0.0.0.0 for all.`
    default: return `${host}:${port} cannot be listened on: ${message}.`
  }
}
