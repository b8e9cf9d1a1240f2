import type { BrandColor, BrandColors, ColorRole, Swatch } from '../../contract/brand.ts'
import type { Fact, Proof, ProofSource } from '../../contract/proof.ts'
import { contrastOf, distanceOf, isNeutral, nameOf, toneOf, type Tone } from './color.ts'
import type { ColorPlace, Styles } from './styles/styles.ts'

/** A colour that the page declares to be its own. */
export interface DeclaredColor {
  color: string
  source: ProofSource
  at: string
  /** 1 for a theme colour. */
  worth: number
}

/** Something that speaks for one colour. */
interface Vote {
  tone: Tone
  weight: number
  proof: Proof
}

interface Group {
  tone: Tone
  best: number
  weight: number
  sources: Set<string>
  proofs: Proof[]
  /** Confidence, where it does not follow from the weight. */
  sure?: number
}

/** Closer than this, two colours are shades of one. */
const alike = 0.045
const other = 0.12
const paletteMax = 12

export interface ColorMaterial {
  styles: Styles
  declared: readonly DeclaredColor[]
  logo: readonly Swatch[]
  screenshot: readonly Swatch[]
}

export const colorsOf = (material: ColorMaterial): BrandColors => {
  const { styles, declared, screenshot } = material
  const background = backgroundOf(styles, screenshot)
  const text = textOf(styles, background.tone.hex)
  const groups = grouped(votes(material))
  const chromatic = groups.filter(({ tone }) => !isNeutral(tone)).toSorted((a, b) => b.weight - a.weight)
  const neutral = groups.filter(({ tone }) => isNeutral(tone)).toSorted((a, b) => b.weight - a.weight)
  const total = groups.reduce((sum, { weight }) => sum + weight, 0) || 1
  // A brand in black and white may still have a colourful picture on its page.
  const plain = neutral.find(({ tone }) => distanceOf(tone.hex, background.tone.hex) > 0.3) ?? neutral.find(({ proofs }) => proofs.some(({ source }) => source === 'meta'))
  const [strongest] = chromatic
  const primary = strongest && (!plain || confidenceOf(strongest) >= 0.25 || strongest.weight > plain.weight * 0.5) ? strongest : (plain ?? strongest)
  const accent = chromatic.find((group) => group !== primary && primary !== undefined && distanceOf(group.tone.hex, primary.tone.hex) > other && group.weight >= primary.weight * 0.08)
  const link = linkOf(styles, text.tone.hex)
  const roles = new Map<string, ColorRole[]>()
  const role = (hex: string | undefined, name: ColorRole): void => {
    if (hex !== undefined) roles.set(hex, [...(roles.get(hex) ?? []), name])
  }
  role(primary?.tone.hex, 'primary')
  role(accent?.tone.hex, 'accent')
  role(background.tone.hex, 'background')
  role(text.tone.hex, 'text')
  role(link?.tone.hex, 'link')
  const made = (group: Group): BrandColor => {
    const { hex } = group.tone
    const onWhite = contrastOf(hex, '#ffffff')
    const onBlack = contrastOf(hex, '#000000')
    return {
      hex, name: nameOf(hex), contrast: contrastOf(hex, background.tone.hex),
      on: onWhite >= onBlack ? { hex: '#ffffff', contrast: onWhite } : { hex: '#000000', contrast: onBlack },
      roles: roles.get(hex) ?? [], weight: Math.round((group.weight / total) * 1000) / 1000,
      confidence: confidenceOf(group), evidence: group.proofs.slice(0, 6),
    }
  }
  const picked = [background, text, ...(link ? [link] : [])].filter((one) => !groups.some(({ tone }) => tone.hex === one.tone.hex))
  const telling = (group: Group): boolean => confidenceOf(group) >= 0.1 || roles.has(group.tone.hex)
  const palette = [...chromatic.filter(telling).slice(0, paletteMax - 3), ...neutral.filter(telling).slice(0, 3), ...picked].filter((group, i, all) => all.findIndex(({ tone }) => tone.hex === group.tone.hex) === i).slice(0, paletteMax)
  const theme = declared.find(({ at }) => at === 'theme-color')
  const themeTone = theme && toneOf(theme.color)
  return {
    ...(primary ? { primary: made(primary) } : {}),
    ...(accent ? { accent: made(accent) } : {}),
    background: made(background),
    text: made(text),
    ...(link ? { link: made(link) } : {}),
    palette: palette.map(made),
    screenshot: [...screenshot],
    ...(theme && themeTone ? { theme_color: { value: themeTone.hex, confidence: 1, evidence: [{ source: theme.source, at: theme.at }] } satisfies Fact<string> } : {}),
  }
}

const confidenceOf = ({ weight, sources, sure }: Group): number => sure ?? Math.round(Math.min(0.98, (1 - Math.exp(-weight / 2.2)) * (0.7 + 0.1 * Math.min(3, sources.size))) * 100) / 100

/** Most that all colours of one place can weigh together. */
const placeWeights: Readonly<Record<ColorPlace, number>> = { button: 4, header: 2, link: 1.6, area: 2.2, heading: 1.2, footer: 0.8, page: 0.6, text: 0.6, button_text: 0.3 }

const votes = ({ styles, declared, logo, screenshot }: ColorMaterial): Vote[] => {
  const list: Vote[] = []
  const vote = (color: string, weight: number, proof: Proof): void => {
    const tone = toneOf(color)
    if (tone && tone.alpha >= 0.5 && weight > 0.01) list.push({ tone, weight, proof })
  }
  for (const { color, worth, source, at } of declared) vote(color, worth * 3, { source, at })
  const source = styles.kind === 'computed' ? 'computed' : 'css'
  for (const place of Object.keys(placeWeights) as ColorPlace[]) {
    const here = styles.colors.filter((one) => one.place === place).map((one) => ({ ...one, tone: toneOf(one.color) })).filter(({ tone }) => tone !== undefined && tone.alpha >= 0.5)
    // Greys take their share apart: on most pages nearly everything is white.
    for (const isGrey of [false, true]) {
      const same = here.filter(({ tone }) => tone !== undefined && isNeutral(tone) === isGrey)
      const sum = same.reduce((total, { amount }) => total + Math.sqrt(amount), 0) || 1
      for (const { color, amount } of same) vote(color, placeWeights[place] * (Math.sqrt(amount) / sum) * (isGrey ? 0.5 : 1) * (styles.kind === 'static' && place === 'area' ? 0.6 : 1), { source, at: place })
    }
  }
  for (const { hex, share } of logo) vote(hex, 2.5 * Math.min(1, share * 1.5), { source: 'logo', at: `${Math.round(share * 100)} %` })
  for (const { hex, share } of screenshot) vote(hex, 1.5 * Math.min(1, Math.sqrt(share)), { source: 'screenshot', at: `${Math.round(share * 1000) / 10} %` })
  return list
}

const grouped = (list: readonly Vote[]): Group[] => {
  const groups: Group[] = []
  for (const { tone, weight, proof } of list.toSorted((a, b) => b.weight - a.weight)) {
    const near = groups.find((group) => group.tone.hex === tone.hex || (isNeutral(group.tone) === isNeutral(tone) && distanceOf(group.tone.hex, tone.hex) < alike))
    if (!near) {
      groups.push({ tone, best: weight, weight, sources: new Set([proof.source]), proofs: [proof] })
      continue
    }
    near.weight += weight
    near.sources.add(proof.source)
    if (near.proofs.length < 12 && !near.proofs.some((one) => one.source === proof.source && one.at === proof.at)) near.proofs.push(proof)
    // Written exactly beats measured.
    if (proof.source !== 'screenshot' && proof.source !== 'logo' && (near.best < weight || near.proofs.every((one) => one.source === 'screenshot' || one.source === 'logo'))) [near.tone, near.best] = [tone, weight]
  }
  return groups
}

/** A colour in a role of its own. What a browser has computed is seen, what a style sheet says is likely. */
const single = (color: string, weight: number, proof: Proof): Group | undefined => {
  const tone = toneOf(color)
  const sure = proof.at === byDefault ? 0.4 : proof.source === 'css' ? 0.6 : proof.source === 'screenshot' ? 0.7 : 0.9
  return tone && tone.alpha >= 0.5 ? { tone, best: weight, weight, sources: new Set([proof.source]), proofs: [proof], sure } : undefined
}

const byDefault = 'default of browsers'

const backgroundOf = (styles: Styles, screenshot: readonly Swatch[]): Group => {
  const source = styles.kind === 'computed' ? 'computed' : 'css'
  const [largest] = screenshot
  const body = single(styles.page.body, 4, { source, at: 'body' })
  const own = body && body.tone.alpha > 0.5 ? body : single(styles.page.root, 3, { source, at: 'html' })
  // A page whose body has a colour that nobody sees, behind sections of another.
  if (largest && largest.share > 0.45 && (!own || distanceOf(own.tone.hex, largest.hex) > 0.25)) return single(largest.hex, 2, { source: 'screenshot', at: `${Math.round(largest.share * 100)} %` }) as Group
  return own ?? (single('#ffffff', 1.2, { source, at: byDefault }) as Group)
}

const textOf = (styles: Styles, background: string): Group => {
  const source = styles.kind === 'computed' ? 'computed' : 'css'
  const best = styles.colors.filter(({ place, color }) => place === 'text' && (toneOf(color)?.alpha ?? 0) >= 0.5).toSorted((a, b) => b.amount - a.amount).find(({ color }) => contrastOf(toneOf(color)?.hex ?? background, background) > 2)
  return (best && single(best.color, 3, { source, at: 'text' })) ?? single(styles.page.color, 2, { source, at: 'body' }) ?? (single(contrastOf(background, '#ffffff') > 4.5 ? '#ffffff' : '#000000', 1, { source, at: byDefault }) as Group)
}

/** The colour of links that is not that of the text around them. */
const linkOf = (styles: Styles, text: string): Group | undefined => {
  const source = styles.kind === 'computed' ? 'computed' : 'css'
  const links = styles.colors.filter(({ place, color }) => place === 'link' && (toneOf(color)?.alpha ?? 0) >= 0.5).toSorted((a, b) => b.amount - a.amount)
  const total = links.reduce((sum, { amount }) => sum + amount, 0)
  const found = links.find(({ color, amount }) => amount > total * 0.08 && distanceOf(toneOf(color)?.hex ?? text, text) > 0.15 && !isNeutral(toneOf(color) as Tone)) ?? links[0]
  return found && single(found.color, 2, { source, at: 'a' })
}
