import { leafScale, type PackedForest } from '../src/engine/convert/main-content/forest.ts'

/** Gradient boosting of small trees on histograms: logistic loss, soft labels, weighted rows. */
export interface TrainOptions {
  trees: number
  leaves: number
  rate: number
  /** Least sum of hessians in a leaf, in units of the mean row weight. */
  leafWeight: number
  lambda: number
  /** Share of pages, then of rows of those pages, that each tree is grown on. */
  pageShare: number
  rowShare: number
  featureShare: number
  seed: number
}

export interface Tree {
  feature: number[]
  bin: number[]
  /** Child of a split: a later split when positive, else leaf -(n+1). */
  left: number[]
  right: number[]
  leaf: number[]
}

export interface Forest {
  base: number
  edges: Float32Array[]
  trees: Tree[]
}

export const random = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const binsMax = 48

const push = (cuts: number[], value: number): void => {
  const stored = halved(value)
  if (cuts.length === 0 || stored > (cuts.at(-1) ?? 0)) cuts.push(stored)
}

/** Borders between bins, from quantiles of a sample. A value belongs to the first bin whose border it does not exceed. */
export const edgesOf = (rows: Float32Array, width: number, count: number): Float32Array[] => {
  const edges: Float32Array[] = []
  const step = Math.max(1, Math.floor(count / 40_000))
  for (let f = 0; f < width; f++) {
    const values: number[] = []
    for (let r = 0; r < count; r += step) values.push(rows[r * width + f] ?? 0)
    values.sort((a, b) => a - b)
    const distinct = [...new Set(values)]
    const cuts: number[] = []
    if (distinct.length <= binsMax) for (let i = 0; i + 1 < distinct.length; i++) push(cuts, ((distinct[i] ?? 0) + (distinct[i + 1] ?? 0)) / 2)
    else for (let b = 1; b < binsMax; b++) {
      push(cuts, values[Math.floor((b * values.length) / binsMax)] ?? 0)
    }
    edges.push(Float32Array.from(cuts))
  }
  return edges
}

const binOf = (value: number, cuts: Float32Array): number => {
  let lo = 0
  let hi = cuts.length
  while (lo < hi) {
    const mid = (lo + hi) >> 1
    if (value <= (cuts[mid] ?? 0)) hi = mid
    else lo = mid + 1
  }
  return lo
}

/** Column-major bins. */
export const binAll = (rows: Float32Array, width: number, count: number, edges: readonly Float32Array[]): Uint8Array => {
  const bins = new Uint8Array(width * count)
  for (let f = 0; f < width; f++) {
    const cuts = edges[f] ?? new Float32Array(0)
    for (let r = 0; r < count; r++) bins[f * count + r] = binOf(rows[r * width + f] ?? 0, cuts)
  }
  return bins
}

interface Node { rows: Int32Array; gradient: number; hessian: number; histogram: Float64Array; best: Split | null; parentSplit: number; side: 'left' | 'right' }
interface Split { gain: number; feature: number; bin: number }

export const train = (
  bins: Uint8Array, width: number, stride: number, sample: Int32Array, labels: Float32Array, weights: Float32Array, edges: Float32Array[], pageOf: Int32Array, options: TrainOptions,
): Forest => {
  const next = random(options.seed)
  let sumLabel = 0
  let sumWeight = 0
  for (const r of sample) { sumLabel += (labels[r] ?? 0) * (weights[r] ?? 0); sumWeight += weights[r] ?? 0 }
  const prior = Math.min(0.98, Math.max(0.02, sumLabel / sumWeight))
  const base = Math.log(prior / (1 - prior))
  const scores = new Float64Array(stride).fill(base)
  const gradient = new Float64Array(stride)
  const hessian = new Float64Array(stride)
  const scale = sample.length / sumWeight
  // Heavy rows come more often into a tree; what is drawn less often counts more when drawn.
  const chance = new Float64Array(stride)
  for (const r of sample) chance[r] = Math.min(1, Math.max(0.02, options.rowShare * Math.sqrt((weights[r] ?? 0) * scale)))
  const forest: Forest = { base, edges, trees: [] }
  const usable = Array.from({ length: width }, (_, f) => f).filter((f) => (edges[f]?.length ?? 0) > 0)

  for (let t = 0; t < options.trees; t++) {
    for (const r of sample) {
      const p = 1 / (1 + Math.exp(-(scores[r] ?? 0)))
      const w = ((weights[r] ?? 0) * scale) / (chance[r] ?? 1)
      gradient[r] = w * (p - (labels[r] ?? 0))
      hessian[r] = Math.max(1e-6, w * p * (1 - p))
    }
    const features = usable.filter(() => next() < options.featureShare)
    if (features.length === 0) continue
    const inBag = new Map<number, boolean>()
    const rows = sample.filter((r) => {
      const page = pageOf[r] ?? 0
      let inside = inBag.get(page)
      if (inside === undefined) inBag.set(page, (inside = next() < options.pageShare))
      return inside && next() < (chance[r] ?? 1)
    })
    const tree = grow(bins, stride, rows, gradient, hessian, features, options)
    forest.trees.push(tree)
    for (const r of sample) scores[r] = (scores[r] ?? 0) + evaluate(tree, bins, stride, r)
  }
  return forest
}

const evaluate = (tree: Tree, bins: Uint8Array, stride: number, row: number): number => {
  let at = tree.feature.length > 0 ? 0 : -1
  while (at >= 0) at = (bins[(tree.feature[at] ?? 0) * stride + row] ?? 0) <= (tree.bin[at] ?? 0) ? (tree.left[at] ?? -1) : (tree.right[at] ?? -1)
  return tree.leaf[-at - 1] ?? 0
}

const size = binsMax + 1

const grow = (
  bins: Uint8Array, stride: number, rows: Int32Array, gradient: Float64Array, hessian: Float64Array, features: readonly number[], options: TrainOptions,
): Tree => {
  const tree: Tree = { feature: [], bin: [], left: [], right: [], leaf: [] }
  const gathered = new Float64Array(2 * rows.length)
  const histogramOf = (list: Int32Array): Float64Array => {
    const histogram = new Float64Array(features.length * size * 2)
    const count = list.length
    for (let i = 0; i < count; i++) {
      const r = list[i] as number
      gathered[2 * i] = gradient[r] as number
      gathered[2 * i + 1] = hessian[r] as number
    }
    for (let k = 0; k < features.length; k++) {
      const column = (features[k] as number) * stride
      const offset = k * size * 2
      for (let i = 0; i < count; i++) {
        const slot = offset + 2 * (bins[column + (list[i] as number)] as number)
        histogram[slot] = (histogram[slot] as number) + (gathered[2 * i] as number)
        histogram[slot + 1] = (histogram[slot + 1] as number) + (gathered[2 * i + 1] as number)
      }
    }
    return histogram
  }
  const gain = (g: number, h: number): number => (g * g) / (h + options.lambda)
  const bestOf = (node: Omit<Node, 'best'>): Split | null => {
    let best: Split | null = null
    const parent = gain(node.gradient, node.hessian)
    for (let k = 0; k < features.length; k++) {
      let g = 0
      let h = 0
      for (let b = 0; b < binsMax; b++) {
        const slot = (k * size + b) * 2
        g += node.histogram[slot] ?? 0
        h += node.histogram[slot + 1] ?? 0
        if (h < options.leafWeight) continue
        if (node.hessian - h < options.leafWeight) break
        const value = gain(g, h) + gain(node.gradient - g, node.hessian - h) - parent
        if (value > 1e-3 && (best === null || value > best.gain)) best = { gain: value, feature: k, bin: b }
      }
    }
    return best
  }
  const make = (list: Int32Array, histogram: Float64Array, parentSplit: number, side: 'left' | 'right'): Node => {
    let g = 0
    let h = 0
    for (const r of list) { g += gradient[r] ?? 0; h += hessian[r] ?? 0 }
    const node = { rows: list, gradient: g, hessian: h, histogram, parentSplit, side }
    return { ...node, best: bestOf(node) }
  }
  const open: Node[] = [make(rows, histogramOf(rows), -1, 'left')]
  const link = (node: Node, value: number): void => {
    if (node.parentSplit >= 0) tree[node.side][node.parentSplit] = value
  }
  let leaves = 1
  while (leaves < options.leaves) {
    let pick = -1
    open.forEach((node, i) => { if (node.best !== null && (pick < 0 || node.best.gain > (open[pick]?.best?.gain ?? 0))) pick = i })
    const node = open[pick]
    if (node === undefined || node.best === null) break
    open.splice(pick, 1)
    const { feature, bin } = node.best
    const column = (features[feature] ?? 0) * stride
    const left = node.rows.filter((r) => (bins[column + r] ?? 0) <= bin)
    const right = node.rows.filter((r) => (bins[column + r] ?? 0) > bin)
    const at = tree.feature.length
    tree.feature.push(features[feature] ?? 0)
    tree.bin.push(bin)
    tree.left.push(0)
    tree.right.push(0)
    link(node, at)
    const small = left.length < right.length ? left : right
    const histogram = histogramOf(small)
    const rest = node.histogram
    for (let i = 0; i < rest.length; i++) rest[i] = (rest[i] ?? 0) - (histogram[i] ?? 0)
    open.push(make(left, small === left ? histogram : rest, at, 'left'), make(right, small === right ? histogram : rest, at, 'right'))
    leaves++
  }
  for (const node of open) {
    link(node, -(tree.leaf.length + 1))
    tree.leaf.push((-options.rate * node.gradient) / (node.hessian + options.lambda))
  }
  return tree
}

export const predict = (forest: Forest, bins: Uint8Array, stride: number, row: number): number => {
  let score = forest.base
  for (const tree of forest.trees) score += evaluate(tree, bins, stride, row)
  return 1 / (1 + Math.exp(-score))
}

/** Gain-free importance: how often each feature splits. */
export const splitCounts = (forest: Forest, width: number): number[] => {
  const counts = Array.from({ length: width }, () => 0)
  for (const tree of forest.trees) for (const f of tree.feature) counts[f] = (counts[f] ?? 0) + 1
  return counts
}

/** The upper half of a float32: what the stored model keeps of a threshold. */
export const halved = (value: number): number => {
  const view = new DataView(new ArrayBuffer(4))
  view.setFloat32(0, value)
  view.setUint16(2, 0)
  return view.getFloat32(0)
}

export const pack = (forest: Forest): PackedForest => {
  const splits = forest.trees.map((tree) => tree.feature.length)
  const nodes = new DataView(new ArrayBuffer(6 * splits.reduce((sum, value) => sum + value, 0)))
  const leaves = new DataView(new ArrayBuffer(2 * splits.reduce((sum, value) => sum + value + 1, 0)))
  const scratch = new DataView(new ArrayBuffer(4))
  let node = 0
  let leaf = 0
  for (const tree of forest.trees) {
    tree.feature.forEach((feature, i) => {
      scratch.setFloat32(0, forest.edges[feature]?.[tree.bin[i] ?? 0] ?? 0)
      nodes.setUint16(node, feature)
      nodes.setUint16(node + 2, scratch.getUint16(0))
      nodes.setInt8(node + 4, tree.left[i] ?? 0)
      nodes.setInt8(node + 5, tree.right[i] ?? 0)
      node += 6
    })
    for (const value of tree.leaf) {
      leaves.setInt16(leaf, Math.max(-32_768, Math.min(32_767, Math.round(value * leafScale))))
      leaf += 2
    }
  }
  const base64 = (view: DataView): string => Buffer.from(view.buffer).toString('base64')
  return { base: forest.base, splits, nodes: base64(nodes), leaves: base64(leaves) }
}
