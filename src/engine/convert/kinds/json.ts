import { fenced } from '../markdown/code.ts'
import type { KindConverter } from './kind.ts'

const indentMax = 40
const prettyChars = 5_000_000

export const json: KindConverter = (source) => {
  const raw = source.text.trim()
  const pretty = raw.length <= prettyChars ? prettyJson(raw) : undefined
  const warnings = pretty === undefined ? [raw.length > prettyChars ? 'The JSON is too long to be laid out; it is given as it came.' : 'The body says that it is JSON, and is not; it is given as it came.'] : []
  return { markdown: raw === '' ? '' : fenced(pretty ?? raw, 'json'), text: source.text, warnings }
}

/** One JSON value per line stays one per line. */
export const ndjson: KindConverter = (source) => {
  const raw = source.text.trim()
  return { markdown: raw === '' ? '' : fenced(raw, 'json'), text: source.text }
}

/** Laid out from its tokens, so that every number and every key stays as written. */
export const prettyJson = (text: string): string | undefined => {
  try {
    JSON.parse(text)
  } catch {
    return undefined
  }
  const parts: string[] = []
  let depth = 0
  const token = /\s*("[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+)/y
  let previous = ''
  for (let match = token.exec(text); match?.[1]; match = token.exec(text)) {
    const piece = match[1]
    const closes = piece === '}' || piece === ']'
    if (closes) depth--
    const opened = previous === '{' || previous === '['
    if ((previous === ',' || opened !== closes) && !(opened && closes) && (previous === ',' || opened || closes)) parts.push(newline(depth))
    parts.push(piece === ':' ? ': ' : piece)
    if (piece === '{' || piece === '[') depth++
    previous = piece
  }
  return parts.join('')
}

/** Deep nesting would make more indentation than data. */
const newline = (depth: number): string => (depth > indentMax ? ' ' : `\n${'  '.repeat(depth)}`)
