import type { Brand, BrandButton, BrandInput } from '../../contract/brand.ts'
import type { Fact, Proof } from '../../contract/proof.ts'
import { contrastOf, distanceOf, isNeutral, toneOf } from './color.ts'
import type { ButtonLook, Styles } from './styles/styles.ts'

const action = /sign ?up|get started|start|try|buy|shop|add to (?:cart|bag)|book|demo|contact|subscribe|join|download|order|quote|apply|register|free|donate|learn more|jetzt|kaufen|anmelden|kontakt|acheter|commencer|comprar|empezar/i
const chrome = /close|menu|toggle|search|dropdown|carousel|slider|slick|swiper|arrow|prev|next|tab(?:[\s_-]|$)|accordion|filter|pagination|icon|chip|nav-link/i

const hexOf = (color: string): string | undefined => {
  const tone = toneOf(color)
  return tone && tone.alpha >= 0.1 ? tone.hex : undefined
}

interface Style {
  look: ButtonLook
  score: number
  count: number
  sample: string
}

/** The most telling filled button, and the one beside it. */
export const buttonsOf = (styles: Styles, background: string): BrandButton[] => {
  const source = styles.kind === 'computed' ? 'computed' : 'css'
  const groups = new Map<string, Style>()
  for (const look of styles.buttons) {
    const key = [hexOf(look.background) ?? 'none', hexOf(look.color) ?? '', look.radius].join(' ')
    const score = scoreOf(look, background, styles.kind)
    const known = groups.get(key)
    if (!known) groups.set(key, { look, score, count: 1, sample: look.text })
    else {
      known.count++
      if (score > known.score) [known.score, known.look, known.sample] = [score, look, look.text]
    }
  }
  const ranked = [...groups.values()].map((group) => ({ ...group, score: group.score + Math.min(3, group.count) * 0.4 })).toSorted((a, b) => b.score - a.score)
  const isFilled = ({ look }: Style): boolean => {
    const fill = hexOf(look.background)
    return fill !== undefined && distanceOf(fill, background) > 0.08
  }
  const primary = ranked.find(isFilled) ?? ranked[0]
  const secondary = ranked.find((one) => one !== primary && one.score > 0.5)
  return ([['primary', primary], ['secondary', secondary]] as const).flatMap(([kind, found]): BrandButton[] => {
    if (!found) return []
    const { look, count } = found
    const evidence: Proof[] = [{ source, at: look.text === '' ? look.words.slice(0, 120) : `"${look.text}"` }]
    return [{
      kind, text: look.text, ...optional('background', hexOf(look.background)), ...optional('color', hexOf(look.color)), ...optional('border_color', hexOf(look.border)),
      ...optional('border_radius', look.radius === '' ? undefined : look.radius), ...optional('shadow', look.shadow === '' ? undefined : look.shadow), ...optional('padding', look.padding === '' ? undefined : look.padding),
      confidence: Math.round(Math.max(0.2, Math.min(0.95, (styles.kind === 'computed' ? 0.45 : 0.3) + 0.1 * Math.min(3, count) + 0.05 * found.score)) * 100) / 100, evidence,
    }]
  })
}

const optional = <K extends string>(key: K, value: string | undefined): { [key in K]?: string } => (value === undefined ? {} : { [key]: value } as { [key in K]?: string })

const scoreOf = (look: ButtonLook, background: string, kind: Styles['kind']): number => {
  const fill = toneOf(look.background)
  let score = 0
  if (fill && fill.alpha > 0.5) {
    score += 1
    if (!isNeutral(fill)) score += 1.5
    if (contrastOf(fill.hex, background) > 1.5) score += 0.5
  }
  if (action.test(look.text)) score += 1
  if (/primary|cta|main/i.test(look.words)) score += 1
  if (/secondary|ghost|outline|link/i.test(look.words)) score -= 0.7
  if (chrome.test(look.words) || look.text.length > 40) score -= 1.5
  if (look.header) score += 0.3
  if (kind === 'computed' && look.y > 900) score -= 0.3
  return score
}

export const inputOf = (styles: Styles): BrandInput | undefined => {
  const [look] = styles.inputs
  if (!look) return undefined
  return {
    ...optional('background', hexOf(look.background)), ...optional('color', hexOf(look.color)), ...optional('border_color', hexOf(look.border)), ...optional('border_radius', look.radius === '' ? undefined : look.radius),
    confidence: styles.kind === 'computed' ? 0.8 : 0.5, evidence: [{ source: styles.kind === 'computed' ? 'computed' : 'css', at: 'input' }],
  }
}

/** The largest of the usual steps that most of the distances are multiples of. */
export const spacingOf = (styles: Styles): Brand['spacing'] => {
  const total = styles.gaps.reduce((sum, [, count]) => sum + count, 0)
  if (total < 10) return undefined
  const share = (unit: number): number => styles.gaps.reduce((sum, [gap, count]) => sum + (gap % unit === 0 ? count : 0), 0) / total
  const unit = [8, 6, 5, 4, 2].find((one) => share(one) >= 0.7) ?? 1
  const fits = share(unit)
  return { value: { base_unit: unit }, confidence: Math.round(Math.min(0.9, fits * (unit === 1 ? 0.4 : 0.9)) * 100) / 100, evidence: [{ source: styles.kind === 'computed' ? 'computed' : 'css', at: `${Math.round(fits * 100)} % of paddings, margins and gaps` }] }
}

export const radiusOf = (styles: Styles): Fact<string> | undefined => {
  const values = styles.radii.filter(([value]) => !/^(?:50%|100%|9{2,}\d*px|0(?:px)?)$/.test(value))
  const total = values.reduce((sum, [, count]) => sum + count, 0)
  const [best] = values.toSorted((a, b) => b[1] - a[1])
  return best && total > 0 ? { value: best[0], confidence: Math.round(Math.min(0.9, 0.3 + 0.6 * (best[1] / total)) * 100) / 100, evidence: [{ source: styles.kind === 'computed' ? 'computed' : 'css', at: `border-radius, ${best[1]} of ${total}` }] } : undefined
}

/** By the background that most of the page has, and by what the page says. */
export const schemeOf = (styles: Styles, background: string): Fact<'light' | 'dark'> => {
  const dark = contrastOf(background, '#ffffff') > contrastOf(background, '#000000')
  const said = /^(?:only )?(?:dark|light)(?: only)?$/.exec(styles.scheme)?.[0]
  return { value: dark ? 'dark' : 'light', confidence: styles.kind === 'computed' ? (said === undefined || said.includes(dark ? 'dark' : 'light') ? 0.95 : 0.7) : 0.6, evidence: [{ source: styles.kind === 'computed' ? 'computed' : 'css', at: `background ${background}` }] }
}
