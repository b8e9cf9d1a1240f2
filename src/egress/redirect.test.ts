import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { bed, failureOf, get, listen, publicAddress, type Listening } from './bed.testing.ts'
import type { EgressOptions } from './types.ts'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

interface Seen {
  url: string
  method: string
  headers: IncomingHttpHeaders
  body: string
}

/** A web in which every host is this one server. */
const web = async (listener: RequestListener, options: Partial<EgressOptions> = {}) => {
  const seen: Seen[] = []
  const server: Listening = await listen(createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      seen.push({ url: `${req.headers.host}${req.url}`, method: req.method!, headers: req.headers, body: Buffer.concat(chunks).toString() })
      listener(req, res)
    })
  }))
  const made = bed(server.port, options)
  cleanups.push(() => made.egress.close(), () => server.close())
  return { ...made, seen, server }
}

/** `/to?<status>&<location>` redirects there; anything else is the end. */
const redirector: RequestListener = (req, res) => {
  const [path, query] = (req.url ?? '').split(/\?(.*)/s)
  if (path !== '/to' || query === undefined) return void res.end('arrived')
  const [status, location] = query.split(/&(.*)/s)
  res.writeHead(Number(status), { location: decodeURIComponent(location ?? '') }).end('moved')
}
const to = (location: string, status = 302) => `http://a.example/to?${status}&${encodeURIComponent(location)}`

describe('following', () => {
  it('goes from hop to hop and leaves evidence of each', async () => {
    const { egress, seen } = await web(redirector)
    const first = to(to('http://b.example/end'))
    const response = await get(egress, first)
    expect(Buffer.from(response.body).toString()).toBe('arrived')
    expect(response.url).toBe('http://b.example/end')
    expect(response.redirects).toEqual([first, to('http://b.example/end')])
    expect(response.attempts).toMatchObject([
      { tier: 'http', url: first, address: publicAddress, protocol: 'http/1.1', status: 302, outcome: 'redirect' },
      { url: to('http://b.example/end'), status: 302, outcome: 'redirect' },
      { url: 'http://b.example/end', status: 200, bytes: 7, outcome: 'ok' },
    ])
    expect(seen).toHaveLength(3)
  })

  it.each([
    ['/end', 'http://a.example/end'], ['end?x=1', 'http://a.example/end?x=1'], ['//b.example/end', 'http://b.example/end'],
    ['http://b.example/end#there', 'http://b.example/end'], ['  /end  ', 'http://a.example/end'], ['/a b', 'http://a.example/a%20b'],
  ])('reads the Location %j', async (location, url) => {
    const { egress } = await web(redirector)
    expect((await get(egress, to(location))).url).toBe(url)
  })

  it('reads a Location in UTF-8 as browsers do', async () => {
    const { egress } = await web((req, res) => (req.url === '/' ? res.writeHead(302, { location: Buffer.from('/bücher').toString('latin1') }).end() : res.end('ok')))
    expect((await get(egress, 'http://a.example/')).url).toBe('http://a.example/b%C3%BCcher')
  })

  it.each([[300, '/x'], [304, '/x'], [305, '/x'], [201, '/x']])('does not follow %i', async (status, location) => {
    const { egress } = await web((_req, res) => res.writeHead(status, { location }).end())
    expect((await get(egress, 'http://a.example/')).status).toBe(status)
  })

  it('gives back a redirect without a Location as the answer', async () => {
    const { egress } = await web((_req, res) => res.writeHead(302).end('nowhere'))
    const response = await get(egress, 'http://a.example/')
    expect([response.status, Buffer.from(response.body).toString()]).toEqual([302, 'nowhere'])
  })

  it('stops at the limit, with every hop as evidence', async () => {
    const { egress, seen } = await web((_req, res) => res.writeHead(302, { location: '/again' }).end())
    const failure = await failureOf(get(egress, 'http://a.example/', { maxRedirects: 3 }))
    expect([failure.code, failure.facts]).toEqual(['target.too_many_redirects', { hops: 4 }])
    expect(failure.evidence).toHaveLength(4)
    expect(seen).toHaveLength(4)
    const none = await failureOf(get(egress, 'http://a.example/', { maxRedirects: 0 }))
    expect(none.facts).toEqual({ hops: 1 })
  })

  it('keeps one connection for the hops of one host, and drops the body of a redirect', async () => {
    const { egress, server } = await web(redirector)
    await get(egress, to(to('/end')))
    expect(server.accepted()).toBe(1)
  })

  it('does not read the endless body of a redirect', async () => {
    const { egress } = await web((req, res) => {
      if (req.url === '/end') return void res.end('arrived')
      res.writeHead(302, { location: '/end' })
      const pour = () => { while (res.write('x'.repeat(65_536))); }
      res.on('drain', pour)
      pour()
    })
    expect(Buffer.from((await get(egress, 'http://a.example/')).body).toString()).toBe('arrived')
  })

  it('calls accept with the last head only', async () => {
    const { egress } = await web(redirector)
    const heads: unknown[] = []
    await get(egress, to('/end'), { accept: ({ url, status }) => void heads.push([url, status]) })
    expect(heads).toEqual([['http://a.example/end', 200]])
  })
})

describe('redirects to where nothing is dialled', () => {
  it.each([
    ['http://127.0.0.1/', 'loopback'], ['http://2130706433/', 'loopback'], ['http://0x7f.1/', 'loopback'], ['//127.1/', 'loopback'], ['http://[::ffff:127.0.0.1]/', 'loopback'],
    ['http://[::1]/', 'loopback'], ['http://169.254.169.254/latest/meta-data/', 'metadata'], ['http://metadata.google.internal/', 'metadata'],
    ['http://10.0.0.1/', 'private'], ['http://localhost/', 'reserved_tld'], ['http://①②⑦.0.0.1/', 'loopback'],
    ['file:///etc/passwd', 'scheme'], ['ftp://b.example/', 'scheme'], ['gopher://b.example/', 'scheme'], ['javascript:alert(1)', 'scheme'], ['data:text/html,x', 'scheme'], ['ws://b.example/', 'scheme'],
    ['http://user:secret@b.example/', 'credentials'], ['http://b.example:22/', 'port'], ['http://', 'malformed'], ['http://[', 'malformed'],
    [`/${'x'.repeat(8192)}`, 'malformed'],
  ])('%s is %s', async (location, reason) => {
    for (const status of [301, 302, 303, 307, 308]) {
      const { egress, dialled, seen } = await web((_req, res) => res.writeHead(status, { location: Buffer.from(location).toString('latin1') }).end())
      const failure = await failureOf(get(egress, 'http://a.example/'))
      expect([failure.code, failure.facts]).toEqual(['policy.url_blocked', { reason }])
      expect(failure.evidence).toHaveLength(2)
      expect(failure.evidence[1]).toMatchObject({ tier: 'http', outcome: 'policy.url_blocked', signal: reason })
      expect(failure.evidence[1]).not.toHaveProperty('address')
      expect(JSON.stringify(failure)).not.toContain('secret')
      expect(dialled).toHaveLength(1)
      expect(seen).toHaveLength(1)
    }
  })

  it('a name that is private', async () => {
    const { egress, dialled } = await web(redirector, {
      resolver: (host) => Promise.resolve([{ address: host === 'inside.example' ? '10.0.0.1' : publicAddress, family: 4 }]),
    })
    const failure = await failureOf(get(egress, to('http://inside.example/')))
    expect(failure.facts).toEqual({ reason: 'resolved_private' })
    expect(JSON.stringify(failure)).not.toContain('10.0.0.1')
    expect(dialled).toHaveLength(1)
  })

  it('a long Location is followed where a long URL would be refused', async () => {
    const { egress } = await web((req, res) => (req.url === '/' ? res.writeHead(302, { location: `/${'x'.repeat(4000)}` }).end() : res.end('ok')))
    expect((await get(egress, 'http://a.example/')).status).toBe(200)
  })
})

describe('trust of the operator', () => {
  const options: Partial<EgressOptions> = { resolver: () => Promise.resolve([{ address: '10.0.0.1', family: 4 }]) }

  it('reaches a private address on any port', async () => {
    const { egress } = await web(redirector, options)
    expect((await get(egress, 'http://model:81/', { trust: 'operator' })).status).toBe(200)
    expect((await get(egress, 'http://127.0.0.1:81/', { trust: 'operator' })).status).toBe(200)
  })

  it('does not extend to a request of a user, although the connection is still open', async () => {
    const { egress } = await web(redirector, options)
    await get(egress, 'http://model.example/', { trust: 'operator' })
    expect((await failureOf(get(egress, 'http://model.example/'))).facts).toEqual({ reason: 'resolved_private' })
  })

  it('extends to redirects of the same origin and no further', async () => {
    const { egress } = await web(redirector, options)
    expect((await get(egress, to('/end'), { trust: 'operator' })).status).toBe(200)
    expect((await failureOf(get(egress, to('http://b.example/'), { trust: 'operator' }))).facts).toEqual({ reason: 'resolved_private' })
    expect((await failureOf(get(egress, to('http://127.0.0.1/'), { trust: 'operator' }))).facts).toEqual({ reason: 'loopback' })
  })

  it('does not open other schemes', async () => {
    const { egress } = await web(redirector)
    expect((await failureOf(get(egress, 'file:///etc/passwd', { trust: 'operator' }))).facts).toEqual({ reason: 'scheme' })
  })
})

describe('what goes along', () => {
  it.each([
    [301, 'POST', 'GET'], [302, 'POST', 'GET'], [303, 'POST', 'GET'], [303, 'PUT', 'GET'], [303, 'HEAD', 'HEAD'],
    [301, 'PUT', 'PUT'], [307, 'POST', 'POST'], [308, 'POST', 'POST'], [302, 'HEAD', 'HEAD'],
  ])('%i turns %s into %s', async (status, method, next) => {
    const { egress, seen } = await web(redirector)
    const hasBody = method !== 'HEAD'
    await get(egress, to('/end', status), { method, ...(hasBody ? { body: 'payload', headers: { 'content-type': 'text/x' } } : {}) })
    expect(seen.map((one) => one.method)).toEqual([method, next])
    expect(seen[1]?.body).toBe(next === method && hasBody ? 'payload' : '')
    expect(seen[1]?.headers['content-type']).toBe(next === method && hasBody ? 'text/x' : undefined)
  })

  const secrets = { authorization: 'Bearer t', cookie: 'raw=1', 'x-api-key': 'k', 'x-anything': 'v', accept: 'text/html', 'accept-language': 'de' }

  it('keeps every header on the same origin', async () => {
    const { egress, seen } = await web(redirector)
    await get(egress, to('/end'), { headers: secrets })
    expect(seen[1]?.headers).toMatchObject(secrets)
  })

  it.each(['http://b.example/end', 'http://a.example:8080/end', 'http://sub.a.example/end'])('carries no secret on to %s, nor back', async (other) => {
    const { egress, seen } = await web((req, res) => {
      if (req.url === '/start') return void res.writeHead(302, { location: other }).end()
      if (req.url === '/end') return void res.writeHead(302, { location: 'http://a.example/back' }).end()
      res.end('ok')
    })
    await get(egress, 'http://a.example/start', { headers: secrets, cookies: { session: 's' } })
    expect(seen[0]?.headers).toMatchObject({ ...secrets, cookie: 'raw=1; session=s' })
    for (const later of seen.slice(1)) {
      expect(later.headers).toMatchObject({ accept: 'text/html', 'accept-language': 'de' })
      for (const name of ['authorization', 'x-api-key', 'x-anything']) expect(later.headers).not.toHaveProperty(name)
    }
    // Ports do not separate cookies; hosts do, and the cookie is the caller's for this one.
    expect(seen[1]?.headers.cookie).toBe(other.includes(':8080') ? 'session=s' : undefined)
    expect(seen[2]?.headers.cookie).toBe('session=s')
  })

  it('sends no header that belongs to the connection', async () => {
    const { egress, seen } = await web((_req, res) => res.end('ok'))
    await get(egress, 'http://a.example/', {
      headers: { Host: 'evil.example', Connection: 'upgrade', 'Content-Length': '3', 'Transfer-Encoding': 'chunked', Upgrade: 'h2c', TE: 'trailers', Trailer: 'x', Expect: '100-continue', 'Proxy-Authorization': 'x', 'Keep-Alive': '1', 'X-Kept': 'yes' },
    })
    expect(seen[0]?.headers).toEqual({
      host: 'a.example', connection: 'keep-alive', 'user-agent': 'Mozilla/5.0 (compatible; Lyrebird/0.1)', accept: '*/*', 'accept-encoding': 'gzip, deflate, br, zstd', 'x-kept': 'yes',
    })
  })

  it.each([['x y', 'v'], ['', 'v'], ['x', 'a\r\nInjected: 1'], ['x', 'a\nb'], ['x', 'a\u0000'], ['x', '日本'], ['x:', 'v']])('refuses the header %j: %j', async (name, value) => {
    const { egress, seen } = await web((_req, res) => res.end('ok'))
    const failure = await failureOf(get(egress, 'http://a.example/', { headers: { [name]: value } }))
    expect([failure.code, failure.facts]).toMatchObject(['caller.invalid_request', { issues: [{ path: ['headers', name] }] }])
    expect(seen).toEqual([])
  })

  it.each(['CONNECT', 'TRACE', 'GET /x', ''])('refuses the method %j', async (method) => {
    const { egress } = await web((_req, res) => res.end('ok'))
    expect((await failureOf(get(egress, 'http://a.example/', { method }))).code).toBe('caller.invalid_request')
  })
})

describe('cookies', () => {
  const setting = (...lines: string[]): RequestListener => (req, res) =>
    req.url?.startsWith('/set') ? res.writeHead(302, { location: new URL(req.url, 'http://x').searchParams.get('then') ?? '/', 'set-cookie': lines }).end() : res.end('ok')
  const set = (then: string, host = 'a.example') => `http://${host}/set?then=${encodeURIComponent(then)}`

  it.each<[name: string, line: string, from: string, then: string, sent: string | undefined]>([
    ['plain', 'a=1', 'a.example', '/end', 'a=1'],
    ['another host', 'a=1', 'a.example', 'http://b.example/', undefined],
    ['a subdomain, without Domain', 'a=1', 'a.example', 'http://sub.a.example/', undefined],
    ['a subdomain, with Domain', 'a=1; Domain=.a.example', 'a.example', 'http://sub.a.example/', 'a=1'],
    ['a sibling, with Domain', 'a=1; Domain=b.example', 'x.b.example', 'http://y.b.example/', 'a=1'],
    ['a foreign Domain', 'a=1; Domain=b.example', 'a.example', 'http://b.example/', undefined],
    ['a public suffix as Domain', 'a=1; Domain=co.uk', 'a.co.uk', 'http://b.co.uk/', undefined],
    ['a suffix that a host rents out, as Domain', 'a=1; Domain=github.io', 'a.github.io', 'http://b.github.io/', undefined],
    ['a path that fits', 'a=1; Path=/end', 'a.example', '/end/x', 'a=1'],
    ['a path that does not', 'a=1; Path=/end', 'a.example', '/ending', undefined],
    ['Secure over http', 'a=1; Secure', 'a.example', '/end', undefined],
    ['expired by Max-Age', 'a=1; Max-Age=0', 'a.example', '/end', undefined],
    ['expired by Expires', 'a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'a.example', '/end', undefined],
    ['Max-Age before Expires', 'a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60', 'a.example', '/end', 'a=1'],
    ['no name', '=1', 'a.example', '/end', undefined],
    ['too long', `a=${'x'.repeat(5000)}`, 'a.example', '/end', undefined],
  ])('%s', async (_name, line, from, then, sent) => {
    const { egress, seen } = await web(setting(line))
    await get(egress, set(then, from))
    expect(seen[1]?.headers.cookie).toBe(sent)
  })

  it('lets the site replace and delete what the caller gave, within the request', async () => {
    const { egress, seen } = await web(setting('given=new; Path=/', 'gone=; Max-Age=0; Path=/'))
    await get(egress, set('/end'), { cookies: { given: 'old', gone: 'x', kept: 'y' } })
    expect(seen[1]?.headers.cookie).toBe('kept=y; given=new')
  })

  it.each([['a b', 'x'], ['', 'x'], ['a', 'x; b=y'], ['a', 'x\r\nInjected: 1'], ['a', '日本']])('refuses %j: %j of the caller', async (name, value) => {
    const { egress, seen } = await web(setting())
    const failure = await failureOf(get(egress, 'http://a.example/', { cookies: { [name]: value } }))
    expect([failure.code, failure.facts]).toMatchObject(['caller.invalid_request', { issues: [{ path: ['cookies', name] }] }])
    expect(seen).toEqual([])
  })

  it('keeps none for the next request', async () => {
    const { egress, seen } = await web(setting('a=1'))
    await get(egress, set('/end'))
    await get(egress, 'http://a.example/end')
    expect(seen[2]?.headers).not.toHaveProperty('cookie')
  })
})
