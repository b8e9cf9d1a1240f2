import { describe, expect, it } from 'vitest'
import { parseHtml } from '../dom/parse.ts'
import { createResolver } from '../dom/url.ts'
import { toCleanHtml } from './html.ts'
import { imagesOf, linksOf } from './links.ts'
import { countWords, measureText, toText } from './text.ts'

const parts = (html: string) => {
  const page = parseHtml(html)
  return { root: page.root, resolve: createResolver('https://site.test/dir/page', page.base) }
}
const clean = (html: string): string => {
  const { root, resolve } = parts(html)
  return toCleanHtml(root, resolve)
}

describe('toCleanHtml', () => {
  it.each([
    ['scripts and styles', '<script>x</script><style>y</style><p style="color:red" onclick="x()">a</p>', '<p>a</p>'],
    ['comments', '<!-- c --><p>a<!-- d --></p>', '<p>a</p>'],
    ['the frame of the document', '<html><head><title>t</title></head><body class="x"><p>a</p></body></html>', '<p>a</p>'],
    ['script addresses', '<a href="javascript:alert(1)">a</a><a href=" &#1;javascript:alert(1)">b</a><a href="data:text/html,x">c</a>', '<a>a</a><a>b</a><a>c</a>'],
    ['relative addresses', '<a href="b">a</a><img src="/i.png" alt="i"><blockquote cite="/q">q</blockquote>', '<a href="https://site.test/dir/b">a</a><img src="https://site.test/i.png" alt="i"><blockquote cite="https://site.test/q">q</blockquote>'],
    ['lazy images', '<img data-src="/i.png" src="data:image/gif;base64,R0" class="lazy">', '<img src="https://site.test/i.png" class="lazy">'],
    ['srcset', '<img src="/a.png" srcset="/a.png 1x, /b.png 2x">', '<img src="https://site.test/a.png" srcset="https://site.test/a.png 1x, https://site.test/b.png 2x">'],
    ['tracking pixels', '<img src="/p.gif" width="1" height="1">', ''],
    ['forms', '<form action="/x"><label>L</label><input name="a"><button>B</button></form>', '<label>L</label><button>B</button>'],
    ['frames', '<iframe src="https://www.youtube.com/embed/abcdefghijk" title="V"></iframe><iframe src="https://x.test/"></iframe>', '<a href="https://www.youtube.com/watch?v=abcdefghijk">V</a>'],
    ['text that looks like markup', '<p>&lt;script&gt; &amp; "q"</p>', '<p>&lt;script&gt; &amp; "q"</p>'],
    ['attributes that look like markup', '<p title="&quot;&gt;&lt;script&gt;">a</p>', '<p title="&quot;&gt;&lt;script&gt;">a</p>'],
    ['names that are none', '<a"b onx=1>x</a"b><p>y</p>', 'x<p>y</p>'],
    ['foreign content', '<svg><a xlink:href="javascript:x"><text>t</text></a></svg><math><mi>x</mi><annotation-xml encoding="text/html"><style></style></annotation-xml></math>', '<math><mi>x</mi></math>'],
    ['tables and lists', '<ul><li>a<li>b</ul><table><tr><td colspan=2>c</table>', '<ul><li>a</li><li>b</li></ul><table><tr><td colspan="2">c</td></tr></table>'],
  ])('%s', (_, html, expected) => {
    expect(clean(html)).toBe(expected)
  })

  it('is the same when cleaned again', () => {
    const once = clean('<div><p>a<b>c</p><ul><li>x</ul><a href="/y?a=1&amp;b=2">z</a><img src=i alt="&lt;"></div>')
    expect(clean(once)).toBe(once)
  })
})

describe('linksOf', () => {
  it('lists every address once with its first text and rel', () => {
    const { root, resolve } = parts('<a href="/a"></a><a href="/a">A</a><a href="/a">B</a><a href="https://x.test/" rel="nofollow noopener"><img alt="X"></a><a href="#">n</a><a href="javascript:1">s</a><a href="/b" aria-label="B"></a><map><area href="/c" alt="C"></map><a href="#frag">F</a>')
    expect(linksOf(root, resolve)).toEqual([
      { url: 'https://site.test/a', text: 'A' },
      { url: 'https://x.test/', text: 'X', rel: 'nofollow noopener' },
      { url: 'https://site.test/b', text: 'B' },
      { url: 'https://site.test/c', text: 'C' },
      { url: 'https://site.test/dir/page#frag', text: 'F' },
    ])
  })

  it('lists the links of menus that are closed', () => {
    const { root, resolve } = parts('<ul style="display:none"><li><a href="/m">M</a></li></ul>')
    expect(linksOf(root, resolve)).toEqual([{ url: 'https://site.test/m', text: 'M' }])
  })
})

describe('imagesOf', () => {
  it('lists every picture once with what is known of it', () => {
    const { root, resolve } = parts('<img src="/a.png" alt=" A " width="10" height="20px"><img src="/a.png"><picture><source srcset="/b.webp 1x"><img></picture><img src="data:image/png;base64,x"><img src="/t.gif" width=1 height=1>')
    expect(imagesOf(root, resolve)).toEqual([{ url: 'https://site.test/a.png', alt: 'A', width: 10, height: 20 }, { url: 'https://site.test/b.webp' }])
  })
})

describe('toText', () => {
  it('reads as the page does', () => {
    const { root } = parts('<h1>T</h1><p>a <b>b</b><br>c</p><ul><li>x</li><li>y</li></ul><table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table><pre>k\n  l</pre><p hidden>no</p><script>no</script>')
    expect(toText(root)).toBe('T\n\na b\nc\n\nx\ny\n\n1\t2\n3\t4\n\nk\n  l')
  })
})

describe('measureText', () => {
  it('counts what is seen', () => {
    expect(measureText(parts('<p>one two</p><p style="display:none">three</p><noscript>four</noscript>').root)).toMatchObject({ words: 2, sample: 'one two ' })
  })

  it.each([['', 0], ['one', 1], ["it's a test-case — 42", 4], ['漢字 kana', 3], ['…', 0], ['übung', 1]])('finds the words of %j', (text, words) => {
    expect(countWords(text)).toBe(words)
  })
})
