/** Where a colour was seen; sums by area for backgrounds and by characters for text. */
export const colorPlaces = ['page', 'area', 'header', 'footer', 'button', 'text', 'heading', 'link', 'button_text'] as const
export type ColorPlace = (typeof colorPlaces)[number]

export interface ButtonLook {
  text: string
  background: string
  color: string
  border: string
  radius: string
  shadow: string
  padding: string
  /** Square pixels, or how often it occurs where nothing was rendered. */
  area: number
  y: number
  words: string
  header: boolean
  behind: string
}

export interface InputLook {
  background: string
  color: string
  border: string
  radius: string
}

export interface FontFace {
  family: string
  source: string
  weight: string
  base: string
}

/** How a page is styled: as a browser computed it, or as its style sheets say. */
export interface Styles {
  kind: 'computed' | 'static'
  colors: { place: ColorPlace; color: string; amount: number }[]
  stacks: { role: 'heading' | 'body' | 'button' | 'code'; weight: number; stack: string; chars: number }[]
  typography: Record<string, { size: number; weight: number; line: string; stack: string }>
  buttons: ButtonLook[]
  inputs: InputLook[]
  /** Value and how often. */
  radii: [string, number][]
  gaps: [number, number][]
  variables: Record<string, string>
  faces: FontFace[]
  loaded: { family: string; weight: string }[]
  globals: string[]
  /** Value of `color-scheme`. */
  scheme: string
  page: { body: string; root: string; color: string }
}
