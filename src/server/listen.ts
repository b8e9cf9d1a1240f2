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
    http.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? new Error(`Port ${options.port} on ${options.host} is taken. Set LYREBIRD_PORT to another one, or stop what listens there.`) : error))
    http.listen(options.port, options.host, resolve)
  })
  const { port } = http.address() as AddressInfo
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  return {
    url: `http://${host}:${port}`,
    port,
    close: (graceMs) => closeGracefully(server, http, graceMs),
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
