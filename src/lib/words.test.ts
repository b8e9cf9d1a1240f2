import { describe, expect, it } from 'vitest'
import { wordsOf } from './words.ts'

describe('wordsOf', () => {
  it('folds case, width and the accents of Latin and Greek, but not the letters of other scripts', () => {
    expect(wordsOf('Élan ＡＢＣ naïve Ελλάδα йод कि')).toEqual(['elan', 'abc', 'naive', 'ελλαδα', 'йод', 'कि'])
  })

  it('gives pairs where a script puts no spaces, and the last character alone', () => {
    expect(wordsOf('東京都の wifi設定')).toEqual(['東京', '京都', '都の', 'の', 'wifi', '設定', '定'])
  })

  it('lets nothing through but letters, marks and digits, and no endless word', () => {
    expect(wordsOf(`a\0b ' \\ & | ! ( ) : * <-> \ud800 😀`)).toEqual(['a', 'b'])
    expect(wordsOf('x'.repeat(5000))).toEqual(['x'.repeat(64)])
  })
})
