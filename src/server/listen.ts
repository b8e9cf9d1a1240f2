import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Server } from './server.ts'

export interface Listener {
  readonly url: string
  readonly port: number
  /** Takes no new connection, gives running requests `graceMs`, then cuts. */
  close(graceMs: number): Promise<void>
}

/** Listens, or rejects with one line that says why it cannot. */
export const listen = async (server: Server, options: { host: string; port: number }): Promise<Listener> => {
  const http = createAdaptorServer({ fetch: server.fetch, hostname: options.host })
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

/** Replies under way when the server stops end their connections: kept alive, these would hold the process for seconds. */
const keepReplies = (http: ReturnType<typeof createAdaptorServer>): { endConnections(): void } => {
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

const closeGracefully = async (server: Server, http: ReturnType<typeof createAdaptorServer>, graceMs: number): Promise<void> => {
  server.drain()
  const closed = new Promise<void>((resolve) => http.close(() => resolve()))
  if ('closeIdleConnections' in http) http.closeIdleConnections()
  const cut = setTimeout(() => {
    server.abort()
    if ('closeAllConnections' in http) setTimeout(() => http.closeAllConnections(), 250).unref()
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
