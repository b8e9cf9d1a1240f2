/** A result as one source gives it. */
export interface Candidate {
  url: string
  title: string
  snippet: string
  /** Passages about the query, best first, where the source has the page's text. */
  passages?: string[]
  description?: string
  siteName?: string
  author?: string
  language?: string
  favicon?: string
  image?: string
  publishedAt?: string
  modifiedAt?: string
  crawledAt?: string
  /** Of the text, where the source has it. */
  contentHash?: string
  simhash?: string
}

/** The members that are set. */
export const candidate = (parts: { [K in keyof Candidate]: Candidate[K] | undefined } & { url: string; title: string; snippet: string }): Candidate =>
  Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined && value !== '' || typeof value === 'string')) as unknown as Candidate
