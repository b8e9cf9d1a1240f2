import { z } from 'zod'
import type { Brand, BrandColor, Swatch } from '../../contract/brand.ts'

const hex = z.string().regex(/^#[0-9A-F]{6}$/)
const swatch = z.object({ hex, name: z.string(), weight: z.number() })

/** `colors.brand_colors[].hex` and `fonts.families[]` are the vendor's; the other names are ours. */
export const brandSchema = z.object({
  name: z.string().nullable(),
  colors: z.object({
    brand_colors: z.array(swatch.extend({ role: z.string().nullable(), source: z.string(), contrast: z.number(), confidence: z.number() })),
    logo_colors: z.array(z.object({ hex })),
    screenshot_colors: z.array(swatch),
    theme_color: z.string().nullable(),
    background: hex.nullable(),
    text: hex.nullable(),
    link: hex.nullable(),
    color_scheme: z.string(),
  }),
  logos: z.array(z.object({
    url: z.string(), type: z.string(), format: z.string().nullable(), theme: z.string().nullable(),
    width: z.number().nullable(), height: z.number().nullable(), source: z.string(), confidence: z.number(),
  })),
  favicon: z.string().nullable(),
  fonts: z.object({
    families: z.array(z.string()),
    details: z.array(z.object({ family: z.string(), usage: z.array(z.string()), origin: z.string(), weights: z.array(z.number()) })),
  }),
  /** Network to address of the profile. */
  social_links: z.record(z.string(), z.string()),
})

export const renderBrand = ({ name, logos, favicon, colors, color_scheme: scheme, fonts, social }: Brand): z.output<typeof brandSchema> => ({
  name: name?.value ?? null,
  colors: {
    brand_colors: colors.palette.map((color) => ({ ...swatchOf(color, color.weight), role: color.roles[0] ?? null, source: color.evidence[0]?.source ?? 'css', contrast: color.contrast, confidence: color.confidence })),
    logo_colors: (logos.find(({ colors: own }) => own !== undefined && own.length > 0)?.colors ?? []).map((value) => ({ hex: upper(value) })),
    screenshot_colors: colors.screenshot.map((color) => swatchOf(color, color.share)),
    theme_color: colors.theme_color?.value ?? null,
    background: hexOf(colors.background),
    text: hexOf(colors.text),
    link: hexOf(colors.link),
    color_scheme: scheme.value,
  },
  logos: logos.map((logo) => ({
    url: logo.url, type: logo.type, format: logo.format ?? null, theme: logo.theme ?? null,
    width: logo.width ?? null, height: logo.height ?? null, source: logo.evidence[0]?.source ?? 'element', confidence: logo.confidence,
  })),
  favicon: favicon?.url ?? null,
  fonts: {
    families: [...new Set(fonts.map(({ family }) => family))],
    details: fonts.map(({ family, roles, origin, weights }) => ({ family, usage: roles, origin, weights })),
  },
  social_links: Object.fromEntries(social.toReversed().map(({ network, url }) => [network, url])),
})

const swatchOf = ({ hex: value, name }: Pick<Swatch, 'hex' | 'name'>, weight: number): z.output<typeof swatch> => ({ hex: upper(value), name, weight })

const hexOf = (color: BrandColor | undefined): string | null => (color ? upper(color.hex) : null)

const upper = (value: string): string => value.slice(0, 7).toUpperCase()
