import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { createConnection, type Socket } from 'node:net'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  brotliDecompressSync, createBrotliDecompress, createGunzip, createInflate, createZstdDecompress,
  gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync,
} from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLab } from '../client.testing.ts'
import { bomb, type BombEncoding } from './bomb.ts'

let { lab, get, codeOf, close }: Awaited<ReturnType<typeof openLab>> = {} as never
beforeAll(async () => {
  ({ lab, get, codeOf, close } = await openLab())
})
afterAll(() => close())

/** A raw connection with one request sent. */
const raw = (path: string, host = 'any.lab.test'): Socket => {
  const socket = createConnection(lab.port, '127.0.0.1')
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
  return socket
}

const readAll = async (socket: Socket): Promise<string> => {
  let text = ''
  for await (const chunk of socket as AsyncIterable<Buffer>) text += chunk.toString('latin1')
  return text
}

describe('status', () => {
  it.each([200, 201, 204, 301, 304, 400, 401, 403, 404, 410, 418, 429, 500, 502, 503, 599])('/status/%i', async (code) => {
    expect((await get(`https://any.lab.test/status/${code}`)).status).toBe(code)
  })

  it('sends Retry-After as told, in seconds or as a date, and nothing that is not a header', async () => {
    for (const value of ['7', 'Wed, 21 Oct 2026 07:28:00 GMT', 'soon']) {
      expect((await get(`https://any.lab.test/status/503?retry_after=${encodeURIComponent(value)}`)).headers['retry-after']).toBe(value)
    }
    expect((await get('https://any.lab.test/status/503?retry_after=1%0d%0aX-Evil:%201')).headers).not.toHaveProperty('x-evil')
  })

  it.each(['/status/99', '/status/600', '/status/abc', '/status', '/no-such-behaviour', '/encoding/none', '/redirect/-1'])('%s is not found', async (path) => {
    expect((await get(`https://any.lab.test${path}`)).status).toBe(404)
  })

  it('HEAD has the headers of GET and no body', async () => {
    for (const path of ['/', '/headers', '/huge?bytes=100', '/encoding/gzip']) {
      const got = await get(`https://article.lab.test${path}`, { method: 'HEAD' })
      expect([got.status, got.body.length]).toEqual([200, 0])
    }
  })
})

describe('slow', () => {
  it('/hang never sends a byte; after=headers and after=body stop there', async () => {
    const silent = raw('/hang?quiet')
    const afterHeaders = raw('/hang?after=headers')
    const afterBody = raw('/hang?after=body')
    const [headers] = (await once(afterHeaders, 'data')) as [Buffer]
    expect(headers.toString()).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n$/)
    let body = ''
    for await (const chunk of afterBody.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      body += chunk.toString()
      if (body.includes('<h1>')) break
    }
    expect(body).not.toContain('</html>')
    await get('http://any.lab.test/headers')
    expect([silent.bytesRead, afterHeaders.bytesRead]).toEqual([0, headers.length])
    for (const socket of [silent, afterHeaders, afterBody]) socket.destroy()
  })

  it('/drip sends its bytes in as many writes', async () => {
    const socket = raw('/drip?bytes=20&ms=2')
    let chunks = 0
    let text = ''
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      chunks += 1
      text += chunk.toString()
      if (text.endsWith('0\r\n\r\n')) break
    }
    expect(text.match(/^\*$/gm)).toHaveLength(20)
    expect(chunks).toBeGreaterThan(5)
  })

  it('/delay sends the headers before it waits for the body', async () => {
    const socket = raw('/delay?body_ms=600000')
    const [first] = (await once(socket, 'data')) as [Buffer]
    expect(first.toString()).toContain('200 OK')
    socket.destroy()
    const whole = await get('https://any.lab.test/delay?headers_ms=1&body_ms=1&chunk_ms=1&chunk_bytes=200')
    expect(whole.text).toContain('</html>')
  })
})

describe('redirects', () => {
  it('/redirect/3 arrives after three', async () => {
    let url = 'https://any.lab.test/redirect/3?status=307'
    const statuses: number[] = []
    for (let i = 0; i < 4; i++) {
      const got = await get(url)
      statuses.push(got.status)
      url = new URL(got.headers.location ?? '', url).href
    }
    expect(statuses).toEqual([307, 307, 307, 200])
  })

  it('/redirect-to goes anywhere by any status', async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      const got = await get(`http://any.lab.test/redirect-to?status=${status}&url=${encodeURIComponent('http://169.254.169.254/a?b=ü')}`)
      expect([got.status, got.headers.location]).toEqual([status, 'http://169.254.169.254/a?b=%C3%BC'])
    }
  })

  it('/redirect-loop goes round', async () => {
    const there = await get('https://any.lab.test/redirect-loop')
    const back = await get(`https://any.lab.test${there.headers.location}`)
    expect(back.headers.location).toBe('/redirect-loop')
  })
})

describe('broken', () => {
  it.each(['/reset', '/reset/headers', '/reset?after=body'])('%s is ECONNRESET', async (path) => {
    expect(await codeOf(`https://any.lab.test${path}`)).toBe('ECONNRESET')
    expect(await codeOf(`http://any.lab.test${path}`)).toBe('ECONNRESET')
  })

  it('/truncate announces more than it sends, then ends in good order', async () => {
    const text = await readAll(raw('/truncate'))
    const [head = '', body = ''] = text.split('\r\n\r\n')
    expect(Number(/content-length: (\d+)/i.exec(head)?.[1])).toBeGreaterThan(body.length)
    const chunked = await readAll(raw('/truncate?chunked'))
    expect(chunked).toMatch(/transfer-encoding: chunked/i)
    expect(chunked).not.toContain('\r\n0\r\n')
    expect(await codeOf('https://any.lab.test/truncate')).toBe('ECONNRESET')
  })

  it.each(['/garbage', '/bad-header', '/bad-chunk', '/bad-status'])('%s is no HTTP', async (path) => {
    expect(await codeOf(`http://any.lab.test${path}`)).toMatch(/^HPE_/)
  })

  it('/hangup closes without a byte', async () => {
    expect(await readAll(raw('/hangup'))).toBe('')
  })

  it('/two-lengths contradicts itself', async () => {
    expect((await readAll(raw('/two-lengths'))).match(/Content-Length/g)).toHaveLength(2)
  })
})

describe('size', () => {
  it('/huge sends as much as told, with and without saying so', async () => {
    const plain = await get('http://any.lab.test/huge?bytes=3000000')
    expect([plain.body.length, plain.headers['content-length']]).toEqual([3_000_048, undefined])
    const announced = await get('http://any.lab.test/huge?bytes=3000000&announce')
    expect(announced.body.length).toBe(Number(announced.headers['content-length']))
  })

  const decoders = { gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress, zstd: createZstdDecompress }

  const expand = async (encoding: BombEncoding, bytes: number): Promise<{ packed: number; expanded: number }> => {
    const sizes = { packed: 0, expanded: 0 }
    const count = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of source) {
        sizes.packed += chunk.length
        yield chunk
      }
    }
    const sink = new Writable({ write: (chunk: Buffer, _, done) => {
      sizes.expanded += chunk.length
      done(chunk.every((byte) => byte === 0x20) ? null : new Error('not a space'))
    } })
    await pipeline(Readable.from(count(bomb(encoding, bytes)), { objectMode: false }), decoders[encoding](), sink)
    return sizes
  }

  it.each(['gzip', 'deflate', 'br', 'zstd'] as const)('a %s bomb is valid to its end and grows a hundredfold and more', async (encoding) => {
    const { packed, expanded } = await expand(encoding, 20 * 1_048_576)
    expect(expanded).toBe(20 * 1_048_576)
    expect(expanded / packed).toBeGreaterThan(500)
  })

  it.each(['gzip', 'deflate', 'br', 'zstd'])('/bomb?encoding=%s says so and sends little', async (encoding) => {
    const got = await get(`https://any.lab.test/bomb?encoding=${encoding}&bytes=100000000`)
    expect(got.headers['content-encoding']).toBe(encoding)
    expect(got.body.length).toBeLessThan(300_000)
  })
})

describe('encoding', () => {
  it.each([
    ['gzip', gunzipSync], ['deflate', inflateSync], ['raw-deflate', inflateRawSync], ['br', brotliDecompressSync], ['zstd', zstdDecompressSync],
    ['stacked', (body: Buffer) => gunzipSync(brotliDecompressSync(body))],
    ['stacked-three', (body: Buffer) => inflateSync(gunzipSync(brotliDecompressSync(body)))],
    ['two-members', gunzipSync],
  ] as const)('/encoding/%s undoes to the page', async (name, undo) => {
    const got = await get(`https://any.lab.test/encoding/${name}`)
    expect(undo(got.body).toString()).toContain('日本語')
  })

  it.each(['wrong', 'truncated', 'corrupt', 'empty'])('/encoding/%s does not', async (name) => {
    const got = await get(`https://any.lab.test/encoding/${name}`)
    expect(got.headers['content-encoding']).toBe('gzip')
    expect(() => gunzipSync(got.body)).toThrow()
  })
})

describe('echo', () => {
  it('tells headers, cookies and body back', async () => {
    const headers = { 'x-own': 'Wert', cookie: 'a=1; b=two=2' }
    const got = JSON.parse((await get('https://any.lab.test/headers', { headers })).text) as { headers: Record<string, string> }
    expect(got.headers).toMatchObject(headers)
    expect(JSON.parse((await get('https://any.lab.test/cookies', { headers })).text)).toEqual({ cookies: { a: '1', b: 'two=2' } })
    const posted = JSON.parse((await get('https://any.lab.test/echo?q=1', { method: 'POST', body: 'hello' })).text) as object
    expect(posted).toMatchObject({ method: 'POST', url: 'https://any.lab.test/echo?q=1', body: 'hello' })
  })

  it('/set-cookie sets every one, and leads on when asked', async () => {
    const got = await get('https://any.lab.test/set-cookie?a=1&b=2&attributes=Path=/;HttpOnly&to=/cookies')
    expect([got.status, got.headers.location, got.headers['set-cookie']]).toEqual([302, '/cookies', ['a=1; Path=/;HttpOnly', 'b=2; Path=/;HttpOnly']])
  })

  it('/header-flood overflows a usual parser', async () => {
    expect(await codeOf('https://any.lab.test/header-flood?count=500&bytes=100')).toBe('HPE_HEADER_OVERFLOW')
  })

  it('/etag answers 304 to its own tag and date, and 200 to another edition', async () => {
    const first = await get('https://any.lab.test/etag')
    const tag = first.headers.etag ?? ''
    expect((await get('https://any.lab.test/etag', { headers: { 'if-none-match': `"x", W/${tag}` } })).status).toBe(304)
    expect((await get('https://any.lab.test/etag', { headers: { 'if-modified-since': first.headers['last-modified'] ?? '' } })).status).toBe(304)
    expect((await get('https://any.lab.test/etag?version=2', { headers: { 'if-none-match': tag } })).status).toBe(200)
  })

  it('/type sends the type as told', async () => {
    expect((await get('https://any.lab.test/type?ct=application/x-lab;%20a=1')).headers['content-type']).toBe('application/x-lab; a=1')
  })
})

describe('HTTP/2', () => {
  it('h2.lab.test speaks it to those who offer it, and HTTP/1.1 to others', async () => {
    expect((await get('https://h2.lab.test/headers')).status).toBe(200)
    const session = connectHttp2('https://h2.lab.test', { host: '127.0.0.1', port: lab.port, ca: lab.ca, servername: 'h2.lab.test' })
    const request = session.request({ ':path': '/headers', 'x-own': '1' })
    const [headers] = (await once(request, 'response')) as [Record<string, unknown>]
    let text = ''
    for await (const chunk of request as AsyncIterable<Buffer>) text += chunk.toString()
    expect(headers[':status']).toBe(200)
    expect(text).toContain('"x-own": "1"')
    expect(lab.seen.at(-1)).toMatchObject({ host: 'h2.lab.test', url: '/headers' })
    session.close()
  })

  it.each(['/garbage', '/bad-header', '/hangup', '/truncate'])('%s is broken over it, too', async (path) => {
    const session = connectHttp2('https://h2.lab.test', { host: '127.0.0.1', port: lab.port, ca: lab.ca, servername: 'h2.lab.test' })
    const request = session.request({ ':path': path })
    const ended: string[] = []
    for (const side of [session, request]) side.on('error', () => ended.push('error'))
    request.on('end', () => ended.push('end'))
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    await new Promise<void>((resolve) => request.on('close', resolve))
    expect(body).not.toContain('</html>')
    expect(request.rstCode !== 0 || session.destroyed || ended.includes('error')).toBe(true)
    session.destroy()
  })

  it('resets over it, too', async () => {
    const session = connectHttp2('https://h2.lab.test', { host: '127.0.0.1', port: lab.port, ca: lab.ca, servername: 'h2.lab.test' })
    session.on('error', () => undefined)
    const [err] = (await once(session.request({ ':path': '/reset' }), 'error')) as [NodeJS.ErrnoException]
    expect(err.code).toBe('ECONNRESET')
  })
})
