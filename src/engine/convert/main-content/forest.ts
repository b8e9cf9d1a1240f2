/** A forest as stored: trees one after another, base64 of fixed-size records. Written by scripts/train-main-content.ts. */
export interface PackedForest {
  base: number
  /** Splits in each tree; a tree of n splits has n + 1 leaves. */
  splits: number[]
  /** Per split: feature (u16), threshold (upper half of a float32), left and right (i8; negative is leaf -(n+1)). */
  nodes: string
  /** Per leaf: an i16 in units of 1/leafScale. */
  leaves: string
}

export interface Forest {
  base: number
  roots: Int32Array
  feature: Uint16Array
  threshold: Float32Array
  /** Absolute child positions; negative is leaf -(n+1), absolute too. */
  left: Int32Array
  right: Int32Array
  leaf: Float32Array
}

export const leafScale = 4096

const bytes = (base64: string): DataView => {
  const buffer = Buffer.from(base64, 'base64')
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}

export const unpack = (packed: PackedForest): Forest => {
  const nodes = bytes(packed.nodes)
  const leaves = bytes(packed.leaves)
  const total = nodes.byteLength / 6
  const forest: Forest = {
    base: packed.base, roots: new Int32Array(packed.splits.length), feature: new Uint16Array(total), threshold: new Float32Array(total),
    left: new Int32Array(total), right: new Int32Array(total), leaf: new Float32Array(leaves.byteLength / 2),
  }
  const scratch = new DataView(new ArrayBuffer(4))
  let node = 0
  let leaf = 0
  packed.splits.forEach((splits, tree) => {
    forest.roots[tree] = splits > 0 ? node : -(leaf + 1)
    const child = (value: number): number => (value >= 0 ? node + value : value - leaf)
    for (let i = 0; i < splits; i++) {
      const at = (node + i) * 6
      forest.feature[node + i] = nodes.getUint16(at)
      scratch.setUint32(0, nodes.getUint16(at + 2) * 65_536)
      forest.threshold[node + i] = scratch.getFloat32(0)
      forest.left[node + i] = child(nodes.getInt8(at + 4))
      forest.right[node + i] = child(nodes.getInt8(at + 5))
    }
    for (let i = 0; i <= splits; i++) forest.leaf[leaf + i] = leaves.getInt16((leaf + i) * 2) / leafScale
    node += splits
    leaf += splits + 1
  })
  return forest
}

/** The probability for the row of features that starts at `offset`. */
export const evaluate = (forest: Forest, row: Float32Array, offset: number): number => {
  const { roots, feature, threshold, left, right, leaf } = forest
  let score = forest.base
  for (let tree = 0; tree < roots.length; tree++) {
    let at = roots[tree] as number
    while (at >= 0) at = (row[offset + (feature[at] as number)] as number) <= (threshold[at] as number) ? (left[at] as number) : (right[at] as number)
    score += leaf[-at - 1] as number
  }
  return 1 / (1 + Math.exp(-score))
}
