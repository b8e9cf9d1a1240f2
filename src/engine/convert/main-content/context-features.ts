import type { Description } from './block-features.ts'

/** Second look at a block: what the first look thought of the blocks around it. */
export const contextFeatureNames: string[] = [
  'p', 'p-1', 'p-2', 'p-3', 'p+1', 'p+2', 'p+3', 'window3', 'window10', 'windowBefore10', 'windowAfter10',
  'up1:p', 'up2:p', 'up3:p', 'up4:p', 'template:p', 'item:p', 'group:p', 'outer:p', 'heading:p', 'governed:p', 'copies:p',
  'page:p', 'page:threshold', 'rank', 'runBefore', 'runAfter',
]
export const contextFeatureCount = contextFeatureNames.length

const log = (value: number): number => Math.log2(1 + value)

/** Keeps the most likely blocks as long as the expected F1 grows: the classic rule, optimal where the probabilities are right. */
export const bestThreshold = (p: ArrayLike<number>, words: ArrayLike<number>, beta = 1): number => {
  // In 1/256 steps: linear, and ties do not depend on order.
  const mass = new Float64Array(257)
  const hits = new Float64Array(257)
  let total = 0
  for (let i = 0; i < p.length; i++) {
    const step = Math.min(256, Math.floor((p[i] ?? 0) * 256))
    mass[step] = (mass[step] ?? 0) + (words[i] ?? 0)
    hits[step] = (hits[step] ?? 0) + (p[i] ?? 0) * (words[i] ?? 0)
    total += (p[i] ?? 0) * (words[i] ?? 0)
  }
  let kept = 0
  let hit = 0
  let best = -1
  let threshold = 1
  for (let step = 256; step >= 0; step--) {
    if (mass[step] === 0) continue
    kept += mass[step] ?? 0
    hit += hits[step] ?? 0
    const value = ((1 + beta * beta) * hit) / (kept + beta * beta * total)
    if (value > best) {
      best = value
      threshold = step / 256
    }
  }
  return threshold
}

/** Word-weighted sums of the first look, over every range that the features ask for. */
export const surroundings = (d: Description, p: Float32Array) => {
  const { page } = d
  const { blocks } = page
  const n = blocks.length
  const prefix = new Float64Array(n + 1)
  const weight = new Float64Array(n + 1)
  const words = Float64Array.from(blocks, (block) => block.size.words)
  for (let i = 0; i < n; i++) {
    // Short blocks count a little more than their words: a heading says much about its section.
    const w = (words[i] ?? 0) + 1
    prefix[i + 1] = (prefix[i] ?? 0) + w * (p[i] ?? 0)
    weight[i + 1] = (weight[i] ?? 0) + w
  }
  const average = (from: number, to: number): number => {
    const w = (weight[to] ?? 0) - (weight[from] ?? 0)
    return w > 0 ? ((prefix[to] ?? 0) - (prefix[from] ?? 0)) / w : -1
  }
  const sums = <K>(keyOf: (i: number) => K): Map<K, { hit: number; weight: number }> => {
    const table = new Map<K, { hit: number; weight: number }>()
    for (let i = 0; i < n; i++) {
      const key = keyOf(i)
      let entry = table.get(key)
      if (entry === undefined) table.set(key, (entry = { hit: 0, weight: 0 }))
      const w = (words[i] ?? 0) + 1
      entry.hit += w * (p[i] ?? 0)
      entry.weight += w
    }
    return table
  }
  const elementOf = (i: number): number => blocks[i]?.element ?? -1
  const groupOf = (item: number): number => (item < 0 ? -1 : d.groupKey(item))
  const templates = sums((i) => page.template[elementOf(i)] ?? -1)
  const groups = sums((i) => groupOf(d.near[elementOf(i)] ?? -1))
  const outers = sums((i) => groupOf(d.outer[elementOf(i)] ?? -1))
  const texts = sums((i) => blocks[i]?.text.slice(0, 120) ?? '')
  const nextHeading = new Int32Array(n + 1).fill(n)
  for (let i = n - 1; i >= 0; i--) nextHeading[i] = (d.headings[i] ?? 0) > 0 ? i : nextHeading[i + 1] ?? n
  const threshold = bestThreshold(p, words)
  const runBefore = new Int32Array(n)
  const runAfter = new Int32Array(n)
  for (let i = 1; i < n; i++) runBefore[i] = (p[i - 1] ?? 0) >= threshold ? Math.max(1, (runBefore[i - 1] ?? 0) + 1) : Math.min(-1, (runBefore[i - 1] ?? 0) - 1)
  for (let i = n - 2; i >= 0; i--) runAfter[i] = (p[i + 1] ?? 0) >= threshold ? Math.max(1, (runAfter[i + 1] ?? 0) + 1) : Math.min(-1, (runAfter[i + 1] ?? 0) - 1)
  const rank = new Float64Array(257)
  for (let i = 0; i < n; i++) {
    const step = Math.min(256, Math.floor((p[i] ?? 0) * 256))
    rank[step] = (rank[step] ?? 0) + (words[i] ?? 0)
  }
  for (let step = 255; step >= 0; step--) rank[step] = (rank[step] ?? 0) + (rank[step + 1] ?? 0)
  return { d, p, average, templates, groups, outers, texts, groupOf, nextHeading, threshold, runBefore, runAfter, rank, overall: average(0, n), totalWords: d.totals.words }
}

export type Surroundings = ReturnType<typeof surroundings>

export const writeContextFeatures = (s: Surroundings, i: number, into: Float32Array, offset: number): void => {
  const { d, p } = s
  const { page } = d
  const n = page.blocks.length
  const element = page.blocks[i]?.element ?? -1
  const own = p[i] ?? 0
  let at = offset
  const put = (value: number): void => { into[at++] = value }
  const mean = (entry: { hit: number; weight: number } | undefined): number => (entry === undefined || entry.weight === 0 ? -1 : entry.hit / entry.weight)
  put(own)
  for (const step of [-1, -2, -3, 1, 2, 3]) put(p[i + step] ?? -1)
  put(s.average(Math.max(0, i - 3), Math.min(n, i + 4)))
  put(s.average(Math.max(0, i - 10), Math.min(n, i + 11)))
  put(s.average(Math.max(0, i - 10), i))
  put(s.average(Math.min(n, i + 1), Math.min(n, i + 11)))
  let index = page.parent[element] ?? -1
  let before = (page.lastBlock[element] ?? 0) - (page.firstBlock[element] ?? 0)
  let found = 0
  for (let up = 0; up < 24 && index >= 0 && found < 4; up++, index = page.parent[index] ?? -1) {
    const from = page.firstBlock[index] ?? 0
    const to = page.lastBlock[index] ?? 0
    if (to - from <= before) continue
    before = to - from
    found++
    put(s.average(from, to))
  }
  for (; found < 4; found++) put(-1)
  put(mean(s.templates.get(page.template[element] ?? -1)))
  const near = d.near[element] ?? -1
  const outer = d.outer[element] ?? -1
  put(near < 0 ? -1 : s.average(page.firstBlock[near] ?? 0, page.lastBlock[near] ?? 0))
  put(near < 0 ? -1 : mean(s.groups.get(s.groupOf(near))))
  put(outer < 0 ? -1 : mean(s.outers.get(s.groupOf(outer))))
  const heading = d.headingAt[i] ?? -1
  put(heading < 0 ? -1 : p[heading] ?? -1)
  put(s.average((d.headings[i] ?? 0) > 0 ? i + 1 : Math.max(0, heading), s.nextHeading[i + 1] ?? n))
  put(mean(s.texts.get(page.blocks[i]?.text.slice(0, 120) ?? '')))
  put(s.overall)
  put(s.threshold)
  put(s.totalWords > 0 ? (s.rank[Math.min(256, Math.floor(own * 256))] ?? 0) / s.totalWords : 0)
  const signed = (value: number): number => Math.sign(value) * log(Math.abs(value))
  put(signed(s.runBefore[i] ?? 0))
  put(signed(s.runAfter[i] ?? 0))
}
