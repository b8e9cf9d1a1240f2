import { once } from 'node:events'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { fail, type Failure } from '../failure/failure.ts'
import { Deadline, DeadlineExceeded } from '../lib/deadline.ts'
import { bed, failureOf, get, listen, listenRaw, publicAddress, type Listening } from './bed.testing.ts'
import type { Egress, EgressOptions, EgressRequest } from './types.ts'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})
const over = (server: Listening, options?: Partial<EgressOptions>) => {
  const made = bed(server.port, options)
  cleanups.push(() => made.egress.close(), () => server.close())
  return { ...made, server }
}
const http = async (listener: RequestListener, options?: Partial<EgressOptions>) => over(await listen(createServer(listener)), options)
const raw = async (answer: string | ((socket: Socket, request: string) => void), options?: Partial<EgressOptions>) =>
  over(await listenRaw(typeof answer === 'string' ? (socket) => socket.end(answer) : answer), options)

const url = 'http://shop.example/page'
const text = (body: Uint8Array) => Buffer.from(body).toString()

describe('an answer', () => {
  it('comes with status, headers, body, evidence and timings', async () => {
    const { egress } = await http((_req, res) => res.writeHead(404, { 'set-cookie': ['a=1', 'b=2'], 'x-one': 'y' }).end('not here'))
    const response = await get(egress, `${url}#part`)
    expect(response).toMatchObject({ url, status: 404, redirects: [], protocol: 'http/1.1', address: publicAddress })
    expect(text(response.body)).toBe('not here')
    expect(response.headers.get('x-one')).toBe('y')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(response.attempts).toEqual([
      { tier: 'http', url, address: publicAddress, protocol: 'http/1.1', status: 404, bytes: 8, ms: expect.any(Number) as number, outcome: 'ok' },
    ])
    expect(Object.keys(response.timings).sort()).toEqual(['body', 'connect', 'dns', 'first_byte'])
  })

  it.each([200, 204, 304, 403, 429, 500, 503])('with status %i is returned, whatever it means', async (status) => {
    const { egress } = await http((_req, res) => res.writeHead(status, { 'retry-after': '5' }).end())
    const response = await get(egress, url)
    expect([response.status, response.body.length, response.headers.get('retry-after')]).toEqual([status, 0, '5'])
  })

  it('skips interim answers', async () => {
    const { egress } = await raw('HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    const response = await get(egress, url)
    expect([response.status, response.headers.get('link'), text(response.body)]).toEqual([200, null, 'ok'])
  })

  it('without a length ends with the connection', async () => {
    const { egress } = await raw('HTTP/1.0 200 OK\r\n\r\nall of it')
    expect(text((await get(egress, url)).body)).toBe('all of it')
  })

  it('is refused where too many arrive at one time, and leaves room when it is read', async () => {
    const held: ServerResponse[] = []
    const { egress } = await http((_req, res) => {
      res.write('x'.repeat(600))
      held.push(res)
    }, { bufferedBytesMax: 1000 })
    const both = [get(egress, url), get(egress, `${url}2`)] as const
    const refused = await Promise.race(both.map((one, index) => one.then(() => ({ index, code: 'none' }), (error: Failure) => ({ index, code: error.code }))))
    expect(refused.code).toBe('platform.overloaded')
    for (const res of held.splice(0)) res.end()
    const kept = await both[refused.index === 0 ? 1 : 0]
    expect(kept.body).toHaveLength(600)
    const next = get(egress, url)
    await expect.poll(() => held.length).toBe(1)
    held[0]?.end()
    expect((await next).body).toHaveLength(600)
  })

  it('in chunks is put together', async () => {
    const { egress } = await raw('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n \r\n5;ext=1\r\nworld\r\n0\r\nTrailer: x\r\n\r\n')
    expect(text((await get(egress, url)).body)).toBe('hello world')
  })

  it('to HEAD has no body', async () => {
    const { egress } = await raw('HTTP/1.1 200 OK\r\nContent-Length: 500\r\nContent-Encoding: gzip\r\n\r\n')
    expect((await get(egress, url, { method: 'HEAD' })).body.length).toBe(0)
  })

  it('keeps header values that are not ASCII, and leaves out what no header can be', async () => {
    const { egress } = await raw((socket) => socket.end(Buffer.from('HTTP/1.1 200 OK\r\nX-Name: b\u00fccher\r\n__proto__: x\r\nContent-Length: 0\r\n\r\n', 'latin1')))
    const { headers } = await get(egress, url)
    expect([headers.get('x-name'), headers.get('__proto__')]).toEqual(['bücher', 'x'])
  })

  it('gets the body that was sent with the request', async () => {
    const { egress } = await http((req, res) => req.pipe(res))
    for (const body of ['text ✓', new TextEncoder().encode('bytes'), '']) {
      expect(text((await get(egress, url, { method: 'POST', body })).body)).toBe(text(Buffer.from(body)))
    }
  })
})

describe('limits', () => {
  it('of the body: refused at once by its length', async () => {
    const { egress } = await http((_req, res) => void res.writeHead(200, { 'content-length': 11 }).write('x'))
    const failure = await failureOf(get(egress, url, { maxBytes: 10 }))
    expect([failure.code, failure.facts]).toEqual(['content.too_large', { limitBytes: 10 }])
    expect(failure.evidence).toMatchObject([{ status: 200, outcome: 'content.too_large' }])
  })

  it('of the body: cut off while it streams', async () => {
    const { egress, sockets } = await http((_req, res) => {
      const pour = () => { while (res.write('x'.repeat(65_536))); }
      res.on('drain', pour)
      pour()
    }, { bodyLimitBytes: 200_000 })
    expect((await failureOf(get(egress, url))).facts).toEqual({ limitBytes: 200_000 })
    expect(sockets[0]?.destroyed).toBe(true)
  })

  it('of the body: exactly the limit is not too large', async () => {
    const { egress } = await http((_req, res) => res.end('x'.repeat(10)))
    expect((await get(egress, url, { maxBytes: 10 })).body.length).toBe(10)
  })

  it.each([
    ['one endless header', () => `X: ${'y'.repeat(100_000)}\r\n`],
    ['too many headers', () => Array.from({ length: 20_000 }, (_, i) => `X-${i}: y\r\n`).join('')],
  ])('of the head: %s', async (_name, headers) => {
    const { egress } = await raw(`HTTP/1.1 200 OK\r\n${headers()}\r\n`)
    expect((await failureOf(get(egress, url))).code).toBe('target.unreachable')
  })

  it('of the head: 40 KB are still read', async () => {
    const { egress } = await raw(`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(40_000)}\r\nContent-Length: 0\r\n\r\n`)
    expect((await get(egress, url)).headers.get('x')).toHaveLength(40_000)
  })

  it('of the caller: accept stops before the body', async () => {
    const { egress, sockets } = await http((_req, res) => void res.writeHead(200, { 'content-type': 'video/mp4' }).write('x'))
    const failure = await failureOf(get(egress, url, {
      accept: ({ headers }) => { throw fail('content.unsupported_type', { contentType: headers.get('content-type') ?? '' }) },
    }))
    expect(failure.facts).toEqual({ contentType: 'video/mp4' })
    expect(failure.evidence).toMatchObject([{ status: 200, bytes: 0, outcome: 'content.unsupported_type' }])
    expect(sockets[0]?.destroyed).toBe(true)
  })
})

describe('what goes wrong on the wire', () => {
  it.each<[name: string, code: string, answer: string | ((socket: Socket) => void)]>([
    ['nothing listens', 'target.connection_refused', ''],
    ['closed without an answer', 'target.connection_reset', (socket) => socket.end()],
    ['reset without an answer', 'target.connection_reset', (socket) => socket.resetAndDestroy()],
    ['closed in the head', 'target.connection_reset', (socket) => socket.end('HTTP/1.1 200 OK\r\nX: y')],
    ['closed before the length is reached', 'target.connection_reset', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort')],
    ['reset before the length is reached', 'target.connection_reset', (socket) => { socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort', () => socket.resetAndDestroy()) }],
    ['closed in a chunk', 'target.connection_reset', (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nshort')],
    ['closed between chunks', 'target.connection_reset', (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n')],
    ['a chunk without a size', 'target.unreachable', (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n')],
    ['garbage', 'target.unreachable', (socket) => socket.end(Buffer.from([0, 1, 2, 3, 255, 254, 10, 13, 10, 13]))],
    ['another protocol', 'target.unreachable', (socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')],
    ['a status that is no number', 'target.unreachable', (socket) => socket.end('HTTP/1.1 abc OK\r\n\r\n')],
    ['HTTP/0.9', 'target.unreachable', (socket) => socket.end('<html>hello</html>')],
    ['closed in a chunk of the last answer', 'target.connection_reset', (socket) => socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nshort')],
    ['two lengths', 'target.connection_reset', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab')],
    ['a length and chunks', 'target.connection_reset', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n')],
    ['a negative length', 'target.unreachable', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n')],
    ['an upgrade that nobody asked for', 'target.connection_reset', (socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')],
    ['a 100 that nobody asked for', 'target.connection_reset', (socket) => socket.end('HTTP/1.1 100 Continue\r\n\r\n')],
  ])('%s is %s', async (name, code, answer) => {
    const { egress, server } = await raw(answer)
    if (name === 'nothing listens') {
      await server.close()
      cleanups.pop()
    }
    const failure = await failureOf(get(egress, url, { method: 'POST', body: 'x' }))
    expect(failure.code).toBe(code)
    expect(failure.evidence).toMatchObject([{ tier: 'http', url, outcome: code }])
  })

  it('an error that the machine runs out of is not the fault of the target', async () => {
    const { egress } = bed(1, { dial: () => { throw Object.assign(new Error('too many open files'), { code: 'EMFILE' }) } })
    expect((await failureOf(get(egress, url))).code).toBe('platform.overloaded')
  })
})

describe('the deadline', () => {
  /** A deadline that passes when the test says so, and not when a busy machine gets round to it. */
  const passing = () => {
    const controller = new AbortController()
    return { signal: controller.signal, pass: () => void setImmediate(() => controller.abort(new DeadlineExceeded(60))) }
  }
  const late = async (made: { egress: Egress }, signal: AbortSignal, more: Partial<EgressRequest> = {}) => {
    const failure = await failureOf(get(made.egress, url, { signal, ...more }))
    return { code: failure.code, facts: failure.facts, outcome: failure.evidence.at(-1)?.outcome, signal: failure.evidence.at(-1)?.signal }
  }
  const timedOut = (stage: string) => ({ code: 'target.timeout', facts: { stage, afterMs: 60 }, outcome: 'target.timeout', signal: stage })

  it('passes while a name is resolved, even by a resolver that ignores it', async () => {
    const { signal, pass } = passing()
    expect(await late(bed(1, { resolver: () => (pass(), new Promise(() => {})) }), signal)).toEqual(timedOut('name resolution'))
  })

  it('passes while connecting, even with a dialler that ignores it', async () => {
    const { signal, pass } = passing()
    expect(await late(bed(1, { dial: () => (pass(), new Promise(() => {})) }), signal)).toEqual(timedOut('connection'))
  })

  it('passes during the TLS handshake, and closes the socket', async () => {
    const { signal, pass } = passing()
    const made = await raw(pass)
    expect(await late(made, signal, { url: 'https://shop.example/' })).toEqual(timedOut('tls handshake'))
    expect(made.sockets[0]?.destroyed).toBe(true)
  })

  it('passes before the headers, and closes the socket', async () => {
    const { signal, pass } = passing()
    const made = await raw((socket) => void socket.write('HTTP/1.1 200 OK\r\nX: ', pass))
    expect(await late(made, signal)).toEqual(timedOut('response headers'))
    expect(made.sockets[0]?.destroyed).toBe(true)
  })

  it('passes in the body, and closes the socket', async () => {
    const { signal, pass } = passing()
    const made = await raw((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome'))
    expect(await late(made, signal, { accept: pass })).toEqual(timedOut('response body'))
    expect(made.sockets[0]?.destroyed).toBe(true)
  })

  it('is one for all hops', async () => {
    const { signal, pass } = passing()
    let hops = 0
    const made = await http((_req, res) => (++hops < 3 ? void res.writeHead(302, { location: `/${hops}` }).end() : pass()))
    const failure = await failureOf(get(made.egress, url, { signal }))
    expect(failure.code).toBe('target.timeout')
    expect(failure.evidence.map((attempt) => attempt.outcome)).toEqual(['redirect', 'redirect', 'target.timeout'])
  })

  it('that has passed already opens nothing', async () => {
    const made = bed(1)
    expect((await failureOf(get(made.egress, url, { signal: AbortSignal.abort(new DeadlineExceeded(5)) }))).code).toBe('target.timeout')
    expect(made.dialled).toEqual([])
  })

  it('tells its whole budget, also where only the deadline was given to stop it', async () => {
    const made = await raw(() => {})
    expect((await failureOf(get(made.egress, url, { deadline: new Deadline(60) }))).facts).toMatchObject({ afterMs: 60 })
  })
})

describe('a caller who hangs up', () => {
  it.each<[stage: string, options: Partial<EgressOptions>, answer: string]>([
    ['resolving', { resolver: () => new Promise(() => {}) }, ''],
    ['before the head', {}, ''],
    ['in the body', {}, 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome'],
  ])('%s closes the socket at once', async (stage, options, answer) => {
    const hangUp = new AbortController()
    let asked = () => {}
    const reached = new Promise<void>((resolve) => { asked = resolve })
    const made = await raw((socket) => {
      if (answer) socket.write(answer)
      asked()
    }, options)
    const request = failureOf(get(made.egress, url, { signal: hangUp.signal, accept: () => { if (answer) hangUp.abort() } }))
    if (stage !== 'resolving' && !answer) await reached
    if (!answer) hangUp.abort(new Error('client gone'))
    const failure = await request
    expect(failure.code).toBe('target.connection_reset')
    expect(failure.evidence).toMatchObject([{ url, outcome: 'target.connection_reset', signal: 'caller hung up' }])
    for (const socket of made.sockets) expect(socket.destroyed).toBe(true)
  })

  it('while connecting closes that socket', async () => {
    const made = await raw(() => {})
    const hangUp = new AbortController()
    const { egress } = bed(1, {
      dial: (_target, signal) => {
        expect(signal.aborted).toBe(false)
        queueMicrotask(() => hangUp.abort())
        return once(signal, 'abort').then(() => { throw new Error('closed') })
      },
    })
    expect((await failureOf(get(egress, url, { signal: hangUp.signal }))).code).toBe('target.connection_reset')
    expect(made.server.accepted()).toBe(0)
  })

  it('with a failure as the reason gets that failure', async () => {
    const made = await raw(() => {})
    const failure = await failureOf(get(made.egress, url, { signal: AbortSignal.abort(fail('platform.shutting_down')) }))
    expect(failure.code).toBe('platform.shutting_down')
  })

  it('leaves no listener on the signal', async () => {
    const made = await http((_req, res) => res.end('ok'))
    const { signal } = new AbortController()
    let listeners = 0
    const count = (name: 'addEventListener' | 'removeEventListener', step: number) => {
      const original = signal[name].bind(signal) as (...args: unknown[]) => void
      Object.assign(signal, { [name]: (...args: unknown[]) => { listeners += step; original(...args) } })
    }
    count('addEventListener', 1)
    count('removeEventListener', -1)
    await get(made.egress, url, { signal })
    await failureOf(get(made.egress, 'http://127.0.0.1/', { signal }))
    expect(listeners).toBe(0)
  })
})

describe('connections', () => {
  it('are kept and used again', async () => {
    const { egress, server } = await http((_req, res) => res.end('ok'))
    for (let i = 0; i < 5; i++) await get(egress, url)
    expect(server.accepted()).toBe(1)
    expect((await get(egress, url)).timings).not.toHaveProperty('connect')
  })

  it('are not shared between hosts, ports or schemes of one address', async () => {
    const { egress, server } = await http((_req, res) => res.end('ok'))
    for (const other of [url, 'http://other.example/', 'http://shop.example:8080/']) await get(egress, other)
    expect(server.accepted()).toBe(3)
  })

  it('are closed where the answer says so', async () => {
    const { egress, server } = await http((_req, res) => res.writeHead(200, { connection: 'close' }).end('ok'))
    await get(egress, url)
    await get(egress, url)
    expect(server.accepted()).toBe(2)
  })

  it('that the far end closed meanwhile are replaced without a word', async () => {
    let requests = 0
    const { egress, server } = await raw((socket) => {
      requests++
      if (requests === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      else if (requests === 2) socket.destroy()
      else socket.end('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew')
    })
    await get(egress, url)
    expect(text((await get(egress, url)).body)).toBe('new')
    expect(server.accepted()).toBe(2)
  })

  it('are not retried for a POST, which may have been done', async () => {
    let requests = 0
    const { egress } = await raw((socket) => {
      if (++requests === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      else socket.destroy()
    })
    await get(egress, url)
    expect((await failureOf(get(egress, url, { method: 'POST', body: 'x' }))).code).toBe('target.connection_reset')
    expect(requests).toBe(2)
  })

  it('do not take what arrives before it was asked for as an answer', async () => {
    const { egress } = await raw((socket, request) => {
      const smuggled = request.includes('/first') ? 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison' : ''
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok${smuggled}`)
    })
    await get(egress, 'http://shop.example/first')
    expect(text((await get(egress, 'http://shop.example/second')).body)).toBe('ok')
  })

  it('serve a thousand requests at once, each its own', async () => {
    const { egress } = await http((req, res) => res.end(req.url))
    const answers = await Promise.all(Array.from({ length: 1000 }, (_, i) => get(egress, `http://shop.example/${i}`)))
    expect(answers.map((answer) => text(answer.body))).toEqual(answers.map((_, i) => `/${i}`))
  })

  it('survive a thousand hang-ups', async () => {
    const { egress } = await http((req, res) => void (req.url === '/last' ? res.end('ok') : res.write('some')))
    const failures = await Promise.all(Array.from({ length: 1000 }, (_, i) => {
      const hangUp = new AbortController()
      const request = failureOf(get(egress, url, { signal: hangUp.signal, accept: () => { if (i % 2 === 0) hangUp.abort() } }))
      if (i % 2 === 1) setImmediate(() => hangUp.abort())
      return request
    }))
    expect(new Set(failures.map((failure) => failure.code))).toEqual(new Set(['target.connection_reset']))
    expect(text((await get(egress, 'http://shop.example/last')).body)).toBe('ok')
  })

  it('end with egress, and what runs fails with platform.shutting_down', async () => {
    const made = await raw((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome'))
    let reached = () => {}
    const head = new Promise<void>((resolve) => { reached = resolve })
    const request = failureOf(get(made.egress, url, { accept: () => reached() }))
    await head
    await made.egress.close()
    expect((await request).code).toBe('platform.shutting_down')
    expect(made.sockets[0]?.destroyed).toBe(true)
    expect((await failureOf(get(made.egress, url))).code).toBe('platform.shutting_down')
  })
})
