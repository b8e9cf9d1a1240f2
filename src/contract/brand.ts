import type { Fact, Proven } from './proof.ts'

export const logoTypes = ['icon', 'logo', 'wordmark'] as const
export const logoFormats = ['svg', 'png', 'jpeg', 'webp', 'gif', 'ico', 'avif'] as const

/** A picture that stands for the brand. */
export interface Logo extends Proven {
  /** Absolute, or a `data:` URL of an SVG that is written into the page. */
  url: string
  type: (typeof logoTypes)[number]
  /** The background that it is made for. */
  theme?: 'light' | 'dark'
  format?: (typeof logoFormats)[number]
  width?: number
  height?: number
  bytes?: number
  alt?: string
  /** Main colours of its own, largest first, as `#rrggbb`. */
  colors?: string[]
  /** Its bytes were fetched and are a picture. */
  checked: boolean
}

export const colorRoles = ['primary', 'accent', 'background', 'text', 'link'] as const
export type ColorRole = (typeof colorRoles)[number]

export interface BrandColor extends Proven {
  /** `#rrggbb`, lower case. */
  hex: string
  /** The nearest colour name of CSS. */
  name: string
  /** WCAG contrast with the page's background; 1 to 21. */
  contrast: number
  /** WCAG contrast of the better one of black and white text on it, and which. */
  on: { hex: string; contrast: number }
  roles: ColorRole[]
  /** Share of all that speaks for any colour, 0 to 1. */
  weight: number
}

/** A colour of a picture with the share of its pixels. */
export interface Swatch {
  hex: string
  name: string
  share: number
}

export interface BrandColors {
  primary?: BrandColor
  accent?: BrandColor
  background?: BrandColor
  text?: BrandColor
  link?: BrandColor
  /** Most important first: brand colours, then neutrals. */
  palette: BrandColor[]
  /** Of a picture of the page; empty where none could be taken. */
  screenshot: Swatch[]
  theme_color?: Fact<string>
}

export const fontRoles = ['heading', 'body', 'button', 'code'] as const
export type FontRole = (typeof fontRoles)[number]
export const fontOrigins = ['self_hosted', 'google', 'adobe', 'bunny', 'other', 'system'] as const

export interface BrandFont extends Proven {
  /** As people call it: no quotes, no generated suffixes. */
  family: string
  /** The whole `font-family` that it leads. */
  stack: string
  roles: FontRole[]
  origin: (typeof fontOrigins)[number]
  weights: number[]
  /** Share of the visible text, 0 to 1; absent where nothing was rendered. */
  share?: number
}

/** Size and weight of text in one place; sizes in CSS pixels. */
export interface TextStyle {
  size?: number
  weight?: number
  line_height?: number
  family?: string
}

export interface BrandButton extends Proven {
  kind: 'primary' | 'secondary'
  text: string
  background?: string
  color?: string
  border_color?: string
  border_radius?: string
  shadow?: string
  padding?: string
}

export interface BrandInput extends Proven {
  background?: string
  color?: string
  border_color?: string
  border_radius?: string
}

export const frameworkKinds = ['css', 'components', 'script', 'builder', 'shop', 'cms'] as const

export interface FrameworkHint extends Proven {
  name: string
  kind: (typeof frameworkKinds)[number]
}

export interface SocialLink extends Proven {
  /** `x`, `linkedin`, `youtube`, … */
  network: string
  /** In the network's own canonical form. */
  url: string
  /** Without `@`; absent where the address holds only a number or an invitation. */
  handle?: string
}

/** What a page shows of a brand. Lists are best first. */
export interface Brand {
  name?: Fact<string>
  logos: Logo[]
  favicon?: Logo
  colors: BrandColors
  color_scheme: Fact<'light' | 'dark'>
  fonts: BrandFont[]
  /** By place: `h1`, `h2`, `h3`, `body`, `paragraph`, `button`. */
  typography: Record<string, TextStyle>
  spacing?: Fact<{ base_unit: number }>
  radius?: Fact<string>
  buttons: BrandButton[]
  input?: BrandInput
  frameworks: FrameworkHint[]
  social: SocialLink[]
  open_graph: { title?: string; description?: string; image?: string; url?: string }
  /** `computed`: styles as a browser has them; `static`: as written in the page and its style sheets. */
  styles: 'computed' | 'static'
}
