import { describe, expect, it } from 'vitest'
import { convertDocument } from './convert-document.ts'
import { failureOf, inputOf } from './testing.ts'

const markdownOf = async (...args: Parameters<typeof inputOf>): Promise<string | undefined> => (await convertDocument(inputOf(...args))).formats.markdown

const page = `<!doctype html><html lang="en"><head><title>T</title></head><body>
<header><a href="/">Home</a></header>
<main id="m"><h1>T</h1><p class="lead">One</p><p class="ad">Two</p><table id="t"><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table></main>
<footer>Foot</footer></body></html>`

describe('convertDocument', () => {
  it('does not lose a page to the frame of a tracker that is never closed', async () => {
    const tracker = '<noscript><iframe src="https://tags.example/" height="0" width="0"/></noscript>'
    expect(await markdownOf(`<body>${tracker}<h1>T</h1>${tracker.toUpperCase()}<p>One</p><iframe src="a">x</iframe><p>Two</p></body>`)).toBe('# T\n\nOne\n\nTwo')
  })

  describe('selectors', () => {
    it('keeps what is included, in document order and once', async () => {
      expect(await markdownOf(page, { includeSelectors: ['p.ad', '#m p', 'h1'] })).toBe('# T\n\nOne\n\nTwo')
    })

    it('drops what is excluded, also from what is included', async () => {
      expect(await markdownOf(page, { includeSelectors: ['main'], excludeSelectors: ['.ad', 'table'] })).toBe('# T\n\nOne')
    })

    it('sees the tree that a browser would build', async () => {
      expect(await markdownOf(page, { includeSelectors: ['#t > tbody > tr:nth-child(2) > td:first-child'] })).toBe('1')
      expect(await markdownOf('<p>a<div>b', { includeSelectors: ['body > div'] })).toBe('b')
    })

    it('names every selector that does not parse', async () => {
      const failure = await failureOf(convertDocument(inputOf(page, { includeSelectors: ['p', 'p[', ''], excludeSelectors: ['a:nope(1)', 'x'.repeat(1001)] })))
      expect(failure.code).toBe('caller.invalid_request')
      expect((failure.facts.issues as { path: unknown[] }[]).map((issue) => issue.path)).toEqual([['include_selectors', 1], ['include_selectors', 2], ['exclude_selectors', 0], ['exclude_selectors', 1]])
    })

    it('bounds their number', async () => {
      const failure = await failureOf(convertDocument(inputOf(page, { excludeSelectors: Array.from({ length: 101 }, () => 'p') })))
      expect(failure.facts).toMatchObject({ issues: [{ path: ['exclude_selectors'], code: 'too_big' }] })
    })

    it('is content.empty where nothing is left', async () => {
      expect((await failureOf(convertDocument(inputOf(page, { includeSelectors: ['.nothing'] })))).code).toBe('content.empty')
      expect((await failureOf(convertDocument(inputOf(page, { excludeSelectors: ['body'] })))).code).toBe('content.empty')
    })

    it('says what the page is instead, where it is no page', async () => {
      const converted = await convertDocument(inputOf('<title>404</title><h1>Not Found</h1>', { status: 404, includeSelectors: ['main'] }))
      expect(converted.verdict).toEqual({ kind: 'http_error', status: 404 })
      expect(converted.formats.markdown).toBe('')
    })
  })

  describe('modes', () => {
    it('gives each format in its own mode', async () => {
      const input = { ...inputOf(page), formats: [{ kind: 'markdown' as const, mode: 'reader' as const }, { kind: 'text' as const }, { kind: 'links' as const }] }
      const { formats } = await convertDocument(input)
      expect(formats.markdown).not.toContain('Home')
      expect(formats.markdown).toContain('One')
      expect(formats.text).toContain('Foot')
      expect(formats.links).toEqual([{ url: 'https://site.test/', text: 'Home', kind: 'navigation' }])
    })

    it('converts the whole page where no main content is found', async () => {
      const converted = await convertDocument(inputOf('<nav>Only navigation</nav>', { mode: 'prune' }))
      expect(converted.formats.markdown).toBe('Only navigation')
    })

    it('does what is cheap and certain when degraded', async () => {
      const converted = await convertDocument(inputOf(page, { mode: 'reader' }), true)
      expect(converted.formats.markdown).toContain('Foot')
      expect(converted.warnings.join(' ')).toMatch(/simpler/)
    })
  })

  describe('refusals', () => {
    it('refuses what cannot be converted', async () => {
      expect(await failureOf(convertDocument(inputOf('\x00\x00\x00\x18ftypisom', { contentType: 'video/mp4' })))).toMatchObject({ code: 'content.unsupported_type', facts: { contentType: 'video/mp4' } })
    })

    it('says of a broken document that it is broken', async () => {
      for (const [body, contentType] of [['%PDF-1.4', null], ['GIF89a', 'image/gif'], ['PK\x03\x04', 'application/epub+zip'], ['{\\nortf', 'application/rtf']] as const) {
        expect((await failureOf(convertDocument(inputOf(body, { contentType })))).code, body).toBe('content.parse_failed')
      }
    })

    it('calls an error an error whatever its body is', async () => {
      const converted = await convertDocument(inputOf('GIF89a', { status: 403, contentType: 'image/gif' }))
      expect(converted).toMatchObject({ verdict: { kind: 'http_error', status: 403 }, formats: {}, contentType: 'image/gif' })
    })
  })

  it('gives the page as decoded where that is asked for', async () => {
    const body = Uint8Array.from([...new TextEncoder().encode('<meta charset=windows-1251><p>'), 0xcf])
    expect((await convertDocument(inputOf(body, { contentType: 'text/html', formats: ['raw_html'] }))).formats).toEqual({ raw_html: '<meta charset=windows-1251><p>П' })
  })

  it('counts the words of the mode and the characters of the page', async () => {
    const converted = await convertDocument(inputOf('<nav>a b c</nav><main>d e</main>', { mode: 'reader' }))
    expect(converted.metadata.word_count).toBe(2)
    expect(converted.textLength).toBeGreaterThan(8)
  })

  it('gives the same for the same bytes', async () => {
    const formats = ['markdown', 'html', 'text', 'links', 'images'] as const
    const [first, second] = await Promise.all([convertDocument(inputOf(page, { formats: [...formats] })), convertDocument(inputOf(page, { formats: [...formats] }))])
    expect(first).toEqual(second)
  })
})
