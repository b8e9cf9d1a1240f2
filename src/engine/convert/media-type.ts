import { documentTypes, type DocumentKind } from './documents/types.ts'

/** Kinds that are text: decoded first, converted from characters. */
export type TextKind = 'html' | 'xhtml' | 'text' | 'markdown' | 'json' | 'ndjson' | 'xml' | 'feed' | 'csv' | 'tsv'
/** The kinds of document there is a converter for. */
export type Kind = TextKind | DocumentKind

const kindByType: Readonly<Record<string, Kind>> = {
  'text/html': 'html',
  'application/xhtml+xml': 'xhtml',
  'application/vnd.wap.xhtml+xml': 'xhtml',
  'text/plain': 'text',
  'text/markdown': 'markdown',
  'text/x-markdown': 'markdown',
  'application/json': 'json',
  'text/json': 'json',
  'application/ld+json': 'json',
  'application/manifest+json': 'json',
  'application/feed+json': 'feed',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
  'application/xml': 'xml',
  'text/xml': 'xml',
  'application/rss+xml': 'feed',
  'application/atom+xml': 'feed',
  'application/rdf+xml': 'feed',
  'text/csv': 'csv',
  'application/csv': 'csv',
  'text/tab-separated-values': 'tsv',
  ...documentTypes,
}

/** Types that say nothing, or only how a file is packed: the bytes decide. */
const vagueTypes = new Set(['', 'application/octet-stream', 'binary/octet-stream', 'application/unknown', 'unknown/unknown', 'application/x-unknown', '*/*', 'text/*', 'content/unknown', 'application/download', 'application/force-download', 'application/x-download', 'application/zip', 'application/x-zip-compressed'])

/** Text formats without a converter of their own; readable as they are. */
const textTypes = new Set(['application/javascript', 'application/ecmascript', 'application/x-javascript', 'application/yaml', 'application/x-yaml', 'application/toml', 'application/sql', 'application/x-sh', 'application/graphql', 'application/rtf+text'])

/** Text subtypes that are no reading matter for this engine. */
const refusedText = new Set(['text/event-stream', 'text/cache-manifest'])

/** Media types that are converted. Others of `text/*`, `*+json` and `*+xml` are read as text, JSON and XML. */
export const supportedTypes: readonly string[] = Object.keys(kindByType)

/** `Text/HTML; charset=x` → `text/html`. Of several values joined by commas the last well-formed one counts. */
export const essenceOf = (contentType: string | null): string => {
  if (!contentType) return ''
  const parts = contentType.slice(0, 1024).split(',').map((part) => (part.split(';', 1)[0] ?? '').trim().toLowerCase())
  return parts.findLast((part) => /^[\w!#$&^.+*-]+\/[\w!#$&^.+*-]+$/.test(part)) ?? ''
}

export const kindOfType = (essence: string): Kind | undefined => {
  const known = kindByType[essence]
  if (known) return known
  if (textTypes.has(essence)) return 'text'
  if (essence.startsWith('text/') && !refusedText.has(essence)) return 'text'
  if (essence.endsWith('+json')) return 'json'
  if (essence.endsWith('+xml') && !essence.startsWith('image/')) return 'xml'
  return undefined
}

export const isVagueType = (essence: string): boolean => vagueTypes.has(essence)

/** Whether a body of this declared type is worth reading. Types that say nothing are; their bytes decide later. */
export const isSupportedType = (contentType: string | null): boolean => {
  const essence = essenceOf(contentType)
  return isVagueType(essence) || kindOfType(essence) !== undefined
}
