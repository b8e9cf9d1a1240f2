import type { Adapter } from './adapter.ts'
import { amazonSearch } from './amazon-search.ts'
import { amazon } from './amazon.ts'

/** Sites whose pages say more than their structured data. A new one is a file and a line here. */
export const adapters: readonly Adapter[] = [amazon, amazonSearch]
