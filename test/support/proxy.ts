import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface TestProxy {
  /** As a setting takes it. */
  url: string
  /** `address:port` of each connection that was asked for. */
  asked: string[]
  /** Connections that came, whatever became of them. */
  connections: number
  /** Where connections really lead; unset: where they were asked to. */
  divert: { host: string; port: number } | undefined
  close(): Promise<void>
}

/** A proxy on loopback: HTTP CONNECT, or SOCKS5. With `password`, for the user `user`. */
export const startProxy = async ({ kind = 'http', password, status = 200 }: { kind?: 'http' | 'socks5'; password?: string; status?: number } = {}): Promise<TestProxy> => {
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    sockets.add(client)
    proxy.connections++
    client.on('error', () => client.destroy()).on('close', () => sockets.delete(client))
    const speak = kind === 'http' ? speakHttp : speakSocks
    void speak(client, open, { password, status }).catch(() => client.destroy())
  })
  const open = (host: string, port: number): Promise<Socket> => {
    proxy.asked.push(`${host}:${port}`)
    const { divert } = proxy
    const upstream = connect(divert ?? { host, port })
    sockets.add(upstream)
    upstream.on('error', () => upstream.destroy()).on('close', () => sockets.delete(upstream))
    return new Promise((resolve, reject) => upstream.once('connect', () => resolve(upstream)).once('error', reject))
  }
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const { port } = server.address() as AddressInfo
  const proxy: TestProxy = {
    url: `${kind}://${password === undefined ? '' : `user:${encodeURIComponent(password)}@`}127.0.0.1:${port}`,
    asked: [],
    connections: 0,
    divert: undefined,
    close: () => new Promise((resolve) => {
      for (const socket of sockets) socket.destroy()
      server.close(() => resolve())
    }),
  }
  return proxy
}

type Speak = (client: Socket, open: (host: string, port: number) => Promise<Socket>, rules: { password: string | undefined; status: number }) => Promise<void>

const take = async (client: Socket, enough: (bytes: Buffer) => boolean): Promise<Buffer> => {
  let bytes = Buffer.alloc(0)
  while (!enough(bytes)) {
    const chunk = client.read() as Buffer | null
    if (chunk) bytes = Buffer.concat([bytes, chunk])
    else await new Promise<void>((resolve, reject) => client.once('readable', resolve).once('close', () => reject(new Error('closed'))))
  }
  return bytes
}

const join = (client: Socket, upstream: Socket): void => {
  upstream.once('close', () => client.destroy())
  client.once('close', () => upstream.destroy())
  client.pipe(upstream).pipe(client)
}

const speakHttp: Speak = async (client, open, { password, status }) => {
  const head = (await take(client, (bytes) => bytes.includes('\r\n\r\n'))).toString()
  const wanted = `Basic ${Buffer.from(`user:${password}`).toString('base64')}`
  if (password !== undefined && !head.includes(wanted)) return void client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
  if (status !== 200) return void client.end(`HTTP/1.1 ${status} No\r\n\r\n`)
  const [, host = '', port = ''] = /^CONNECT (\S+):(\d+) /.exec(head) ?? []
  const upstream = await open(host.replace(/^\[|\]$/g, ''), Number(port)).catch(() => undefined)
  if (!upstream) return void client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
  client.write('HTTP/1.1 200 OK\r\n\r\n')
  join(client, upstream)
}

const speakSocks: Speak = async (client, open, { password }) => {
  const methods = await take(client, (bytes) => bytes.length > 2 && bytes.length >= 2 + (bytes[1] ?? 0))
  if (password !== undefined && !methods.includes(2, 2)) return void client.end(Buffer.from([5, 255]))
  client.write(Buffer.from([5, password === undefined ? 0 : 2]))
  if (password !== undefined) {
    const login = await take(client, (bytes) => bytes.length > 1 && bytes.length > (bytes[1] ?? 0) + 2 && bytes.length >= 3 + (bytes[1] ?? 0) + (bytes[2 + (bytes[1] ?? 0)] ?? 0))
    const ok = login.toString('latin1').endsWith(password) && login.includes('user')
    client.write(Buffer.from([1, ok ? 0 : 1]))
    if (!ok) return void client.end()
  }
  const request = await take(client, (bytes) => bytes.length >= 10)
  const host = request[3] === 1 ? [...request.subarray(4, 8)].join('.') : 'not IPv4'
  const upstream = await open(host, request.readUInt16BE(request.length - 2)).catch(() => undefined)
  client.write(Buffer.from([5, upstream ? 0 : 5, 0, 1, 0, 0, 0, 0, 0, 0]))
  if (upstream) join(client, upstream)
}
