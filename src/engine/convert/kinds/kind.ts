import type { Metadata } from '../../../contract/document.ts'

export interface Source {
  text: string
  /** The media type it was found to be. */
  type: string
  url: string
}

/** What a kind makes of its text: HTML to go the common way, or Markdown and text as they are. */
export type Made = Markup | Plain

export interface Markup {
  html: string
  xhtml?: boolean
  /** Made from bytes, not from a text that could be given as it came. */
  isDocument?: boolean
  metadata?: Metadata
  warnings?: string[]
}

export interface Plain {
  markdown: string
  text: string
  metadata?: Metadata
  warnings?: string[]
}

export type KindConverter = (source: Source) => Made
