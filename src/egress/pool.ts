import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { Client } from 'undici'
import { fail } from '../failure/failure.ts'
import { dialTcp, secure } from './dial.ts'
import type { Buffered } from './exchange.ts'
import type { Route } from './guard.ts'
import { raced } from './race.ts'
import type { Dial, Protocol, Timings } from './types.ts'

const headerBytesMax = 65_536
const keepAliveMs = 4000
const keepAliveMaxMs = 60_000
const streamsMax = 100
const idleMax = 256
const bufferedBytesMaxDefault = 536_870_912

const noop = (): void => {}

/** The connection ended before the request went out on it; whatever its method, it can be sent again. */
export class ConnectionSpent extends Error {
  override readonly name = 'ConnectionSpent'
  readonly code = 'ECONNRESET'
}

/** One socket to one judged address, with undici's parser on it. It never reconnects. */
export class Connection {
  readonly client: Client
  readonly address: string
  readonly protocol: Protocol
  readonly #socket: Socket
  #retired = false
  active = 0

  constructor(origin: string, socket: Socket, address: string) {
    this.#socket = socket
    this.address = address
    this.protocol = (socket as Partial<TLSSocket>).alpnProtocol === 'h2' ? 'h2' : 'http/1.1'
    let handedOver = false
    this.client = new Client(origin, {
      connect: (_options, callback) => {
        const error = handedOver || socket.destroyed ? new ConnectionSpent() : undefined
        handedOver = true
        // undici does not look for requests to write until a connector has returned.
        queueMicrotask(() => (error ? callback(error, null) : callback(null, socket)))
      },
      maxHeaderSize: headerBytesMax,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: keepAliveMaxMs,
      h2Options: { maxConcurrentStreams: streamsMax, pingInterval: 0 },
    })
    // Also on GOAWAY, while streams that were begun before it still run.
    this.client.on('disconnect', () => { this.#retired = true })
  }

  get open(): boolean {
    return !this.#retired && !this.#socket.destroyed && !this.client.destroyed && !this.client.closed
  }

  get free(): boolean {
    return this.open && (this.protocol === 'h2' ? this.active < streamsMax : this.active === 0)
  }

  /** Fails what it carries and closes the socket; never rejects. */
  async destroy(reason: Error): Promise<void> {
    const settled = this.client.destroy(reason).catch(noop)
    this.#socket.destroy()
    await settled
  }

  onceClosed(listener: () => void): void {
    if (this.#socket.destroyed) listener()
    else this.#socket.once('close', listener)
  }
}

export interface Acquired {
  connection: Connection
  /** It has carried a request before, so the far end may just have closed it. */
  reused: boolean
  timings: Timings
}

interface Group {
  connections: Set<Connection>
  /** The first connection to a TLS host, while nobody knows whether it will carry many requests or one. */
  probe: Promise<boolean> | undefined
  protocol: Protocol | undefined
}

export type StageReporter = (stage: 'connection' | 'tls handshake', address?: string) => void

/** Connections by origin; within an origin only those to an address that this very request was allowed to dial. */
export class Pool {
  readonly #groups = new Map<string, Group>()
  readonly #idle = new Set<Connection>()
  readonly buffered: Buffered
  readonly #dial: Dial | undefined
  #closed = false

  constructor(dial?: Dial, bufferedBytesMax = bufferedBytesMaxDefault) {
    this.#dial = dial
    this.buffered = { bytes: 0, bytesMax: bufferedBytesMax }
  }

  async acquire(route: Route, signal: AbortSignal, report: StageReporter, fresh = false): Promise<Acquired> {
    const key = `${route.url.origin}|${route.dialPort}|${route.ca ?? ''}`
    let alone = fresh
    for (;;) {
      if (this.#closed) throw fail('platform.shutting_down')
      const group = this.#groups.get(key) ?? this.#addGroup(key)
      const free = fresh ? undefined : find(group, route)
      if (free) return { connection: this.#claim(free), reused: true, timings: {} }
      if (alone || !group.probe || group.protocol === 'http/1.1') return this.#open(key, group, route, signal, report)
      report('connection')
      const opened = await raced(group.probe, signal)
      // Where the first one failed, the others try side by side, not each after the other.
      alone = !opened
    }
  }

  #addGroup(key: string): Group {
    const group: Group = { connections: new Set(), probe: undefined, protocol: undefined }
    this.#groups.set(key, group)
    return group
  }

  async #open(key: string, group: Group, route: Route, signal: AbortSignal, report: StageReporter): Promise<Acquired> {
    const opening = this.#connect(route, signal, report)
    if (route.secure && !group.probe) {
      const settle = (opened: boolean) => {
        if (group.probe === probe) group.probe = undefined
        return opened
      }
      const probe = opening.then(() => settle(true), () => settle(false))
      group.probe = probe
    }
    try {
      const { connection, timings } = await opening
      if (this.#closed) {
        await connection.destroy(fail('platform.shutting_down'))
        throw fail('platform.shutting_down')
      }
      group.protocol = connection.protocol
      group.connections.add(connection)
      this.#groups.set(key, group)
      connection.onceClosed(() => this.#forget(key, group, connection))
      return { connection: this.#claim(connection), reused: false, timings }
    } finally {
      this.#prune(key, group)
    }
  }

  async #connect(route: Route, signal: AbortSignal, report: StageReporter): Promise<Omit<Acquired, 'reused'>> {
    report('connection')
    const { socket, address, connectMs } = await dialTcp(route, signal, this.#dial)
    if (!route.secure) {
      report('connection', address)
      return { connection: new Connection(route.url.origin, socket, address), timings: { connect: connectMs } }
    }
    report('tls handshake', address)
    const started = performance.now()
    const tls = await secure(socket, route, signal)
    return { connection: new Connection(route.url.origin, tls, address), timings: { connect: connectMs, tls: performance.now() - started } }
  }

  #claim(connection: Connection): Connection {
    this.#idle.delete(connection)
    connection.active++
    return connection
  }

  /** Gives a connection back; `complete` says that its answer was read to the end. */
  release(connection: Connection, complete: boolean): void {
    connection.active--
    if (!complete && connection.protocol === 'http/1.1') return void connection.destroy(new Error('answer not read to its end'))
    if (!connection.open || connection.active > 0) return
    if (this.#closed) return void connection.destroy(fail('platform.shutting_down'))
    this.#idle.add(connection)
    if (this.#idle.size <= idleMax) return
    for (const oldest of this.#idle) {
      this.#idle.delete(oldest)
      void oldest.destroy(new Error('too many idle connections'))
      break
    }
  }

  #forget(key: string, group: Group, connection: Connection): void {
    group.connections.delete(connection)
    this.#idle.delete(connection)
    void connection.destroy(new Error('connection closed'))
    this.#prune(key, group)
  }

  #prune(key: string, group: Group): void {
    if (group.connections.size === 0 && !group.probe && this.#groups.get(key) === group) this.#groups.delete(key)
  }

  async close(): Promise<void> {
    this.#closed = true
    const open = [...this.#groups.values()].flatMap((group) => [...group.connections])
    await Promise.all(open.map((connection) => connection.destroy(fail('platform.shutting_down'))))
  }
}

const find = (group: Group, route: Route): Connection | undefined => {
  for (const connection of group.connections) {
    if (connection.free && route.addresses.some(({ address }) => address === connection.address)) return connection
  }
  return undefined
}
