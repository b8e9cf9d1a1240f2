import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttp2 } from 'node:http2'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTls, type SecureContext, type Server as TlsServer } from 'node:tls'
import type { Certificates } from './certificates.ts'
import { badCertificateOf, isHttp2Host } from './tls-hosts.ts'

export interface Door {
  readonly port: number
  /** Speaks no version of TLS that is still in use. */
  readonly oldTlsPort: number
  /** Refuses connections for as long as the door is open. */
  readonly closedPort: number
  close: () => Promise<void>
}

/** `tcp` is the socket at the very bottom, below TLS. */
export type OnRequest = (req: IncomingMessage, res: ServerResponse, tcp: Socket) => void

const tlsHandshake = 0x16

/** One port for http and https (the first byte tells), HTTP/1.1 and HTTP/2 on it, and its two odd neighbours. */
export const openDoor = async (certificates: Certificates, onRequest: OnRequest, options: { port: number; host: string }): Promise<Door> => {
  const sockets = new Map<string, Socket>()
  const pass = (req: IncomingMessage, res: ServerResponse): void => onRequest(req, res, sockets.get(keyOf(req.socket)) ?? req.socket)
  const http1 = createHttp({ keepAlive: true, requestTimeout: 0, maxHeaderSize: 262_144 }, pass)
  http1.on('clientError', (_, socket) => socket.destroy())
  const http2 = createHttp2((req, res) => pass(asHttp1(req), asHttp1(res)))
  const tls = createTls({ ...certificates.identity, SNICallback: pickCertificate(certificates), ALPNCallback: pickProtocol })
  // OpenSSL lets these versions through at security level 0 alone.
  const oldTls = createTls({ ...certificates.identity, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' })
  for (const secure of [tls, oldTls]) {
    secure.on('secureConnection', (socket) => {
      const server = socket.alpnProtocol === 'h2' ? http2 : http1
      server.emit('connection', socket)
    })
    secure.on('tlsClientError', (_, socket) => socket.destroy())
  }
  const doorTo = (secure: TlsServer) => createServer((socket) => {
    socket.setNoDelay(true)
    socket.on('error', () => socket.destroy())
    remember(sockets, socket)
    sniff(socket, (first) => (first === tlsHandshake ? secure : http1).emit('connection', socket))
  })
  const front = doorTo(tls)
  const side = doorTo(oldTls)

  const port = await listen(front, options.port, options.host)
  const oldTlsPort = await listen(side, 0, options.host)
  const reserved = await reservePort(port, options.host)
  return {
    port,
    oldTlsPort,
    closedPort: (reserved.address() as AddressInfo).port,
    close: async () => {
      reserved.destroy()
      for (const socket of sockets.values()) socket.destroy()
      await Promise.all([front, side].map(closeServer))
      // These never listened themselves: they only got connections handed.
      http1.closeAllConnections()
      for (const server of [http1, http2, tls, oldTls]) server.close(() => undefined)
    },
  }
}

const keyOf = (socket: Pick<Socket, 'remoteAddress' | 'remotePort'>): string => `${socket.remoteAddress}:${socket.remotePort}`

const remember = (sockets: Map<string, Socket>, socket: Socket): void => {
  const key = keyOf(socket)
  sockets.set(key, socket)
  socket.on('close', () => {
    if (sockets.get(key) === socket) sockets.delete(key)
  })
}

const sniff = (socket: Socket, use: (firstByte: number) => void): void => {
  socket.once('readable', () => {
    const chunk = socket.read() as Buffer | null
    if (chunk === null || chunk[0] === undefined) return
    socket.unshift(chunk)
    use(chunk[0])
  })
}

type SniDone = (err: Error | null, context?: SecureContext) => void

const pickCertificate = (certificates: Certificates) => (name: string, done: SniDone): void => {
  const reason = badCertificateOf(name)
  if (reason === undefined) done(null, certificates.good)
  else void pickBad(certificates.bad(reason), done)
}

const pickBad = async (context: Promise<SecureContext>, done: SniDone): Promise<void> => {
  try {
    done(null, await context)
  } catch (err) {
    done(err as Error)
  }
}

const pickProtocol = ({ servername, protocols }: { servername: string; protocols: string[] }): string | undefined => {
  if (isHttp2Host(servername) && protocols.includes('h2')) return 'h2'
  return protocols.includes('http/1.1') ? 'http/1.1' : undefined
}

const listen = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host, backlog: 2048 }, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })

/** The local end of a held connection: nothing listens on its port, and nobody else can be given it. */
const reservePort = (port: number, host: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: host === '0.0.0.0' ? '127.0.0.1' : host })
    socket.unref()
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.on('error', () => socket.destroy())
      resolve(socket)
    })
  })

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
  })

// Node's compatibility API gives HTTP/2 messages the members of HTTP/1 ones; its types do not say so.
const asHttp1 = <T extends IncomingMessage | ServerResponse>(message: unknown): T => message as T
