import { countTokens } from '../../../lib/tokens.ts'

/** A block in pieces of at most `max` tokens where that can be: tables keep their head, code its fence, sentences stay whole. */
export const splitBlock = (text: string, max: number): string[] => {
  if (countTokens(text) <= max) return [text]
  const lines = text.split('\n')
  const [head = '', rule = ''] = lines
  // A head that is most of a piece by itself would be repeated without end.
  const left = max - countTokens(`${head}\n${rule}`)
  if (left > max / 2 && /^\s*\|/.test(head) && /^[\s:|-]+$/.test(rule)) {
    return packed(lines.slice(2), '\n', left).map((rows) => `${head}\n${rule}\n${rows}`)
  }
  const fence = /^(`{3,}|~{3,})/.exec(head)?.[1]
  if (fence !== undefined && head.length < 100 && lines.length > 2) return packed(lines.slice(1, -1).flatMap((line) => byWords(line, max)), '\n', Math.max(1, max - 4)).map((code) => `${head}\n${code}\n${fence}`)
  if (lines.length > 1) return packed(lines.flatMap((line) => sentences(line, max)), '\n', max)
  return packed(sentences(text, max), ' ', max)
}

export const sentences = (text: string, max: number): string[] =>
  countTokens(text) <= max ? [text] : text.split(/(?<=[.!?…][)\]"'”’]?)\s+|(?<=[。！？])/u).flatMap((sentence) => byWords(sentence, max))

const byWords = (text: string, max: number): string[] => {
  if (countTokens(text) <= max) return [text]
  return packed(text.split(/(?<=\s)/).flatMap((word) => byLength(word, max)), '', max)
}

/** A word without end; at least one token is what a character is. */
const byLength = (word: string, max: number): string[] => {
  if (word.length <= max) return [word]
  const parts: string[] = []
  for (let at = 0; at < word.length; at += max) parts.push(word.slice(at, at + max))
  return parts
}

/** Joins neighbours as long as they fit; what alone is too large stays alone. */
const packed = (items: readonly string[], joint: string, max: number): string[] => {
  const out: string[] = []
  let open: string[] = []
  let tokens = 0
  for (const item of items) {
    const cost = countTokens(item) + (joint === '\n' ? 1 : 0)
    if (open.length > 0 && tokens + cost > max) {
      out.push(open.join(joint))
      open = []
      tokens = 0
    }
    open.push(item)
    tokens += cost
  }
  if (open.length > 0) out.push(open.join(joint))
  return out
}
