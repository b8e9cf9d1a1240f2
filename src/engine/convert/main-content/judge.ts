import type { Document } from 'domhandler'
import { blockFeatureCount, describe, kindNames, writeBlockFeatures, type Description } from './block-features.ts'
import { surroundings, writeContextFeatures } from './context-features.ts'
import { evaluate } from './forest.ts'
import { lexiconWriter, type Lexicon } from './lexicon.ts'
import type { Model } from './model.ts'
import { pageFeatures, totalsOf } from './page-features.ts'
import { scan } from './scan.ts'
import { readStructured } from './structured.ts'
import { phraseMask } from './vocabulary.ts'
import { firstWidth, secondWidth } from './widths.ts'

/** A page made ready for judgement: what does not depend on the model. */
export interface Prepared {
  description: Description
  pageRow: Float32Array
  /** Blocks that are judged one by one; the others follow those made by the same template. */
  sample: Int32Array
}

const perTemplateMax = 300
const sampleMax = 4000

export const prepare = (root: Document, url: string): Prepared => {
  const page = scan(root)
  const structured = readStructured(root)
  const totals = totalsOf(page)
  const phrases = Int32Array.from(page.blocks, (block) => phraseMask(block.text))
  const taken = new Map<number, number>()
  const sample: number[] = []
  for (let i = 0; i < page.blocks.length && sample.length < sampleMax; i++) {
    const template = page.template[page.blocks[i]?.element ?? -1] ?? -1
    const count = taken.get(template) ?? 0
    if (count >= perTemplateMax) continue
    taken.set(template, count + 1)
    sample.push(i)
  }
  return {
    description: describe(page, structured, totals, phrases),
    pageRow: pageFeatures(page, structured, totals, phrases, url),
    sample: Int32Array.from(sample),
  }
}

/** One probability per kind, summing to one. */
export const judgeKind = (model: Model, prepared: Prepared): Float32Array => {
  const scores = Float32Array.from(kindNames, (_, kind) => {
    const forest = model.kinds[kind]
    return forest === undefined ? 0 : evaluate(forest, prepared.pageRow, 0)
  })
  return normalised(scores)
}

export const normalised = (scores: Float32Array): Float32Array => {
  const sum = scores.reduce((total, value) => total + value, 0)
  return scores.map((value) => (sum > 0 ? value / sum : 1 / scores.length))
}

/** Rows of the first look for the blocks of the sample. */
export const firstRows = (prepared: Prepared, kinds: ArrayLike<number>, lexicon: Lexicon): Float32Array => {
  const rows = new Float32Array(prepared.sample.length * firstWidth)
  const writeLeanings = lexiconWriter(prepared.description, lexicon)
  prepared.sample.forEach((block, i) => {
    writeBlockFeatures(prepared.description, kinds, block, rows, i * firstWidth)
    writeLeanings(block, rows, i * firstWidth + blockFeatureCount)
  })
  return rows
}

/** From the sample to all blocks: one outside it gets the mean of its template, or of what came before it. */
export const spread = (prepared: Prepared, values: Float32Array): Float32Array => {
  const { page } = prepared.description
  const all = new Float32Array(page.blocks.length).fill(-1)
  const sums = new Map<number, { sum: number; count: number }>()
  prepared.sample.forEach((block, i) => {
    const value = values[i] ?? 0
    all[block] = value
    const template = page.template[page.blocks[block]?.element ?? -1] ?? -1
    const entry = sums.get(template) ?? { sum: 0, count: 0 }
    sums.set(template, { sum: entry.sum + value, count: entry.count + 1 })
  })
  let before = 0
  for (let i = 0; i < all.length; i++) {
    if ((all[i] ?? -1) < 0) {
      const entry = sums.get(page.template[page.blocks[i]?.element ?? -1] ?? -1)
      all[i] = entry === undefined ? before : entry.sum / entry.count
    }
    before = all[i] ?? 0
  }
  return all
}

/** Rows of the second look: those of the first with the surroundings appended. */
export const secondRows = (prepared: Prepared, first: Float32Array, p: Float32Array): Float32Array => {
  const rows = new Float32Array(prepared.sample.length * secondWidth)
  const around = surroundings(prepared.description, p)
  prepared.sample.forEach((block, i) => {
    rows.set(first.subarray(i * firstWidth, (i + 1) * firstWidth), i * secondWidth)
    writeContextFeatures(around, block, rows, i * secondWidth + firstWidth)
  })
  return rows
}

/** How likely each block belongs to the main content. */
export const judgeBlocks = (model: Model, prepared: Prepared, kinds: ArrayLike<number>): Float32Array => {
  const rows = firstRows(prepared, kinds, model.lexicon)
  const look = (forest: Model['first'], table: Float32Array, width: number): Float32Array =>
    Float32Array.from(prepared.sample, (_, i) => evaluate(forest, table, i * width))
  const p = spread(prepared, look(model.first, rows, firstWidth))
  return spread(prepared, look(model.second, secondRows(prepared, rows, p), secondWidth))
}
