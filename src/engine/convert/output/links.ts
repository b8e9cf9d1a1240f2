import type { Document, Element } from 'domhandler'
import type { Image, Link, LinkKind } from '../../../contract/document.ts'
import { imageOf } from '../dom/image.ts'
import type { Resolve } from '../dom/url.ts'
import { collapse, eachElement, rawTextOf } from '../dom/walk.ts'

const textChars = 500
export const listMax = 20_000

/** Every link once, in document order, with the first text that says anything. */
export const linksOf = (root: Document, resolve: Resolve, kindOf?: (url: string, link: Element) => LinkKind): Link[] => {
  const found = new Map<string, Link>()
  eachElement(root, (element) => {
    if ((element.name !== 'a' && element.name !== 'area') || element.attribs.href === undefined) return
    const { href } = element.attribs
    if (href === '' || href === '#') return
    const url = resolve(href)
    if (url === undefined || (found.size >= listMax && !found.has(url))) return
    const known = found.get(url)
    if (known) {
      if (known.text === '') known.text = labelOf(element)
      // Where it stands in the text counts more than that the frame has it too.
      if (known.kind === 'navigation' && kindOf) known.kind = kindOf(url, element)
      return
    }
    const rel = element.attribs.rel?.trim()
    found.set(url, { url, text: labelOf(element), ...(rel ? { rel } : {}), ...(kindOf ? { kind: kindOf(url, element) } : {}) })
  })
  return [...found.values()]
}

const labelOf = (link: Element): string => {
  const text = collapse(rawTextOf(link, textChars))
  if (text !== '') return text
  let alt = ''
  eachElement(link, (element) => {
    if (element.name === 'img') alt ||= element.attribs.alt ?? ''
  })
  return collapse(link.attribs['aria-label'] ?? link.attribs.title ?? (alt || link.attribs.alt) ?? '').slice(0, textChars)
}

/** Every picture once, in document order. */
export const imagesOf = (root: Document, resolve: Resolve): Image[] => {
  const found = new Map<string, Image>()
  eachElement(root, (element) => {
    if (element.name !== 'img') return
    const image = imageOf(element, resolve)
    if (!image || found.size >= listMax) return
    const alt = collapse(image.alt)
    const known = found.get(image.url)
    if (known) {
      if (alt && !known.alt) known.alt = alt
      return
    }
    found.set(image.url, {
      url: image.url,
      ...(alt ? { alt } : {}),
      ...(image.width === undefined ? {} : { width: image.width }),
      ...(image.height === undefined ? {} : { height: image.height }),
    })
  })
  return [...found.values()]
}
