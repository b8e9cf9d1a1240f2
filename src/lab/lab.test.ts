import { once } from 'node:events'
import { createConnection } from 'node:net'
import { X509Certificate } from 'node:crypto'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clientOf, openLab } from './client.testing.ts'
import { startLab } from './index.ts'

describe('the lab', () => {
  let { lab, get, close }: Awaited<ReturnType<typeof openLab>> = {} as never
  beforeAll(async () => {
    ({ lab, get, close } = await openLab())
  })
  afterAll(() => close())

  it('listens on loopback and nowhere else', () => {
    expect(lab.site('article.lab.test')?.address).toBe('127.0.0.1')
  })

  it('has an authority of its own at each start', async () => {
    const other = await startLab()
    expect(other.ca).not.toBe(lab.ca)
    expect(new X509Certificate(other.ca).ca).toBe(true)
    expect(await clientOf(other).codeOf('https://article.lab.test/')).toBe('answered 200')
    await other.close()
  })

  it('serves a good certificate to those who name no host', async () => {
    const socket = connectTls({ host: '127.0.0.1', port: lab.port, ca: lab.ca })
    await once(socket, 'secureConnect')
    expect(socket.authorized).toBe(true)
    socket.destroy()
  })

  it('keeps connections alive, over requests that come in pieces', async () => {
    const socket = createConnection(lab.port, '127.0.0.1')
    let text = ''
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    for (const piece of ['G', 'ET /status/201 HTTP/1.1\r\nHo', 'st: any.lab.test\r\n\r\nGET /status/202 HTTP/1.1\r\nHost: any.lab.test\r\nConnection: close\r\n\r\n']) {
      await new Promise<void>((resolve) => socket.write(piece, () => resolve()))
    }
    await once(socket, 'close')
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 201', 'HTTP/1.1 202'])
  })

  it('has seen what was asked, and forgets the oldest', async () => {
    await get('https://article.lab.test/x?y=1', { headers: { 'user-agent': 'me' } })
    expect(lab.seen.at(-1)).toMatchObject({ host: 'article.lab.test', method: 'GET', url: '/x?y=1', headers: { 'user-agent': 'me' } })
  })

  it('lists its pages and failures at lab.test, with links that lead back', async () => {
    const home = await get('https://lab.test/')
    for (const { name } of lab.pages) expect(home.text).toContain(`https://${name}.lab.test/`)
    expect(home.text).toContain('https://target-blocked.fail.test/')
    const local = await get(`http://lab.localhost/`, { headers: { host: `lab.localhost:${lab.port}` } })
    expect(local.text).toContain(`http://article.lab.localhost:${lab.port}/`)
  })

  it('survives a client that speaks nothing, half of TLS, or not at all', async () => {
    const sockets = ['', '\x16\x03\x01\x00\x05hello', 'NONSENSE\r\n\r\n', 'GET /'].map((bytes) => {
      const socket = createConnection(lab.port, '127.0.0.1')
      socket.on('error', () => undefined)
      if (bytes !== '') socket.write(bytes)
      return socket
    })
    expect((await get('https://article.lab.test/')).status).toBe(200)
    for (const socket of sockets) socket.destroy()
  })
})

describe('stopping', () => {
  it('drops handlers whose client has gone', async () => {
    const lab = await startLab()
    const leave = new AbortController()
    const waiting = Array.from({ length: 50 }, (_, i) => clientOf(lab).get(`https://any.lab.test/delay?headers_ms=600000&n=${i}`, { signal: leave.signal }).catch((err: Error) => err.name))
    await expect.poll(() => lab.seen.length).toBe(50)
    expect(activeTimers()).toBeGreaterThanOrEqual(50)
    leave.abort()
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['AbortError']))
    await expect.poll(activeTimers).toBeLessThan(25)
    await lab.close()
  })

  it('closes at once, whatever is under way', async () => {
    const lab = await startLab()
    const client = clientOf(lab)
    const paths = ['/hang', '/delay?headers_ms=600000', '/drip?bytes=1000000&ms=1', '/huge?endless', '/hang?after=body']
    const running = paths.map((path) => client.codeOf(`https://any.lab.test${path}`))
    const idle = createConnection(lab.port, '127.0.0.1')
    idle.on('error', () => undefined)
    await expect.poll(() => lab.seen.length).toBe(paths.length)
    await lab.close()
    expect(await Promise.all(running)).toEqual(paths.map(() => 'ECONNRESET'))
    expect(await client.codeOf('https://any.lab.test/')).toBe('ECONNREFUSED')
    idle.destroy()
  })

  it('takes a given port, and frees it', async () => {
    const first = await startLab()
    const { port } = first
    await expect(startLab({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await first.close()
    const second = await startLab({ port })
    expect(second.port).toBe(port)
    await second.close()
  })

  it('keeps its closed port closed: nobody else can take it meanwhile', async () => {
    const lab = await startLab()
    const port = lab.site('target-connection-refused.fail.test')?.port ?? 0
    await expect(startLab({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    expect(await clientOf(lab).codeOf('https://target-connection-refused.fail.test/')).toBe('ECONNREFUSED')
    await lab.close()
  })
})

const activeTimers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
