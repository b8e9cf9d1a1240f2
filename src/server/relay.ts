import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import type { CdpUplink, SessionRelay } from '../contract/sessions.ts'
import type { RateState } from '../contract/usage.ts'
import { rowOf } from '../failure/catalog.ts'
import { fail, type Failure } from '../failure/failure.ts'
import { normalize } from '../failure/normalize.ts'
import type { Logger } from '../lib/logger.ts'

export interface RelayDoor {
  /** True for requests that want a WebSocket here; any other upgrade that is offered is not taken up. */
  wants(request: Pick<IncomingMessage, 'url' | 'headers'>): boolean
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Takes no more and says goodbye to those that are there. */
  close(): void
}

interface Deps {
  sessions: SessionRelay
  addressOf(request: IncomingMessage): string
  guardAddress(address: string): Promise<RateState>
  logger: Logger
}

/** Below the root and below every dialect. */
const relayPattern = /\/v1\/sessions\/([^/?#]{1,100})\/cdp$/
const messageBytesMax = 64 * 1_048_576
const pingEveryMs = 30_000
const goodbyeMs = 1_000

/** WebSockets of DevTools clients. The token in the address is the credential. */
export const createRelayDoor = ({ sessions, addressOf, guardAddress, logger }: Deps): RelayDoor => {
  const server = new WebSocketServer({ noServer: true, maxPayload: messageBytesMax, perMessageDeflate: false })
  let closed = false

  const admit = async (request: IncomingMessage): Promise<Awaited<ReturnType<SessionRelay['admit']>>> => {
    if (closed) throw fail('platform.shutting_down')
    await guardAddress(addressOf(request))
    const url = urlOf(request)
    const [, id = ''] = relayPattern.exec(url?.pathname ?? '') ?? []
    return sessions.admit(decode(id), url?.searchParams.get('token') ?? '')
  }

  const open = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const abandon = (): void => void socket.destroy()
    socket.on('error', abandon)
    try {
      const attach = await admit(request)
      socket.off('error', abandon)
      server.handleUpgrade(request, socket, head, (ws) => void join(ws, attach, logger))
    } catch (error) {
      refuse(socket, normalize(error))
    }
  }

  return {
    wants: (request) => request.headers.upgrade?.toLowerCase() === 'websocket' && relayPattern.test(urlOf(request)?.pathname ?? ''),
    upgrade: (request, socket, head) => void open(request, socket, head),
    close: () => {
      closed = true
      for (const client of server.clients) {
        client.close(1001, 'the server stops')
        setTimeout(() => client.terminate(), goodbyeMs).unref()
      }
    },
  }
}

const join = async (ws: WebSocket, attach: Awaited<ReturnType<SessionRelay['admit']>>, logger: Logger): Promise<void> => {
  let uplink: CdpUplink | undefined
  let answered = true
  ws.on('error', () => ws.terminate())
  ws.pause()
  const ping = setInterval(() => {
    if (!answered) return ws.terminate()
    answered = false
    ws.ping()
  }, pingEveryMs).unref()
  ws.on('pong', () => { answered = true })
  ws.on('close', () => {
    clearInterval(ping)
    uplink?.closed()
  })
  ws.on('message', (data, isBinary) => {
    if (isBinary) return ws.close(1003, 'text only')
    // Safe: the default binary type gives one Buffer.
    uplink?.receive((data as Buffer).toString())
  })
  try {
    uplink = await attach({
      send: (message) => ws.send(message),
      get buffered() {
        return ws.bufferedAmount
      },
      close: (reason) => ws.close(1000, reason.slice(0, 100)),
    })
    if (ws.readyState !== ws.OPEN) uplink.closed()
    ws.resume()
  } catch (err) {
    logger.info({ err }, 'a client of a session could not be attached')
    ws.resume()
    ws.close(1013, 'the session cannot take this client')
  }
}

const urlOf = (request: Pick<IncomingMessage, 'url'>): URL | null => URL.parse(request.url ?? '', 'http://relay')

const decode = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return ''
  }
}

/** Before the protocol has changed, a refusal is a plain reply. */
const refuse = (socket: Duplex, failure: Failure): void => {
  const requestId = randomUUID()
  const { title } = rowOf(failure.code)
  const body = JSON.stringify({ type: 'about:blank', title, status: failure.status, detail: failure.message, code: failure.code, request_id: requestId, billed_credits: 0 })
  const headers = { 'content-type': 'application/problem+json; charset=utf-8', 'content-length': String(Buffer.byteLength(body)), 'x-request-id': requestId, connection: 'close', ...(failure.retryAfterSeconds === undefined ? {} : { 'retry-after': String(failure.retryAfterSeconds) }) }
  socket.end(`HTTP/1.1 ${failure.status} ${title}\r\n${Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`)
}
