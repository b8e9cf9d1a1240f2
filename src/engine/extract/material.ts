/** Letters of Latin text to a token, a little less than usual: other scripts take more. */
const charsPerToken = 3.2

export interface Chunk {
  text: string
  /** Where it begins in the whole. */
  at: number
}

/** A long page in parts of the budget, cut between blocks; past the last allowed part, the beginning and the end are kept. */
export const chunksOf = (material: string, tokens: number, chunksMax: number): { chunks: Chunk[]; cut: boolean } => {
  const size = Math.max(1000, Math.floor(tokens * charsPerToken))
  if (material.length <= size) return { chunks: [{ text: material, at: 0 }], cut: false }
  const most = size * chunksMax
  if (material.length <= most) return { chunks: parts(material, 0, size, chunksMax), cut: false }
  if (chunksMax === 1) {
    const head = Math.floor(size * 0.7)
    const tail = size - head
    return { chunks: [{ text: `${material.slice(0, head)}\n[…]\n${material.slice(-tail)}`, at: 0 }], cut: true }
  }
  return { chunks: [...parts(material.slice(0, size * (chunksMax - 1)), 0, size, chunksMax - 1), { text: material.slice(-size), at: material.length - size }], cut: true }
}

const parts = (text: string, offset: number, size: number, chunksMax: number): Chunk[] => {
  const chunks: Chunk[] = []
  let at = 0
  while (at < text.length && chunks.length < chunksMax) {
    const isLast = chunks.length === chunksMax - 1
    const end = isLast || at + size >= text.length ? text.length : breakBefore(text, at + size, at + size * 0.7)
    chunks.push({ text: text.slice(at, end), at: offset + at })
    at = end
  }
  return chunks
}

const breakBefore = (text: string, end: number, least: number): number => {
  for (const mark of ['\n\n', '\n', ' ']) {
    const at = text.lastIndexOf(mark, end)
    if (at >= least) return at + mark.length
  }
  return end
}

const marks = /[*_`~\\#>|]+/
const sameQuotes: Readonly<Record<string, string>> = { '’': "'", '‘': "'", '“': '"', '”': '"', '–': '-', '—': '-', '−': '-' }

/** A text in which quotations are found whatever their spacing, case, quotation marks and Markdown. */
export interface Searchable {
  /** Position in the original, or -1. */
  find(quote: string): number
  slice(from: number, to: number): string
}

export const searchable = (text: string): Searchable => {
  const positions: number[] = []
  let folded = ''
  let space = true
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? ''
    if (marks.test(char)) continue
    const plain = /\s/.test(char) ? ' ' : (sameQuotes[char] ?? char.toLowerCase())
    if (plain === ' ') {
      if (space) continue
      space = true
    } else space = false
    for (let k = 0; k < plain.length; k++) positions.push(i)
    folded += plain
  }
  return {
    find: (quote) => {
      const wanted = foldQuote(quote)
      const at = wanted === '' ? -1 : folded.indexOf(wanted)
      return at < 0 ? -1 : (positions[at] ?? -1)
    },
    slice: (from, to) => text.slice(Math.max(0, from), to),
  }
}

const foldQuote = (quote: string): string =>
  quote.replace(/[*_`~\\#>|]+/g, '').replace(/[’‘“”–—−]/g, (char) => sameQuotes[char] ?? char).toLowerCase().replace(/\s+/g, ' ').trim()
