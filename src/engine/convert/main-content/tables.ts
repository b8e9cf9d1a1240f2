import type { Page } from './scan.ts'

/** From this share of its words on, a table is kept whole. */
const keptShare = 0.25
/** Larger ones lay out a page more often than they hold data. */
const wordsMax = 600

/** A table is one thing: rows are not judged apart from each other, unless the table lays out a page. */
export const wholeTables = ({ elements, firstBlock, lastBlock, parent, blocks }: Page, keep: Uint8Array): void => {
  const nesting = new Set<number>()
  elements.forEach(({ name }, i) => {
    if (name !== 'table') return
    for (let up = parent[i] ?? -1; up >= 0 && !nesting.has(up); up = parent[up] ?? -1) nesting.add(up)
  })
  elements.forEach(({ name }, i) => {
    if (name !== 'table' || nesting.has(i)) return
    const [from, to] = [firstBlock[i] ?? 0, lastBlock[i] ?? 0]
    let kept = 0
    let all = 0
    for (let b = from; b < to; b++) {
      const words = (blocks[b]?.size.words ?? 0) + 1
      all += words
      if (keep[b] === 1) kept += words
    }
    if (kept > 0 && all <= wordsMax && kept >= keptShare * all) keep.fill(1, from, to)
  })
}
