import { Hono, type Context } from 'hono'
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Dialect, Route } from '../dialects/dialect.ts'
import { fail } from '../failure/failure.ts'
import { clientAddress, isTrusted, parseRanges } from './client-address.ts'
import type { ServerDeps } from './deps.ts'
import { blobPath } from '../contract/blobs.ts'
import { mountBlobs } from './blobs.ts'
import { mountDocs } from './docs.ts'
import { handle, type Found } from './handle.ts'
import { createRelayDoor, type RelayDoor } from './relay.ts'

export interface Server {
  fetch: Hono['fetch']
  /** Where DevTools clients come in. */
  readonly relay: RelayDoor
  readonly inFlight: number
  /** From now on new requests answer platform.shutting_down. */
  drain(): void
  /** Aborts what still runs. */
  abort(): void
}

/** Every dialect on one Hono app, with the documentation beside them. */
export const createServer = (deps: ServerDeps): Server => {
  const { settings } = deps
  const trusted = parseRanges(settings.trustedProxies)
  const stopping = new AbortController()
  let draining = false
  let inFlight = 0

  const app = new Hono({ getPath: (request) => routedPath(request, settings.voiceHosts, deps.dialects) })

  const answer = async (c: Context, dialect: Dialect, found: Found): Promise<Response> => {
    const url = new URL(c.req.url)
    const peer = peerAddress(c)
    const path = c.req.path.slice(dialect.basePath.length) || '/'
    const refusal = draining ? fail('platform.shutting_down') : inFlight >= settings.maxInFlight ? fail('platform.overloaded', { retryAfterSeconds: 1 }) : undefined
    inFlight++
    try {
      return await handle(deps, dialect, refusal && !isOpen(found) ? { failure: refusal } : found, {
        request: c.req.raw,
        path,
        target: targetOf(c.req.raw.url, path),
        query: url.searchParams,
        params: c.req.param() as Record<string, string>,
        clientAddress: clientAddress(peer, c.req.header('x-forwarded-for') ?? null, trusted),
        origin: settings.publicUrl ?? originOf(c, url, isTrusted(peer, trusted)),
        signal: AbortSignal.any([c.req.raw.signal, stopping.signal]),
      })
    } finally {
      inFlight--
    }
  }

  mountBlobs(app, deps, (c, failure) => answer(c, dialectOf('/', deps.dialects), { failure }))
  mountDocs(app, deps, (c, failure) => answer(c, dialectOf('/', deps.dialects), { failure }))
  for (const dialect of deps.dialects) {
    for (const [path, routes] of byPath(dialect.routes)) {
      app.all(dialect.basePath + path, (c) => {
        const method = c.req.method === 'HEAD' ? 'GET' : c.req.method
        const route = routes.find((row) => row.method === method)
        return answer(c, dialect, route ? { route } : { failure: fail('caller.method_not_allowed', { allow: allowed(routes) }) })
      })
    }
  }
  app.notFound((c) => answer(c, dialectOf(c.req.path, deps.dialects), { failure: fail('caller.route_not_found') }))

  const relay = createRelayDoor({
    sessions: deps.sessions,
    addressOf: ({ socket, headers }) => clientAddress(socket.remoteAddress ?? '127.0.0.1', textOf(headers['x-forwarded-for']), trusted),
    guardAddress: (address) => deps.verbs.guardAddress(address),
    logger: deps.logger,
  })

  return {
    fetch: app.fetch,
    relay,
    get inFlight() {
      return inFlight
    },
    drain: () => {
      draining = true
      relay.close()
    },
    abort: () => stopping.abort(fail('platform.shutting_down')),
  }
}

const textOf = (header: string | string[] | undefined): string | null => (Array.isArray(header) ? header.join(',') : (header ?? null))

const isOpen = (found: Found): boolean => 'route' in found && found.route.open !== false

const byPath = (routes: readonly Route[]): Map<string, Route[]> => Map.groupBy(routes, (row) => row.path)

const allowed = (routes: readonly Route[]): string[] => {
  const methods = routes.map((row) => row.method as string)
  return methods.includes('GET') ? [...methods, 'HEAD'] : methods
}

const dialectOf = (path: string, dialects: readonly Dialect[]): Dialect => {
  const named = dialects.find((dialect) => dialect.basePath !== '' && (path === dialect.basePath || path.startsWith(`${dialect.basePath}/`)))
  const native = dialects.find((dialect) => dialect.basePath === '')
  if (named ?? native) return (named ?? native) as Dialect
  throw new Error('no dialect is mounted at the root')
}

/** The path that routing sees: doubled leading slashes folded, a voice's host put below its dialect. */
const routedPath = (request: Request, voiceHosts: ReadonlyMap<string, string>, dialects: readonly Dialect[]): string => {
  const url = new URL(request.url)
  const path = foldSlashes(url.pathname, dialects)
  const voice = voiceHosts.get(hostKey(url)) ?? voiceHosts.get('*')
  const base = dialects.find((dialect) => dialect.name === voice)?.basePath
  if (base === undefined || isOfServer(path, base, dialects) || path.startsWith(blobPath)) return path
  return path === base || path.startsWith(`${base}/`) ? path : foldSlashes(base + path, dialects)
}

/** Paths that a voice at the root leaves to the server: its documentation, and what watches it where the voice has no such route. */
const isOfServer = (path: string, base: string, dialects: readonly Dialect[]): boolean =>
  /^\/(docs|errors)(\/|$)/.test(path) || (watched.has(path) && !dialects.some((dialect) => dialect.basePath === base && dialect.routes.some((row) => row.path === path)))

const watched = new Set(['/health', '/ready', '/metrics'])

/** What counts as one host: as URL spells it, whatever the port, with the dot of the root or without. */
export const hostKey = (url: URL): string => url.hostname.replace(/\.$/, '')

/** Doubled slashes at the start and anywhere below a dialect's base, as base URLs that end in one make them. */
const foldSlashes = (pathname: string, dialects: readonly Dialect[]): string => {
  const path = pathname.replace(/^\/{2,}/, '/')
  const base = dialects.find((dialect) => dialect.basePath !== '' && path.startsWith(`${dialect.basePath}/`))?.basePath
  return base === undefined ? path : base + path.slice(base.length).replace(/\/{2,}/g, '/')
}

const targetOf = (rawUrl: string, path: string): string => {
  const query = rawUrl.indexOf('?')
  return query === -1 ? path : path + rawUrl.slice(query)
}

const originOf = (c: Context, url: URL, behindProxy: boolean): string => {
  const protocol = behindProxy ? (c.req.header('x-forwarded-proto')?.split(',', 1)[0]?.trim() ?? url.protocol.slice(0, -1)) : url.protocol.slice(0, -1)
  const host = (behindProxy ? c.req.header('x-forwarded-host')?.split(',', 1)[0]?.trim() : undefined) ?? url.host
  return `${protocol === 'https' ? 'https' : 'http'}://${host}`
}

const peerAddress = (c: Context): string => {
  try {
    return getConnInfo(c).remote.address ?? '127.0.0.1'
  } catch {
    // In-memory requests have no connection; whoever makes them may name a peer.
    return (c.env as { clientAddress?: string } | undefined)?.clientAddress ?? '127.0.0.1'
  }
}
