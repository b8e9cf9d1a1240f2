import { once } from 'node:events'
import { createConnection } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failureCodes } from '../failure/catalog.ts'
import { openLab } from './client.testing.ts'
import { codeOfHost, failHost } from './index.ts'

let { lab, get, codeOf, close }: Awaited<ReturnType<typeof openLab>> = {} as never
beforeAll(async () => {
  ({ lab, get, codeOf, close } = await openLab())
})
afterAll(() => close())

const schemes = ['http', 'https'] as const

describe('names', () => {
  it.each(failureCodes)('%s has a host that leads back to it', (code) => {
    expect(failHost(code)).toMatch(/^[a-z-]+\.fail\.test$/)
    expect(codeOfHost(failHost(code))).toBe(code)
    expect(codeOfHost(`${failHost(code).replace('.fail.test', '-variant-7')}.fail.test.`.toUpperCase())).toBe(code)
  })

  it('tells codes apart that begin alike', () => {
    expect(codeOfHost('policy-url-blocklisted.fail.test')).toBe('policy.url_blocklisted')
    expect(codeOfHost('policy-url-blocked.fail.test')).toBe('policy.url_blocked')
  })

  it.each(['fail.test', 'no-such-code.fail.test', 'target-http-errors.fail.test', 'target-blocked.example', 'x.target-blocked.fail.test', 'target-blocked.fail.test.evil.example'])('%s is no code', (host) => {
    expect(codeOfHost(host)).toBeUndefined()
  })

  it('leaves every other host alone', () => {
    for (const host of ['example.com', 'lab.test.example.com', 'xlab.test', 'test', 'localhost', '127.0.0.1', '']) expect(lab.site(host)).toBeUndefined()
  })

  it('resolves lab names and only those that mean something', () => {
    const here = { address: '127.0.0.1', port: lab.port, ca: lab.ca }
    for (const host of ['article.lab.test', 'ARTICLE.lab.test.', 'any-name.lab.test', 'lab.test', 'fail.test', 'blog.site.lab.test', 'article.lab.localhost']) expect(lab.site(host)).toEqual(here)
    for (const host of ['a.b.lab.test', 'no-such-code.fail.test', 'target-dns-failed.fail.test']) expect(lab.site(host)).toEqual({ address: null })
  })

  it('lists every code once, with who produces it', () => {
    expect(lab.failures.map((row) => row.code)).toEqual(failureCodes)
    for (const { code, produced } of lab.failures) {
      if (/^(caller|account|platform)\./.test(code)) expect(produced).toBe('raised')
      if (code.startsWith('target.')) expect(produced).toBe('lab')
    }
  })
})

describe('failures on the wire', () => {
  it('target.dns_failed: the name has no address', async () => {
    expect(await codeOf('https://target-dns-failed.fail.test/')).toBe('ENOTFOUND')
  })

  it.each(schemes)('target.connection_refused over %s: the port is closed, every time', async (scheme) => {
    for (let i = 0; i < 20; i++) expect(await codeOf(`${scheme}://target-connection-refused.fail.test/`)).toBe('ECONNREFUSED')
  })

  it.each(schemes)('target.connection_reset over %s, at each point', async (scheme) => {
    for (const variant of ['', '-headers', '-body']) expect(await codeOf(`${scheme}://target-connection-reset${variant}.fail.test/any/path`)).toBe('ECONNRESET')
  })

  it('target.connection_reset sends RST, not FIN', async () => {
    const socket = createConnection(lab.port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: target-connection-reset.fail.test\r\n\r\n')
    const [err] = (await once(socket, 'error')) as [NodeJS.ErrnoException]
    expect(err.code).toBe('ECONNRESET')
    expect(socket.bytesRead).toBe(0)
  })

  it.each(schemes)('target.unreachable over %s: not HTTP', async (scheme) => {
    expect(await codeOf(`${scheme}://target-unreachable.fail.test/`)).toMatch(/^HPE_/)
  })

  it.each([
    ['', 'CERT_HAS_EXPIRED'],
    ['-expired', 'CERT_HAS_EXPIRED'],
    ['-self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['-hostname', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['-untrusted', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ])('target.tls_invalid%s', async (variant, code) => {
    expect(await codeOf(`https://target-tls-invalid${variant}.fail.test/`)).toBe(code)
    if (variant !== '') expect(await codeOf(`https://${variant.slice(1)}.tls.lab.test/`)).toBe(code)
  })

  it.each(['target-tls-invalid-protocol.fail.test', 'protocol.tls.lab.test'])('%s shares no version with a client of today, and one with a client of yesterday', async (host) => {
    await expect(get(`https://${host}/`)).rejects.toThrow('tlsv1 alert protocol version')
    const place = lab.site(host)
    const old = connectTls({ host: '127.0.0.1', port: place?.port ?? 0, servername: host, ca: lab.ca, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' })
    await once(old, 'secureConnect')
    expect([old.authorized, old.getProtocol()]).toEqual([true, 'TLSv1.1'])
    old.destroy()
  })

  it('target.tls_invalid over http leads to https', async () => {
    const got = await get('http://target-tls-invalid.fail.test/x')
    expect([got.status, got.headers.location]).toEqual([302, 'https://target-tls-invalid.fail.test/x'])
  })

  it('target.timeout: takes the request and never answers', async () => {
    const socket = createConnection(lab.port, '127.0.0.1')
    socket.write('GET /waits HTTP/1.1\r\nHost: target-timeout.fail.test\r\n\r\n')
    await expect.poll(() => lab.seen.some((one) => one.url === '/waits')).toBe(true)
    socket.on('data', () => undefined)
    // Another whole exchange goes by meanwhile.
    await get('http://article.lab.test/')
    expect(socket.bytesRead).toBe(0)
    socket.destroy()
  })

  it('target.too_many_redirects: always one more', async () => {
    let url = 'https://target-too-many-redirects.fail.test/'
    const visited = new Set<string>()
    for (let i = 0; i < 30; i++) {
      const got = await get(url)
      expect(got.status).toBe(302)
      url = new URL(got.headers.location ?? '', url).href
      expect(visited.has(url)).toBe(false)
      visited.add(url)
    }
  })

  it.each([['', 404], ['-500', 500], ['-503', 503], ['-401', 401], ['-410', 410], ['-999', 404]])('target.http_error%s', async (variant, status) => {
    expect((await get(`https://target-http-error${variant}.fail.test/deep/path?q=1`)).status).toBe(status)
  })

  it('target.http_error-soft: says not found under 200', async () => {
    const got = await get('https://target-http-error-soft.fail.test/')
    expect(got.status).toBe(200)
    expect(got.text).toContain('Page not found')
  })

  it('target.blocked: a wall, the one named', async () => {
    expect((await get('https://target-blocked.fail.test/')).headers).toMatchObject({ server: 'cloudflare', 'cf-mitigated': 'challenge' })
    expect((await get('https://target-blocked-datadome.fail.test/')).headers).toMatchObject({ 'x-datadome': 'protected' })
  })

  it('target.rate_limited: 429 or 503 with Retry-After', async () => {
    for (const [variant, status] of [['', 429], ['-503', 503]] as const) {
      const got = await get(`https://target-rate-limited${variant}.fail.test/`)
      expect([got.status, got.headers['retry-after']]).toEqual([status, '60'])
    }
  })

  it('content.unsupported_type: a video', async () => {
    const got = await get('https://content-unsupported-type.fail.test/')
    expect(got.headers['content-type']).toBe('video/mp4')
    expect(got.body.subarray(4, 8).toString()).toBe('ftyp')
  })

  it('content.too_large: goes on past any limit, and stops when the client goes', async () => {
    const socket = createConnection(lab.port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: content-too-large.fail.test\r\n\r\n')
    let bytes = 0
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > 60_000_000) break
    }
    expect(bytes).toBeGreaterThan(60_000_000)
  })

  it('content.empty: nothing, or a shell', async () => {
    const got = await get('https://content-empty.fail.test/')
    expect([got.status, got.body.length]).toEqual([200, 0])
    expect((await get('https://content-empty-shell.fail.test/')).text).toContain('<div id="root"></div>')
  })

  it('content.parse_failed: claims gzip and is not', async () => {
    const got = await get('https://content-parse-failed.fail.test/')
    expect(got.headers['content-encoding']).toBe('gzip')
    expect(() => gunzipSync(got.body)).toThrow('incorrect header check')
  })

  it('policy.url_blocked: a redirect to where nothing may go', async () => {
    const places = { '': 'http://10.0.0.1/', '-metadata': 'http://169.254.169.254/latest/meta-data/', '-loopback': 'http://127.0.0.1/', '-scheme': 'file:///etc/passwd' }
    for (const [variant, location] of Object.entries(places)) {
      const got = await get(`https://policy-url-blocked${variant}.fail.test/`)
      expect([got.status, got.headers.location]).toEqual([302, location])
    }
  })

  it('policy.robots_disallowed: robots.txt closes everything', async () => {
    const got = await get('https://policy-robots-disallowed.fail.test/robots.txt')
    expect(got.text).toMatch(/^User-agent: \*\nDisallow: \/$/m)
    expect((await get('https://policy-robots-disallowed.fail.test/')).status).toBe(200)
  })

  it('raised ones answer with a page that says what they stand for', async () => {
    for (const { code, host } of lab.failures.filter((row) => row.produced === 'raised' && row.code !== 'content.render_failed')) {
      const got = await get(`https://${host}/`)
      expect(got.status).toBe(200)
      expect(got.text).toContain(`<code>${code}</code>`)
    }
  })
})
