/** The structure of a Markdown document, each part as normalised text. One reader for every engine. */
export interface Parts {
  headings: string[]
  links: string[]
  items: string[]
  rows: string[]
  code: string[]
  words: string[]
}

const plain = (markdown: string): string =>
  markdown
    .replace(/!\[[^\]]*\]\([^)]*\)/g, ' ')
    .replace(/\[((?:[^[\]\\]|\\.)*)\]\((?:<[^>]*>|[^()\s]*(?:\([^()]*\)[^()\s]*)*)(?:\s+"[^"]*")?\)/g, '$1')
    .replace(/<\/?[a-z][^>]*>/gi, ' ')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replace(/[*_`~]+/g, '')

const normal = (text: string): string => (plain(text).normalize('NFKC').toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(' ')

export const partsOf = (markdown: string): Parts => {
  const parts: Parts = { headings: [], links: [], items: [], rows: [], code: [], words: [] }
  let fence: string | undefined
  let code: string[] = []
  const prose: string[] = []
  const add = (list: string[], text: string): void => {
    const value = normal(text)
    if (value !== '') list.push(value)
  }
  for (const raw of markdown.split('\n')) {
    const line = raw.replace(/^(?:\s*>)+ ?/, '')
    const mark = /^\s*(?:[-*+] |\d+[.)] )*\s*(`{3,}|~{3,})/.exec(line)?.[1]
    if (fence === undefined && mark !== undefined) {
      fence = mark
      code = []
    } else if (fence !== undefined) {
      if (mark !== undefined && mark.startsWith(fence) && line.trim() === mark) {
        fence = undefined
        const text = code.join(' ').replace(/\s+/g, ' ').trim()
        if (text !== '') parts.code.push(text)
      } else code.push(line)
    } else {
      prose.push(line)
      const bare = line.replace(/^(?:\s*(?:[-*+]|\d+[.)]) )+\s*(?=#)/, '')
      const heading = /^\s{0,3}#{1,6}\s+(.*?)\s*#*\s*$/.exec(bare)?.[1]
      if (heading !== undefined) add(parts.headings, heading)
      const item = /^\s*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?(.*)$/.exec(line)?.[1]
      if (item !== undefined) add(parts.items, item)
      if (/^\s*\|.*\|\s*$/.test(line) && !/^[\s|:-]+$/.test(line)) add(parts.rows, line.replaceAll('|', ' '))
      for (const match of line.matchAll(/(?<!!)\[((?:[^[\]\\]|\\.|!\[[^\]]*\]\([^)]*\))*)\]\(/g)) add(parts.links, match[1] ?? '')
    }
  }
  for (const block of parts.code) parts.words.push(...(block.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []))
  parts.words.push(...normal(prose.join('\n')).split(' '))
  return parts
}

/** Share of `wanted`, as a multiset, that `given` has. */
export const recall = (wanted: readonly string[], given: readonly string[]): number => {
  const left = new Map<string, number>()
  for (const value of given) left.set(value, (left.get(value) ?? 0) + 1)
  let found = 0
  for (const value of wanted) {
    const count = left.get(value) ?? 0
    if (count > 0) {
      found++
      left.set(value, count - 1)
    }
  }
  return found / wanted.length
}
