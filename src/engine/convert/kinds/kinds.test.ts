import { describe, expect, it } from 'vitest'
import { convertDocument } from '../convert-document.ts'
import { inputOf } from '../testing.ts'
import { parseRows } from './csv.ts'

const convert = (body: string, contentType: string) => convertDocument(inputOf(body, { contentType, formats: ['markdown', 'text', 'html', 'links', 'raw_html'] }))

describe('plain text', () => {
  it('stays as it is', async () => {
    const { formats, verdict, textLength } = await convert('# not *markdown*\n<b>&amp;', 'text/plain')
    expect(formats).toMatchObject({ markdown: '# not *markdown*\n<b>&amp;', text: '# not *markdown*\n<b>&amp;', html: '<pre># not *markdown*\n&lt;b&gt;&amp;amp;</pre>' })
    expect(verdict).toEqual({ kind: 'ok' })
    expect(textLength).toBe(25)
  })

  it('is a page although it is tiny', async () => {
    expect((await convert('x', 'text/plain')).verdict).toEqual({ kind: 'ok' })
    expect((await convert(' \n', 'text/plain')).verdict).toEqual({ kind: 'empty' })
  })

  it('has links', async () => {
    expect((await convert('see https://a.test/x. and (https://b.test/y)', 'text/plain')).formats.links).toEqual([{ url: 'https://a.test/x', text: '', kind: 'external' }, { url: 'https://b.test/y', text: '', kind: 'external' }])
  })
})

describe('Markdown', () => {
  it('stays as it is and tells its title and links', async () => {
    const { formats, metadata } = await convert('---\ntitle: "A title"\ndescription: d\n---\n# H\n\n[a](b.md) ![i](i.png)', 'text/markdown')
    expect(formats.markdown).toContain('# H')
    expect(metadata).toMatchObject({ title: 'A title', description: 'd' })
    expect(formats.links?.[0]).toEqual({ url: 'https://site.test/dir/b.md', text: 'a', kind: 'content' })
  })

  it('is titled by its first heading', async () => {
    expect((await convert('text\n\n# The *H* #\n', 'text/markdown')).metadata.title).toBe('The *H*')
  })
})

describe('JSON', () => {
  it('is laid out with every token as written', async () => {
    const { formats } = await convert('{"a":[1.0,12345678901234567890,{}],"b":"x\\"y","c":[],"a":null}', 'application/json')
    expect(formats.markdown).toBe('```json\n{\n  "a": [\n    1.0,\n    12345678901234567890,\n    {}\n  ],\n  "b": "x\\"y",\n  "c": [],\n  "a": null\n}\n```')
    expect(formats.text).toBe('{"a":[1.0,12345678901234567890,{}],"b":"x\\"y","c":[],"a":null}')
  })

  it('is given as it came where it is broken', async () => {
    const { formats, warnings } = await convert('{"a":', 'application/json')
    expect(formats.markdown).toBe('```json\n{"a":\n```')
    expect(warnings).toHaveLength(1)
  })

  it('bounds its indentation', async () => {
    const { formats } = await convert(`${'['.repeat(5000)}${']'.repeat(5000)}`, 'application/json')
    expect(formats.markdown?.length).toBeLessThan(100_000)
  })

  it('keeps a value per line', async () => {
    expect((await convert('{"a":1}\n{"a":2}', 'application/x-ndjson')).formats.markdown).toBe('```json\n{"a":1}\n{"a":2}\n```')
  })
})

describe('CSV', () => {
  it('becomes a table', async () => {
    expect((await convert('a,b\n1,"x, ""y"" | z"\n\n2,"two\nlines"', 'text/csv')).formats.markdown).toBe('| a | b |\n| --- | --- |\n| 1 | x, "y" \\| z |\n| 2 | two<br>lines |')
  })

  it('may be separated otherwise', async () => {
    expect((await convert('a;b\n1,5;2', 'text/csv')).formats.markdown).toBe('| a | b |\n| --- | --- |\n| 1,5 | 2 |')
    expect((await convert('a\tb\n1\t2', 'text/tab-separated-values')).formats.markdown).toBe('| a | b |\n| --- | --- |\n| 1 | 2 |')
  })

  it('is cut where it is very long, and says so', async () => {
    const { formats, warnings } = await convert(`a,b\n${'1,2\n'.repeat(30_000)}`, 'text/csv')
    expect(formats.markdown?.split('\n')).toHaveLength(20_001)
    expect(warnings).toEqual([expect.stringMatching(/first 20000 rows/)])
  })

  it('reads quotes as RFC 4180 has them, and broken ones too', () => {
    expect(parseRows('"a ""b""",c\r\n"d', ',').rows).toEqual([['a "b"', 'c'], ['d']])
    expect(parseRows('a "b" c,d', ',').rows).toEqual([['a "b" c', 'd']])
    expect(parseRows('', ',').rows).toEqual([])
  })
})

describe('XML', () => {
  it('is code', async () => {
    expect((await convert('<?xml version="1.0"?><a>\n</a>', 'application/xml')).formats.markdown).toBe('```xml\n<?xml version="1.0"?><a>\n</a>\n```')
  })

  it('is a list of links where it is a sitemap', async () => {
    const { formats } = await convert('<?xml version="1.0"?><urlset xmlns="x"><url><loc>https://site.test/a?b=1&amp;c=2</loc><lastmod>2024-01-02</lastmod></url></urlset>', 'text/xml')
    expect(formats.markdown).toBe('- [https://site.test/a?b=1&c=2](https://site.test/a?b=1&c=2) 2024-01-02')
    expect(formats.links?.[0]?.url).toBe('https://site.test/a?b=1&c=2')
  })
})

describe('XHTML', () => {
  it('honours self-closing tags and CDATA', async () => {
    expect((await convert('<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><script src="x"/><title/></head><body><p>a<b/><![CDATA[ <b> ]]></p></body></html>', 'application/xhtml+xml')).formats.markdown).toBe('a \\<b>')
  })
})

describe('feeds', () => {
  it('reads RSS', async () => {
    const { formats, metadata } = await convert(
      `<?xml version="1.0"?><rss version="2.0" xmlns:content="x" xmlns:dc="y"><channel><title>Site &amp; Co</title><link>https://site.test/</link><description>About</description><language>en</language>
<item><title>One &lt;b&gt;bold&lt;/b&gt;</title><link>https://site.test/1</link><pubDate>Tue, 12 Mar 2024 10:00:00 GMT</pubDate><dc:creator><![CDATA[Ann]]></dc:creator><description>short</description><content:encoded><![CDATA[<p>Long <a href="/x">text</a></p>]]></content:encoded></item>
<item><guid>https://site.test/2</guid><description>Two</description></item></channel></rss>`,
      'application/rss+xml',
    )
    expect(formats.markdown).toBe('# Site & Co\n\nAbout\n\n## [One bold](https://site.test/1)\n\n2024-03-12T10:00:00Z · Ann\n\nLong [text](https://site.test/x)\n\n## [https://site.test/2](https://site.test/2)\n\nTwo')
    expect(metadata).toMatchObject({ title: 'Site & Co', description: 'About', language: 'en', modified_at: '2024-03-12T10:00:00Z' })
  })

  it('reads Atom', async () => {
    const { formats } = await convert(
      '<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><entry><title type="html">A &amp;amp; B</title><link rel="self" href="x"/><link href="https://site.test/a"/><updated>2024-01-02T03:04:05Z</updated><author><name>Bob</name></author><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Hi <em>you</em></p></div></content></entry></feed>',
      'application/atom+xml',
    )
    expect(formats.markdown).toBe('# F\n\n## [A & B](https://site.test/a)\n\n2024-01-02T03:04:05Z · Bob\n\nHi *you*')
  })

  it('reads JSON Feed', async () => {
    const { formats } = await convert(JSON.stringify({ version: 'https://jsonfeed.org/version/1.1', title: 'J', items: [{ title: 'T', url: 'https://site.test/t', content_text: 'a < b\nc', authors: [{ name: 'Al' }] }] }), 'application/feed+json')
    expect(formats.markdown).toBe('# J\n\n## [T](https://site.test/t)\n\nAl\n\na < b  \nc')
  })

  it('shows what is no feed as what it is', async () => {
    expect((await convert('{"items": 1}', 'application/feed+json')).formats.markdown).toBe('```json\n{\n  "items": 1\n}\n```')
    expect((await convert('<?xml version="1.0"?><other/>', 'application/rss+xml')).formats.markdown).toBe('```xml\n<?xml version="1.0"?><other/>\n```')
  })

  it('runs no script of an entry', async () => {
    const { formats } = await convert('<rss><channel><item><title>x</title><link>javascript:alert(1)</link><description>&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;ok</description></item></channel></rss>', 'application/rss+xml')
    expect(formats.html).not.toMatch(/script|onerror/)
  })
})
