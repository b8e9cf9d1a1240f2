import type { ReadPage } from '../enrich/parts.ts'
import type { DeclaredColor } from './colors.ts'
import { toneOf } from './color.ts'
import { resolved } from './styles/static.ts'

/** What favicon generators write where nobody chose a colour. */
const generated = new Set(['#da532c', '#2b5797', '#603cba', '#00aba9', '#9f00a7', '#b91d47', '#ffc40d', '#2d89ef', '#00a300', '#1e7145', '#7e3878', '#99b433', '#e3a21a', '#ee1111', '#5bbad5'])

/** Colours that the head of a page declares. */
export const declaredInHead = (page: ReadPage): DeclaredColor[] => {
  const list: DeclaredColor[] = []
  const add = (color: string | undefined, worth: number, source: DeclaredColor['source'], at: string): void => {
    const tone = color === undefined ? undefined : toneOf(color)
    if (color !== undefined && tone && tone.alpha > 0.5) list.push({ color, worth: generated.has(tone.hex) ? worth * 0.1 : worth, source, at })
  }
  for (const meta of page.page.metas) {
    const name = (meta.name ?? '').toLowerCase()
    if (name === 'theme-color') add(meta.content, /dark/.test(meta.media ?? '') ? 0.2 : 1, 'meta', 'theme-color')
    if (name === 'msapplication-tilecolor') add(meta.content, 0.6, 'meta', 'msapplication-TileColor')
    if (name === 'apple-mobile-web-app-status-bar-style' || name === 'msapplication-navbutton-color') add(meta.content, 0.5, 'meta', name)
  }
  for (const link of page.page.links) if (/mask-icon/.test(link.rel ?? '')) add(link.color, 0.7, 'link', 'mask-icon')
  return list
}

const framework = /^--(?:bs|wp|tw|mdc|mui|chakra|ant|el|md-|p-|pf-|spectrum|cds|ag|swiper|plyr|fa|vjs|gf|e-global|eb-global|toastify|rsbs|iti|fc|reach|ck|bulma|uk|ion|amplify|mantine|radix|shadcn|fluent|docusaurus|ifm|theme-ui|wpforms|woocommerce|wc|elementor|et_|nv-|ast-global|global--admin|onetrust|cky|cookie|cc-)/i
const status = /error|danger|warn|success|info|alert|invalid|valid|disabled|placeholder|muted|shadow|border|outline|ring|overlay|scrim|hover|active|focus|visited|pressed|contrast|foreground|on-|inverse|text-|-text|rating|star|sale|badge|input|chart|code|syntax|selection/i
const roles: readonly [RegExp, number][] = [
  [/(?:^|-)(?:brand|primary)(?:-(?:color|colour|main|base|default|500|600|1))?$/i, 0.9],
  [/^--(?:color|colour|clr|c|theme|main)?-*(?:brand|primary|main)(?:-(?:color|colour|main|base|default))?$/i, 0.9],
  [/(?:brand|primary|theme-color|main-color)/i, 0.5],
  [/(?:^|-)(?:accent|secondary)(?:-(?:color|colour|main|base|default|500))?$/i, 0.4],
]

/** Custom properties of the root whose names say that they hold the brand's colours. */
export const declaredVariables = (variables: Readonly<Record<string, string>>): DeclaredColor[] => {
  const list: DeclaredColor[] = []
  for (const [name, value] of Object.entries(variables)) {
    if (framework.test(name) || status.test(name.replace(/^--/, ''))) continue
    const role = roles.find(([pattern]) => pattern.test(name))
    if (!role) continue
    const tone = toneOf(colorIn(resolved(value, variables)))
    if (tone && tone.alpha > 0.5) list.push({ color: tone.hex, worth: role[1], source: 'css_variable', at: name })
  }
  return list.toSorted((a, b) => b.worth - a.worth).slice(0, 6)
}

/** Three bare numbers are how some frameworks keep a colour for `rgb()` or `hsl()`. */
const colorIn = (value: string): string => {
  if (/^\d{1,3}[\s,]+\d{1,3}[\s,]+\d{1,3}$/.test(value)) return `rgb(${value.split(/[\s,]+/).join(', ')})`
  if (/^[\d.]+(?:deg)?\s+[\d.]+%\s+[\d.]+%$/.test(value)) return `hsl(${value})`
  return value
}
