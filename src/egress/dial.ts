import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls'
import type { Route } from './guard.ts'
import type { Address, Dial } from './types.ts'

/** Time that an address gets before the next one is tried beside it (RFC 8305 suggests 250 ms). */
const headStartMs = 250
const addressesTriedMax = 8

export interface Dialled {
  socket: Socket
  address: string
  connectMs: number
}

const systemDial: Dial = ({ address, port }) =>
  connectTcp({
    host: address,
    port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 60_000,
    autoSelectFamily: false,
    // An address needs no lookup; should it ever come to one, the judgement would be void.
    lookup: (host) => { throw new Error(`refusing to look up ${host} while dialling`) },
  })

/** Connects to the first of the route's addresses that answers. Everything it opened is closed when it fails or is aborted. */
export const dialTcp = (route: Route, signal: AbortSignal, dial: Dial = systemDial): Promise<Dialled> =>
  new Promise((resolve, reject) => {
    const started = performance.now()
    const waiting = route.addresses.slice(0, addressesTriedMax)
    const attempts = new Set<AbortController>()
    let first: unknown
    let timer: NodeJS.Timeout | undefined
    let done = false

    const settle = (winner?: AbortController): void => {
      done = true
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      for (const attempt of attempts) if (attempt !== winner) attempt.abort(signal.reason)
    }
    const abort = (): void => {
      settle()
      reject(signal.reason)
    }
    const tryNext = (): void => {
      clearTimeout(timer)
      const address = waiting.shift()
      if (!address) return
      const attempt = new AbortController()
      attempts.add(attempt)
      if (waiting.length > 0) timer = setTimeout(tryNext, headStartMs)
      open(address, route, attempt.signal, dial).then(
        (socket) => {
          if (done) return void socket.destroy()
          settle(attempt)
          resolve({ socket, address: address.address, connectMs: performance.now() - started })
        },
        (error: unknown) => {
          attempts.delete(attempt)
          first ??= error
          if (done) return
          if (waiting.length > 0) tryNext()
          else if (attempts.size === 0) {
            settle()
            reject(first)
          }
        },
      )
    }
    if (signal.aborted) return reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    tryNext()
  })

const open = async ({ address }: Address, route: Route, signal: AbortSignal, dial: Dial): Promise<Socket> => {
  const socket = await dial({ address, port: route.dialPort, host: route.host }, signal)
  // A socket can fail at any time between two owners; without a listener that would end the process.
  socket.on('error', ignore)
  if (signal.aborted) {
    socket.destroy()
    throw signal.reason
  }
  if (!socket.connecting) return socket
  await ready(socket, 'connect', signal)
  return socket
}

const ignore = (): void => {}

/** Waits for `event`; destroys the socket at once where the signal aborts. */
const ready = (socket: Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const settle = (): void => {
      socket.off(event, opened).off('error', failed).off('close', closed)
      signal.removeEventListener('abort', aborted)
    }
    const opened = (): void => (settle(), resolve())
    const failed = (error: Error): void => (settle(), reject(error))
    const closed = (): void => (settle(), reject(Object.assign(new Error('closed while connecting'), { code: 'ECONNRESET' })))
    const aborted = (): void => {
      settle()
      socket.destroy()
      reject(signal.reason)
    }
    socket.on(event, opened).on('error', failed).on('close', closed)
    if (signal.aborted) aborted()
    else signal.addEventListener('abort', aborted, { once: true })
  })

const contexts = new Map<string | undefined, SecureContext>()
const contextsMax = 64

/** One context per authority: making one reads the whole list of roots. */
const contextFor = (ca: string | undefined): SecureContext => {
  let context = contexts.get(ca)
  if (!context) {
    context = createSecureContext(ca === undefined ? {} : { ca })
    if (contexts.size >= contextsMax) contexts.clear()
    contexts.set(ca, context)
  }
  return context
}

/** TLS over a dialled socket, always verified, for the host that was asked for. */
export const secure = async (socket: Socket, route: Route, signal: AbortSignal): Promise<TLSSocket> => {
  const tls = connectTls({
    socket,
    host: route.host,
    ...(isIP(route.host) === 0 ? { servername: route.host } : {}),
    ALPNProtocols: ['h2', 'http/1.1'],
    secureContext: contextFor(route.ca),
    rejectUnauthorized: true,
  })
  tls.on('error', ignore)
  try {
    await ready(tls, 'secureConnect', signal)
  } catch (error) {
    tls.destroy()
    socket.destroy()
    throw error
  }
  return tls
}
