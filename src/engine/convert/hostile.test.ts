import { afterAll, describe, expect, it } from 'vitest'
import { convertDocument } from './convert-document.ts'
import { createConverter } from './pool.ts'
import { inputOf } from './testing.ts'

const times = (text: string, count: number): string => text.repeat(count)
const count = (count: number, make: (i: number) => string): string => Array.from({ length: count }, (_, i) => make(i)).join('')

/** Pages that overflow the stack of, hang or crash one converter or another; each answers, and what is readable in it survives. */
const pages: [name: string, html: string | (() => string), holds: string][] = [
  ['10,000 nested divisions', `${times('<div>', 1e4)}needle${times('</div>', 1e4)}<p>after`, 'needle\n\nafter'],
  ['100,000 nested divisions', () => `${times('<div>', 1e5)}needle${times('</div>', 1e5)}`, 'needle'],
  ['10,000 nested inline elements', `${times('<b><i>', 1e4)}needle`, '***needle***'],
  ['100,000 unclosed inline elements with text', () => `${times('<span>x', 1e5)}needle`, 'needle'],
  ['100,000 unclosed links', () => `${times('<a href="/x">x', 1e5)}needle`, 'needle'],
  ['50,000 nested lists', () => `${times('<ul><li>x', 5e4)}needle`, 'needle'],
  ['50,000 nested quotes', () => `${times('<blockquote>x', 5e4)}needle`, 'needle'],
  ['50,000 nested tables', () => `${times('<table><tr><td>x', 5e4)}needle`, 'needle'],
  ['50,000 nested definition lists', () => `${times('<dl><dt>a<dd>b', 5e4)}needle`, 'needle'],
  ['100,000 unclosed items with paragraphs', () => `<ul>${times('<li><p>x', 1e5)}needle`, 'needle'],
  ['closing tags of what was never opened', () => `${times('<div>', 5e4)}${times('</x></p>', 1e5)}needle`, 'needle'],
  ['a table of 50,000 rows', () => `<table>${times('<tr><td>aaa<td>bbb</tr>', 5e4)}<tr><td>needle<td>x</table>`, '| needle | x |'],
  ['a row of 50,000 cells', () => `<table><tr>${times('<td>x', 5e4)}</table>needle`, 'needle'],
  ['spans that multiply', () => `<table><tr><th>a<th>b${times('<tr><td colspan=1000>x<td rowspan=60000 colspan=1000>y', 5e3)}</table>needle`, 'needle'],
  ['an unclosed comment of 50 MB', () => `<p>needle</p><!--${times('x', 5e7)}`, 'needle'],
  ['dashes without end', () => `<p>needle</p><!--${times('-', 5e6)}`, 'needle'],
  ['an unclosed script', () => `<p>needle</p><script>${times('<', 5e6)}`, 'needle'],
  ['an attribute without end', () => `<p>needle</p><a href="${times('x', 5e6)}`, 'needle'],
  ['a million attributes', () => `<p ${times('a=b ', 1e6)}>needle`, 'needle'],
  ['100,000 different attributes', () => `<p ${count(1e5, (i) => `a${i}=b `)}>needle`, 'needle'],
  ['a picture with an endless address', () => `<img src="${times('x', 5e6)}" alt="x">needle`, 'needle'],
  ['two million entities', () => `${times('&amp;', 2e6)}needle`, 'needle'],
  ['five million angle brackets', () => `${times('<', 5e6)} needle`, 'needle'],
  ['marks that would all need escaping', () => `${times('*a_b[c]`', 5e5)}needle`, 'needle'],
  ['backticks in code', () => `<pre>${times('` `` ', 5e5)}</pre>needle`, 'needle'],
  ['newlines and spaces in code', () => `<pre>${times('\n', 5e6)}needle${times(' ', 5e6)}</pre>`, '```\nneedle\n```'],
  ['code in code with a link', () => `${times('<code>', 500)}${times('<i>x</i>', 1e5)}<a href="/x">needle</a>`, 'needle'],
  ['nested code blocks in a cell', () => `<table><tr><th>a<th>b<tr><td>${times('<ul><li>x<p>y<b>z</b>', 1e4)}<td>${times('<pre>a\nb</pre>', 1e4)}</table>needle`, 'needle'],
  ['100,000 line breaks', () => `${times('x<br>', 1e5)}needle`, 'needle'],
  ['20 MB of spaces', () => `<p>${times(' ', 2e7)}needle`, 'needle'],
  ['hidden elements inside of one another', () => `${times('<div aria-hidden=true>', 500)}${times('<i></i>', 1e5)}${times('</div>', 500)}needle`, 'needle'],
  ['20,000 footnotes', () => `<div class=footnotes>${count(2e4, (i) => `<sup><a href="#fn${i}">${i}</a></sup><li id="fn${i}">x`)}</div>needle`, 'needle'],
  ['formulas in formulas', () => `${times('<math><mfrac>', 2e4)}x</math><p>needle`, ''],
  ['microdata in microdata', () => `${times('<div itemscope itemprop=a><span itemprop=b>x</span>', 2e4)}needle`, 'needle'],
  ['broken structured data of brackets', () => `<script type="application/ld+json">${times('[', 5e5)}</script>needle`, 'needle'],
  ['broken structured data of objects', () => `<script type="application/ld+json">${times('{"a":[1,2,', 4e4)}</script>needle`, 'needle'],
  ['streamed parts for one another', () => `${count(1e4, (i) => `<template id="B:${i}"></template><div hidden id="S:${i}">x</div>`)}needle`, 'needle'],
  ['a part streamed into itself', '<div hidden id="S:0">needle<template id="B:0"></template></div>', 'needle'],
  ['pictures in pictures', () => `${times('<svg><g>', 1e5)}</svg><p>needle`, ''],
  ['a title of separators', () => `<title>${times(' - ', 1e6)}</title>needle`, 'needle'],
  ['20,000 sentences of a byline', () => `<div class=byline>${times('by Ann ', 2e4)}</div>needle`, 'needle'],
  ['a mixture', () => `${times('<table><tr><td><ul><li><blockquote><b><a href=/x><p>x', 2e4)}needle`, 'needle'],
]

const prose = '<p>Some words that stand in a paragraph, as they do on any page, <a href="/x">with a link</a> and <b>a mark</b>.</p>'

/** What extractors hang on or die of; the main content is looked for in each. */
const largePages: [name: string, html: () => string, holds: string][] = [
  ['a page of 5 MB', () => `<h1>needle</h1>${times(`<div class="c"><h2>Title</h2>${times(prose, 4)}</div>`, 10_000)}`, 'needle'],
  ['10,000 nested divisions', () => `${times('<div>', 1e4)}<p>deep</p>${times('</div>', 1e4)}${prose}`, 'Some words'],
  ['100,000 nested divisions', () => `${times('<div>', 1e5)}<p>deep</p>${times('</div>', 1e5)}${prose}`, 'Some words'],
  ['10,000 nested inline elements', () => `${prose}<p>${times('<b><i>', 1e4)}deep`, 'Some words'],
  ['a table of 200,000 rows', () => `<h1>needle</h1>${prose}<table>${times('<tr><td>aaa<td>bbb<td>ccc<td>ddd</tr>', 2e5)}</table>`, 'aaa'],
  ['32,000 unclosed paragraphs', () => times('<p>needle and more words', 32_000), 'needle'],
  ['100,000 unclosed marks', () => times('<b>needle ', 1e5), 'needle'],
  ['16,000 nested lists', () => `${prose}${times('<ul><li>needle', 16_000)}`, 'needle'],
]

describe('hostile pages', () => {
  describe('in the mode reader, on a thread with its budget', () => {
    const converter = createConverter({ workers: 1, timeoutMs: 10_000 })
    afterAll(() => converter.close())

    it.each(largePages)('%s', async (_, html, holds) => {
      const converted = await converter.convert(inputOf(html(), { mode: 'reader' }), new AbortController().signal)
      expect(converted.formats.markdown).toContain(holds)
      // Twice the budget, and the start of the threads on a busy machine.
    }, 90_000)
  })

  it.each(pages)('%s', async (_, html, holds) => {
    const input = inputOf(typeof html === 'string' ? html : html(), { formats: ['markdown', 'html', 'text', 'links', 'images'] })
    const converted = await convertDocument(input)
    expect(converted.formats.markdown?.includes(holds)).toBe(true)
    expect(converted.formats.text?.includes(holds === '' || !holds.includes('needle') ? '' : 'needle')).toBe(true)
  })

  it('repeats no prefix without bound', async () => {
    const { formats } = await convertDocument(inputOf(`${times('<blockquote><ul><li>', 400)}${times('<p>x', 20_000)}`))
    expect(formats.markdown?.length).toBeLessThan(3_000_000)
  })

  it('says when it gives only the beginning', async () => {
    const converted = await convertDocument(inputOf(`<p>first${times('<b></b>', 300_000)}`), true)
    expect(converted.formats.markdown).toBe('first')
    expect(converted.warnings.join(' ')).toMatch(/too large/)
  })

  it('parses for selectors what would grow with the square of its size', async () => {
    const converted = await convertDocument(inputOf(`${count(3000, (i) => `<p><b id="a${i}"></p>`)}<p class="x">needle`, { includeSelectors: ['p.x'] }))
    expect(converted.formats.markdown).toContain('needle')
  })
})
