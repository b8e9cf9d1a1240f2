import type { Proven } from './proof.ts'

export interface Category {
  /** Content Taxonomy 1.0: `IAB13` or `IAB13-4`. */
  iab_id: string
  /** `IAB13`. */
  iab_parent_id: string
  category: string
  /** Null where only the first tier is known. */
  subcategory: string | null
}

/** What a site is about, in the words of the IAB. Ids are always of the taxonomy. */
export interface Classification extends Category, Proven {
  /** The same in Content Taxonomy 2.x and 3.1, as far as the official mapping goes. */
  iab_v2?: { id: string; name: string }
  iab_v3?: { id: string; name: string }
  alternatives: (Category & { confidence: number })[]
  method: 'lexical' | 'embedding' | 'model'
}
