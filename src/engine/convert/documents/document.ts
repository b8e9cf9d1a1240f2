import type { Markup } from '../kinds/kind.ts'

/** What a converter of bytes gets. */
export interface DocumentSource {
  body: Uint8Array
  /** The media type it was found to be. */
  type: string
  url: string
  /** Most pages, slides or chapters that are converted. */
  pagesMax: number
  /** On the clock of `performance.now()`: what is done by then is given, with a warning. */
  until: number
}

/** HTML that goes the common way from there; throws for what cannot be read. */
export type DocumentConverter = (source: DocumentSource) => Promise<Markup>
