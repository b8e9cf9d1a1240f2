/** Forms that a selected value can be given. */
export const coercions = ['string', 'number', 'integer', 'money', 'date', 'boolean', 'url', 'html'] as const
export type Coercion = (typeof coercions)[number]

/** A CSS selector for text, or how to read what it matches. */
export type Selection = string | SelectionObject

export interface SelectionObject {
  /** Left out: the element that the fields around this one are read from. */
  selector?: string
  attribute?: string
  type?: Coercion
  /** Every match instead of the first. */
  list?: boolean
  fields?: Record<string, Selection>
  /** RE2 syntax; the first group, or the whole match. */
  regex?: string
}

export type Selections = Record<string, Selection>

/** What structured data is wanted; with nothing set, what the page says it is about. */
export interface ExtractOptions {
  /** JSON Schema, 2020-12 or draft 7. */
  schema?: Record<string, unknown>
  prompt?: string
  selectors?: Selections
  /** `page`: never ask a model; `model`: fail where none is configured. Default: a model where it has something to add. */
  engine?: 'auto' | 'page' | 'model'
}

export const sourceKinds = ['selector', 'adapter', 'json_ld', 'microdata', 'rdfa', 'state', 'body', 'open_graph', 'twitter', 'meta', 'table', 'definition', 'label', 'block', 'element', 'model'] as const

/** Where the value of one field came from. */
export interface Source {
  source: (typeof sourceKinds)[number]
  /** A path inside that source: `[0].offers.price`, a selector, the label or the cell of a table. */
  path: string
  /** Of a model: the text of the page that supports the value, and where it begins in the material. */
  excerpt?: string
  position?: number
}

export interface ModelUse {
  name: string
  calls: number
  inputTokens: number
  outputTokens: number
}

/** How structured data was come by. */
export interface Extraction {
  /** By JSON pointer of the field. */
  sources: Record<string, Source>
  /** JSON pointers of what the schema names and the page does not hold. */
  missing: string[]
  /** Selectors that matched nothing or whose match could not be read, by JSON pointer of their field. */
  unmatched: Record<string, string>
  model?: ModelUse
}

/** A JSON Schema from words, with the words as they were understood. */
export interface SchemaDraft {
  prompt: string
  schema: Record<string, unknown>
  model: ModelUse
}

/** An answer to a question about a page, with the passages that support it. */
export interface Answer {
  answer: string | null
  excerpts: { text: string; position: number }[]
}
