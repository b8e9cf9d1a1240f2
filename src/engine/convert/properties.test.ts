import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { convertDocument } from './convert-document.ts'
import { parseHtml } from './dom/parse.ts'
import { createResolver } from './dom/url.ts'
import { prettyJson } from './kinds/json.ts'
import { toMarkdown } from './markdown/serialize.ts'
import { linksOf } from './output/links.ts'
import { inputOf } from './testing.ts'

const formats = ['markdown', 'html', 'text', 'links', 'images', 'raw_html'] as const

const names = ['p', 'div', 'b', 'i', 'a', 'ul', 'ol', 'li', 'table', 'tr', 'td', 'th', 'thead', 'pre', 'code', 'blockquote', 'h1', 'h2', 'br', 'hr', 'img', 'dl', 'dt', 'dd', 'span', 'sup', 'math', 'svg', 'form', 'input', 'button', 'template', 'noscript', 'script', 'style', 'title', 'select', 'option', 'details', 'summary', 'figure', 'iframe', 'x-y', 'q', 'del']
const words = fc.constantFrom('a', ' ', 'word ', '*', '_', '`', '[', ']', '(', '|', '#', '- ', '1. ', '>', '&amp;', '&lt;b&gt;', '\n', '\u00a0', '\u200b', '!', '~~', '\\', '漢', '😀', '$', '---', '```')
const attribute = fc.constantFrom('', ' href="/x"', ' href="javascript:1"', ' src="/i.png"', ' class="sr-only"', ' hidden', ' id="fn1"', ' href="#fn1"', ' colspan=3', ' rowspan=2', ' style="display:none"', ' aria-hidden=true', ' alt="[x]"', ' role=heading', ' class="footnotes"', ' class="language-js"', ' start=3', ' itemscope', ' itemprop=a', ' checked type=checkbox')
const token = fc.oneof(
  { weight: 3, arbitrary: words },
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...names), attribute).map(([name, attributes]) => `<${name}${attributes}>`) },
  { weight: 3, arbitrary: fc.constantFrom(...names).map((name) => `</${name}>`) },
  { weight: 1, arbitrary: fc.constantFrom('<!--', '-->', '<![CDATA[', ']]>', '<', '</', '<a href="', '&#x', '<?xml ?>', '<!doctype html>') },
)
const html = fc.array(token, { maxLength: 80 }).map((tokens) => tokens.join(''))

const markdownOf = (source: string): string => {
  const page = parseHtml(source)
  return toMarkdown(page.root, createResolver('https://site.test/dir/page', page.base))
}

describe('any input', () => {
  it('is converted, twice to the same', async () => {
    await fc.assert(
      fc.asyncProperty(html, async (source) => {
        const first = await convertDocument(inputOf(source, { formats: [...formats] }))
        const second = await convertDocument(inputOf(source, { formats: [...formats] }))
        expect(first).toEqual(second)
      }),
      { numRuns: 400 },
    )
  })

  it('is converted although it is no text at all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.constantFrom('text/html', 'text/html; charset=utf-16', 'application/json', 'application/rss+xml', 'text/csv', 'text/plain', 'application/xml', 'application/pdf', 'application/rtf', 'application/epub+zip', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'application/vnd.oasis.opendocument.text', 'image/jpeg', 'image/svg+xml', null), async (body, contentType) => {
        const outcome = await convertDocument(inputOf(body, { contentType, formats: [...formats] })).catch((err: { code?: string }) => err.code)
        expect(typeof outcome === 'object' || outcome === 'content.unsupported_type' || outcome === 'content.parse_failed').toBe(true)
      }),
      { numRuns: 400 },
    )
  })

  it('keeps its selectors apart from its markup', async () => {
    await fc.assert(
      fc.asyncProperty(html, fc.constantFrom('p', 'div > *', 'a[href]', ':not(p)', 'td:nth-child(2)', ':has(b)'), async (source, selector) => {
        const outcome = await convertDocument(inputOf(source, { excludeSelectors: [selector], includeSelectors: ['body'] })).catch((err: { code?: string }) => err.code)
        expect(typeof outcome === 'object' || outcome === 'content.empty').toBe(true)
      }),
      { numRuns: 200 },
    )
  })
})

describe('Markdown', () => {
  it('has no more than one blank line outside of code, and no space at the end but for a break', () => {
    fc.assert(
      fc.property(html, (source) => {
        const prose = markdownOf(source).replace(/^[ >\-*\d.)]*(`{3,})[^`\n]*\n[\s\S]*?^[ >]*\1$/gm, 'code')
        if (prose.includes('```')) return
        expect(prose).not.toMatch(/\n\n\n|^\n|\n$/)
        expect(prose).not.toMatch(/[^ ] \n/)
      }),
      { numRuns: 500 },
    )
  })

  it('has rows of one width in every table', () => {
    const cell = fc.array(fc.oneof(words, fc.constantFrom('<br>', '<p>', '<b>x</b>', '<ul><li>y')), { maxLength: 4 }).map((tokens) => tokens.join(''))
    const row = fc.array(fc.tuple(fc.constantFrom('td', 'th', 'td colspan=2', 'td rowspan=3', 'td rowspan=2 colspan=2'), cell), { minLength: 1, maxLength: 5 }).map((cells) => `<tr>${cells.map(([tag, inner]) => `<${tag}>${inner}`).join('')}`)
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 6 }), (rows) => {
        const lines = markdownOf(`<table><thead><tr><th>A<th>B</thead>${rows.join('')}</table>`).split('\n')
        const widths = lines.map((line) => line.replaceAll('\\|', '').split('|').length)
        expect(new Set(widths).size).toBe(1)
        expect(lines[1]).toMatch(/^\|(?: (?::--|:-:|--:|---) \|)+$/)
      }),
      { numRuns: 300 },
    )
  })

  it('keeps every word in order', () => {
    const safe = fc.array(fc.tuple(fc.constantFrom('p', 'div', 'b', 'i', 'li', 'td', 'h2', 'blockquote', 'span', 'a href=/x', 'code', 'del'), fc.integer({ min: 0, max: 999 })), { maxLength: 30 })
    fc.assert(
      fc.property(safe, (parts) => {
        const source = parts.map(([tag, number]) => `<${tag}>w${number}w</${tag.split(' ')[0]}> `).join('')
        expect(markdownOf(source).match(/w\d+w/g) ?? []).toEqual(parts.map(([, number]) => `w${number}w`))
      }),
      { numRuns: 300 },
    )
  })
})

describe('links', () => {
  it('are absolute and safe to follow, and absolute again when resolved again', () => {
    const reference = fc.oneof(fc.webUrl(), fc.webPath(), fc.string(), fc.constantFrom('javascript:x', ' JAVASCRIPT:x', 'data:x', '//h/p', '?q', '#f', '../..', 'mailto:a@b', 'http://', 'https://[', '\u0000javascript:x', 'java\nscript:x'))
    const resolve = createResolver('https://site.test/dir/page', '/base/')
    fc.assert(
      fc.property(reference, (value) => {
        const url = resolve(value)
        if (url === undefined) return
        expect(url).toMatch(/^(?:https?|mailto|tel|ftp|sms|geo|magnet|xmpp|ircs?):/)
        expect(new URL(url).href).toBe(url)
        expect(resolve(url)).toBe(url)
      }),
      { numRuns: 2000 },
    )
  })

  it('of a page are all absolute', () => {
    fc.assert(
      fc.property(html, (source) => {
        const page = parseHtml(source)
        for (const link of linksOf(page.root, createResolver('https://site.test/dir/page', page.base))) expect(URL.canParse(link.url)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })
})

describe('clean HTML', () => {
  it('has no way to run a script, also when parsed again', async () => {
    await fc.assert(
      fc.asyncProperty(html, async (source) => {
        const { formats: made } = await convertDocument(inputOf(source, { formats: ['html'] }))
        expect(made.html).not.toMatch(/<(?:script|style|iframe|object|embed|template|noscript)\b|\son\w+=|javascript:/i)
      }),
      { numRuns: 300 },
    )
  })
})

describe('JSON', () => {
  it('means the same when laid out', () => {
    fc.assert(
      fc.property(fc.json(), (source) => {
        expect(JSON.parse(prettyJson(source) ?? '')).toEqual(JSON.parse(source))
      }),
    )
  })
})
