import { Document } from 'domhandler'
import { assemble } from './assemble.ts'
import { kindNames } from './block-features.ts'
import { bestThreshold } from './context-features.ts'
import { judgeBlocks, judgeKind, prepare, type Prepared } from './judge.ts'
import { defaultModel, type Model } from './model.ts'
import { contextBit, type Block, type Page } from './scan.ts'
import { wholeTables } from './tables.ts'

export type PageKind = (typeof kindNames)[number]

export interface MainContent {
  /** Only the kept content, in order: a new tree. */
  root: Document
  kind: PageKind
  /** Probability of the kind, from 0 to 1. */
  kindConfidence: number
  /** How much of what was kept is expected to belong to the main content, from 0 to 1. */
  confidence: number
}

export interface MainContentContext {
  url: string
  mode: 'reader' | 'prune'
  /** Keep the page's own heading above what is kept. */
  heading?: boolean
}

/** Precision counts more in `prune`. */
const betas = { reader: 1, prune: 0.5 } as const

/** The main content of a page, by what kind of page it is. Never throws; a page without text gives an empty document. */
export const selectMainContent = (root: Document, context: MainContentContext): MainContent => selectWith(defaultModel(), root, context)

/** The same with a given model: for training and its cross-validation. */
export const selectWith = (model: Model, root: Document, context: MainContentContext): MainContent => {
  const prepared = prepare(root, context.url)
  const kinds = judgeKind(model, prepared)
  return { ...choose(root, prepared, judgeBlocks(model, prepared, kinds), context), ...certain(kinds) }
}

/** What kind of page it is, with its probability. The tree stays as it is. */
export const pageKindOf = (root: Document, url: string): Pick<MainContent, 'kind' | 'kindConfidence'> => certain(judgeKind(defaultModel(), prepare(root, url)))

const certain = (kinds: Float32Array): Pick<MainContent, 'kind' | 'kindConfidence'> => {
  const most = Math.max(...kinds)
  return { kind: kindNames[kinds.indexOf(most)] ?? 'article', kindConfidence: Math.round(most * 1000) / 1000 }
}

const choose = (root: Document, prepared: Prepared, p: Float32Array, { mode, heading = false }: MainContentContext): Omit<MainContent, 'kind' | 'kindConfidence'> => {
  const { page } = prepared.description
  const words = page.blocks.map((block) => block.size.words)
  const threshold = bestThreshold(p, words, betas[mode])
  const keep = Uint8Array.from(p, (value) => (value >= threshold ? 1 : 0))
  wholeTables(page, keep)
  if (heading) withHeading(page, keep)
  let kept = 0
  let hit = 0
  keep.forEach((flag, i) => {
    if (flag === 0) return
    kept += words[i] ?? 0
    hit += (p[i] ?? 0) * (words[i] ?? 0)
  })
  return { root: assemble(root, page, keep), confidence: kept > 0 ? hit / kept : 0 }
}

/** The last first-level heading before what is kept, unless that has one of its own. */
const withHeading = (page: Page, keep: Uint8Array): void => {
  const headings = page.blocks.map((block) => headingOf(page, block))
  if (keep.some((flag, i) => flag === 1 && headings[i] !== -1)) return
  const last = headings.findLastIndex((heading, i) => heading !== -1 && i < keep.indexOf(1))
  // One heading may be several blocks.
  headings.forEach((heading, i) => {
    if (last !== -1 && heading === headings[last]) keep[i] = 1
  })
}

/** The h1 that a block belongs to, as an index of elements; -1 for none that is seen. */
const headingOf = ({ elements, parent, context }: Page, block: Block): number => {
  if (((context[block.element] ?? 0) & contextBit('hidden')) !== 0) return -1
  for (let index = block.element, up = 0; index >= 0 && up < 4; index = parent[index] ?? -1, up++) if (elements[index]?.name === 'h1') return index
  return -1
}
