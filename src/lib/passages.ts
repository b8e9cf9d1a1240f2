/** A piece of a page that can be shown by itself. */
export interface Passage {
  text: string
  /** Heading above it, where there is one. */
  heading: string
}

const charsMax = 1200
const charsMin = 200
const headingCharsMax = 200

/** Splits Markdown or plain text at its blank lines: code and tables stay whole, short neighbours are joined, long ones divided. */
export const passagesOf = (content: string): Passage[] => {
  const passages: Passage[] = []
  let heading = ''
  let open: Passage | undefined
  for (const block of blocksOf(content)) {
    const title = /^#{1,6}\s+(.*)$/.exec(block)?.[1]
    if (title !== undefined) {
      heading = title.trim().slice(0, headingCharsMax)
      open = undefined
      continue
    }
    for (const text of divided(block)) {
      if (open && open.text.length < charsMin && open.text.length + text.length < charsMax) open.text += `\n\n${text}`
      else passages.push((open = { text, heading }))
    }
  }
  return passages
}

const blocksOf = (content: string): string[] => {
  const blocks: string[] = []
  let lines: string[] = []
  let fence = ''
  const close = () => {
    if (lines.length > 0) blocks.push(lines.join('\n'))
    lines = []
  }
  for (const line of content.split('\n')) {
    const mark = /^\s*(`{3,}|~{3,})/.exec(line)?.[1] ?? ''
    if (fence !== '') {
      lines.push(line)
      if (mark.startsWith(fence)) fence = ''
    } else if (line.trim() === '') close()
    else {
      if (/^#{1,6}\s/.test(line)) close()
      lines.push(line)
      if (/^#{1,6}\s/.test(line)) close()
      fence = mark
    }
  }
  close()
  return blocks
}

const divided = (block: string): string[] => {
  if (block.length <= charsMax) return [block]
  const lines = block.split('\n')
  const [head = '', rule = ''] = lines
  if (/^\s*\|/.test(head) && /^[\s:|-]+$/.test(rule)) {
    return packed(lines.slice(2), '\n', charsMax - head.length - rule.length).map((rows) => `${head}\n${rule}\n${rows}`)
  }
  if (lines.length > 1) return packed(lines, '\n', charsMax).flatMap((part) => (part.length > charsMax * 2 ? sentences(part) : [part]))
  return sentences(block)
}

/** Cuts after sentences; a sentence that never ends is cut by length. */
const sentences = (text: string): string[] =>
  packed(text.split(/(?<=[.!?…][)\]"'”’]?)\s+|(?<=[。！？])/u).flatMap(byLength), ' ', charsMax)

const byLength = (text: string): string[] => {
  const parts: string[] = []
  for (let at = 0; at < text.length; at += charsMax) parts.push(text.slice(at, at + charsMax))
  return parts
}

/** Joins neighbours up to a length. */
const packed = (items: readonly string[], joint: string, lengthMax: number): string[] => {
  const out: string[] = []
  for (const item of items) {
    const last = out.at(-1)
    if (last !== undefined && last.length + item.length < lengthMax) out[out.length - 1] = last + joint + item
    else out.push(item)
  }
  return out
}
