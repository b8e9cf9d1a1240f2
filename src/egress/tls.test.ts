import { createSecureServer, constants, type Http2SecureServer, type ServerHttp2Stream, type SecureServerOptions } from 'node:http2'
import { createServer as createHttps } from 'node:https'
import { createServer as createTls } from 'node:tls'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Deadline, DeadlineExceeded } from '../lib/deadline.ts'
import { bed, createAuthority, failureOf, get, listen, listenRaw, type Authority, type Listening, type Pem } from './bed.testing.ts'

let authority: Authority
let good: Pem
beforeAll(async () => {
  authority = await createAuthority()
  good = await authority.issue(['shop.example', '*.shop.example'])
})

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})
/** The name is a site whose certificates come from our authority; nothing else about the connection is special. */
const over = (server: Listening, ca: string | undefined = authority.cert) => {
  const made = bed(server.port, { sites: () => ({ address: '127.0.0.1', ...(ca === '' ? {} : { ca }) }) })
  cleanups.push(() => made.egress.close(), () => server.close())
  return { ...made, server }
}
const url = 'https://shop.example/page'
const text = (body: Uint8Array) => Buffer.from(body).toString()

describe('certificates', () => {
  const https = async (pem: Pem, ca?: string) => over(await listen(createHttps(pem, (_req, res) => res.end('ok'))), ca)

  it('that are valid are accepted, over HTTP/1.1 where the server has nothing else', async () => {
    const { egress } = await https(good)
    const response = await get(egress, url)
    expect([text(response.body), response.protocol]).toEqual(['ok', 'http/1.1'])
    expect(response.timings.tls).toBeGreaterThan(0)
    expect((await get(egress, 'https://a.shop.example/')).status).toBe(200)
  })

  it.each<[reason: string, make: () => Promise<[Pem, string]>]>([
    ['expired', async () => [await authority.issue(['shop.example'], { notBefore: new Date(0), notAfter: new Date(86_400_000) }), authority.cert]],
    ['expired', async () => [await authority.issue(['shop.example'], { notBefore: new Date(Date.now() + 86_400_000), notAfter: new Date(Date.now() + 2 * 86_400_000) }), authority.cert]],
    ['hostname', async () => [await authority.issue(['other.example']), authority.cert]],
    ['hostname', async () => [await authority.issue(['*.example']), authority.cert]],
    ['self_signed', async () => [await createAuthority('shop.example'), '']],
    ['self_signed', async () => {
      const stranger = await createAuthority('Stranger')
      const pem = await stranger.issue(['shop.example'])
      return [{ key: pem.key, cert: `${pem.cert}\n${stranger.cert}` }, authority.cert]
    }],
    ['untrusted', async () => [await (await createAuthority('Stranger')).issue(['shop.example']), authority.cert]],
    ['untrusted', async () => [good, '']],
  ])('that are not are %s', async (reason, make) => {
    const [pem, ca] = await make()
    const { egress, sockets } = await https(pem, ca)
    const failure = await failureOf(get(egress, url))
    expect([failure.code, failure.facts]).toEqual(['target.tls_invalid', { reason }])
    expect(failure.evidence).toMatchObject([{ url, address: '127.0.0.1', outcome: 'target.tls_invalid', signal: reason }])
    expect(sockets[0]?.destroyed).toBe(true)
  })

  it('of a hostname do not serve its address', async () => {
    const server = await listen(createHttps(good, (_req, res) => res.end('ok')))
    const made = bed(server.port, { sites: () => ({ address: '127.0.0.1', ca: authority.cert }) })
    cleanups.push(() => made.egress.close(), () => server.close())
    expect((await failureOf(get(made.egress, 'https://127.0.0.1/'))).facts).toEqual({ reason: 'hostname' })
  })

  it('are asked for even where the environment says otherwise', async () => {
    const { egress } = await https(await authority.issue(['other.example']))
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
    try {
      expect((await failureOf(get(egress, url))).code).toBe('target.tls_invalid')
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before
    }
  })
})

describe('handshakes', () => {
  it.each<[name: string, code: string, facts: object, serve: () => Promise<Listening>]>([
    ['with plain HTTP', 'target.tls_invalid', { reason: 'protocol' }, () => listenRaw((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))],
    ['with TLS 1.1', 'target.tls_invalid', { reason: 'protocol' }, () => listen(createTls({ ...good, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }))],
    ['that end at once', 'target.connection_reset', {}, () => listenRaw((socket) => socket.destroy())],
    ['that are refused', 'target.tls_invalid', { reason: 'protocol' }, () => listen(createTls({ ...good, ALPNProtocols: ['spdy/1'] }))],
  ])('%s are %s', async (_name, code, facts, serve) => {
    const { egress } = over(await serve())
    const failure = await failureOf(get(egress, url))
    expect([failure.code, failure.facts]).toEqual([code, facts])
  })

  it('name the host, and no address', async () => {
    const names: unknown[] = []
    const server = createTls({ ...good, SNICallback: (name, callback) => { names.push(name); callback(null) } }, (socket) => {
      names.push(socket.servername)
      socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))
    })
    const { egress } = over(await listen(server))
    await get(egress, 'https://shop.example./')
    expect(names).toEqual(['shop.example', 'shop.example'])
  })
})

/** Frames written by hand, for what node's own server does not do. */
const frames = {
  settings: Buffer.from('000000040000000000', 'hex'),
  goaway: Buffer.from('0000080700000000000000000000000000', 'hex'),
  status200: Buffer.from('00000101050000000188', 'hex'),
  /** Type HEADERS, stream 1, as they follow the length; flags differ with the body. */
  headersOfStream1: Buffer.from('0400000001', 'hex'),
}

describe('HTTP/2', () => {
  type OnStream = (stream: ServerHttp2Stream, headers: Record<string, string | string[] | undefined>) => void
  const http2 = async (onStream: OnStream, options: SecureServerOptions = {}) => {
    const server: Http2SecureServer = createSecureServer({ ...good, allowHTTP1: false, ...options })
    server.on('stream', (stream, headers) => {
      stream.on('error', () => {})
      onStream(stream, headers)
    })
    server.on('sessionError', () => {})
    server.on('session', (session) => session.on('error', () => {}))
    return over(await listen(server))
  }
  const ok: OnStream = (stream, headers) => {
    stream.respond({ ':status': 200, 'x-path': headers[':path'] ?? '' })
    stream.end(`${String(headers[':method'])} ${String(headers[':authority'])}`)
  }

  it('is spoken where the server offers it, on one connection', async () => {
    const { egress, server } = await http2(ok)
    const responses = await Promise.all(Array.from({ length: 50 }, (_, i) => get(egress, `https://shop.example/${i}`)))
    expect(responses.map((response) => response.headers.get('x-path'))).toEqual(responses.map((_, i) => `/${i}`))
    expect(text(responses[0]!.body)).toBe('GET shop.example')
    expect(new Set(responses.map((response) => response.protocol))).toEqual(new Set(['h2']))
    expect(responses[0]!.attempts[0]?.protocol).toBe('h2')
    expect(server.accepted()).toBe(1)
  })

  it('opens more connections when a thousand ask at once, and answers them all', async () => {
    const { egress, server } = await http2(ok)
    const responses = await Promise.all(Array.from({ length: 1000 }, (_, i) => get(egress, `https://shop.example/${i}`)))
    expect(responses.every((response, i) => response.headers.get('x-path') === `/${i}`)).toBe(true)
    expect(server.accepted()).toBeLessThan(50)
  })

  it('waits its turn where the server allows few streams', async () => {
    const { egress } = await http2(ok, { settings: { maxConcurrentStreams: 2 } })
    const responses = await Promise.all(Array.from({ length: 20 }, () => get(egress, url)))
    expect(responses.every((response) => response.status === 200)).toBe(true)
  })

  it('sends bodies, and no header that HTTP/2 has not', async () => {
    const { egress } = await http2((stream, headers) => {
      stream.respond({ ':status': 200, 'x-names': Object.keys(headers).sort().join() })
      stream.pipe(stream)
    })
    const response = await get(egress, url, { method: 'POST', body: 'payload', headers: { Connection: 'close', 'Transfer-Encoding': 'chunked', TE: 'gzip', Host: 'evil', 'X-One': '1' } })
    expect(text(response.body)).toBe('payload')
    expect(response.headers.get('x-names')).toBe(':authority,:method,:path,:scheme,accept,accept-encoding,content-length,user-agent,x-one')
  })

  it('skips interim answers, and reads trailers past', async () => {
    const { egress } = await http2((stream) => {
      stream.additionalHeaders({ ':status': 103, link: '</x>' })
      stream.respond({ ':status': 200 }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '1' }))
      stream.end('ok')
    })
    const response = await get(egress, url)
    expect([response.status, text(response.body), response.headers.get('link')]).toEqual([200, 'ok', null])
  })

  it('gives up one request, not the connection, when a caller hangs up', async () => {
    let closed = () => {}
    const gone = new Promise<void>((resolve) => { closed = resolve })
    const { egress, server } = await http2((stream, headers) => {
      if (headers[':path'] === '/slow') {
        stream.on('close', closed)
        stream.respond({ ':status': 200 })
        stream.write('some')
      } else ok(stream, headers)
    })
    const hangUp = new AbortController()
    const slow = failureOf(get(egress, 'https://shop.example/slow', { signal: hangUp.signal, accept: () => hangUp.abort() }))
    expect((await slow).evidence.at(-1)?.signal).toBe('caller hung up')
    expect((await get(egress, url)).status).toBe(200)
    expect(server.accepted()).toBe(1)
    await gone
  })

  it.each<[name: string, code: string, onStream: OnStream]>([
    ['a stream refused over and over', 'target.connection_reset', (stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM)],
    ['a stream reset before the head', 'target.connection_reset', (stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR)],
    ['a stream closed before the head', 'target.connection_reset', (stream) => stream.close(constants.NGHTTP2_NO_ERROR)],
    ['a stream reset in the body', 'target.connection_reset', (stream) => { stream.respond({ ':status': 200 }); stream.write('some', () => stream.destroy(new Error('broken'))) }],
    ['a body shorter than its length', 'target.connection_reset', (stream) => { stream.respond({ ':status': 200, 'content-length': '100' }); stream.end('short') }],
    ['a session destroyed before the head', 'target.connection_reset', (stream) => stream.session?.destroy()],
    ['a session destroyed in the body', 'target.connection_reset', (stream) => { stream.respond({ ':status': 200 }); stream.write('some', () => stream.session?.destroy()) }],
    ['a socket cut in the body', 'target.connection_reset', (stream) => { stream.respond({ ':status': 200 }); stream.write('some', () => stream.session?.socket.destroy()) }],
    ['a GOAWAY with an error', 'target.connection_reset', (stream) => stream.session?.goaway(constants.NGHTTP2_INTERNAL_ERROR, 0)],
    ['an answer of more headers than anyone needs', 'target.unreachable', (stream) => stream.respond(Object.fromEntries([[':status', 200], ...Array.from({ length: 2000 }, (_, i) => [`x-${i}`, 'y'])]))],
  ])('%s is %s', async (_name, code, onStream) => {
    const { egress } = await http2(onStream)
    const failure = await failureOf(get(egress, url, { method: 'POST', body: 'x' }))
    expect(failure.code).toBe(code)
    expect(failure.evidence).toMatchObject([{ url, outcome: code }])
  })

  it('asks again on a new connection after a GOAWAY that turned the request away', async () => {
    let connections = 0
    const server = await listen(createTls({ ...good, ALPNProtocols: ['h2'] }, (socket) => {
      socket.on('error', () => {})
      connections++
      let asked = false
      socket.write(frames.settings)
      socket.on('data', (data) => {
        // The first connection takes no request at all; the second answers stream 1 with ":status: 200" alone.
        if (asked || !data.includes(frames.headersOfStream1)) return
        asked = true
        socket.write(connections === 1 ? frames.goaway : frames.status200)
      })
    }))
    const { egress } = over(server)
    expect((await get(egress, url, { method: 'POST', body: 'x' })).status).toBe(200)
    expect(connections).toBe(2)
  })

  it('gives up after a second GOAWAY', async () => {
    let connections = 0
    const { egress } = over(await listen(createTls({ ...good, ALPNProtocols: ['h2'] }, (socket) => {
      connections++
      socket.on('error', () => {})
      socket.write(Buffer.concat([frames.settings, frames.goaway]))
    })))
    expect((await failureOf(get(egress, url))).code).toBe('target.connection_reset')
    expect(connections).toBe(2)
  })

  it.each<[name: string, bytes: Buffer]>([
    ['text', Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')],
    ['zeros', Buffer.alloc(1000)],
    ['a frame that claims 16 MB', Buffer.from('ffffff000000000001', 'hex')],
    ['data for a stream that does not exist', Buffer.concat([Buffer.from('000000040000000000', 'hex'), Buffer.from('00000100000000000761', 'hex')])],
    ['headers that cannot be decompressed', Buffer.concat([Buffer.from('000000040000000000', 'hex'), Buffer.from('000003010500000001ffffff', 'hex')])],
  ])('that is %s is target.unreachable', async (_name, bytes) => {
    const { egress } = over(await listen(createTls({ ...good, ALPNProtocols: ['h2'] }, (socket) => {
      socket.on('error', () => {})
      socket.on('data', () => socket.write(bytes))
    })))
    expect((await failureOf(get(egress, url))).code).toBe('target.unreachable')
  })

  it('finishes what runs after a gentle GOAWAY, and takes a new connection for what comes', async () => {
    const { egress, server } = await http2((stream, headers) => {
      if (headers[':path'] !== '/first') return ok(stream, headers)
      stream.respond({ ':status': 200 })
      stream.write('so')
      stream.session?.goaway(constants.NGHTTP2_NO_ERROR, stream.id ?? 1)
      setImmediate(() => stream.end('me'))
    })
    expect(text((await get(egress, 'https://shop.example/first')).body)).toBe('some')
    expect((await get(egress, url)).status).toBe(200)
    expect(server.accepted()).toBe(2)
  })

  it('passes its deadline in the body without harm to others', async () => {
    const { egress } = await http2((stream, headers) => {
      if (headers[':path'] !== '/slow') return ok(stream, headers)
      stream.respond({ ':status': 200 })
      stream.write('some')
    })
    const deadline = new AbortController()
    const slow = failureOf(get(egress, 'https://shop.example/slow', {
      signal: deadline.signal,
      accept: () => void setImmediate(() => deadline.abort(new DeadlineExceeded(60))),
    }))
    expect((await get(egress, url)).status).toBe(200)
    expect((await slow).facts).toEqual({ stage: 'response body', afterMs: 60 })
  })

  it('is cut off at the limit of the body', async () => {
    const { egress } = await http2((stream) => {
      stream.respond({ ':status': 200 })
      const pour = () => { while (stream.write('x'.repeat(16_384))); }
      stream.on('drain', pour)
      pour()
    })
    expect((await failureOf(get(egress, url, { maxBytes: 100_000 }))).facts).toEqual({ limitBytes: 100_000 })
  })

  it('answers everyone when egress closes in the middle', async () => {
    const { egress } = await http2((stream) => { stream.respond({ ':status': 200 }); stream.write('some') })
    let heads = 0
    let all = () => {}
    const reached = new Promise<void>((resolve) => { all = resolve })
    const requests = Array.from({ length: 20 }, () => failureOf(get(egress, url, { accept: () => { if (++heads === 20) all() } })))
    await reached
    await egress.close()
    expect(new Set((await Promise.all(requests)).map((failure) => failure.code))).toEqual(new Set(['platform.shutting_down']))
  })

  it('outlives servers that do anything at any time', async () => {
    const acts: OnStream[] = [
      ok,
      (stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM),
      (stream) => stream.destroy(),
      (stream) => stream.session?.destroy(),
      (stream) => { stream.session?.goaway(); stream.destroy() },
      (stream) => stream.session?.goaway(constants.NGHTTP2_PROTOCOL_ERROR, 0),
      (stream) => { stream.respond({ ':status': 200 }); stream.session?.close(); stream.end('x') },
      (stream) => { stream.respond({ ':status': 200, 'content-length': '5' }); stream.end('too long for that') },
      (stream) => { stream.respond({ ':status': 204 }); stream.end() },
      (stream) => { stream.additionalHeaders({ ':status': 100 }); stream.respond({ ':status': 200 }, { endStream: true }) },
      (stream) => { stream.respond({ ':status': 200, 'content-encoding': 'gzip' }); stream.end('not gzip') },
      (stream) => { stream.session?.settings({ maxConcurrentStreams: 1, initialWindowSize: 1 }); ok(stream, { ':path': '/' }) },
      (stream) => { stream.respond({ ':status': 302, location: '/elsewhere' }); stream.end('x'.repeat(100_000)) },
    ]
    let turn = 0
    const { egress } = await http2((stream, headers) => acts[turn++ % acts.length]!(stream, headers))
    const codes = new Set<string>()
    const deadline = new Deadline(25_000)
    for (let round = 0; round < 15; round++) {
      await Promise.all(Array.from({ length: 30 }, async (_, i) => {
        const hangUp = new AbortController()
        if (i % 7 === 0) setImmediate(() => hangUp.abort())
        try {
          codes.add(String((await get(egress, url, { signal: hangUp.signal, deadline, method: i % 3 === 0 ? 'POST' : 'GET', ...(i % 3 === 0 ? { body: 'x' } : {}) })).status))
        } catch (error) {
          codes.add((error as { code: string }).code)
        }
      }))
    }
    deadline.clear()
    expect(codes).toContain('200')
    expect(codes).not.toContain('platform.internal')
    expect(codes).not.toContain('target.timeout')
  })
})

describe('a mixed server', () => {
  it('that says http/1.1 to ALPN is asked in parallel on several connections', async () => {
    let waiting: (() => void)[] = []
    const { egress, server } = over(await listen(createHttps(good, (_req, res) => {
      waiting.push(() => res.end('ok'))
      if (waiting.length === 3) for (const answer of waiting.splice(0)) answer()
    })))
    const responses = await Promise.all([get(egress, url), get(egress, url), get(egress, url)])
    expect(responses.every((response) => response.protocol === 'http/1.1')).toBe(true)
    expect(server.accepted()).toBe(3)
    waiting = []
  })

  it('whose first handshake fails does not keep the others waiting in a row', async () => {
    const { egress, server } = over(await listenRaw((socket) => socket.destroy()))
    const failures = await Promise.all(Array.from({ length: 10 }, () => failureOf(get(egress, url))))
    expect(new Set(failures.map((failure) => failure.code))).toEqual(new Set(['target.connection_reset']))
    expect(server.accepted()).toBe(10)
  })
})
