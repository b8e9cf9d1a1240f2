/** Nesting that Blink keeps; deeper elements become siblings. */
export const depthMax = 512

/** What one page may cost in memory: about 300 bytes an element. */
export interface Limits {
  characters: number
  elements: number
}

export const usualLimits: Limits = { characters: 64_000_000, elements: 1_500_000 }
export const degradedLimits: Limits = { characters: 4_000_000, elements: 100_000 }
