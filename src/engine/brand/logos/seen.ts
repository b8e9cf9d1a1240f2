import type { AnyNode, Element, ParentNode } from 'domhandler'
import render from 'dom-serializer'
import { collapse, rawTextOf, walk } from '../../convert/dom/walk.ts'
import { isHttp, type Resolve } from '../../convert/dom/url.ts'

/** A picture that stands on the page, with everything about its place that speaks for or against a logo. */
export interface Seen {
  kind: 'img' | 'svg' | 'background'
  url?: string
  /** Of an inline SVG. */
  markup?: string
  alt: string
  /** Classes and ids of it, and after a bar of what it stands in. */
  words: string
  header: boolean
  footer: boolean
  nav: boolean
  /** It links to the front page. */
  home: boolean
  /** Where it links to, or ''. */
  link: string
  /** Left, top, width and height on the page, where it was rendered. */
  box?: readonly number[]
  natural?: readonly number[]
  /** Colour behind it, or `image`. */
  behind?: string
}

const seenMax = 80
const markupMax = 60_000
const near = 14

/** Pictures of a page that nobody has rendered. */
export const seenInTree = (root: ParentNode, pageUrl: string, resolve: Resolve): Seen[] => {
  const seen: Seen[] = []
  const parents: Element[] = []
  const symbols = new Map<string, Element>()
  walk(root, { enter: (element) => { if (element.attribs.id && (element.name === 'symbol' || element.name === 'g' || element.name === 'svg')) symbols.set(element.attribs.id, element); return true }, leave() {}, text() {} })
  walk(root, {
    enter(element) {
      parents.push(element)
      const { name } = element
      if (name === 'script' || name === 'style' || name === 'template') return true
      if (seen.length >= seenMax) return true
      if (name === 'img' || name === 'amp-img' || name === 'svg' || (element.attribs.style ?? '').includes('url(')) {
        const place = placeOf(element, parents, pageUrl, resolve)
        const picture = pictureOf(element, resolve, symbols)
        if (picture && (place.header || place.nav || place.home || /logo|brand/i.test(`${place.words} ${place.alt} ${picture.url ?? ''}`))) seen.push({ ...place, ...picture })
      }
      return true
    },
    leave() {
      parents.pop()
    },
    text() {},
  })
  return seen
}

const wordsOf = ({ attribs }: Element): string => `${attribs.id ?? ''} ${attribs.class ?? ''} ${attribs['data-testid'] ?? attribs['data-test'] ?? ''}`.slice(0, 300)

const headerWords = /(?:^|[\s_-])(?:site-?|page-?|main-?|global-?|top-?)?(?:header|masthead|navbar|topbar)/i
const frontPath = /^\/(?:[a-z]{2}(?:[-_][a-z]{2})?\/?|index\.\w+|home\/?|homepage\/?)?$/i

const placeOf = (element: Element, parents: readonly Element[], pageUrl: string, resolve: Resolve): Omit<Seen, 'kind'> => {
  const place = { alt: '', words: `${wordsOf(element)} |`, header: false, footer: false, nav: false, home: false, link: '' }
  const title = element.name === 'svg' ? element.children.find((child): child is Element => 'name' in child && child.name === 'title') : undefined
  place.alt = collapse(`${element.attribs.alt ?? ''} ${element.attribs['aria-label'] ?? ''} ${title ? rawTextOf(title, 200) : ''}`).slice(0, 200)
  for (const [depth, node] of parents.toReversed().slice(0, near).entries()) {
    const words = wordsOf(node)
    if (depth > 0 && depth < 5 && !/^(?:body|html|main)$/.test(node.name)) place.words += ` ${words}`
    if (node.name === 'header' || node.attribs.role === 'banner' || headerWords.test(words)) place.header = true
    if (node.name === 'nav' || node.attribs.role === 'navigation') place.nav = true
    if (node.name === 'footer' || node.attribs.role === 'contentinfo' || /(?:^|[\s_-])footer/i.test(words)) place.footer = true
    if (node.name === 'a' && place.link === '') {
      place.link = resolve(node.attribs.href) ?? ''
      place.words += ` ${node.attribs['aria-label'] ?? ''} ${node.attribs.title ?? ''}`
      const to = URL.parse(place.link)
      const here = URL.parse(pageUrl)
      place.home = to !== null && here !== null && bare(to.host) === bare(here.host) && frontPath.test(to.pathname)
    }
  }
  place.words = place.words.slice(0, 600)
  return place
}

const bare = (host: string): string => host.replace(/^www\./, '')

const lazy = ['data-src', 'data-lazy-src', 'data-original', 'data-lazy', 'nitro-lazy-src', 'data-wpfc-original-src', 'data-srcset', 'data-lazy-srcset', 'nitro-lazy-srcset', 'srcset', 'src'] as const

const pictureOf = (element: Element, resolve: Resolve, symbols: ReadonlyMap<string, Element>): Pick<Seen, 'kind' | 'url' | 'markup' | 'natural'> | undefined => {
  const { name, attribs } = element
  const natural = [Number.parseFloat(attribs.width ?? '') || 0, Number.parseFloat(attribs.height ?? '') || 0]
  if (name === 'svg') return svgOf(element, resolve, symbols, natural)
  if (name === 'img' || name === 'amp-img') {
    const raw = (attribs.src?.startsWith('data:image/svg') && !/%3C\/svg%3E$|^data:image\/svg\+xml[^,]*,%3Csvg[^>]{0,120}%3E/i.test(attribs.src)) || (attribs.src !== undefined && !attribs.src.startsWith('data:') && !/(?:^|\/)(?:blank|transparent|spacer|placeholder|pixel|1x1)[\w.-]{0,20}$/i.test(attribs.src)) ? attribs.src : lazy.map((key) => attribs[key]).find((value) => value !== undefined && value !== '' && !value.startsWith('data:')) ?? attribs.src
    const first = raw?.startsWith('data:') ? raw : raw?.trim().split(/\s+|,(?=\s)/)[0]
    if (first?.startsWith('data:image/svg')) return first.length <= markupMax ? { kind: 'img', url: first, natural } : undefined
    const url = resolve(first)
    return isHttp(url) ? { kind: 'img', url, natural } : undefined
  }
  const url = resolve(/url\(\s*["']?([^"')]+)/.exec(attribs.style ?? '')?.[1])
  return isHttp(url) ? { kind: 'background', url, natural } : undefined
}

const svgOf = (svg: Element, resolve: Resolve, symbols: ReadonlyMap<string, Element>, natural: number[]): Pick<Seen, 'kind' | 'url' | 'markup' | 'natural'> | undefined => {
  let outside: string | undefined
  let body = ''
  let viewBox = svg.attribs.viewbox ?? svg.attribs.viewBox
  const inner: AnyNode[] = []
  for (const child of svg.children) {
    const reference = 'attribs' in child && (child.name === 'use' || child.name === 'image') ? (child.attribs.href ?? child.attribs['xlink:href'] ?? '') : ''
    if (reference.startsWith('#')) {
      const target = symbols.get(reference.slice(1))
      viewBox ??= target?.attribs.viewBox ?? target?.attribs.viewbox
      if (target && target !== svg) inner.push(...(target.name === 'symbol' || target.name === 'svg' ? target.children : [target]))
    } else if (reference !== '') outside = resolve(reference.split('#')[0])
    else inner.push(child)
  }
  if (isHttp(outside)) return { kind: 'img', url: outside, natural }
  body = render(inner, { xmlMode: 'foreign' })
  if (body.trim() === '' || body.length > markupMax) return undefined
  const kept = ['fill', 'stroke', 'stroke-width', 'width', 'height', 'preserveAspectRatio'].flatMap((key) => (svg.attribs[key] === undefined ? [] : [`${key}="${escape(svg.attribs[key])}"`]))
  return { kind: 'svg', markup: `<svg xmlns="http://www.w3.org/2000/svg"${viewBox ? ` viewBox="${escape(viewBox)}"` : ''}${kept.length > 0 ? ` ${kept.join(' ')}` : ''}>${body}</svg>`, natural }
}

const escape = (value: string): string => value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
