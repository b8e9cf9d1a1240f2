import { describe, expect, it } from 'vitest'
import { wordsOf } from '../../lib/words.ts'
import { isNearDuplicate, simhashOf } from './simhash.ts'

const text = Array.from({ length: 400 }, (_, i) => `word${(i * 7919) % 389} thing${(i * 31) % 97}`).join(' ')

describe('near duplicates', () => {
  it('are texts that differ in a few words', () => {
    expect(isNearDuplicate(simhashOf(wordsOf(text)), simhashOf(wordsOf(`${text} printed on Monday`)))).toBe(true)
    expect(isNearDuplicate(simhashOf(wordsOf(text)), simhashOf(wordsOf(text.replaceAll('word1', 'other'))))).toBe(false)
  })

  it('are never texts too short to tell', () => {
    expect(simhashOf(wordsOf('a few words'))).toBe('')
    expect(isNearDuplicate('', '')).toBe(false)
  })
})
