import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createEgress } from './egress.ts'
import { bed, failureOf, get, listen, publicAddress, type Listening } from './bed.testing.ts'
import type { Address, Egress } from './types.ts'

const { signal } = new AbortController()
const v4 = (address: string): Address => ({ address, family: 4 })

const opened: (Listening | Egress)[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})
const serve = async () => {
  const server = await listen(createServer((_req, res) => res.end('hello')))
  opened.push(server)
  return server
}
const open = (port: number, options: Parameters<typeof bed>[1]) => {
  const made = bed(port, options)
  opened.push(made.egress)
  return made
}

describe('the address judged is the address dialled', () => {
  it('asks once, and dials the answer that it judged, when the next answer would be private', async () => {
    const server = await serve()
    const answers = [[v4(publicAddress)], [v4('127.0.0.1')]]
    let asked = 0
    const { egress, dialled } = open(server.port, { resolver: () => Promise.resolve(answers[Math.min(asked++, 1)]!) })
    const response = await get(egress, 'http://rebind.example/')
    expect(asked).toBe(1)
    expect(dialled).toEqual([{ address: publicAddress, port: 80, host: 'rebind.example' }])
    expect(response.address).toBe(publicAddress)
    expect(response.attempts[0]?.address).toBe(publicAddress)
  })

  it('refuses the second request when the name has moved to a private address, although a connection is open', async () => {
    const server = await serve()
    let address = publicAddress
    const { egress, dialled } = open(server.port, { resolver: () => Promise.resolve([v4(address)]) })
    await get(egress, 'http://rebind.example/')
    address = '10.0.0.1'
    expect((await failureOf(get(egress, 'http://rebind.example/'))).facts).toEqual({ reason: 'resolved_private' })
    expect(dialled).toHaveLength(1)
  })

  it('does not reuse a connection to an address that the name no longer has', async () => {
    const server = await serve()
    let address = publicAddress
    const { egress, dialled } = open(server.port, { resolver: () => Promise.resolve([v4(address)]) })
    await get(egress, 'http://moving.example/')
    address = '8.8.8.8'
    expect((await get(egress, 'http://moving.example/')).address).toBe('8.8.8.8')
    expect(dialled.map((dial) => dial.address)).toEqual([publicAddress, '8.8.8.8'])
  })

  it('hands the dialler the canonical text of an address, never a spelling that could be looked up', async () => {
    const server = await serve()
    const { egress, dialled } = open(server.port, { resolver: () => Promise.resolve([{ address: '2606:4700:0:0:0:0:0:1111', family: 6 }]) })
    await get(egress, 'http://shop.example/')
    expect(dialled[0]?.address).toBe('2606:4700::1111')
  })

  it('dials a public literal as it stands', async () => {
    const server = await serve()
    const { egress, dialled } = open(server.port, { resolver: () => Promise.reject(new Error('asked')) })
    await get(egress, 'http://0x08080808/')
    await get(egress, 'http://[2606:4700:4700::1111]/')
    expect(dialled.map((dial) => dial.address)).toEqual(['8.8.8.8', '2606:4700:4700::1111'])
  })

  it('dials a site at its own address and port', async () => {
    const server = await serve()
    const { egress, dialled } = open(server.port, { sites: () => ({ address: '127.0.0.1', port: 4711 }) })
    await get(egress, 'http://article.lab.test/')
    expect(dialled).toEqual([{ address: '127.0.0.1', port: 4711, host: 'article.lab.test' }])
  })

  it('really opens a socket to what it judged when no test stands between', async () => {
    const server = await serve()
    const egress = createEgress({
      userAgent: 'x', bodyLimitBytes: 1000, maxRedirects: 0,
      allow: [`shop.example:${server.port}`], resolver: () => Promise.resolve([v4('127.0.0.1')]),
    })
    opened.push(egress)
    expect(Buffer.from((await get(egress, `http://shop.example:${server.port}/`)).body).toString()).toBe('hello')
    expect(server.accepted()).toBe(1)
  })
})

describe('several addresses', () => {
  const addresses = ['8.8.8.8', '9.9.9.9', '1.1.1.1'].map(v4)

  it('goes on to the next when one refuses', async () => {
    const server = await serve()
    const tried: string[] = []
    const { egress } = open(0, {
      resolver: () => Promise.resolve(addresses),
      dial: ({ address }) => {
        tried.push(address)
        return connect(address === '1.1.1.1' ? server.port : 1, '127.0.0.1')
      },
    })
    expect((await get(egress, 'http://shop.example/')).address).toBe('1.1.1.1')
    expect(tried).toEqual(['8.8.8.8', '9.9.9.9', '1.1.1.1'])
  })

  it('does not wait for one that never answers, and closes it when another did', async () => {
    const server = await serve()
    const given: string[] = []
    const { egress } = open(0, {
      resolver: () => Promise.resolve(addresses),
      dial: ({ address }, attempt) =>
        address === '9.9.9.9'
          ? connect(server.port, '127.0.0.1')
          : new Promise<Socket>((_resolve, reject) => {
              attempt.addEventListener('abort', () => {
                given.push(address)
                reject(new Error('given up'))
              })
            }),
    })
    expect((await get(egress, 'http://shop.example/')).address).toBe('9.9.9.9')
    expect(given).toEqual(['8.8.8.8'])
  })

  it('fails with the first reason when none answers', async () => {
    const { egress } = open(0, { resolver: () => Promise.resolve(addresses), dial: () => connect(1, '127.0.0.1') })
    const failure = await failureOf(get(egress, 'http://shop.example/'))
    expect(failure.code).toBe('target.connection_refused')
    expect(failure.evidence).toMatchObject([{ url: 'http://shop.example/', outcome: 'target.connection_refused' }])
  })
})

describe('connect', () => {
  it('gives a raw connection to a judged address', async () => {
    const server = await serve()
    const { egress, dialled } = open(server.port, {})
    const socket = await egress.connect('shop.example', 443, signal)
    socket.write('GET / HTTP/1.0\r\n\r\n')
    const [data] = (await once(socket, 'data')) as [Buffer]
    expect(data.toString()).toContain('200 OK')
    expect(dialled).toEqual([{ address: publicAddress, port: 443, host: 'shop.example' }])
    socket.destroy()
  })

  it.each<[host: string, port: number, reason: string]>([
    ['127.0.0.1', 443, 'loopback'], ['::1', 443, 'loopback'], ['[::1]', 443, 'loopback'], ['0x7f.1', 443, 'loopback'], ['localhost', 443, 'reserved_tld'],
    ['169.254.169.254', 80, 'metadata'], ['shop.example', 22, 'port'], ['shop.example', 0, 'port'], ['shop.example', 65_536, 'port'],
    ['user@shop.example', 443, 'malformed'], ['shop.example/', 443, 'malformed'], ['shop.example:80', 443, 'malformed'], ['', 443, 'malformed'], ['fe80::1%1', 443, 'malformed'],
    ['shop.example#', 443, 'malformed'], ['shop example', 443, 'malformed'],
  ])('refuses %s:%i as %s', async (host, port, reason) => {
    const { egress, dialled } = open(1, {})
    expect((await failureOf(egress.connect(host, port, signal))).facts).toEqual({ reason })
    expect(dialled).toEqual([])
  })

  it('closes its connections when egress closes', async () => {
    const server = await serve()
    const { egress } = bed(server.port)
    const socket = await egress.connect('shop.example', 443, signal)
    const closed = once(socket, 'close')
    await egress.close()
    await closed
    expect((await failureOf(egress.connect('shop.example', 443, signal))).code).toBe('platform.shutting_down')
  })
})
