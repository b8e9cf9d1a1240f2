import { describe, expect, it } from 'vitest'
import { canonicalUrl } from './canonical-url.ts'

const keyOf = (url: string, query?: 'sort' | 'drop') => canonicalUrl(url, query)?.key

describe('one page has one key', () => {
  it.each([
    ['HTTPS://Shop.Example:443/a', 'https://shop.example/a'],
    ['https://shop.example./a', 'https://shop.example/a'],
    ['https://shop.example/a/', 'https://shop.example/a'],
    ['https://shop.example', 'https://shop.example/'],
    ['https://shop.example/a#part', 'https://shop.example/a'],
    ['https://shop.example/a?utm_source=x&b=1&fbclid=2', 'https://shop.example/a?b=1'],
    ['https://shop.example/a?b=2&a=1', 'https://shop.example/a?a=1&b=2'],
    ['https://shop.example/a?', 'https://shop.example/a'],
    ['https://shop.example/%7euser/%c3%a4', 'https://shop.example/~user/%C3%A4'],
    ['https://shop.example/x/../a/./', 'https://shop.example/a'],
    ['https://shop.example/a;jsessionid=12AB', 'https://shop.example/a'],
    ['https://me:secret@shop.example/a', 'https://shop.example/a'],
  ])('%s is %s', (one, other) => {
    expect(keyOf(one)).toBe(keyOf(other))
  })

  it.each([
    ['https://shop.example/a', 'https://shop.example/A'],
    ['https://shop.example/a', 'http://shop.example/a'],
    ['https://shop.example/a', 'https://shop.example:8443/a'],
    ['https://shop.example/a?p=1', 'https://shop.example/a?p=2'],
    ['https://shop.example/a%2Fb', 'https://shop.example/a/b'],
  ])('%s is not %s', (one, other) => {
    expect(keyOf(one)).not.toBe(keyOf(other))
  })

  it('may be told not to look at the query', () => {
    expect(keyOf('https://shop.example/a?p=1', 'drop')).toBe(keyOf('https://shop.example/a?p=2', 'drop'))
    expect(canonicalUrl('https://shop.example/a?p=1', 'drop')?.url).toBe('https://shop.example/a')
  })

  it('shows the URL as it was written, without what never matters', () => {
    expect(canonicalUrl('https://u:p@Shop.example/a/?z=%20x&utm_source=m&a=1#top')?.url).toBe('https://shop.example/a/?z=%20x&a=1')
  })

  it.each(['mailto:a@b.example', 'javascript:void(0)', 'ftp://shop.example/', 'http://[broken', '', 'data:text/html,x'])('%j has none', (url) => {
    expect(canonicalUrl(url)).toBeUndefined()
  })
})
