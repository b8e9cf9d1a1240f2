import { RE2JS } from 're2js'

const charsMax = 1000
const kept = new Map<string, RE2JS>()
const keptMax = 500

/** A caller's pattern in the linear-time engine, or what is wrong with it. */
export const linearRegex = (pattern: string): RE2JS | string => {
  if (pattern.length > charsMax) return `The pattern is longer than ${charsMax} characters`
  const known = kept.get(pattern)
  if (known) return known
  try {
    const compiled = RE2JS.compile(pattern)
    if (kept.size >= keptMax) kept.clear()
    kept.set(pattern, compiled)
    return compiled
  } catch (err) {
    return `Not a pattern in RE2 syntax: ${err instanceof Error ? err.message : 'unknown error'}`
  }
}

/** The first group of the first match, or the match itself where the pattern has none. */
export const firstMatch = (pattern: string, text: string): string | undefined => {
  const compiled = linearRegex(pattern)
  if (typeof compiled === 'string') return undefined
  const matcher = compiled.matcher(text)
  if (!matcher.find()) return undefined
  return (matcher.groupCount() > 0 ? matcher.group(1) : matcher.group(0)) ?? undefined
}
