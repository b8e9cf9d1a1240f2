import type { TextKind } from '../media-type.ts'
import { csv, tsv } from './csv.ts'
import { feed } from './feed.ts'
import { json, ndjson } from './json.ts'
import type { KindConverter } from './kind.ts'
import { markdown, text } from './text.ts'
import { xml } from './xml.ts'

/** A new kind of document is a row here and a file beside this one. */
export const kinds: Readonly<Record<TextKind, KindConverter>> = {
  html: (source) => ({ html: source.text }),
  xhtml: (source) => ({ html: source.text, xhtml: true }),
  text,
  markdown,
  json,
  ndjson,
  xml,
  feed,
  csv,
  tsv,
}
