import { jsonrepair } from 'jsonrepair'

export interface State {
  path: string
  value: unknown
}

/** A script that may hold data, as it stands in the page. */
export interface Script {
  id: string
  text: string
}

const statesMax = 20
const assignment = /(?:^|[;\n])\s*(?:window|self|globalThis)?\s*(?:\.|\[["'])?(__?[A-Za-z][\w$]{2,60}__?|(?:window|self)\.[A-Za-z_$][\w$]{2,60})(?:["']\])?\s*=\s*(?=[[{]|JSON\.parse\()/g
const repairChars = 200_000

/** Data that a page brings along for its scripts: `__NEXT_DATA__`, `application/json`, `window.__STATE__ = {…}`. */
export const statesOf = (scripts: readonly Script[]): State[] => {
  const states: State[] = []
  for (const { id, text } of scripts) {
    if (states.length >= statesMax) break
    const trimmed = text.trim()
    if (/^[[{]/.test(trimmed)) {
      const value = parsed(trimmed)
      if (value !== undefined) states.push({ path: id === '' ? 'script' : id, value })
      continue
    }
    for (const match of trimmed.matchAll(assignment)) {
      if (states.length >= statesMax) break
      const from = match.index + match[0].length
      const source = balanced(trimmed, from)
      const value = source === undefined ? undefined : parsed(source)
      if (value !== undefined) states.push({ path: (match[1] ?? 'script').replace(/^(?:window|self)\./, ''), value })
    }
  }
  return states
}

const parsed = (source: string): unknown => {
  try {
    const value: unknown = JSON.parse(source)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    // Object literals of scripts are nearly JSON.
  }
  if (source.length > repairChars) return undefined
  try {
    const value: unknown = JSON.parse(jsonrepair(source))
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    // Code, not data.
    return undefined
  }
}

/** The literal that begins here, up to the bracket that closes it; the argument of `JSON.parse` unpacked. */
const balanced = (text: string, from: number): string | undefined => {
  if (text.startsWith('JSON.parse(', from)) return quoted(text, from + 'JSON.parse('.length)
  let depth = 0
  let quote = ''
  for (let i = from; i < text.length; i++) {
    const char = text[i] ?? ''
    if (quote !== '') {
      if (char === '\\') i++
      else if (char === quote) quote = ''
    } else if (char === '"' || char === "'" || char === '`') quote = char
    else if (char === '{' || char === '[') depth++
    else if ((char === '}' || char === ']') && --depth === 0) return text.slice(from, i + 1)
  }
  return undefined
}

const quoted = (text: string, from: number): string | undefined => {
  const quote = text[from]
  if (quote !== '"' && quote !== "'") return undefined
  let end = from + 1
  while (end < text.length && text[end] !== quote) end += text[end] === '\\' ? 2 : 1
  const inner = text.slice(from + 1, end)
  try {
    return JSON.parse(quote === '"' ? `"${inner}"` : `"${inner.replaceAll("\\'", "'").replace(/(?<!\\)"/g, '\\"')}"`) as string
  } catch {
    // An escape that JSON does not know.
    return undefined
  }
}
