import { describe, expect, it } from 'vitest'
import { parseHtml } from '../dom/parse.ts'
import { createResolver } from '../dom/url.ts'
import { markdownCases } from './cases.ts'
import { toMarkdown } from './serialize.ts'

const convert = (html: string): string => {
  const page = parseHtml(html)
  return toMarkdown(page.root, createResolver('https://site.test/dir/page', page.base))
}

describe('toMarkdown', () => {
  it.each(markdownCases)('%s', (_, html, markdown) => {
    expect(convert(html)).toBe(markdown)
  })

  it('names every case once', () => {
    expect(new Set(markdownCases.map(([name]) => name)).size).toBe(markdownCases.length)
  })
})
