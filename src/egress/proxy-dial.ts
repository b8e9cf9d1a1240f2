import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { fail } from '../failure/failure.ts'
import type { ProxyAddress } from './proxy-address.ts'
import type { Dial } from './types.ts'

const patienceMs = 15_000
const headBytesMax = 16_384

/** Reads as much as it is asked for; what comes after stays with the socket. */
type Read = (enough: (bytes: Buffer) => number | undefined) => Promise<Buffer>

/**
 * Connections through a proxy, to exactly the address that was judged: the proxy is never given a name to look up.
 * `broken` is told of what is the proxy's own fault, which fails with platform.proxy_unavailable.
 */
export const proxyDial = (proxy: ProxyAddress, health: { broken(): void; works(): void }): Dial => async ({ address, port }, signal) => {
  const refuse = (cause: unknown) => {
    if (!signal.aborted) health.broken()
    return fail('platform.proxy_unavailable', {}, { cause })
  }
  const within = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)])
  const socket = await reach(proxy, within).catch((error: unknown) => { throw signal.aborted ? signal.reason : refuse(error) })
  const { read, release } = readerOf(socket, within)
  try {
    const answer = proxy.protocol === 'socks5' ? await viaSocks(proxy, socket, read, address, port) : await viaConnect(proxy, socket, read, address, port)
    if (answer === 'refused') throw refuse(new Error('the proxy refuses these credentials or this use'))
    health.works()
    if (answer === 'unreachable') throw fail('target.unreachable')
    release()
    return socket
  } catch (error) {
    socket.destroy()
    if (signal.aborted) throw signal.reason
    throw error instanceof Error && error.name === 'Failure' ? error : refuse(error)
  }
}

const reach = ({ protocol, host, port }: ProxyAddress, signal: AbortSignal): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const options = { host, port, noDelay: true, keepAlive: true }
    const socket: Socket = protocol === 'https' ? connectTls({ ...options, ...(isIP(host) === 0 ? { servername: host } : {}) }) : connectTcp(options)
    const event = protocol === 'https' ? 'secureConnect' : 'connect'
    const settle = (): void => {
      socket.off(event, opened)
      signal.removeEventListener('abort', aborted)
    }
    const opened = (): void => (settle(), resolve(socket))
    const failed = (error: Error): void => (settle(), reject(error))
    const aborted = (): void => (settle(), socket.destroy(), reject(signal.reason))
    socket.once(event, opened)
    // It stays: a socket may fail at any time between two owners.
    socket.on('error', failed)
    if (signal.aborted) aborted()
    else signal.addEventListener('abort', aborted, { once: true })
  })

const readerOf = (socket: Socket, signal: AbortSignal): { read: Read; release(): void } => {
  let bytes = Buffer.alloc(0)
  let wake = (): void => {}
  let failure: unknown
  const took = (chunk: Buffer): void => { bytes = Buffer.concat([bytes, chunk]); wake() }
  const broke = (error?: unknown): void => { failure = error ?? new Error('the proxy closed the connection'); wake() }
  const aborted = (): void => broke(signal.reason)
  socket.on('data', took).once('close', broke)
  signal.addEventListener('abort', aborted, { once: true })
  return {
    read: async (enough) => {
      for (;;) {
        const length = enough(bytes)
        if (length !== undefined) {
          const taken = bytes.subarray(0, length)
          bytes = bytes.subarray(length)
          return taken
        }
        if (failure !== undefined) throw failure
        if (bytes.length > headBytesMax) throw new Error('the proxy says too much')
        await new Promise<void>((resolve) => { wake = resolve })
      }
    },
    release: () => {
      signal.removeEventListener('abort', aborted)
      socket.off('data', took).off('close', broke)
      socket.pause()
      if (bytes.length > 0) socket.unshift(bytes)
    },
  }
}

type Answer = 'open' | 'refused' | 'unreachable'

const viaConnect = async ({ username, password }: ProxyAddress, socket: Socket, read: Read, address: string, port: number): Promise<Answer> => {
  const authority = `${address.includes(':') ? `[${address}]` : address}:${port}`
  const credentials = username === '' && password === '' ? '' : `Proxy-Authorization: Basic ${Buffer.from(`${username}:${password}`).toString('base64')}\r\n`
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${credentials}\r\n`)
  const head = await read((bytes) => {
    const end = bytes.indexOf('\r\n\r\n')
    return end < 0 ? undefined : end + 4
  })
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head.toString('latin1'))?.[1])
  if (status >= 200 && status < 300) return 'open'
  // 5xx is what proxies say of targets that they cannot reach; anything else is about us and them.
  return status >= 500 ? 'unreachable' : 'refused'
}

/** RFC 1928, with user and password after RFC 1929. */
const viaSocks = async ({ username, password }: ProxyAddress, socket: Socket, read: Read, address: string, port: number): Promise<Answer> => {
  const exactly = (length: number) => read((bytes) => (bytes.length < length ? undefined : length))
  const [user, word] = [Buffer.from(username), Buffer.from(password)]
  const named = user.length > 0
  socket.write(Buffer.from(named ? [5, 2, 0, 2] : [5, 1, 0]))
  const [version, method] = await exactly(2)
  if (version !== 5) throw new Error('no SOCKS5 proxy answers there')
  if (method === 2 && named) {
    socket.write(Buffer.concat([Buffer.from([1, user.length]), user, Buffer.from([word.length]), word]))
    if ((await exactly(2))[1] !== 0) return 'refused'
  } else if (method !== 0) return 'refused'
  socket.write(Buffer.concat([Buffer.from([5, 1, 0]), addressBytes(address), Buffer.from([port >> 8, port & 0xff])]))
  const [, code = 1, , type] = await exactly(4)
  await exactly((type === 4 ? 16 : type === 3 ? (await exactly(1))[0] ?? 0 : 4) + 2)
  if (code === 0) return 'open'
  return code === 2 ? 'refused' : 'unreachable'
}

const addressBytes = (address: string): Buffer => {
  if (isIP(address) === 4) return Buffer.from([1, ...address.split('.').map(Number)])
  const [head = '', tail] = address.split('::')
  const words = (part: string): number[] => (part === '' ? [] : part.split(':').map((word) => Number.parseInt(word, 16)))
  const [left, right] = [words(head), words(tail ?? '')]
  const all = tail === undefined ? left : [...left, ...Array.from({ length: 8 - left.length - right.length }, () => 0), ...right]
  return Buffer.from([4, ...all.flatMap((word) => [word >> 8, word & 0xff])])
}
