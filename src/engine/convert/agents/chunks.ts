import type { Chunk } from '../../../contract/document.ts'
import type { ChunkOptions } from '../../../contract/intent.ts'
import { countTokens } from '../../../lib/tokens.ts'
import type { Block } from './blocks.ts'
import { sentences, splitBlock } from './split.ts'

const chunksMax = 10_000
const tokensUsual = 400
const overlapUsual = 40
/** A heading begins a new chunk unless the one before it would be a crumb. */
const crumbShare = 0.25

/** A page in pieces for an index: within a size, along its headings, each beginning with the end of the one before where they share a section. */
export const chunksOf = (blocks: readonly Block[], options: ChunkOptions): { chunks: Chunk[]; cut: boolean } => {
  const max = options.tokens ?? tokensUsual
  const overlap = Math.min(options.overlap ?? overlapUsual, Math.floor(max / 2))
  const chunks: Chunk[] = []
  const headings: { level: number; title: string }[] = []
  let open: { texts: string[]; tokens: number; path: string[]; page: number | undefined; overlap: string } | undefined
  const finish = (): void => {
    if (!open) return
    const text = [...(open.overlap === '' ? [] : [open.overlap]), ...open.texts].join('\n\n')
    chunks.push({ index: chunks.length, path: open.path, tokens: countTokens(text), ...(open.page === undefined ? {} : { page: open.page }), ...(open.overlap === '' ? {} : { overlap_chars: open.overlap.length }), text })
    open = undefined
  }
  for (const block of blocks) {
    if (chunks.length >= chunksMax) return { chunks, cut: true }
    if (block.level > 0) {
      while ((headings.at(-1)?.level ?? 0) >= block.level) headings.pop()
      headings.push(block)
      if (open && open.tokens >= max * crumbShare) finish()
    }
    for (const piece of splitBlock(block.text, max - overlap)) {
      const tokens = countTokens(piece) + 1
      if (open && open.tokens + tokens > max) {
        const tail = endOf(open.texts.at(-1) ?? '', overlap)
        finish()
        if (block.level === 0) open = { texts: [], tokens: countTokens(tail) + 1, path: pathOf(headings), page: block.page, overlap: tail }
      }
      open ??= { texts: [], tokens: 0, path: pathOf(headings), page: block.page, overlap: '' }
      open.texts.push(piece)
      open.tokens += tokens
    }
  }
  finish()
  return { chunks, cut: false }
}

const pathOf = (headings: readonly { title: string }[]): string[] => headings.map((heading) => heading.title)

/** The last whole sentences, rows or words of a text within so many tokens. */
const endOf = (text: string, max: number): string => {
  if (max <= 0 || /^(?:```|~~~|\||#)/.test(text)) return ''
  const pieces = text.includes('\n') ? text.split('\n') : sentences(text, Math.max(4, Math.floor(max / 2)))
  const kept: string[] = []
  let tokens = 0
  for (const piece of pieces.toReversed()) {
    tokens += countTokens(piece) + 1
    if (tokens > max) break
    kept.unshift(piece)
  }
  return kept.join(text.includes('\n') ? '\n' : ' ').trim()
}
