import type { Brand, Swatch } from '../../contract/brand.ts'
import { buttonsOf, inputOf, radiusOf, schemeOf, spacingOf } from './components.ts'
import { colorsOf, type DeclaredColor } from './colors.ts'
import { declaredVariables } from './declared.ts'
import type { BrandDraft } from './draft.ts'
import { fontsOf, typographyOf } from './fonts.ts'
import { withLive } from './frameworks.ts'
import type { Candidate } from './logos/candidates.ts'
import { choose, type Look } from './logos/choose.ts'
import type { Styles } from './styles/styles.ts'

export interface BrandMaterial {
  draft: BrandDraft
  styles: Styles
  candidates: readonly (Candidate & { proofs: Candidate['proof'][] })[]
  looks: ReadonlyMap<string, Look>
  screenshot: readonly Swatch[]
  manifestColors: readonly DeclaredColor[]
}

/** Everything that was found, as one answer. Pure. */
export const composeBrand = ({ draft, styles, candidates, looks, screenshot, manifestColors }: BrandMaterial): Brand => {
  const { logos, favicon } = choose(candidates, looks)
  const main = logos.find(({ type, checked }) => checked && type !== 'icon') ?? logos.find(({ checked }) => checked)
  const look = main && looks.get(main.url)
  const colors = colorsOf({
    styles, screenshot,
    declared: [...draft.declared, ...manifestColors, ...declaredVariables(styles.variables)],
    logo: look?.kind === 'picture' ? look.checked.colors : [],
  })
  const background = colors.background?.hex ?? '#ffffff'
  const spacing = spacingOf(styles)
  const radius = radiusOf(styles)
  const input = inputOf(styles)
  return {
    ...(draft.name ? { name: draft.name } : {}),
    logos,
    ...(favicon ? { favicon } : {}),
    colors,
    color_scheme: schemeOf(styles, background),
    fonts: fontsOf(styles, draft.fontLinks),
    typography: typographyOf(styles),
    ...(spacing ? { spacing } : {}),
    ...(radius ? { radius } : {}),
    buttons: buttonsOf(styles, background),
    ...(input ? { input } : {}),
    frameworks: withLive(draft.frameworks, styles.globals, styles.variables),
    social: draft.social,
    open_graph: draft.open_graph,
    styles: styles.kind,
  }
}
