import { describe, expect, it } from 'vitest'
import { createFrontier, isTrap, type FrontierRules } from './frontier.ts'
import { compilePattern } from './patterns.ts'

const rules = (parts: Partial<FrontierRules> = {}): FrontierRules =>
  ({ scope: 'host', include: [], exclude: [], query: 'sort', maxDepth: 3, followNofollow: false, hosts: ['shop.example'], ...parts })
const from = { url: 'https://shop.example/', depth: 0 }
const reasonOf = (url: string, parts?: Partial<FrontierRules>, at = from, rel?: string) => createFrontier(rules(parts)).judge({ url, rel }, at)?.reason

describe('which links are followed', () => {
  it.each([
    ['https://shop.example/a', {}, null],
    ['https://www.shop.example/a', {}, null],
    ['https://blog.shop.example/a', {}, 'subdomain'],
    ['https://blog.shop.example/a', { scope: 'domain' }, null],
    ['https://other.example/a', { scope: 'domain' }, 'external'],
    ['https://other.example/a', { scope: 'any' }, null],
    ['https://shop.example.evil.example/', {}, 'external'],
    ['https://shop.example/blog/x', { include: [{ kind: 'glob', value: '/blog/**' }] }, null],
    ['https://shop.example/shop', { include: [{ kind: 'glob', value: '/blog/**' }] }, 'not_included'],
    ['https://shop.example/blog/x.pdf', { exclude: [{ kind: 'glob', value: '*.pdf' }] }, 'excluded'],
    ['https://shop.example/tag/7', { exclude: [{ kind: 'regex', value: '/tag/\\d+$' }] }, 'excluded'],
    ['https://other.example/a', { scope: 'any', exclude: [{ kind: 'glob', value: 'https://other.example/**' }] }, 'excluded'],
  ] as const)('%s under %j: %s', (url, parts, reason) => {
    expect(reasonOf(url, parts as unknown as Partial<FrontierRules>)).toBe(reason)
  })

  it('knows depth and nofollow', () => {
    expect(reasonOf('https://shop.example/a', { maxDepth: 0 })).toBe('depth')
    expect(reasonOf('https://shop.example/a', {}, from, 'ugc nofollow')).toBe('nofollow')
    expect(reasonOf('https://shop.example/a', { followNofollow: true }, from, 'nofollow')).toBeNull()
  })

  it('ignores what cannot be fetched', () => {
    expect(createFrontier(rules()).judge({ url: 'mailto:x@y.example' }, from)).toBeUndefined()
  })
})

describe('globs', () => {
  it.each([
    ['/blog/*', '/blog/a', true], ['/blog/*', '/blog/a/b', false], ['/blog/**', '/blog/a/b', true], ['/blog/**', '/blog', true], ['/blog/**', '/blogs', false],
    ['*.pdf', '/files/a.pdf', true], ['*.pdf', '/files/a.pdf.html', false], ['**/docs/**', '/en/docs/x', true], ['/a.c', '/abc', false],
    ['/search?q=*', '/search?q=beans', true], ['/search', '/search?q=beans', true], ['*/slug', '/en/slug', true],
  ])('%s and %s: %s', (value, path, matches) => {
    expect(compilePattern({ kind: 'glob', value })?.(new URL(path, 'https://shop.example'))).toBe(matches)
  })

  it('of any shape take time that grows with the URL only', () => {
    const test = compilePattern({ kind: 'regex', value: '(a+)+$' })
    expect(test?.(new URL(`https://shop.example/${'a'.repeat(1900)}!`))).toBe(false)
  })

  it('that are not valid are none', () => {
    expect(compilePattern({ kind: 'regex', value: '(' })).toBeUndefined()
    expect(compilePattern({ kind: 'regex', value: '(?=x)' })).toBeUndefined()
  })
})

describe('traps', () => {
  it.each([
    ['/a/b/a/b/a/b', true], ['/a/b/a', false], [`/${'x'.repeat(2000)}`, true], [`/${Array.from({ length: 25 }, (_, i) => i).join('/')}`, true],
    ['/s?a=1&a=2&a=3&a=4', true], ['/s?a=1&b=2', false], ['/c?month=2025-10', false],
  ])('%s: %s', (path, trap) => {
    expect(isTrap(`https://shop.example${path}`, 'https://shop.example/')).toBe(trap)
  })

  it('are calendars that lead on to themselves', () => {
    expect(isTrap('https://shop.example/c?month=2025-11', 'https://shop.example/c?month=2025-10')).toBe(true)
    expect(isTrap('https://shop.example/list?page=3', 'https://shop.example/list?page=2')).toBe(false)
  })
})
