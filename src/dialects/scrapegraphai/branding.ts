import { z } from 'zod'
import type { Brand, BrandButton, Logo } from '../../contract/brand.ts'
import type { Metadata } from '../../contract/document.ts'
import type { Proven } from '../../contract/proof.ts'

const button = z.object({ background: z.string(), textColor: z.string(), borderRadius: z.string(), shadow: z.string() })
const pick = z.object({ index: z.int(), text: z.string(), reasoning: z.string() })

export const brandingData = z.object({
  colorScheme: z.enum(['light', 'dark']),
  fonts: z.array(z.object({ family: z.string(), role: z.enum(['heading', 'body']) })),
  colors: z.object({ primary: z.string(), accent: z.string(), background: z.string(), textPrimary: z.string(), link: z.string() }),
  typography: z.object({
    fontFamilies: z.object({ primary: z.string(), heading: z.string() }),
    fontStacks: z.object({ heading: z.array(z.string()), body: z.array(z.string()), paragraph: z.array(z.string()) }),
    fontSizes: z.record(z.string(), z.string()),
  }),
  spacing: z.object({ baseUnit: z.number(), borderRadius: z.string() }),
  components: z.object({ input: z.object({ borderColor: z.string(), borderRadius: z.string() }), buttonPrimary: button, buttonSecondary: button }),
  images: z.object({ logo: z.string(), favicon: z.string(), ogImage: z.string() }),
  frameworkHints: z.array(z.string()),
  buttonReasoning: z.object({ primary: pick, secondary: pick, confidence: z.number() }),
  logoReasoning: z.object({ selectedIndex: z.int(), reasoning: z.string(), confidence: z.number() }),
  personality: z.object({ tone: z.string(), energy: z.enum(['high', 'medium', 'low']), targetAudience: z.string() }),
  designSystem: z.object({ framework: z.string().nullable(), componentLibrary: z.string().nullable() }),
  confidence: z.object({ colors: z.number(), buttons: z.number(), logo: z.number(), fonts: z.number(), components: z.number(), overall: z.number() }),
})

const names = ['title', 'description', 'favicon', 'language', 'themeColor', 'ogTitle', 'ogDescription', 'ogImage', 'ogUrl'] as const
export const brandingMetadata = z.object({ branding: z.object(Object.fromEntries(names.map((name) => [name, z.string()])) as Record<(typeof names)[number], z.ZodString>) })

/** Every member is asked for: what the page does not show is an empty text, 0 or -1, and never a guess. */
const px = (size: number | undefined): string => (size === undefined ? '' : `${size}px`)
const stackOf = (stack: string | undefined): string[] => (stack ?? '').split(',').map((name) => name.trim().replace(/^["']|["']$/g, '')).filter(Boolean)
const why = (item: Proven | undefined): string => (item ? [...new Set(item.evidence.map(({ source, at }) => (at === undefined ? source : `${source}: ${at}`)))].slice(0, 3).join('; ') : '')
const sure = (...items: (Proven | undefined)[]): number => {
  const found = items.flatMap((item) => (item ? [item.confidence] : []))
  return found.length === 0 ? 0 : Math.round((found.reduce((sum, one) => sum + one, 0) / found.length) * 100) / 100
}

const componentOf = (it: BrandButton | undefined) => ({ background: it?.background ?? '', textColor: it?.color ?? '', borderRadius: it?.border_radius ?? '', shadow: it?.shadow ?? '' })
const pickOf = (it: BrandButton | undefined, all: readonly BrandButton[]) => ({ index: it ? all.indexOf(it) : -1, text: it?.text ?? '', reasoning: why(it) })
const urlOf = (logo: Logo | undefined): string => logo?.url ?? ''

export const renderBranding = (brand: Brand): z.output<typeof brandingData> => {
  const { colors, fonts, typography, buttons, input, logos, frameworks } = brand
  const fontFor = (role: 'heading' | 'body') => fonts.find(({ roles }) => roles.includes(role))
  const [heading, body] = [fontFor('heading'), fontFor('body')]
  const [logo] = logos
  const primary = buttons.find(({ kind }) => kind === 'primary')
  const secondary = buttons.find(({ kind }) => kind === 'secondary')
  const framework = (kind: 'css' | 'components') => frameworks.find((hint) => hint.kind === kind)?.name ?? null
  const confidence = {
    colors: sure(colors.primary, colors.background, colors.text, colors.link), buttons: sure(primary, secondary), logo: sure(logo), fonts: sure(heading, body), components: sure(primary, input),
  }
  return {
    colorScheme: brand.color_scheme.value,
    fonts: fonts.flatMap(({ family, roles }) => (['heading', 'body'] as const).filter((role) => roles.includes(role)).map((role) => ({ family, role }))),
    colors: {
      primary: colors.primary?.hex ?? '', accent: colors.accent?.hex ?? '', background: colors.background?.hex ?? '', textPrimary: colors.text?.hex ?? '', link: colors.link?.hex ?? '',
    },
    typography: {
      fontFamilies: { primary: body?.family ?? heading?.family ?? '', heading: heading?.family ?? '' },
      fontStacks: { heading: stackOf(heading?.stack), body: stackOf(body?.stack), paragraph: stackOf(typography.paragraph?.family ?? body?.stack) },
      fontSizes: Object.fromEntries(Object.entries(typography).flatMap(([place, { size }]) => (size === undefined ? [] : [[place, px(size)]]))),
    },
    spacing: { baseUnit: brand.spacing?.value.base_unit ?? 0, borderRadius: brand.radius?.value ?? '' },
    components: {
      input: { borderColor: input?.border_color ?? '', borderRadius: input?.border_radius ?? '' }, buttonPrimary: componentOf(primary), buttonSecondary: componentOf(secondary),
    },
    images: { logo: urlOf(logo), favicon: urlOf(brand.favicon), ogImage: brand.open_graph.image ?? '' },
    frameworkHints: frameworks.map(({ name }) => name),
    buttonReasoning: { primary: pickOf(primary, buttons), secondary: pickOf(secondary, buttons), confidence: confidence.buttons },
    logoReasoning: { selectedIndex: logo ? 0 : -1, reasoning: why(logo), confidence: confidence.logo },
    // Nothing on a page says so.
    personality: { tone: '', energy: 'medium', targetAudience: '' },
    designSystem: { framework: framework('css'), componentLibrary: framework('components') },
    confidence: { ...confidence, overall: Math.round((Object.values(confidence).reduce((sum, one) => sum + one, 0) / 5) * 100) / 100 },
  }
}

export const brandingMetadataOf = ({ open_graph: graph, favicon }: Brand, metadata: Metadata): z.output<typeof brandingMetadata> => ({
  branding: {
    title: metadata.title ?? '', description: metadata.description ?? '', favicon: favicon?.url ?? metadata.favicon ?? '', language: metadata.language ?? '', themeColor: metadata.theme_color ?? '',
    ogTitle: graph.title ?? '', ogDescription: graph.description ?? '', ogImage: graph.image ?? '', ogUrl: graph.url ?? '',
  },
})
