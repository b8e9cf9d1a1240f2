import { describe, expect, it } from 'vitest'
import { fail } from '../failure/failure.ts'
import { bed, failureOf, publicAddress } from './bed.testing.ts'
import type { EgressOptions } from './types.ts'

const { signal } = new AbortController()

const verdict = async (url: string, options: Partial<EgressOptions>, resolved = '10.1.2.3'): Promise<string> => {
  const { egress } = bed(1, { resolver: () => Promise.resolve([{ address: resolved, family: resolved.includes(':') ? 6 : 4 }]), ...options })
  try {
    await egress.judge(url, signal)
    return 'passes'
  } catch (error) {
    return String((error as { facts?: { reason?: string } }).facts?.reason)
  }
}

describe('allow rules', () => {
  it.each<[rule: string, url: string, resolved: string, verdict: string]>([
    ['wiki.corp', 'http://wiki.corp/', '10.1.2.3', 'passes'],
    ['WIKI.corp.', 'http://wiki.corp/', '10.1.2.3', 'passes'],
    ['wiki.corp', 'http://wiki.corp:9000/', '10.1.2.3', 'passes'],
    ['wiki.corp', 'http://a.wiki.corp/', '10.1.2.3', 'reserved_tld'],
    ['wiki.corp', 'http://xwiki.corp/', '10.1.2.3', 'reserved_tld'],
    ['wiki.corp', 'http://wiki.corp:22/', '10.1.2.3', 'port'],
    ['redis', 'http://redis:6379/', '172.18.0.2', 'passes'],
    ['localhost', 'http://localhost:3000/', '::1', 'passes'],
    ['localhost:3000', 'http://localhost:3000/', '127.0.0.1', 'passes'],
    ['localhost:3000', 'http://localhost:3001/', '127.0.0.1', 'reserved_tld'],
    ['wiki.corp:22', 'http://wiki.corp:22/', '10.1.2.3', 'passes'],
    ['*.corp', 'http://wiki.corp/', '10.1.2.3', 'passes'],
    ['*.corp', 'http://a.b.corp/', '10.1.2.3', 'passes'],
    ['*.wiki.corp', 'http://wiki.corp/', '10.1.2.3', 'reserved_tld'],
    ['*.shop.example:8080', 'http://a.shop.example:8080/', '10.1.2.3', 'passes'],
    ['*.shop.example:8080', 'http://a.shop.example/', '10.1.2.3', 'resolved_private'],
    ['bücher.example', 'http://xn--bcher-kva.example/', '10.1.2.3', 'passes'],
    ['10.0.0.0/8', 'http://10.1.2.3/', '', 'passes'],
    ['10.0.0.0/8', 'http://167838211/', '', 'passes'],
    ['10.0.0.0/8', 'http://11.1.2.3/', '', 'passes'],
    ['10.0.0.0/8', 'http://192.168.1.1/', '', 'private'],
    ['10.0.0.0/8', 'http://shop.example/', '10.1.2.3', 'passes'],
    ['10.0.0.0/8', 'http://shop.example/', '192.168.0.1', 'resolved_private'],
    ['10.0.0.0/8', 'http://wiki.corp/', '10.1.2.3', 'reserved_tld'],
    ['10.0.0.0/8', 'http://[::ffff:10.1.2.3]/', '', 'private'],
    ['10.1.2.3', 'http://10.1.2.3:8080/', '', 'passes'],
    ['10.1.2.3', 'http://10.1.2.4/', '', 'private'],
    ['10.1.2.3:22', 'http://10.1.2.3:22/', '', 'passes'],
    ['10.1.2.3:22', 'http://10.1.2.3/', '', 'private'],
    ['10.0.0.0/8:8080', 'http://10.9.9.9:8080/', '', 'passes'],
    ['10.0.0.0/8:8080', 'http://10.9.9.9:8081/', '', 'private'],
    ['::1', 'http://[::1]:8080/', '', 'passes'],
    ['[::1]', 'http://[::1]:8080/', '', 'passes'],
    ['[::1]:8080', 'http://[::1]:8080/', '', 'passes'],
    ['[::1]:8080', 'http://[::1]:8081/', '', 'loopback'],
    ['fd00::/8', 'http://[fd12::1]/', '', 'passes'],
    ['[fd00::/8]:443', 'https://[fd12::1]/', '', 'passes'],
    ['[fd00::/8]:443', 'http://[fd12::1]/', '', 'private'],
  ])('%s: %s at "%s" %s', async (rule, url, resolved, expected) => {
    expect(await verdict(url, { allow: [rule] }, resolved || publicAddress)).toBe(expected)
  })

  it('lets through all addresses of a name that is allowed, and only the ranges that are allowed of another', async () => {
    const resolver = () => Promise.resolve([{ address: '10.0.0.1', family: 4 as const }, { address: '192.168.0.1', family: 4 as const }])
    expect(await verdict('http://shop.example/', { allow: ['shop.example'], resolver })).toBe('passes')
    expect(await verdict('http://shop.example/', { allow: ['10.0.0.0/8'], resolver })).toBe('resolved_private')
  })
})

describe('ports', () => {
  it.each<[ports: string[], url: string, verdict: string]>([
    [['443'], 'https://shop.example/', 'passes'],
    [['443'], 'http://shop.example/', 'port'],
    [['8000-8010'], 'http://shop.example:8000/', 'passes'],
    [['8000-8010'], 'http://shop.example:8010/', 'passes'],
    [['8000-8010'], 'http://shop.example:8011/', 'port'],
    [['*'], 'http://shop.example:22/', 'passes'],
    [[], 'http://shop.example/', 'port'],
  ])('%j: %s %s', async (ports, url, expected) => {
    expect(await verdict(url, { ports }, publicAddress)).toBe(expected)
  })
})

describe('sites and only', () => {
  const sites = (host: string) => (host.endsWith('.lab.test') ? { address: host === 'gone.lab.test' ? null : '127.0.0.1' } : undefined)
  const only = () => fail('account.scope_denied', { needs: 'live' })

  it('never judges a site, nor asks a resolver for it', async () => {
    const resolver = () => Promise.reject(new Error('asked'))
    expect(await verdict('http://article.lab.test:7/', { sites, resolver })).toBe('passes')
  })

  it('answers target.dns_failed for a site without an address', async () => {
    expect((await failureOf(bed(1, { sites }).egress.judge('http://gone.lab.test/', signal))).code).toBe('target.dns_failed')
  })

  it('still refuses schemes and credentials at a site', async () => {
    expect(await verdict('ftp://article.lab.test/', { sites })).toBe('scheme')
    expect(await verdict('http://a:b@article.lab.test/', { sites })).toBe('credentials')
  })

  it.each([['http://10.0.0.1/', 'private'], ['http://localhost/', 'reserved_tld'], ['http://8.8.8.8:22/', 'port']])('refuses %s for the usual reason under `only` too', async (url, reason) => {
    expect(await verdict(url, { sites, only })).toBe(reason)
  })

  it('lets nothing but sites be asked for under `only`, whatever `allow` says', async () => {
    const { egress, dialled } = bed(1, { sites, only, allow: ['0.0.0.0/0', 'shop.example'] })
    await expect(egress.judge('http://article.lab.test/', signal)).resolves.toBeUndefined()
    for (const url of ['http://shop.example/', 'http://8.8.8.8/', 'http://127.0.0.1/']) {
      expect((await failureOf(egress.request({ url, signal }))).code).toBe('account.scope_denied')
      expect((await failureOf(egress.request({ url, signal, trust: 'operator' }))).code).toBe('account.scope_denied')
    }
    expect((await failureOf(egress.connect('shop.example', 443, signal))).code).toBe('account.scope_denied')
    expect(dialled).toEqual([])
  })
})
