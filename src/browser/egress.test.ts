import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startLab, type Lab } from '../lab/index.ts'
import { openBed, type Bed } from './bed.testing.ts'

/** A server on a private address that writes down whoever comes. */
interface Canary {
  port: number
  seen: string[]
  close(): Promise<void>
}

const openCanary = async (): Promise<Canary> => {
  const seen: string[] = []
  const open = new Set<{ destroy(): void }>()
  const tcp: Server = createServer((socket) => {
    open.add(socket)
    socket.on('error', () => {})
    seen.push('connection')
    socket.on('data', (data: Buffer) => {
      for (const [, way = ''] of data.toString('latin1').matchAll(/\/canary\/([\w-]+)/g)) {
        seen.push(way)
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\naccess-control-allow-origin: *\r\n\r\n')
      }
    })
  })
  await new Promise<void>((resolve) => { tcp.listen(0, '127.0.0.1', resolve) })
  const { port } = tcp.address() as AddressInfo
  const udp: UdpSocket = createSocket('udp4', () => seen.push('datagram'))
  await new Promise<void>((resolve) => { udp.bind(port, '127.0.0.1', resolve) })
  return {
    port,
    seen,
    close: () => new Promise((resolve) => {
      udp.close()
      for (const socket of open) socket.destroy()
      tcp.close(() => resolve())
    }),
  }
}

let lab: Lab
let canary: Canary
let guarded: Bed
let opened: Bed

beforeAll(async () => {
  [lab, canary] = await Promise.all([startLab(), openCanary()])
  guarded = openBed(lab)
  // The same browser with the canary's address allowed: proof that the ways are ways.
  opened = openBed(lab, { allow: ['127.0.0.1', 'localhost'], ports: ['*'] })
})
afterAll(async () => {
  await Promise.all([guarded.close(), opened.close()])
  await Promise.all([lab.close(), canary.close()])
})

const visit = (bed: Bed, to: string, only?: string): Promise<unknown> =>
  bed.open(`http://escape.lab.test/?to=${to}${only === undefined ? '' : `&only=${only}`}`, { waitMs: 400 }).catch((error: unknown) => error)

describe('a page that tries every way towards a private server', () => {
  it('reaches it where the guard has been told to let it', async () => {
    await visit(opened, `127.0.0.1:${canary.port}`)
    for (const way of ['image', 'stylesheet', 'script', 'iframe', 'fetch', 'xhr', 'websocket', 'worker']) expect(canary.seen).toContain(way)
    await visit(opened, `127.0.0.1:${canary.port}`, 'location')
    expect(canary.seen).toContain('location')
  })

  it('never dials it without the guard, not even then', () => {
    expect(canary.seen).not.toContain('datagram')
  })

  it.each(['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '0x7f000001', 'localtest.me'])('reaches nothing through %s', async (host) => {
    canary.seen.length = 0
    await visit(guarded, `${host}:${canary.port}`)
    expect(canary.seen).toEqual([])
  })

  it.each(['window', 'location', 'meta', 'form', 'webrtc', 'service-worker', 'prerender', 'link', 'download', 'ping', 'redirect', 'report', 'file', 'webtransport'])('reaches nothing by %s', async (way) => {
    canary.seen.length = 0
    await visit(guarded, `127.0.0.1:${canary.port}`, way)
    expect(canary.seen).toEqual([])
  })
})
