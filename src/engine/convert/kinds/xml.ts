import { parseXml } from '../dom/parse.ts'
import { fenced } from '../markdown/code.ts'
import { escape } from '../output/html.ts'
import { collapse, eachElement, isElement, rawTextOf } from '../dom/walk.ts'
import type { KindConverter } from './kind.ts'

const entriesMax = 50_000

/** Sitemaps become lists of links; other XML is code. */
export const xml: KindConverter = (source) => {
  const head = source.text.slice(0, 2000)
  if (/<(?:\w+:)?(?:urlset|sitemapindex)[\s>]/.test(head)) return sitemap(source)
  const raw = source.text.replaceAll('\r\n', '\n').trim()
  return { markdown: raw === '' ? '' : fenced(raw, 'xml'), text: source.text }
}

const sitemap: KindConverter = (source) => {
  const entries: string[] = []
  const tree = parseXml(source.text)
  let cut = tree.truncated
  eachElement(tree.root, (element) => {
    const name = element.name.replace(/^\w+:/, '')
    if (name !== 'url' && name !== 'sitemap') return
    const field = (wanted: string): string => {
      const child = element.children.find((node) => isElement(node) && node.name.replace(/^\w+:/, '') === wanted)
      return child && isElement(child) ? collapse(rawTextOf(child, 4000)) : ''
    }
    const url = field('loc')
    if (url === '') return
    if (entries.length >= entriesMax) cut = true
    else {
      const changed = field('lastmod')
      entries.push(`<li><a href="${escape(url).replaceAll('"', '&quot;')}">${escape(url)}</a>${changed ? ` ${escape(changed)}` : ''}</li>`)
    }
  })
  return { html: `<ul>${entries.join('')}</ul>`, warnings: cut ? [`Only the first ${entriesMax} entries were converted.`] : [] }
}
