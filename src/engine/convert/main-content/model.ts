import packed from './model.json' with { type: 'json' }
import { unpack, type Forest, type PackedForest } from './forest.ts'

/** One forest per kind of page, one for the first look at each block, one for the second. */
export interface Model {
  kinds: Forest[]
  first: Forest
  second: Forest
}

export interface PackedModel {
  /** Number of features that each part was trained on: a model of another feature set is refused at start. */
  features: { page: number; block: number; context: number }
  kinds: PackedForest[]
  first: PackedForest
  second: PackedForest
}

export const unpackModel = (stored: PackedModel): Model => ({
  kinds: stored.kinds.map(unpack), first: unpack(stored.first), second: unpack(stored.second),
})

let loaded: Model | undefined
export const defaultModel = (): Model => (loaded ??= unpackModel(packed))
