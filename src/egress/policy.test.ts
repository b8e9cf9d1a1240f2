import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { BlockReason } from '../failure/facts.ts'
import { createEgress } from './egress.ts'
import { judgeAddress, readAddress, readUrl } from './policy.ts'
import { bed, failureOf, get, publicAddress } from './bed.testing.ts'
import type { Address } from './types.ts'

const { signal } = new AbortController()
const family = (address: string): 4 | 6 => (address.includes(':') ? 6 : 4)
const resolvesTo = (...addresses: string[]): Promise<Address[]> => Promise.resolve(addresses.map((address) => ({ address, family: family(address) })))

/** URLs that are refused before anything is resolved, by the family of the trick. */
const refused: Record<string, [url: string, reason: BlockReason][]> = {
  'spellings of IPv4': [
    ['http://127.0.0.1/', 'loopback'],
    ['http://2130706433/', 'loopback'],
    ['http://0x7f000001/', 'loopback'],
    ['http://0x7f.0.0.1/', 'loopback'],
    ['http://0177.0.0.1/', 'loopback'],
    ['http://017700000001/', 'loopback'],
    ['http://0o177.0.0.1/', 'malformed'],
    ['http://127.1/', 'loopback'],
    ['http://127.0.1/', 'loopback'],
    ['http://127.127.127.127/', 'loopback'],
    ['http://127.255.255.255/', 'loopback'],
    ['http://0/', 'loopback'],
    ['http://0.0.0.0/', 'loopback'],
    ['http://0.1.2.3/', 'loopback'],
    ['http://127.0.0.1./', 'loopback'],
    ['http://%31%32%37.0.0.1/', 'loopback'],
    ['http://%2531%2532%2537.0.0.1/', 'malformed'],
    ['http://256.256.256.256/', 'malformed'],
    ['http://1.2.3.4.5/', 'malformed'],
    ['http://4294967296/', 'malformed'],
  ],
  'IPv6 loopback and unspecified': [
    ['http://[::1]/', 'loopback'],
    ['http://[::]/', 'loopback'],
    ['http://[0000::1]/', 'loopback'],
    ['http://[0:0:0:0:0:0:0:1]/', 'loopback'],
    ['http://ip6-localhost/', 'reserved_tld'],
    ['http://[fe80::1%25eth0]/', 'malformed'],
  ],
  'IPv4 inside IPv6': [
    ['http://[::ffff:169.254.169.254]/', 'metadata'],
    ['http://[::ffff:a9fe:a9fe]/', 'metadata'],
    ['http://[::ffff:127.0.0.1]/', 'loopback'],
    ['http://[::ffff:10.0.0.1]/', 'private'],
    ['http://[::ffff:8.8.8.8]/', 'reserved_address'],
    ['http://[::a9fe:a9fe]/', 'metadata'],
    ['http://[::127.0.0.1]/', 'loopback'],
    ['http://[::ffff:0:127.0.0.1]/', 'loopback'],
    ['http://[64:ff9b::a9fe:a9fe]/', 'metadata'],
    ['http://[64:ff9b::10.0.0.1]/', 'private'],
    ['http://[64:ff9b::8.8.8.8]/', 'reserved_address'],
    ['http://[64:ff9b:1::1]/', 'loopback'],
    ['http://[64:ff9b:1:ffff::8.8.8.8]/', 'reserved_address'],
    ['http://[2002:a9fe:a9fe::]/', 'metadata'],
    ['http://[2002:7f00:1::]/', 'loopback'],
    ['http://[2002:808:808::1]/', 'reserved_address'],
    ['http://[2001:0:4136:e378:8000:63bf:f5ff:fffe]/', 'private'],
    ['http://[2001::1]/', 'reserved_address'],
    ['http://[2a00:1450::5efe:10.0.0.1]/', 'private'],
    ['http://[2a00:1450::200:5efe:127.0.0.1]/', 'loopback'],
  ],
  'ranges that people forget': [
    ['http://10.0.0.1/', 'private'],
    ['http://10.255.255.255/', 'private'],
    ['http://172.16.0.1/', 'private'],
    ['http://172.31.255.255/', 'private'],
    ['http://192.168.0.1/', 'private'],
    ['http://100.64.0.0/', 'private'],
    ['http://100.127.255.255/', 'private'],
    ['http://192.0.0.1/', 'reserved_address'],
    ['http://192.0.2.1/', 'reserved_address'],
    ['http://198.18.0.1/', 'reserved_address'],
    ['http://198.19.255.255/', 'reserved_address'],
    ['http://198.51.100.1/', 'reserved_address'],
    ['http://203.0.113.1/', 'reserved_address'],
    ['http://240.0.0.1/', 'reserved_address'],
    ['http://255.255.255.255/', 'reserved_address'],
    ['http://224.0.0.1/', 'reserved_address'],
    ['http://239.255.255.255/', 'reserved_address'],
    ['http://169.254.0.1/', 'link_local'],
    ['http://169.254.255.255/', 'link_local'],
    ['http://[fe80::1]/', 'link_local'],
    ['http://[fec0::1]/', 'private'],
    ['http://[fc00::1]/', 'private'],
    ['http://[fdff:ffff::1]/', 'private'],
    ['http://[ff02::2]/', 'reserved_address'],
    ['http://[100::1]/', 'reserved_address'],
    ['http://[2001:db8::1]/', 'reserved_address'],
    ['http://[3fff::1]/', 'reserved_address'],
    ['http://[5f00::1]/', 'reserved_address'],
    ['http://[4000::1]/', 'reserved_address'],
  ],
  'cloud metadata': [
    ['http://169.254.169.254/latest/meta-data/', 'metadata'],
    ['http://169.254.170.2/', 'metadata'],
    ['http://100.100.100.200/', 'metadata'],
    ['http://168.63.129.16/', 'metadata'],
    ['http://192.0.0.192/', 'metadata'],
    ['http://[fd00:ec2::254]/', 'metadata'],
    ['http://metadata.google.internal/', 'metadata'],
    ['http://METADATA.google.INTERNAL./', 'metadata'],
    ['http://instance-data/', 'metadata'],
    ['http://metadata.goog/', 'metadata'],
    ['http://2852039166/', 'metadata'],
    ['http://0xA9FEA9FE/', 'metadata'],
  ],
  names: [
    ['http://localhost/', 'reserved_tld'],
    ['http://LOCALHOST/', 'reserved_tld'],
    ['http://localhost./', 'reserved_tld'],
    ['http://a.b.localhost/', 'reserved_tld'],
    ['http://kubernetes.default.svc/', 'reserved_tld'],
    ['http://x.svc.cluster.local/', 'reserved_tld'],
    ['http://host.docker.internal/', 'reserved_tld'],
    ['http://printer.local/', 'reserved_tld'],
    ['http://router.lan/', 'reserved_tld'],
    ['http://wiki.corp/', 'reserved_tld'],
    ['http://nas.home/', 'reserved_tld'],
    ['http://nas.home.arpa/', 'reserved_tld'],
    ['http://1.0.0.127.in-addr.arpa/', 'reserved_tld'],
    ['http://wiki.intranet/', 'reserved_tld'],
    ['http://a.private/', 'reserved_tld'],
    ['http://a.test/', 'reserved_tld'],
    ['http://a.invalid/', 'reserved_tld'],
    ['http://abc.onion/', 'reserved_tld'],
    ['http://redis/', 'reserved_tld'],
    ['http://a..example/', 'malformed'],
    ['http://shop.example../', 'malformed'],
    ['http://.example/', 'malformed'],
    [`http://${'a'.repeat(64)}.example/`, 'malformed'],
    [`http://${'a.'.repeat(130)}example/`, 'malformed'],
  ],
  IDNA: [
    ['http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/', 'reserved_tld'],
    ['http://①②⑦.⓪.⓪.①/', 'loopback'],
    ['http://１２７.０.０.１/', 'loopback'],
    ['http://127。0。0。1/', 'loopback'],
    ['http://localhost。/', 'reserved_tld'],
    ['http://metadata。google。internal/', 'metadata'],
    ['http://loc\u00adalhost/', 'reserved_tld'],
    ['http://loc\u200balhost/', 'reserved_tld'],
  ],
  'parser confusion': [
    ['http://1.1.1.1 &@2.2.2.2# @3.3.3.3/', 'malformed'],
    ['http://127.1.1.1:80\\@127.2.2.2:80/', 'malformed'],
    ['http://shop.example\\@127.0.0.1/', 'malformed'],
    ['http:\\\\127.0.0.1/', 'malformed'],
    ['http:/\\127.0.0.1/', 'malformed'],
    ['http://127.1.1.1:80:\\@@127.2.2.2:80/', 'malformed'],
    ['http://user:secret@shop.example/', 'credentials'],
    ['http://user@shop.example/', 'credentials'],
    ['http://shop.example@127.0.0.1/', 'credentials'],
    ['http:127.0.0.1/', 'loopback'],
    ['http:/127.0.0.1/', 'loopback'],
    ['http:////127.0.0.1/', 'loopback'],
    ['http://shop.example%2f@127.0.0.1/', 'credentials'],
    ['http://shop.example%00.evil.example/', 'malformed'],
    ['http://shop.example\u0000.evil.example/', 'malformed'],
    ['http://shop\n.example/', 'malformed'],
    ['http://shop\t.example/', 'malformed'],
    ['http://[::1/', 'malformed'],
    ['http://:80/', 'malformed'],
    ['http://', 'malformed'],
    ['', 'malformed'],
    ['shop.example', 'malformed'],
    ['//shop.example/', 'malformed'],
    [`http://shop.example/${'a'.repeat(2048)}`, 'malformed'],
  ],
  schemes: [
    'file:///etc/passwd', 'gopher://shop.example/', 'dict://shop.example:11211/', 'ftp://shop.example/', 'sftp://shop.example/',
    'tftp://shop.example/', 'ldap://shop.example/', 'jar:http://shop.example!/', 'netdoc:///etc/passwd', 'data:text/html,hi',
    'javascript:alert(1)', 'blob:http://shop.example/1', 'view-source:http://shop.example/', 'chrome://settings/', 'about:blank',
    'ws://shop.example/', 'wss://shop.example/',
  ].map((url) => [url, 'scheme']),
  ports: [
    ['http://shop.example:22/', 'port'],
    ['http://shop.example:25/', 'port'],
    ['http://shop.example:1023/', 'port'],
    ['http://shop.example:0/', 'port'],
    ['http://shop.example:65536/', 'malformed'],
    ['http://127.0.0.1:6379/', 'loopback'],
    ['http://127.0.0.1:5432/', 'loopback'],
    ['http://127.0.0.1:8787/', 'loopback'],
  ],
}

const test = bed(1)
afterAll(() => test.egress.close())

describe('what is refused before a name is resolved', () => {
  for (const [trick, rows] of Object.entries(refused)) {
    it.each(rows)(`${trick}: %j is %s`, async (url, reason) => {
      for (const attempt of [test.egress.judge(url, signal), get(test.egress, url), test.egress.robots(url, 'Lyrebird', signal)]) {
        const failure = await failureOf(attempt)
        expect(failure.code).toBe('policy.url_blocked')
        expect(failure.facts).toEqual({ reason })
        expect(failure.evidence).toHaveLength(1)
        expect(failure.evidence[0]).not.toHaveProperty('address')
      }
      expect(test.dialled).toEqual([])
    })
  }
})

describe('what is let through', () => {
  it.each([
    'http://shop.example/', 'https://SHOP.example./a?b#c', 'http://shop.example:8080/', 'http://8.8.8.8/', 'http://[2606:4700:4700::1111]/',
    'http://11.0.0.1/', 'http://172.15.255.255/', 'http://172.32.0.1/', 'http://100.63.255.255/', 'http://100.128.0.0/',
    'http://198.17.255.255/', 'http://198.20.0.0/', 'http://169.253.255.255/', 'http://169.255.0.1/', 'http://223.255.255.255/',
    'http://bücher.example/', 'http://shop.example/a b', 'http://shop.example/a\\b', ' http://shop.example/ ', 'http://under_score.example/',
    `http://shop.example/${'a'.repeat(2000)}`,
  ])('%j', async (url) => {
    await expect(test.egress.judge(url, signal)).resolves.toBeUndefined()
  })
})

describe('what a name resolves to', () => {
  const judged = async (...addresses: string[]) => {
    const { egress, dialled } = bed(1, { resolver: () => resolvesTo(...addresses) })
    const failure = await failureOf(get(egress, 'http://shop.example/'))
    expect(dialled).toEqual([])
    return failure
  }

  it.each([
    '127.0.0.1', '10.1.2.3', '169.254.169.254', '168.63.129.16', '100.64.1.1', '0.0.0.0', '::1', '::', 'fe80::1', 'fe80::1%eth0', 'fd00::1',
    '::ffff:127.0.0.1', '64:ff9b::7f00:1', '64:ff9b:1::7f00:1', '2002:7f00:1::', '2001:0:1::1', 'ff02::1', 'not an address', '127.1', '0177.0.0.1',
  ])('refuses a name at %s, and does not say where it is', async (address) => {
    const failure = await judged(address)
    expect(failure.code).toBe('policy.url_blocked')
    expect(failure.facts).toEqual({ reason: 'resolved_private' })
    expect(JSON.stringify(failure)).not.toContain(address)
  })

  it('refuses a name of which one record of many is private, wherever it stands', async () => {
    for (const addresses of [[publicAddress, '8.8.8.8', '10.0.0.1'], ['10.0.0.1', publicAddress]]) {
      expect((await judged(...addresses)).facts).toEqual({ reason: 'resolved_private' })
    }
  })

  it('refuses a name whose A is public and whose AAAA is not', async () => {
    expect((await judged(publicAddress, '::1')).facts).toEqual({ reason: 'resolved_private' })
  })

  it('refuses the well-known names of loopback addresses by what they resolve to', async () => {
    const { egress } = bed(1, { resolver: () => resolvesTo('127.0.0.1') })
    for (const host of ['localtest.me', 'lvh.me', '127.0.0.1.nip.io', 'app.127-0-0-1.sslip.io', '127.0.0.1.xip.io']) {
      expect((await failureOf(egress.judge(`http://${host}/`, signal))).facts).toEqual({ reason: 'resolved_private' })
    }
  })

  it('tells every kind of private address in the same words', async () => {
    const messages = new Set<string>()
    for (const address of ['127.0.0.1', '10.0.0.1', '169.254.169.254', 'fd00::1']) messages.add((await judged(address)).message)
    expect(messages.size).toBe(1)
  })

  it('dials a public IPv4 address behind DNS64, since a network without IPv4 has no other', async () => {
    const { egress } = bed(1, { resolver: () => resolvesTo('64:ff9b::808:808') })
    await expect(egress.judge('http://shop.example/', signal)).resolves.toBeUndefined()
  })

  it('says target.dns_failed where there is no address or the resolver fails', async () => {
    for (const resolver of [() => Promise.resolve([]), () => Promise.reject(new Error('SERVFAIL'))]) {
      const failure = await failureOf(get(bed(1, { resolver }).egress, 'http://shop.example/'))
      expect(failure.code).toBe('target.dns_failed')
      expect(failure.evidence).toMatchObject([{ tier: 'http', url: 'http://shop.example/', outcome: 'target.dns_failed' }])
    }
  })
})

describe('properties', () => {
  const octet = fc.integer({ min: 0, max: 255 })
  const privateV4 = fc.oneof(
    fc.tuple(fc.constantFrom(0, 10, 127), octet, octet, octet),
    fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet),
    fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
    fc.tuple(fc.constant(169), fc.constant(254), octet, octet),
    fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), octet, octet),
    fc.tuple(fc.integer({ min: 224, max: 255 }), octet, octet, octet),
  )
  const radix = fc.constantFrom(
    (n: number) => String(n),
    (n: number) => `0x${n.toString(16)}`,
    (n: number) => `0X${n.toString(16).toUpperCase()}`,
    (n: number) => `0${n.toString(8)}`,
    (n: number) => `0x000${n.toString(16)}`,
  )
  const digits = fc.constantFrom(
    (text: string) => text,
    (text: string) => text.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
    (text: string) => text.replace(/[\dxX.]/g, (char) => `%${char.charCodeAt(0).toString(16)}`),
    (text: string) => text.replaceAll('.', '。'),
  )
  /** inet_aton's forms: a, a.b, a.b.c and a.b.c.d, each part in any radix. */
  const spelled = fc.tuple(privateV4, fc.integer({ min: 1, max: 4 }), fc.array(radix, { minLength: 4, maxLength: 4 }), digits).map(([octets, count, radixes, write]) => {
    const last = octets.slice(count - 1).reduce((sum, part) => sum * 256 + part, 0)
    const parts = [...octets.slice(0, count - 1), last]
    return write(parts.map((part, index) => radixes[index]!(part)).join('.'))
  })

  it('refuses any spelling of any address that is not public', async () => {
    await fc.assert(fc.asyncProperty(spelled, async (host) => {
      expect((await failureOf(test.egress.judge(`http://${host}/`, signal))).code).toBe('policy.url_blocked')
    }), { numRuns: 500 })
  })

  it('refuses it also in every way that IPv6 carries it', async () => {
    const carried = fc.tuple(privateV4, fc.constantFrom(
      (hex: string) => `::ffff:${hex}`, (hex: string) => `::${hex}`, (hex: string) => `::ffff:0:${hex}`, (hex: string) => `64:ff9b::${hex}`,
      (hex: string) => `64:ff9b:1::${hex}`, (hex: string) => `2002:${hex}::1`, (hex: string) => `2a00::5efe:${hex}`,
    )).map(([octets, write]) => {
      const word = (high: number, low: number) => (octets[high]! * 256 + octets[low]!).toString(16)
      return write(`${word(0, 1)}:${word(2, 3)}`)
    })
    await fc.assert(fc.asyncProperty(carried, async (address) => {
      expect((await failureOf(test.egress.judge(`http://[${address}]/`, signal))).code).toBe('policy.url_blocked')
      const { egress } = bed(1, { resolver: () => resolvesTo(address) })
      expect((await failureOf(egress.judge('http://shop.example/', signal))).facts).toEqual({ reason: 'resolved_private' })
    }), { numRuns: 200 })
  })

  it('judges an address the same however it is written', () => {
    fc.assert(fc.property(fc.ipV6(), (text) => {
      const ip = readAddress(text)
      if (!ip) return
      expect(judgeAddress(readAddress(ip.toString())!)).toBe(judgeAddress(ip))
    }))
  })

  it('reads its own URLs back as they are', () => {
    fc.assert(fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
      fc.pre(url.length <= 2048)
      const target = readUrl(url)
      expect(readUrl(target.url.href).url.href).toBe(target.url.href)
      expect(target.host).toBe(target.url.hostname)
    }))
  })

  it('never answers garbage with anything but a failure of the catalogue', async () => {
    await fc.assert(fc.asyncProperty(fc.oneof(fc.string(), fc.string({ unit: 'binary' }).map((text) => `http://${text}`)), async (url) => {
      await test.egress.judge(url, signal).catch((error: { code: string }) => expect(error.code).toBe('policy.url_blocked'))
    }), { numRuns: 500 })
  })
})

describe('settings', () => {
  it('names a rule or a port that it cannot read', () => {
    const make = (options: object) => () => createEgress({ userAgent: 'x', bodyLimitBytes: 1, maxRedirects: 1, ...options })
    for (const rule of ['', 'http://a.example', 'a b', '10.0.0.0/33', '10.0.0.0/', 'a.example/8', 'a.example:0', 'a.example:99999', '*', '*.', 'a.*.example', '[a.example]:80', '[::1', 'user@a.example', '127.1', '0x7f000001']) {
      expect(make({ allow: [rule] }), rule).toThrow(`"${rule}"`)
    }
    for (const port of ['0', '70000', '90-80', 'http', '']) expect(make({ ports: [port] }), port).toThrow(`"${port}"`)
  })
})
