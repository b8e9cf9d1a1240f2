import { Readability } from '@mozilla/readability'
import { load } from 'cheerio'
import { Defuddle } from 'defuddle/node'
import { parseHTML } from 'linkedom'
import { selectMainContent } from '../src/engine/convert/main-content/index.ts'
import { parse } from './extract-corpus.ts'
import { textOf } from './extract-score.ts'

/** Returns a function that gives the text, so that making text of the result stays outside the clock. */
export type Extractor = (html: string, url: string) => Promise<() => string> | (() => string)

const wrapped = (html: string): string => (/<html[\s>]/i.test(html) ? html : `<html><body>${html}</body></html>`)
const textOfHtml = (html: string): string => textOf(parse(html))

const dropped = [
  'nav', 'header', 'footer', 'aside', 'form', 'script', 'style', 'noscript', 'iframe', 'svg', 'template', 'dialog', 'button', '[role=navigation]', '[role=banner]',
  '[role=contentinfo]', '[role=complementary]', '[role=search]', '[role=dialog]', '[aria-hidden=true]', '[hidden]', '.sidebar', '#sidebar', '.nav', '.navbar', '.menu', '.footer',
  '.header', '.breadcrumb', '.breadcrumbs', '.pagination', '.share', '.social', '.related', '.cookie', '.cookies', '.advertisement', '.ads', '.ad', '.newsletter', '.popup', '.modal',
].join(',')

export const extractors: Record<string, Extractor> = {
  lyrebird: (html, url) => {
    const { root } = selectMainContent(parse(html), { url, mode: 'reader' })
    return () => textOf(root)
  },
  'lyrebird prune': (html, url) => {
    const { root } = selectMainContent(parse(html), { url, mode: 'prune' })
    return () => textOf(root)
  },
  'readability + linkedom': (html) => {
    const { document } = parseHTML(wrapped(html))
    const content = new Readability(document).parse()?.content ?? ''
    return () => textOfHtml(content)
  },
  'defuddle + linkedom': async (html, url) => {
    const { document } = parseHTML(wrapped(html))
    const { content } = await Defuddle(document as unknown as Parameters<typeof Defuddle>[0], url, { useAsync: false })
    return () => textOfHtml(content)
  },
  'drop-chrome': (html) => {
    const page = load(html, { scriptingEnabled: false })
    page(dropped).remove()
    const content = page('main').length > 0 ? page('main').toString() : page('body').toString()
    return () => textOfHtml(content)
  },
}
