import { createHash } from 'node:crypto'
import { wordsOf } from '../../lib/words.ts'

const wordsMax = 20_000
const shingle = 3
/** Bits by which texts may differ that are still the same; of 64. */
const distanceMax = 3
/** Of shorter texts a few words decide. */
const wordsMin = 40

/** 64 bits in hex that are alike where texts are; '' for texts too short to tell. */
export const simhashOf = (text: string): string => {
  const words = wordsOf(text.slice(0, wordsMax * 12)).slice(0, wordsMax)
  if (words.length < wordsMin) return ''
  const sums = new Int32Array(64)
  for (let i = 0; i + shingle <= words.length; i++) {
    const digest = createHash('md5').update(words.slice(i, i + shingle).join(' ')).digest()
    for (let bit = 0; bit < 64; bit++) sums[bit] = (sums[bit] ?? 0) + (((digest[bit >> 3] ?? 0) >> (bit & 7)) & 1 ? 1 : -1)
  }
  let value = 0n
  for (let bit = 0; bit < 64; bit++) if ((sums[bit] ?? 0) > 0) value |= 1n << BigInt(bit)
  return value.toString(16).padStart(16, '0')
}

export const isNearDuplicate = (a: string, b: string): boolean => {
  if (a === '' || b === '') return false
  let differing = BigInt(`0x${a}`) ^ BigInt(`0x${b}`)
  let count = 0
  for (; differing > 0n && count <= distanceMax; differing &= differing - 1n) count++
  return count <= distanceMax
}
