import { describe, expect, it } from 'vitest'
import { isBlocklisted } from './blocklist.ts'

describe('isBlocklisted', () => {
  it.each([
    ['example.com', 'https://example.com/a'],
    ['example.com', 'https://www.example.com/a'],
    ['example.com', 'https://EXAMPLE.com./a'],
    ['Example.COM.', 'https://example.com/'],
    ['bücher.example', 'https://xn--bcher-kva.example/'],
    ['bücher.example', 'https://BÜCHER.example/'],
    ['*.bücher.example', 'https://a.xn--bcher-kva.example/'],
    ['*.example.com', 'https://a.b.example.com/'],
    ['*.example.com', 'https://a.example.com./'],
    ['https://example.com/private', 'https://example.com/private/x'],
    ['https://example.com/private', 'https://example.com./private/x'],
    ['https://example.com/private', 'https://example.com:443/%70riv%61te'],
    ['https://example.com/private', 'https://example.com/open/../private'],
    ['example.com/private', 'http://example.com:8080/%70rivate'],
    ['127.0.0.1', 'http://2130706433/'],
  ])('%s holds for %s', (entry, url) => {
    expect(isBlocklisted(url, [entry])).toBe(true)
  })

  it.each([
    ['example.com', 'https://notexample.com/'],
    ['example.com', 'https://a.example.com/'],
    ['*.example.com', 'https://example.com/'],
    ['*.example.com', 'https://notexample.com/'],
    ['https://example.com/private', 'https://example.com/open?x=/private'],
    ['https://example.com/a%2Fb', 'https://example.com/a/b'],
  ])('%s does not hold for %s', (entry, url) => {
    expect(isBlocklisted(url, [entry])).toBe(false)
  })
})
