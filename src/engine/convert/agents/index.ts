import type { Formats } from '../../../contract/document.ts'
import { fail } from '../../../failure/failure.ts'
import { countTokens } from '../../../lib/tokens.ts'
import type { ConvertInput } from '../types.ts'
import { blocksOf, joinBlocks, type Block } from './blocks.ts'
import { chunksOf } from './chunks.ts'
import { sectionAt, sectionsOf } from './sections.ts'
import { truncate } from './truncate.ts'

export interface Tokens {
  /** Of the whole, before anything was cut. */
  total: number
  truncated: boolean
}

/** The Markdown that sections and chunks are made of, each in its mode. */
export interface AgentSources {
  sections?: string
  chunks?: string
}

/** Adds sections and chunks, narrows Markdown and chunks to a section, and cuts to a budget. */
export const forAgents = (formats: Formats, input: ConvertInput, sources: AgentSources, warnings: string[]): Tokens | undefined => {
  if (sources.sections !== undefined) {
    const outline = input.formats.find(({ kind }) => kind === 'sections')?.outline === true
    const { sections, cut } = sectionsOf(blocksOf(sources.sections), outline)
    formats.sections = sections
    if (cut) warnings.push(`Only the first ${sections.length} sections are listed.`)
  }
  if (formats.markdown !== undefined && input.section !== undefined) formats.markdown = joinBlocks(narrowed(formats.markdown, input.section))
  if (sources.chunks !== undefined) {
    const blocks = input.section === undefined ? blocksOf(sources.chunks) : narrowed(sources.chunks, input.section)
    const { chunks, cut } = chunksOf(blocks, input.formats.find(({ kind }) => kind === 'chunks')?.chunks ?? {})
    formats.chunks = chunks
    if (cut) warnings.push(`Only the first ${chunks.length} chunks are given.`)
  }
  const asked = input.maxTokens !== undefined || input.section !== undefined || sources.chunks !== undefined || sources.sections !== undefined
  return asked ? withinBudget(formats, input.maxTokens) : undefined
}

const narrowed = (markdown: string, section: string): Block[] => {
  const found = sectionAt(blocksOf(markdown), section)
  if (!found) throw fail('content.empty')
  return found
}

const withinBudget = (formats: Formats, max: number | undefined): Tokens | undefined => {
  const whole = formats.markdown ?? formats.text
  if (whole === undefined) return undefined
  const total = countTokens(whole)
  if (max === undefined || total <= max) return { total, truncated: false }
  if (formats.markdown !== undefined) formats.markdown = truncate(formats.markdown, max)
  if (formats.text !== undefined) formats.text = truncate(formats.text, max)
  return { total, truncated: true }
}
