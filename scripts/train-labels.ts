import { tokens } from '../bench/extract-score.ts'

/**
 * For each block, the share of its words that the ground truth holds at a place of its own. Long blocks claim their places by runs of
 * three words; short ones then claim what is left over, first between the places of their neighbours, then anywhere.
 */
export const labelBlocks = (texts: readonly string[], truth: string): { label: Float32Array; words: Int32Array } => {
  const want = tokens(truth)
  const blocks = texts.map((text) => tokens(text))
  const label = new Float32Array(texts.length)
  const words = Int32Array.from(blocks, (block) => block.length)
  const owner = new Int32Array(want.length).fill(-1)
  const places = new Map<string, number[]>()
  for (let i = 0; i + 2 < want.length; i++) {
    const key = `${want[i]} ${want[i + 1]} ${want[i + 2]}`
    const list = places.get(key)
    if (list === undefined) places.set(key, [i])
    else list.push(i)
  }
  let expected = 0
  // Long blocks first, in order; among equal places the one nearest to the expected position wins.
  for (let b = 0; b < blocks.length; b++) {
    const block = blocks[b] ?? []
    if (block.length < 5) continue
    const covered = new Uint8Array(block.length)
    let last = -1
    for (let i = 0; i + 2 < block.length; i++) {
      const list = places.get(`${block[i]} ${block[i + 1]} ${block[i + 2]}`)
      if (list === undefined) continue
      const aim = last >= 0 ? last + 1 : expected
      let best = -1
      let distance = Infinity
      for (const place of list) {
        if ([0, 1, 2].some((k) => { const o = owner[place + k] ?? -1; return o >= 0 && o !== b })) continue
        const d = Math.abs(place - aim)
        if (d < distance) { distance = d; best = place }
      }
      if (best < 0) continue
      for (let k = 0; k < 3; k++) { owner[best + k] = b; covered[i + k] = 1 }
      last = best
    }
    if (last >= 0) expected = last + 3
    label[b] = covered.reduce((sum, value) => sum + value, 0) / block.length
  }
  const free = (from: number, block: readonly string[]): boolean => {
    for (let k = 0; k < block.length; k++) if (want[from + k] !== block[k] || (owner[from + k] ?? 0) >= 0) return false
    return true
  }
  const starts = new Map<string, number[]>()
  want.forEach((word, i) => {
    const list = starts.get(word)
    if (list === undefined) starts.set(word, [i])
    else list.push(i)
  })
  const claim = (b: number, near: boolean, lo: number, hi: number): void => {
    const block = blocks[b] ?? []
    for (const place of starts.get(block[0] ?? '') ?? []) {
      if (near && (place < lo || place > hi)) continue
      if (!free(place, block)) continue
      for (let k = 0; k < block.length; k++) owner[place + k] = b
      label[b] = 1
      return
    }
  }
  for (const near of [true, false]) {
    // The place of the next block that is well matched bounds a short one from above.
    const firstPlace = new Int32Array(blocks.length).fill(-1)
    const lastPlace = new Int32Array(blocks.length).fill(-1)
    owner.forEach((b, i) => {
      if (b < 0) return
      if ((firstPlace[b] ?? -1) < 0) firstPlace[b] = i
      lastPlace[b] = i
    })
    const next = new Int32Array(blocks.length + 1).fill(want.length)
    for (let b = blocks.length - 1; b >= 0; b--) {
      next[b] = (firstPlace[b] ?? -1) >= 0 && (label[b] ?? 0) > 0.6 ? (firstPlace[b] ?? 0) : (next[b + 1] ?? 0)
    }
    let before = -1
    for (let b = 0; b < blocks.length; b++) {
      const block = blocks[b] ?? []
      if (block.length > 0 && block.length < 5 && (label[b] ?? 0) === 0) {
        claim(b, near, before < 0 ? Math.max(0, (next[b] ?? 0) - 40) : before, before < 0 ? (next[b] ?? 0) : Math.min((next[b] ?? 0), before + 60))
      }
      if ((lastPlace[b] ?? -1) >= 0 && (label[b] ?? 0) > 0.6) before = lastPlace[b] ?? before
    }
  }
  return { label, words }
}
