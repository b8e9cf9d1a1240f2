import { firstWidth, secondWidth } from './widths.ts'
import { pageFeatureNames } from './page-features.ts'
import packed from './model.json' with { type: 'json' }
import { unpackLexicon, type Lexicon, type PackedLexicon } from './lexicon.ts'
import { unpack, type Forest, type PackedForest } from './forest.ts'

/** One forest per kind of page, one for the first look at each block, one for the second. */
export interface Model {
  kinds: Forest[]
  first: Forest
  second: Forest
  lexicon: Lexicon
}

export interface PackedModel {
  /** Number of features that each part was trained on. */
  features: { page: number; first: number; second: number }
  kinds: PackedForest[]
  first: PackedForest
  second: PackedForest
  lexicon: PackedLexicon
}

export const unpackModel = (stored: PackedModel): Model => ({
  kinds: stored.kinds.map(unpack), first: unpack(stored.first), second: unpack(stored.second), lexicon: unpackLexicon(stored.lexicon),
})

let loaded: Model | undefined

/** The model of this version. One that was trained on other features would judge at random: our own mistake, told at once. */
export const defaultModel = (): Model => {
  if (loaded === undefined) {
    const { page, first, second } = packed.features
    if (page !== pageFeatureNames.length || first !== firstWidth || second !== secondWidth) throw new Error('main-content/model.json was trained on other features: run scripts/train-main-content.ts')
    loaded = unpackModel(packed)
  }
  return loaded
}
