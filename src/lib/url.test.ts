import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseUrl, publicForm, withoutUserInfo, withScheme } from './url.ts'

describe('parseUrl', () => {
  it.each([
    ['example.com', 'https://example.com/'],
    ['  example.com/a?b=1#c ', 'https://example.com/a?b=1#c'],
    ['example.com:8080/x', 'https://example.com:8080/x'],
    ['http://example.com', 'http://example.com/'],
    ['bücher.example', 'https://xn--bcher-kva.example/'],
  ])('reads %s as people mean it', (input, href) => expect(parseUrl(input)?.href).toBe(href))

  it.each(['', 'not a url', 'localhost', 'http://', '//example.com'])('does not read %j', (input) => expect(parseUrl(input)).toBeUndefined())

  it('keeps schemes that are not ours, for the guard to refuse', () => {
    expect(parseUrl('javascript:alert(1)')?.protocol).toBe('javascript:')
    expect(parseUrl('file:///etc/passwd')?.protocol).toBe('file:')
  })

  it('changes nothing that has a scheme, and is stable', () => {
    fc.assert(fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
      expect(withScheme(url)).toBe(url)
      const href = parseUrl(url)?.href ?? ''
      expect(parseUrl(href)?.href).toBe(href)
    }))
    fc.assert(fc.property(fc.string(), (text) => {
      expect(() => parseUrl(text)).not.toThrow()
    }))
  })
})

describe('publicForm', () => {
  it('carries no credentials and no fragment', () => {
    expect(publicForm('https://user:pass@example.com/a?b#c')).toBe('https://example.com/a?b')
    fc.assert(fc.property(fc.webUrl({ withFragments: true }), fc.stringMatching(/^[a-z]{8}$/), (url, secret) => {
      const tainted = new URL(url)
      tainted.username = secret
      tainted.password = secret
      tainted.hash = secret
      expect(publicForm(tainted).replace(url, '')).not.toContain(`${secret}@`)
      expect(publicForm(tainted)).not.toContain(`#${secret}`)
    }))
  })
})

it.each([
  ['/r/https://user:secret@shop.example/a@b', '/r/https://shop.example/a@b'],
  ['/r/https:/user:secret@shop.example/', '/r/https:/shop.example/'],
  ['/r/https://a:b@c:d@shop.example/', '/r/https://shop.example/'],
  ['/v1/scrape', '/v1/scrape'],
])('keeps no user and password of %s', (text, shown) => {
  expect(withoutUserInfo(text)).toBe(shown)
})
