import type { Brand, BrandFont, FontRole } from '../../contract/brand.ts'
import type { Proof } from '../../contract/proof.ts'
import type { Styles } from './styles/styles.ts'

const generic = new Set(['serif', 'sans-serif', 'monospace', 'cursive', 'fantasy', 'system-ui', 'ui-sans-serif', 'ui-serif', 'ui-monospace', 'ui-rounded', 'math', 'emoji', 'fangsong', 'inherit', 'initial', 'unset', 'revert', '-apple-system', 'blinkmacsystemfont'])
const system = new Set(['arial', 'helvetica', 'helvetica neue', 'times', 'times new roman', 'georgia', 'courier', 'courier new', 'verdana', 'tahoma', 'trebuchet ms', 'segoe ui', 'lucida grande', 'lucida sans', 'lucida console', 'monaco', 'menlo', 'consolas', 'san francisco', 'sf pro text', 'sf pro display', 'sf mono', 'sfmono-regular', 'cantarell', 'ubuntu', 'fira sans', 'droid sans', 'oxygen', 'impact', 'palatino', 'cambria', 'calibri', 'candara', 'gill sans', 'geneva', 'arial black', 'liberation sans', 'liberation mono', 'noto sans cjk', 'pingfang sc', 'hiragino sans', 'microsoft yahei', 'meiryo', 'apple color emoji', 'segoe ui emoji', 'segoe ui symbol', 'noto color emoji', 'dejavu sans'])
const icons = /icon|awesome|material symbols|glyph|dashicons|swiper|slick|eicons|fontello|ionicons|feather|themify|linearicons|icomoon|elusive|typicons|flaticon|simple-line|bootstrap-icons|^fa[\s-]|woocommerce|^star$|emoji|captcha|kaTeX|mathjax/i
/** Names that several stacks of the operating systems begin with: they are no choice of the brand's. */
const systemLed = /^(?:-apple-system|blinkmacsystemfont|system-ui|ui-sans-serif)$/

const unquoted = (name: string): string => name.trim().replace(/^["']|["']$/g, '').trim()

/** As people call a family: without what build tools and weights have put around it. */
export const plainFamily = (raw: string): string => {
  let name = unquoted(raw).replace(/^__/, '').replace(/_(?:Fallback_)?[0-9a-f]{5,8}$/i, '').replace(/\s+(?:fallback|variable|vf)$/i, '').replace(/^["']|["']$/g, '')
  const bare = name.replace(/[-_ ](?:thin|extralight|ultralight|light|regular|book|normal|medium|semibold|demibold|demi|bold|extrabold|ultrabold|black|heavy|italic|variable|webfont|w\d{2}|\d{3})+$/i, '')
  if (bare.length >= 2) name = bare
  if (!name.includes(' ')) name = name.replace(/[_]+/g, ' ').replace(/([a-z])([A-Z])/g, '$1 $2')
  return name === name.toLowerCase() && /^[a-z]/.test(name) ? name.replace(/(?:^|[\s-])[a-z]/g, (first) => first.toUpperCase()).trim() : name.trim()
}

interface Use {
  family: string
  stack: string
  roles: Map<FontRole, number>
  weights: Set<number>
  chars: number
}

/** Style sheets of font services that the head links to. */
export interface FontLink {
  url: string
  families: { family: string; weights: number[] }[]
  origin: BrandFont['origin']
}

export const fontLinkOf = (address: string): FontLink | undefined => {
  const url = URL.parse(address)
  if (!url) return undefined
  const host = url.hostname
  if (/(?:^|\.)fonts\.googleapis\.com$/.test(host) || host === 'fonts.bunny.net') {
    const families = url.searchParams.getAll('family').flatMap((value) => value.split('|')).flatMap((value) => {
      const [name = '', rest = ''] = value.split(':')
      const weights = [...rest.matchAll(/\b([1-9]00)\b/g)].map(([, weight]) => Number(weight))
      return name.trim() === '' || icons.test(name) ? [] : [{ family: name.replaceAll('+', ' ').trim(), weights: [...new Set(weights)] }]
    })
    return { url: address, families, origin: host === 'fonts.bunny.net' ? 'bunny' : 'google' }
  }
  if (/(?:^|\.)use\.typekit\.(?:net|com)$/.test(host)) return { url: address, families: [], origin: 'adobe' }
  return undefined
}

export const fontsOf = (styles: Styles, links: readonly FontLink[]): BrandFont[] => {
  const uses = new Map<string, Use>()
  const total = styles.stacks.reduce((sum, { chars }) => sum + chars, 0) || 1
  for (const { role, weight, stack, chars } of styles.stacks) {
    const family = leadOf(stack)
    if (family === undefined) continue
    const key = family.toLowerCase()
    const known = uses.get(key) ?? { family, stack, roles: new Map<FontRole, number>(), weights: new Set<number>(), chars: 0 }
    known.roles.set(role, (known.roles.get(role) ?? 0) + chars)
    known.weights.add(weight)
    known.chars += chars
    uses.set(key, known)
  }
  for (const { families } of links) for (const { family, weights } of families) {
    const key = family.toLowerCase()
    const known = uses.get(key)
    if (known) for (const weight of weights) known.weights.add(weight)
    else if (styles.kind === 'static') uses.set(key, { family, stack: family, roles: new Map(), weights: new Set(weights), chars: 0 })
  }
  const bestOf = new Map<FontRole, string>()
  for (const role of ['heading', 'body', 'button', 'code'] as const) {
    const best = [...uses.values()].toSorted((a, b) => (b.roles.get(role) ?? 0) - (a.roles.get(role) ?? 0))[0]
    if (best?.roles.has(role)) bestOf.set(role, best.family)
  }
  return [...uses.values()].toSorted((a, b) => worthOf(b) - worthOf(a)).slice(0, 8).map((use) => {
    const { origin, evidence } = originOf(use, styles, links)
    const roles = [...use.roles].filter(([role, chars]) => bestOf.get(role) === use.family || chars > use.chars * 0.3).map(([role]) => role)
    const isSure = styles.kind === 'computed'
    return {
      family: use.family, stack: use.stack, roles, origin, weights: [...use.weights].toSorted((a, b) => a - b),
      ...(isSure ? { share: Math.round((use.chars / total) * 1000) / 1000 } : {}),
      // Asked for, and nothing says that any machine has it.
      confidence: origin === 'system' && !system.has(use.family.toLowerCase()) && use.family !== 'System UI' ? 0.4 : Math.round((isSure ? 0.6 + 0.35 * Math.min(1, (use.chars / total) * 4) : use.chars > 0 ? 0.6 : 0.45) * 100) / 100,
      evidence,
    }
  })
}

const worthOf = ({ chars, roles }: Use): number => chars + (roles.get('heading') ?? 0) * 2

/** The first family of a stack that is one; undefined for icon fonts. */
const leadOf = (stack: string): string | undefined => {
  const families = stack.split(',').map(unquoted).filter((name) => name !== '')
  const [first = ''] = families
  if (first === '' || icons.test(first)) return undefined
  if (systemLed.test(first.toLowerCase())) return 'System UI'
  const own = families.find((name) => !generic.has(name.toLowerCase()))
  return own === undefined ? undefined : plainFamily(own)
}

const originOf = (use: Use, styles: Styles, links: readonly FontLink[]): { origin: BrandFont['origin']; evidence: Proof[] } => {
  const proof: Proof = { source: styles.kind === 'computed' ? 'computed' : 'css', at: `font-family: ${use.stack.slice(0, 120)}` }
  const isFamily = (name: string): boolean => plainFamily(name).toLowerCase() === use.family.toLowerCase()
  const linked = links.find(({ families }) => families.some(({ family }) => isFamily(family)))
  if (linked) return { origin: linked.origin, evidence: [proof, { source: 'link', at: linked.url.slice(0, 300) }] }
  const face = styles.faces.find(({ family }) => isFamily(family))
  if (face) {
    const file = /url\(\s*["']?([^"')]+)/.exec(face.source)?.[1]
    const host = URL.parse(file ?? '', face.base || undefined)?.hostname ?? ''
    const origin = /(?:gstatic|googleapis)\.com$/.test(host) ? 'google' : host.includes('typekit') ? 'adobe' : host.endsWith('bunny.net') ? 'bunny' : 'self_hosted'
    return { origin, evidence: [proof, { source: 'css', at: `@font-face ${host}`.trim() }] }
  }
  if (system.has(use.family.toLowerCase()) || use.family === 'System UI') return { origin: 'system', evidence: [proof] }
  if (links.some(({ origin }) => origin === 'adobe')) return { origin: 'adobe', evidence: [proof] }
  if (styles.loaded.some(({ family }) => isFamily(family))) return { origin: 'other', evidence: [proof] }
  return { origin: styles.kind === 'computed' ? 'system' : 'other', evidence: [proof] }
}

export const typographyOf = (styles: Styles): Brand['typography'] =>
  Object.fromEntries(Object.entries(styles.typography).map(([place, { size, weight, line, stack }]) => {
    const family = leadOf(stack)
    const height = /^([\d.]+)px$/.exec(line)?.[1]
    const factor = /^[\d.]+$/.test(line) ? Number(line) : undefined
    return [place, {
      ...(size > 0 ? { size } : {}), ...(weight > 0 ? { weight } : {}),
      ...(height !== undefined ? { line_height: Number(height) } : factor !== undefined && size > 0 ? { line_height: Math.round(factor * size * 100) / 100 } : {}),
      ...(family === undefined ? {} : { family }),
    }]
  }))
