import { countTokens } from '../../../lib/tokens.ts'
import { blocksOf } from './blocks.ts'
import { splitBlock } from './split.ts'

/** Less of a block than this is not worth its cut. */
const partMin = 16

/** The beginning of Markdown within so many tokens: whole blocks, then what fits of the next one. */
export const truncate = (markdown: string, max: number): string => {
  if (countTokens(markdown) <= max) return markdown
  const kept: string[] = []
  let left = max
  let page: number | undefined
  for (const block of blocksOf(markdown)) {
    const text = block.page !== page ? `<!-- page ${block.page} -->\n\n${block.text}` : block.text
    page = block.page
    const tokens = countTokens(text) + 1
    if (tokens <= left) {
      kept.push(text)
      left -= tokens
      continue
    }
    const [first = ''] = splitBlock(block.text, Math.max(1, left - 1))
    if ((kept.length === 0 || left >= partMin) && countTokens(first) <= left && !first.startsWith('#')) kept.push(first)
    break
  }
  // A heading with nothing below it says less than nothing.
  while (kept.length > 1 && /^ {0,3}#{1,6}[ \t][^\n]*$/.test(kept.at(-1) ?? '')) kept.pop()
  return kept.join('\n\n')
}
