import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { bed, failureOf, listen, listenRaw, publicAddress } from './bed.testing.ts'
import { createRobots } from './robots.ts'
import type { EgressOptions, EgressResponse } from './types.ts'

const { signal } = new AbortController()
const agent = 'Mozilla/5.0 (compatible; Lyrebird/0.1; +https://lyrebird.invalid/bot)'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})
const site = async (text: string | Buffer, status = 200, headers: Record<string, string> = {}, options: Partial<EgressOptions> = {}) => {
  const asked: string[] = []
  const server = await listen(createServer((req, res) => {
    asked.push(`${req.headers.host}${req.url}`)
    res.writeHead(status, headers).end(text)
  }))
  const made = bed(server.port, options)
  cleanups.push(() => made.egress.close(), () => server.close())
  return { ...made, asked, ask: (path: string, userAgent = agent) => made.egress.robots(`http://shop.example${path}`, userAgent, signal) }
}

const file = `
User-agent: *
Disallow: /private/   # not for machines
Allow: /private/open
Disallow: /*.pdf$
Crawl-delay: 2

User-agent: Lyrebird
User-agent: other
Disallow: /no-birds
Crawl-delay: 0.5

Sitemap: https://shop.example/sitemap.xml
Sitemap: /more.xml
Sitemap: file:///etc/passwd
Sitemap: https://shop.example/sitemap.xml
`

describe('rules', () => {
  it.each([
    ['/', 'Somebody/1.0', true, ''],
    ['/private/x', 'Somebody/1.0', false, 'Disallow: /private/'],
    ['/private/open', 'Somebody/1.0', true, 'Allow: /private/open'],
    ['/a/b.pdf', 'Somebody/1.0', false, 'Disallow: /*.pdf$'],
    ['/a/b.pdf?x', 'Somebody/1.0', true, ''],
    ['/private/x', agent, true, ''],
    ['/no-birds/x', agent, false, 'Disallow: /no-birds'],
    ['/no-birds', 'LYREBIRD', false, 'Disallow: /no-birds'],
    ['/no-birds', 'Other bot', false, 'Disallow: /no-birds'],
    ['/no-birds', '', true, ''],
  ])('%s for %j: %s', async (path, userAgent, allowed, rule) => {
    const { ask } = await site(file)
    expect(await ask(path, userAgent)).toMatchObject({ allowed, rule })
  })

  it('bring the delay of the group and the sitemaps that can be fetched', async () => {
    const { ask } = await site(file)
    const sitemaps = ['https://shop.example/sitemap.xml', 'http://shop.example/more.xml']
    expect(await ask('/')).toEqual({ allowed: true, rule: '', crawlDelayS: 0.5, sitemaps })
    expect((await ask('/', 'Somebody')).crawlDelayS).toBe(2)
  })

  it.each([['Crawl-delay: soon'], ['Crawl-delay: -1'], ['Crawl-delay: Infinity']])('"%s" is no delay', async (line) => {
    const { ask } = await site(`User-agent: *\n${line}\n`)
    expect(await ask('/')).not.toHaveProperty('crawlDelayS')
  })

  it('are read through compression and past a byte order mark', async () => {
    const { ask } = await site(gzipSync(`\ufeffUser-agent: *\nDisallow: /x`), 200, { 'content-encoding': 'gzip' })
    expect((await ask('/x')).allowed).toBe(false)
  })

  it('do not stand in a page that a site shows for everything', async () => {
    const { ask } = await site('<!doctype html><title>Hello</title><p>Disallow: / is what robots fear</p>')
    expect(await ask('/x')).toEqual({ allowed: true, rule: '', sitemaps: [] })
  })
})

describe('a file that cannot be had', () => {
  it.each([401, 403, 404, 410, 429])('by %i forbids nothing', async (status) => {
    const { ask } = await site('User-agent: *\nDisallow: /', status)
    expect(await ask('/')).toEqual({ allowed: true, rule: '', sitemaps: [] })
  })

  it.each([500, 503])('by %i forbids all', async (status) => {
    const { ask } = await site('oops', status)
    expect(await ask('/')).toEqual({ allowed: false, rule: `robots.txt answered ${status}`, sitemaps: [] })
  })

  it('because it redirects in circles forbids nothing', async () => {
    const { ask } = await site('', 302, { location: '/robots.txt' })
    expect((await ask('/')).allowed).toBe(true)
  })

  it.each(['http://127.0.0.1/', 'http://169.254.169.254/', 'file:///etc/passwd', 'http://inside.example/'])('because it redirects to %s forbids nothing, and dials nothing', async (location) => {
    const { ask, dialled } = await site('', 302, { location }, {
      resolver: (host) => Promise.resolve([{ address: host === 'inside.example' ? '10.0.0.1' : publicAddress, family: 4 }]),
    })
    expect((await ask('/')).allowed).toBe(true)
    expect(dialled).toHaveLength(1)
  })

  it('because the site is gone fails as the page would', async () => {
    const { egress } = bed(1)
    const failure = await failureOf(egress.robots('http://shop.example/x', agent, signal))
    expect(failure.code).toBe('target.connection_refused')
    expect(failure.evidence).toMatchObject([{ url: 'http://shop.example/robots.txt', outcome: 'target.connection_refused' }])
  })

  it('because the host is private is refused', async () => {
    const { egress, dialled } = bed(1, { resolver: () => Promise.resolve([{ address: '10.0.0.1', family: 4 }]) })
    expect((await failureOf(egress.robots('http://shop.example/x', agent, signal))).facts).toEqual({ reason: 'resolved_private' })
    expect((await failureOf(egress.robots('http://127.0.0.1/x', agent, signal))).facts).toEqual({ reason: 'loopback' })
    expect(dialled).toEqual([])
  })
})

describe('hostile files', () => {
  it('of any size are read to 500 KiB', async () => {
    const { ask } = await site(`User-agent: *\nDisallow: /x\n${'# padding\n'.repeat(200_000)}Disallow: /y\n`)
    expect([(await ask('/x')).allowed, (await ask('/y')).allowed]).toEqual([false, true])
  })

  it('made of wildcards are not worked through', async () => {
    const { ask } = await site(`User-agent: *\n${Array.from({ length: 10_000 }, () => `Disallow: /${'*a'.repeat(10)}b`).join('\n')}\nDisallow: /plain\n`)
    expect((await ask('/plain')).allowed).toBe(false)
    expect((await ask(`/${'a'.repeat(2000)}`)).allowed).toBe(true)
  })

  it('with names of the prototype name nothing else', async () => {
    const { ask } = await site('User-agent: __proto__\nDisallow: /\nUser-agent: constructor\nDisallow: /')
    expect((await ask('/', 'toString')).allowed).toBe(true)
  })
})

describe('keeping', () => {
  it('asks once for an origin, however many ask at once', async () => {
    const { ask, asked } = await site(file)
    await Promise.all(Array.from({ length: 50 }, (_, i) => ask(`/${i}`)))
    await ask('/again')
    expect(asked).toEqual(['shop.example/robots.txt'])
  })

  it('asks again after an hour, and after a minute where the site was in trouble', async () => {
    let status = 503
    let sent = 0
    let now = 0
    const robots = createRobots(() => {
      sent++
      return Promise.resolve({ status, body: Buffer.from('User-agent: *\nDisallow: /x'), headers: new Headers() } as Partial<EgressResponse> as EgressResponse)
    }, () => now)
    const ask = () => robots(new URL('http://shop.example/x'), agent, signal)
    expect((await ask()).rule).toBe('robots.txt answered 503')
    status = 200
    now += 59_000
    expect((await ask()).rule).toBe('robots.txt answered 503')
    now += 2_000
    expect((await ask()).rule).toBe('Disallow: /x')
    now += 3_599_000
    await ask()
    expect(sent).toBe(2)
    now += 2_000
    await ask()
    expect(sent).toBe(3)
  })

  it('ends the shared fetch with the last who wanted it, not with the first', async () => {
    let asked = () => {}
    const reached = new Promise<void>((resolve) => { asked = resolve })
    const server = await listenRaw(() => asked())
    const { egress, sockets } = bed(server.port)
    cleanups.push(() => egress.close(), () => server.close())
    const [first, second] = [new AbortController(), new AbortController()]
    const answers = [first, second].map((caller) => failureOf(egress.robots('http://shop.example/', agent, caller.signal)))
    await reached
    first.abort()
    await answers[0]
    expect(sockets[0]?.destroyed).toBe(false)
    second.abort()
    await answers[1]
    expect(sockets[0]?.destroyed).toBe(true)
  })
})
