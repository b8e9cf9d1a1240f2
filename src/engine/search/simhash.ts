const wordsMax = 20_000
const shingle = 3
/** Bits by which texts may differ that are still the same; of 64. */
const distanceMax = 3
/** Of shorter texts a few words decide. */
const wordsMin = 40

/** 64 bits in hex that are alike where texts are; '' for texts too short to tell. */
export const simhashOf = (words: readonly string[]): string => {
  const count = Math.min(words.length, wordsMax)
  if (count < wordsMin) return ''
  const sums = new Int32Array(64)
  // Three words at a time: the hashes of the two before this one.
  let [high2, low2, high1, low1] = [0, 0, 0, 0]
  for (let i = 0; i < count; i++) {
    const word = words[i] ?? ''
    let high = 0x811c9dc5
    let low = 0x9747b28c
    for (let at = 0; at < word.length; at++) {
      const code = word.charCodeAt(at)
      high = Math.imul(high ^ code, 0x01000193)
      low = Math.imul(low ^ code, 0x5bd1e995)
    }
    if (i >= shingle - 1) {
      vote(sums, 0, mixed(high2, high1, high))
      vote(sums, 32, mixed(low2, low1, low))
    }
    ;[high2, low2, high1, low1] = [high1, low1, high, low]
  }
  return [32, 0].map((from) => hex(sums.subarray(from, from + 32))).join('')
}

/** The order of the words counts; every bit depends on every bit (MurmurHash3's finalizer). */
const mixed = (first: number, second: number, third: number): number => {
  let hash = Math.imul(first, 0xcc9e2d51) ^ Math.imul((second << 15) | (second >>> 17), 0x1b873593) ^ ((third << 13) | (third >>> 19))
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

const vote = (sums: Int32Array, from: number, hash: number): void => {
  for (let bit = 0; bit < 32; bit++) sums[from + bit] = (sums[from + bit] ?? 0) + (((hash >>> bit) & 1) << 1) - 1
}

const hex = (sums: Int32Array): string => {
  let value = 0
  for (let bit = 0; bit < 32; bit++) if ((sums[bit] ?? 0) > 0) value |= 1 << bit
  return (value >>> 0).toString(16).padStart(8, '0')
}

export const isNearDuplicate = (a: string, b: string): boolean => {
  if (a === '' || b === '') return false
  let differing = BigInt(`0x${a}`) ^ BigInt(`0x${b}`)
  let count = 0
  for (; differing > 0n && count <= distanceMax; differing &= differing - 1n) count++
  return count <= distanceMax
}
