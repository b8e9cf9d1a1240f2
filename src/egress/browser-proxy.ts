import { randomBytes, timingSafeEqual } from 'node:crypto'
import { Agent, createServer, request as requestOver, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { fail, type Failure } from '../failure/failure.ts'
import { normalize } from '../failure/normalize.ts'
import type { Egress } from './types.ts'

export interface BrowserProxyOptions {
  /** Where to listen. Anything but loopback asks for credentials. */
  host?: string
  /** Most bytes that may come in through this proxy. */
  bytesMax: number
}

/** A forwarding proxy of its own for one browser context: whatever the context opens goes through the guard. */
export interface BrowserProxy {
  readonly server: string
  readonly credentials: { username: string; password: string } | undefined
  /** Answers that this proxy made itself carry this header and value. */
  readonly mark: readonly [name: string, value: string]
  readonly bytes: number
  /** Why the last connection to the URL's host and port failed. */
  failureOf(url: string): Failure | undefined
  /** Ends every connection. */
  close(): Promise<void>
}

/** Per hop, or ours to decide. */
const hopHeaders = new Set([
  'connection', 'proxy-connection', 'keep-alive', 'proxy-authorization', 'proxy-authenticate', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'host',
])
const failuresMax = 500
const loopback = '127.0.0.1'

export const openBrowserProxy = async (egress: Egress, { host = loopback, bytesMax }: BrowserProxyOptions): Promise<BrowserProxy> => {
  const lane = new Lane(egress, bytesMax, host === loopback ? undefined : { username: 'lane', password: randomBytes(24).toString('base64url') })
  await lane.listen(host)
  return lane
}

class Lane implements BrowserProxy {
  readonly credentials: { username: string; password: string } | undefined
  readonly mark = ['x-lyrebird-refused', randomBytes(12).toString('hex')] as const
  server = ''
  bytes = 0
  readonly #egress: Egress
  readonly #bytesMax: number
  readonly #closing = new AbortController()
  readonly #sockets = new Set<Duplex>()
  readonly #failures = new Map<string, Failure>()
  readonly #server = createServer({ keepAliveTimeout: 30_000, requestTimeout: 0, maxHeaderSize: 131_072 })
  readonly #agent: Agent

  constructor(egress: Egress, bytesMax: number, credentials: Lane['credentials']) {
    this.#egress = egress
    this.#bytesMax = bytesMax
    this.credentials = credentials
    this.#agent = new Agent({ keepAlive: true, maxSockets: 64, maxFreeSockets: 8, timeout: 60_000 })
    this.#agent.createConnection = (options, done) => {
      const { host, port } = options as { host?: string | null; port?: number | string | null }
      void this.#give(host ?? '', Number(port), done ?? (() => {}))
      return undefined
    }
    this.#server.on('connection', (socket) => this.#own(socket))
    this.#server.on('connect', (request, client, head) => void this.#tunnel(request, client, head))
    this.#server.on('request', (request, response) => this.#forward(request, response))
    this.#server.on('clientError', (_, socket) => socket.destroy())
  }

  listen(host: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(0, host, () => {
        this.#server.off('error', reject)
        this.server = `http://${host.includes(':') ? `[${host}]` : host}:${(this.#server.address() as AddressInfo).port}`
        resolve()
      })
    })
  }

  failureOf(url: string): Failure | undefined {
    const parsed = URL.parse(url)
    return parsed ? this.#failures.get(authorityOf(parsed.hostname, portOf(parsed))) : undefined
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return
    this.#closing.abort(fail('platform.shutting_down'))
    this.#agent.destroy()
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  async #connect(host: string, port: number): Promise<Socket> {
    try {
      const socket = await this.#egress.connect(host, port, this.#closing.signal)
      this.#failures.delete(authorityOf(host, port))
      this.#own(socket)
      socket.on('data', (chunk: Buffer) => this.#count(chunk.length))
      return socket
    } catch (error) {
      const failure = normalize(error)
      if (this.#failures.size < failuresMax) this.#failures.set(authorityOf(host, port), failure)
      throw failure
    }
  }

  async #give(host: string, port: number, done: (error: Error | null, socket: Duplex) => void): Promise<void> {
    try {
      done(null, await this.#connect(host, port))
    } catch (error) {
      done(error as Error, undefined as never)
    }
  }

  #count(bytes: number): void {
    this.bytes += bytes
    if (this.bytes > this.#bytesMax) for (const socket of this.#sockets) socket.destroy()
  }

  #own(socket: Duplex): void {
    this.#sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => this.#sockets.delete(socket))
  }

  #admits(request: IncomingMessage): boolean {
    if (!this.credentials) return true
    const wanted = Buffer.from(`Basic ${Buffer.from(`${this.credentials.username}:${this.credentials.password}`).toString('base64')}`)
    const given = Buffer.from(request.headers['proxy-authorization'] ?? '')
    return wanted.length === given.length && timingSafeEqual(wanted, given)
  }

  async #tunnel(request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    if (!this.#admits(request)) return void client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="lane"\r\nContent-Length: 0\r\n\r\n')
    const [, host = '', port = ''] = /^(\[[\da-fA-F:.]+\]|[^:[\]]+):(\d{1,5})$/.exec(request.url ?? '') ?? []
    try {
      const upstream = await this.#connect(host, Number(port))
      if (client.destroyed) return void upstream.destroy()
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      if (head.length > 0) upstream.write(head)
      upstream.once('close', () => client.destroy())
      client.once('close', () => upstream.destroy())
      upstream.pipe(client).pipe(upstream)
    } catch {
      client.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    }
  }

  #forward(request: IncomingMessage, response: ServerResponse): void {
    const refuse = (status: number, headers: Record<string, string> = {}): void => {
      if (response.headersSent) return void response.destroy()
      response.writeHead(status, { ...headers, [this.mark[0]]: this.mark[1], 'content-length': '0' }).end()
    }
    if (!this.#admits(request)) return refuse(407, { 'proxy-authenticate': 'Basic realm="lane"' })
    const url = URL.parse(request.url ?? '')
    if (url?.protocol !== 'http:' || url.username !== '' || url.password !== '') return refuse(400)
    const upstream = requestOver({
      agent: this.#agent,
      host: url.hostname,
      port: portOf(url),
      method: request.method ?? 'GET',
      path: url.pathname + url.search,
      headers: ['host', url.host, ...endToEnd(request.rawHeaders)],
      setHost: false,
    })
    upstream.on('response', (answer) => {
      response.sendDate = false
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? '', endToEnd(answer.rawHeaders))
      answer.on('error', () => response.destroy())
      answer.pipe(response)
    })
    upstream.on('error', () => refuse(502))
    response.once('close', () => upstream.destroy())
    request.pipe(upstream)
  }
}

const portOf = (url: URL): number => Number(url.port) || (url.protocol === 'https:' || url.protocol === 'wss:' ? 443 : 80)

const authorityOf = (host: string, port: number): string => `${host.replace(/^\[|\]$/g, '').toLowerCase()}:${port}`

const endToEnd = (raw: readonly string[]): string[] => {
  const kept: string[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [name = '', value = ''] = [raw[i], raw[i + 1]]
    if (!hopHeaders.has(name.toLowerCase())) kept.push(name, value)
  }
  return kept
}
