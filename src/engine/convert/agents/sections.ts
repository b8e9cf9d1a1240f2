import type { Section } from '../../../contract/document.ts'
import { countTokens } from '../../../lib/tokens.ts'
import { joinBlocks, type Block } from './blocks.ts'

const sectionsMax = 5000
export const pathSeparator = ' > '

interface Part {
  path: string[]
  level: number
  blocks: Block[]
  /** Index of the first part that is not below this one. */
  end: number
}

/** A part per heading, and one before the first where something stands there. */
const partsOf = (blocks: readonly Block[]): Part[] => {
  const parts: Part[] = []
  const open: { level: number; title: string }[] = []
  for (const block of blocks) {
    if (block.level > 0) {
      while ((open.at(-1)?.level ?? 0) >= block.level) open.pop()
      open.push({ level: block.level, title: block.title })
      parts.push({ path: open.map((one) => one.title), level: block.level, blocks: [block], end: 0 })
    } else if (parts.length === 0) parts.push({ path: [], level: 0, blocks: [block], end: 0 })
    else parts.at(-1)?.blocks.push(block)
  }
  const waiting: Part[] = []
  parts.forEach((part, i) => {
    while (waiting.length > 0 && (waiting.at(-1)?.level ?? 0) >= part.level) (waiting.pop() as Part).end = i
    if (part.level > 0) waiting.push(part)
    else part.end = i + 1
  })
  for (const part of waiting) part.end = parts.length
  return parts
}

/** The headings of a page with what stands right below each. `tokens` counts the sections within, too. */
export const sectionsOf = (blocks: readonly Block[], outline: boolean): { sections: Section[]; cut: boolean } => {
  const parts = partsOf(blocks)
  const texts = parts.map((part) => joinBlocks(part.blocks))
  const own = texts.map(countTokens)
  const before = [0]
  own.forEach((tokens, i) => before.push((before[i] ?? 0) + tokens))
  const sections = parts.slice(0, sectionsMax).map((part, i): Section => ({
    path: part.path,
    level: part.level,
    tokens: (before[part.end] ?? 0) - (before[i] ?? 0),
    ...(part.blocks[0]?.page === undefined ? {} : { page: part.blocks[0].page }),
    ...(outline ? {} : { markdown: texts[i] ?? '' }),
  }))
  return { sections, cut: parts.length > sectionsMax }
}

const fold = (title: string): string => title.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()

/** The blocks of the first section whose path ends with these headings, those below it included. */
export const sectionAt = (blocks: readonly Block[], wanted: string): Block[] | undefined => {
  const steps = wanted.split(/\s+>\s+/).map(fold).filter((step) => step !== '')
  const parts = partsOf(blocks)
  const fits = (part: Part): boolean => part.path.length >= steps.length && steps.every((step, i) => fold(part.path[part.path.length - steps.length + i] ?? '') === step)
  const exact = parts.findIndex((part) => part.path.length === steps.length && fits(part))
  const at = exact >= 0 ? exact : parts.findIndex(fits)
  return at < 0 || steps.length === 0 ? undefined : parts.slice(at, parts[at]?.end).flatMap((part) => part.blocks)
}
