import { blockFeatureCount } from './block-features.ts'
import { contextFeatureCount } from './context-features.ts'
import { lexiconFeatureCount } from './lexicon.ts'

/** Features of a block at the first look: its own, then what its words and names lean to. */
export const firstWidth = blockFeatureCount + lexiconFeatureCount
/** At the second look: those, then what was thought of its surroundings. */
export const secondWidth = firstWidth + contextFeatureCount
