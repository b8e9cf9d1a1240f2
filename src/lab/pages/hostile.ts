import { number, stream, type Exchange } from '../exchange.ts'
import { page } from '../html.ts'
import { pageOf } from './page.ts'

/** `text` again and again, in pieces that are not too small to send. */
function* repeated(head: string, text: (i: number) => string, count: number, tail: string): Generator<string> {
  yield head
  let piece = ''
  for (let i = 0; i < count; i++) {
    piece += text(i)
    if (piece.length > 32_768) {
      yield piece
      piece = ''
    }
  }
  yield piece + tail
}

const start = (title: string): string => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body><main><h1>${title}</h1><p>Some words before, so that there is something to find.</p>\n`
const end = '\n<p>Some words after.</p></main></body></html>\n'

const many = (title: string, text: (i: number) => string, name: string, fallback: number, max: number, wrap: readonly [string, string] = ['', '']) => (x: Exchange) =>
  stream(x, repeated(start(title) + wrap[0], text, number(x, name, fallback, max), wrap[1] + end))

export const hostile = pageOf(
  { name: 'hostile', title: 'Hostile documents', description: 'Documents made to break a converter: deep nesting, huge tables, open comments, endless attributes.' },
  {
    '/': () => page({ title: 'Hostile documents', body: `<main><h1>Hostile documents</h1><ul><li><a href="/nested?depth=10000">nested</a></li><li><a href="/unclosed?count=10000">unclosed</a></li><li><a href="/lists?depth=1000">lists</a></li><li><a href="/table?rows=200000">table</a></li><li><a href="/comment?bytes=50000000">comment</a></li><li><a href="/attributes?count=100000">attributes</a></li><li><a href="/one-line?bytes=5000000">one line</a></li><li><a href="/links?count=100000">links</a></li><li><a href="/entities?count=100000">entities</a></li><li><a href="/script?bytes=5000000">script</a></li><li><a href="/spans">spans</a></li></ul></main>` }),
    '/nested': (x) => {
      const depth = number(x, 'depth', 10_000, 1_000_000)
      return stream(x, (function* () {
        yield* repeated(start('Nested'), () => '<div>', depth, 'deep inside')
        yield* repeated('', () => '</div>', depth, end)
      })())
    },
    '/unclosed': many('Unclosed', () => '<div><b><i><p>text', 'count', 10_000, 1_000_000),
    '/lists': many('Lists', (i) => `<ul><li>level ${i}`, 'depth', 1000, 1_000_000),
    '/quotes': many('Quotes', () => '<blockquote>', 'depth', 1000, 1_000_000, ['', '<p>said</p>']),
    '/table': many('Table', (i) => `<tr><td>${i}</td><td>row ${i}</td><td>${(i * 37) % 1000}</td></tr>\n`, 'rows', 200_000, 5_000_000, ['<table><thead><tr><th>No.</th><th>Name</th><th>Value</th></tr></thead><tbody>\n', '</tbody></table>']),
    '/wide-table': many('Wide table', (i) => `<td>${i}</td>`, 'columns', 20_000, 1_000_000, ['<table><tr>', '</tr></table>']),
    '/spans': () => page({ title: 'Spans', body: '<main><h1>Spans</h1><table><tr><td colspan="1000000">wide</td></tr><tr><td rowspan="1000000">tall</td><td colspan="-3">odd</td></tr><tr><td colspan="1e9" rowspan="0">zero</td></tr></table><p>Some words after.</p></main>' }),
    '/comment': many('Comment', () => 'an open comment goes on and on\n', 'lines', 1_600_000, 50_000_000, ['<!-- ', '']),
    '/cdata': many('CDATA', () => '<![CDATA[', 'count', 100_000, 5_000_000),
    '/attributes': many('Attributes', (i) => ` data-a${i}="value ${i}"`, 'count', 100_000, 5_000_000, ['<p', '>one paragraph</p>']),
    '/one-line': many('One line', () => 'word ', 'words', 1_000_000, 50_000_000, ['<p>', '</p>']),
    '/one-word': many('One word', () => 'aaaaaaaaaa', 'tens', 500_000, 50_000_000, ['<p>', '</p>']),
    '/links': many('Links', (i) => `<a href="/l/${i}?a=${i}#x">link ${i}</a> `, 'count', 100_000, 5_000_000),
    '/entities': many('Entities', () => '&amp;&NotEqualTilde;&#x1F426;&unknown;&#99999999;', 'count', 100_000, 5_000_000, ['<p>', '</p>']),
    '/script': many('Script', () => 'var a="</p><h1>not a heading</h1>";\n', 'lines', 150_000, 5_000_000, ['<script>', '</script>']),
    '/angle': many('Angle', () => '<', 'count', 1_000_000, 50_000_000),
    '/stars': many('Stars', () => '*_`[<', 'count', 200_000, 5_000_000, ['<p>', '</p>']),
    '/formatting': many('Formatting', (i) => `<b><a href="/${i}"><i>x</b></i>`, 'count', 5000, 1_000_000),
    '/style': many('Style', (i) => `.c${i}{color:#${String(i % 1000).padStart(3, '0')}}\n`, 'rules', 100_000, 5_000_000, ['<style>', '</style>']),
  },
)
