import { colorsNamed, converter, differenceEuclidean, formatHex, parse, wcagContrast, type Color } from 'culori'

const toOklab = converter('oklab')
const toRgb = converter('rgb')
const distance = differenceEuclidean('oklab')

export interface Tone {
  /** `#rrggbb`. */
  hex: string
  alpha: number
  /** OKLab lightness, 0 to 1, and chroma, 0 to about 0.35. */
  lightness: number
  chroma: number
}

const seen = new Map<string, Tone | undefined>()

/** Any CSS colour; undefined for what is none, such as `currentcolor`. */
export const toneOf = (text: string): Tone | undefined => {
  if (text.length > 100) return undefined
  if (seen.has(text)) return seen.get(text)
  const color = parse(text.trim().toLowerCase())
  const tone = color && made(color)
  if (seen.size < 5000) seen.set(text, tone)
  return tone
}

const made = (color: Color): Tone | undefined => {
  const { r, g, b } = toRgb(color)
  const { l, a, b: yellow } = toOklab(color)
  const hex = formatHex({ mode: 'rgb', r: clamp(r), g: clamp(g), b: clamp(b) })
  return { hex, alpha: color.alpha ?? 1, lightness: l, chroma: Math.hypot(a, yellow) }
}

const clamp = (part: number): number => Math.min(1, Math.max(0, part))

/** Greys, and near-blacks and near-whites whose hue nobody sees. */
export const isNeutral = ({ lightness, chroma }: Tone): boolean => chroma < 0.03 || lightness > 0.975 || lightness < 0.16 || (lightness < 0.24 && chroma < 0.06)

/** In OKLab; 0.02 is barely seen, 0.05 is another shade, 0.2 another colour. */
export const distanceOf = (a: string, b: string): number => distance(a, b)

/** Two decimals, rounded down: a contrast that nearly passes does not. */
export const contrastOf = (a: string, b: string): number => Math.floor(wcagContrast(a, b) * 100) / 100

const names = Object.entries(colorsNamed).map(([name, rgb]) => ({ name, color: toOklab({ mode: 'rgb', r: (rgb >> 16) / 255, g: ((rgb >> 8) & 255) / 255, b: (rgb & 255) / 255 }) }))
const nameCache = new Map<string, string>()

/** The nearest of CSS's names. */
export const nameOf = (hex: string): string => {
  const known = nameCache.get(hex)
  if (known !== undefined) return known
  let best = { name: 'black', away: Infinity }
  for (const { name, color } of names) {
    const away = distance(hex, color)
    if (away < best.away) best = { name, away }
  }
  if (nameCache.size < 5000) nameCache.set(hex, best.name)
  return best.name
}
