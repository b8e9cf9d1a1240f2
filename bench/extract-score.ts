import type { AnyNode, ChildNode, Document } from 'domhandler'

const inline = new Set([
  'a', 'abbr', 'b', 'bdi', 'bdo', 'big', 'cite', 'code', 'data', 'del', 'dfn', 'em', 'font', 'i', 'ins', 'kbd', 'mark', 'q', 's', 'samp', 'small',
  'span', 'strike', 'strong', 'sub', 'sup', 'time', 'tt', 'u', 'var', 'wbr', 'label', 'ruby', 'rt',
])
const silent = new Set(['script', 'style', 'noscript', 'template', 'svg', 'iframe', 'head', 'title', 'select', 'textarea', 'object', 'video', 'audio', 'canvas'])

/** Plain text for scoring: block elements end a line, everything else runs on. */
export const textOf = (root: Document): string => {
  const out: string[] = []
  const stack: { children: ChildNode[]; next: number; block: boolean }[] = [{ children: root.children, next: 0, block: false }]
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const node: AnyNode | undefined = frame.children[frame.next++]
    if (node === undefined) {
      if (frame.block) out.push('\n')
      stack.pop()
    } else if (node.type === 'text') out.push(node.data)
    else if (node.type === 'tag' && !silent.has(node.name)) {
      const block = !inline.has(node.name)
      if (block) out.push('\n')
      stack.push({ children: node.children, next: 0, block })
    }
  }
  return out.join('')
}

export const tokens = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? []

export interface Score { precision: number; recall: number; f1: number }

const bag = (words: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}

/** The benchmark's measure: words as multisets. */
export const score = (text: string, truth: string): Score => {
  const got = tokens(text)
  const want = tokens(truth)
  if (got.length === 0 || want.length === 0) {
    const equal = got.length === want.length ? 1 : 0
    return { precision: equal, recall: equal, f1: equal }
  }
  const wanted = bag(want)
  let shared = 0
  for (const [word, count] of bag(got)) shared += Math.min(count, wanted.get(word) ?? 0)
  const precision = shared / got.length
  const recall = shared / want.length
  return { precision, recall, f1: shared === 0 ? 0 : (2 * precision * recall) / (precision + recall) }
}

export const mean = (values: readonly number[]): number => (values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length)

export const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0
}
