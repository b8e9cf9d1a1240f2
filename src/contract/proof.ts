/** What kind of place a fact was read from. */
export const proofSources = [
  'json_ld', 'microdata', 'rdfa', 'open_graph', 'twitter', 'meta', 'link', 'manifest', 'title', 'element', 'inline_svg', 'text', 'url', 'dns',
  'css', 'css_variable', 'computed', 'screenshot', 'logo', 'taxonomy', 'embedding', 'model',
] as const
export type ProofSource = (typeof proofSources)[number]

/** Where a fact comes from. */
export interface Proof {
  source: ProofSource
  /** A path, a selector, a property or the words themselves: what a person would look for to check it. */
  at?: string
  /** Of a page other than the one that was asked for. */
  url?: string
}

/** Every item says where it comes from and how sure it is, 0 to 1. */
export interface Proven {
  confidence: number
  evidence: Proof[]
}

export interface Fact<T> extends Proven {
  value: T
}
