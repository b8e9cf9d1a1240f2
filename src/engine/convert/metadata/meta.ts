import { collapse } from '../dom/walk.ts'

const valueChars = 5000
const groupMax = 100

/** The `<meta>` elements of a page by name, property, http-equiv or itemprop. */
export interface Meta {
  /** The first value under the first of these names that has one. */
  first(...names: string[]): string | undefined
  all(...names: string[]): string[]
  /** Values by name, the first of each; further ones of a list are joined by commas. */
  group(pattern: RegExp): Record<string, string>
}

export const metaOf = (metas: readonly Record<string, string>[]): Meta => {
  const values = new Map<string, string[]>()
  for (const attribs of metas) {
    const content = collapse((attribs.content ?? attribs.value ?? '').slice(0, valueChars))
    if (content === '') continue
    for (const name of [attribs.property, attribs.name, attribs['http-equiv'], attribs.itemprop]) {
      const key = name?.trim().toLowerCase()
      if (!key || key.length > 100) continue
      const list = values.get(key)
      if (!list) values.set(key, [content])
      else if (list.length < groupMax && !list.includes(content)) list.push(content)
    }
  }
  return {
    first: (...names) => names.map((name) => values.get(name)?.[0]).find((value) => value !== undefined),
    all: (...names) => names.flatMap((name) => values.get(name) ?? []),
    group: (pattern) => {
      const found: Record<string, string> = {}
      for (const [name, list] of [...values].filter(([key]) => pattern.test(key)).slice(0, groupMax)) found[name] = /(?:tag|author|locale:alternate)$/.test(name) ? list.join(', ') : (list[0] ?? '')
      return found
    },
  }
}
