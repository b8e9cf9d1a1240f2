import { parseDocument } from 'htmlparser2'
import { describe, expect, it } from 'vitest'
import { textContent } from 'domutils'
import { selectMainContent } from './index.ts'

const para = (n: number): string =>
  `<p>Paragraph ${n} of the piece tells, in plain words and at some length, how the keeper of the lighthouse wound the clock each night, and why the ships that passed relied on it.</p>`

const article = `<!doctype html><html><head><title>The keeper and the clock</title></head><body>
<nav class="main-nav"><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li><li><a href="/about">About us</a></li></ul></nav>
<main><article class="post"><h1>The keeper and the clock</h1>${Array.from({ length: 8 }, (_, i) => para(i)).join('')}</article></main>
<aside class="sidebar"><h3>Related posts</h3><ul><li><a href="/a">Another story</a></li><li><a href="/b">A third story</a></li></ul></aside>
<footer class="site-footer"><p>© 2026 The Gazette. All rights reserved.</p><a href="/privacy">Privacy policy</a></footer></body></html>`

describe('selectMainContent', () => {
  it('keeps the paragraphs of an article and drops navigation and footer', () => {
    const { root } = selectMainContent(parseDocument(article), { url: 'https://gazette.example/2026/05/keeper', mode: 'reader' })
    const text = textContent(root.children)
    expect(text).toContain('Paragraph 0')
    expect(text).toContain('Paragraph 7')
    expect(text).not.toContain('About us')
    expect(text).not.toContain('All rights reserved')
  })
  it('begins with the heading of the page where that is asked for, and has it once', () => {
    const small = '<html><head><title>Example | Site</title></head><body><header><h1>Site</h1></header><div><h1>An <em>example</em></h1><p>This is the only paragraph of a page that is about an example and nothing else at all.</p><p><a href="/more">More</a></p></div></body></html>'
    for (const html of [small, article]) {
      const { root } = selectMainContent(parseDocument(html), { url: 'https://gazette.example/2026/05/keeper', mode: 'reader', heading: true })
      const text = textContent(root.children).replace(/\s+/g, ' ').trim()
      expect(text).toMatch(html === small ? /^An example ?This is the only/ : /^The keeper and the clock ?Paragraph 0/)
      expect(text.split(html === small ? 'An example' : 'The keeper and the clock')).toHaveLength(2)
    }
  })
})
