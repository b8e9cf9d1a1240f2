import type { Proof } from '../../../contract/proof.ts'
import { isHttp } from '../../convert/dom/url.ts'
import type { ReadPage } from '../../enrich/parts.ts'
import { imageOf, nodesOf } from '../json-ld.ts'
import { resembles } from '../names.ts'
import type { Seen } from './seen.ts'

/** A picture that may be the brand's, before its bytes are looked at. */
export interface Candidate {
  /** Absolute, or `data:`. */
  url: string
  score: number
  icon: boolean
  alt?: string
  width?: number
  height?: number
  behind?: string
  words: string
  proof: Proof
}

const organizations = /Organization|Corporation|Business|Store|Brand|Restaurant|Hotel|School|College|University|NGO|WebSite|Agency/

/** Pictures that the page names as its logo or icon. */
export const namedPictures = (page: ReadPage): Candidate[] => {
  const list: Candidate[] = []
  const add = (reference: string | undefined, score: number, icon: boolean, proof: Proof, size: { width?: number; height?: number } = {}): void => {
    const url = page.resolve(reference)
    if (isHttp(url)) list.push({ url, score, icon, words: '', proof, ...size })
  }
  const nodes = nodesOf(page.metadata.json_ld)
  for (const { types, value } of nodes) {
    if (value.logo === undefined) continue
    const image = imageOf(value.logo, nodes)
    // Generators put the preview of the page there for want of a logo.
    const isPreview = image !== undefined && ((image.width ?? 0) >= 1000 || /(?:^|[/_-])og[-_.]/i.test(image.url) || image.url === page.metadata.image)
    add(image?.url, isPreview ? 0.3 : types.some((type) => organizations.test(type)) ? 0.78 : 0.55, false, { source: 'json_ld', at: `${types[0] ?? ''}.logo` }, image)
  }
  for (const attribs of page.page.metas) if ((attribs.property ?? attribs.name ?? '').toLowerCase() === 'og:logo') add(attribs.content, 0.7, false, { source: 'open_graph', at: 'og:logo' })
  for (const link of page.page.links) {
    const rel = (link.rel ?? '').toLowerCase()
    const side = Number.parseInt(link.sizes ?? '', 10) || 0
    const size = side > 0 ? { width: side, height: side } : {}
    const isSvg = /svg/.test(link.type ?? '') || /\.svg(?:$|\?)/.test(link.href ?? '')
    if (/\bmask-icon\b/.test(rel)) add(link.href, 0.34, true, { source: 'link', at: 'mask-icon' })
    else if (/apple-touch-icon/.test(rel)) add(link.href, 0.5 + Math.min(side, 192) / 4000, true, { source: 'link', at: 'apple-touch-icon' }, size)
    else if (/(?:^|\s)(?:shortcut\s+)?icon(?:\s|$)/.test(rel)) add(link.href, isSvg ? 0.52 : 0.38 + Math.min(side, 256) / 2000, true, { source: 'link', at: 'icon' }, size)
  }
  const preview = page.metadata.image
  if (preview !== undefined) add(preview, /logo/i.test(fileOf(preview)) ? 0.42 : 0.12, false, { source: 'open_graph', at: 'og:image' })
  return list
}

/** Icons of a web app manifest. */
export const manifestIcons = (icons: readonly { src: string; sizes?: string; type?: string; purpose?: string }[], manifestUrl: string): Candidate[] =>
  icons.slice(0, 20).flatMap(({ src, sizes, purpose }) => {
    const url = URL.parse(src, manifestUrl)?.href
    if (!isHttp(url)) return []
    const side = Number.parseInt(sizes ?? '', 10) || 0
    return [{ url, score: (/maskable|monochrome/.test(purpose ?? '') ? 0.36 : 0.44) + Math.min(side, 512) / 8000, icon: true, words: '', proof: { source: 'manifest', at: 'icons' } as const, ...(side > 0 ? { width: side, height: side } : {}) }]
  })

const foreignWords = /client|partner|customer|trusted|sponsor|award|badge|press(?:[\s_-]|$)|as-?seen|testimonial|payment|integration|marquee|carousel|logo-?(?:wall|strip|grid|cloud|list|slider)|logos(?:[\s_-]|$)|accredit|certif|affiliat|featured/i
const iconWords = /search|menu|burger|cart|basket|arrow|chevron|caret|close|toggle|user|account|login|flag|phone|mail|social|facebook|twitter|instagram|linkedin|youtube|heart|wishlist|star|rating|spinner|loader|globe|language|play(?:[\s_-]|$)|download|avatar|emoji|(?:^|[\s_-])icons?(?:[\s_-]|$)/i
const controlWords = /(?:^|[\s_-])(?:close|search|menu|burger|hamburger|toggle|arrow|chevron|caret|cart|user|account|alert|warning|error)(?:[\s_-]|$)/i
const logoWords = /logo(?!ut|n\b|in\b|ff)|wordmark|logotype|site-?title|navbar-brand|nav[-_]brand|branding|(?:^|[\s_-])brand(?:[\s_-]|$)/i

/** Pictures on the page, scored by their place. */
export const shownPictures = (seen: readonly Seen[], pageUrl: string, names: readonly string[]): Candidate[] => {
  const host = URL.parse(pageUrl)?.hostname.replace(/^www\./, '') ?? ''
  return seen.flatMap((one, i) => {
    const url = one.kind === 'svg' ? (one.markup === undefined || acts.test(one.markup) ? undefined : dataUrl(one.markup)) : one.url
    if (url === undefined || isBlank(one)) return []
    const score = scoreOf(one, i, host, names)
    if (score < 0.3) return []
    const [, , boxWidth = 0, boxHeight = 0] = one.box ?? []
    const [width, height] = boxWidth > 0 ? [boxWidth, boxHeight] : (one.natural ?? [])
    return [{
      url, score: Math.min(0.97, score), icon: false, words: one.words,
      proof: { source: one.kind === 'svg' ? 'inline_svg' : one.kind === 'background' ? 'css' : 'element', at: describe(one) } as const,
      ...(one.alt === '' ? {} : { alt: one.alt }),
      ...(width && height ? { width: Math.round(width), height: Math.round(height) } : {}),
      ...(one.behind === undefined ? {} : { behind: one.behind }),
    }]
  })
}

/** What stands in for a picture until that is loaded: at most one plain shape. */
const isBlank = ({ url, markup }: Seen): boolean => {
  const svg = markup ?? (url?.startsWith('data:image/svg') ? textOfData(url) : undefined)
  return svg !== undefined && !/<(?:path|polygon|circle|ellipse|text|image|use|polyline|line)\b/i.test(svg) && (svg.match(/<rect\b/gi)?.length ?? 0) < 2
}

const textOfData = (url: string): string => {
  const comma = url.indexOf(',')
  try {
    return /;base64/i.test(url.slice(0, comma)) ? Buffer.from(url.slice(comma + 1), 'base64').toString() : decodeURIComponent(url.slice(comma + 1))
  } catch {
    return ''
  }
}

/** What would run where somebody opens the picture by itself. */
const acts = /<script|<foreignObject|\son\w+\s*=|javascript:|<!ENTITY/i

const scoreOf = (one: Seen, index: number, host: string, names: readonly string[]): number => {
  const { words, alt, box = [], natural = [] } = one
  const file = one.kind === 'svg' ? '' : fileOf(one.url ?? '')
  const own = names.some((name) => resembles(alt.replace(/\blogo\b/gi, ''), name)) || (file !== '' && names.some((name) => resembles(file, name)))
  const isNamed = logoWords.test(words) || /\blogo/i.test(alt) || logoWords.test(file)
  let score = 0
  if (one.home) score += 0.34
  if (one.header) score += 0.2
  else if (one.nav) score += 0.1
  if (isNamed) score += 0.3
  if (own) score += 0.2
  // In the order of the document, the first is the one on top.
  score += Math.max(0, 0.08 - index * 0.02)
  if (one.footer) score -= 0.12
  if (foreignWords.test(words) || /partner|client|award|customer/i.test(file)) score -= 0.4
  const [ownWords = '', around = ''] = words.split(' |')
  const [nearest = ''] = around.trim().split(/\s+/)
  if (controlWords.test(nearest) && !logoWords.test(`${ownWords} ${nearest}`)) score -= 0.5
  // The mark of a shop may well be called an icon.
  else if (iconWords.test(`${ownWords} ${file}`) && !logoWords.test(ownWords) && !logoWords.test(file) && !(one.home && own)) score -= 0.5
  else if (iconWords.test(`${around.slice(0, 120)} ${alt}`) && !isNamed) score -= 0.3
  if (alt !== '' && isNamed && !own && !one.home && /\blogo\b/i.test(alt) && alt.replace(/\blogo\b/gi, '').trim().length > 1) score -= 0.3
  const away = URL.parse(one.link)?.hostname.replace(/^www\./, '') ?? ''
  if (away !== '' && away !== host && !away.endsWith(`.${host}`) && !host.endsWith(`.${away}`)) score -= own ? 0.1 : 0.35
  if (/\.jpe?g(?:$|\?)/i.test(one.url ?? '') && !isNamed) score -= 0.2
  const [x = 0, y = 0, width = natural[0] ?? 0, height = natural[1] ?? 0] = box
  if (box.length > 0) {
    if (y < 160 && x < 700) score += 0.08
    if (y > 1200 && !one.footer) score -= 0.25
  }
  if (width > 800 || height > 400) score -= 0.25
  if (width > 0 && width < 20 && height < 20) score -= 0.25
  return score
}

/** Name of the file, without what made it unique. */
export const fileOf = (url: string): string => {
  if (url.startsWith('data:')) return ''
  const path = URL.parse(url)?.pathname ?? ''
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.\w{2,5}$/, '').slice(0, 200)
}

const describe = ({ kind, words, alt, header, footer, home }: Seen): string =>
  [header ? 'header' : footer ? 'footer' : '', home ? 'a[home]' : '', kind === 'svg' ? 'svg' : kind === 'background' ? 'background-image' : 'img', (words.split(' |').join(' ').trim().split(/\s+/)[0] ?? '').slice(0, 60), alt === '' ? '' : `"${alt.slice(0, 60)}"`].filter((part) => part !== '').join(' ')

const dataUrl = (markup: string): string => `data:image/svg+xml;base64,${Buffer.from(markup).toString('base64')}`
