import { eachElement } from '../convert/dom/walk.ts'
import { textOf } from '../extract/dom.ts'
import type { ReadPage } from '../enrich/parts.ts'
import { kindOf, kinds, type PageKind } from './page-kind.ts'

const linksMax = 3000
const pagesMax = 6

/** Addresses of this host's contact, about and imprint pages, one of each kind before a second of any. */
export const pagesOf = ({ page, url, resolve }: ReadPage): string[] => {
  const own = URL.parse(url)
  const found = new Map<string, { url: string; kind: PageKind; depth: number }>()
  let links = 0
  eachElement(page.root, (element) => {
    const href = element.attribs.href
    if (element.name !== 'a' || href === undefined || links++ > linksMax) return
    const target = URL.parse(resolve(href) ?? '')
    if (!target || !own || target.host !== own.host || !/^https?:$/.test(target.protocol)) return
    target.hash = ''
    if (target.href === url || found.has(target.href) || /\.(?:pdf|docx?|zip|jpe?g|png)$/i.test(target.pathname)) return
    const kind = kindOf(target.href, textOf(element, 100))
    if (kind !== 'other') found.set(target.href, { url: target.href, kind, depth: target.pathname.split('/').length })
  })
  const byKind = kinds.map((kind) => [...found.values()].filter((one) => one.kind === kind).toSorted((a, b) => a.depth - b.depth || a.url.length - b.url.length))
  const ordered: string[] = []
  for (let i = 0; i < 2; i++) for (const list of byKind) if (list[i]) ordered.push((list[i] as { url: string }).url)
  return ordered.slice(0, pagesMax)
}
