import { describe, expect, it } from 'vitest'
import { around, tokensOf, truncated, withinBudget } from './highlights.ts'

describe('passages within a budget', () => {
  it('never exceed it, whatever the script', () => {
    for (const text of ['word '.repeat(1000), '漢字仮名'.repeat(400), 'x'.repeat(5000), '🦜'.repeat(900), 'A sentence. '.repeat(300), 'para\n\n'.repeat(500)]) {
      for (const budget of [20, 57, 300]) {
        expect(tokensOf(truncated(text, budget))).toBeLessThanOrEqual(budget)
        expect(tokensOf(withinBudget([text, text, 'short'], budget).join(''))).toBeLessThanOrEqual(budget + 1)
        expect(truncated(text, budget).isWellFormed()).toBe(true)
      }
    }
  })

  it('end with a sentence where one ends late enough, and leave short texts alone', () => {
    expect(truncated('One two three four. Five six seven eight. Nine ten eleven twelve.', 12)).toBe('One two three four. Five six seven eight.')
    expect(truncated('short', 20)).toBe('short')
  })

  it('begin shortly before the first word of the query where it stands too far down', () => {
    const passage = `${'Filling here. '.repeat(60)}The parrot speaks. ${'More of it. '.repeat(60)}`
    expect(around(passage, ['parrot'], 40)).toMatch(/^The parrot speaks\./)
    expect(around(passage, ['absent'], 40)).toBe(passage)
  })
})
