import { escape, escapeValue } from '../../output/html.ts'
import { codeOf, isBold, spaced, textOf, withoutLeaders, type Block, type Line } from './blocks.ts'
import type { Run } from './runs.ts'

/** A page as it was read. `tables` are HTML already. */
export interface PageParts {
  number: number
  blocks: Block[]
  tables: string[]
  turned: string
}

const headingChars = 220
const levelsMax = 5

/** The pages as one HTML document: headings by size, a mark at every page but the first. */
export const markupOf = (pages: readonly PageParts[]): string => {
  const levels = levelsOf(pages)
  const parts: string[] = []
  for (const page of pages) {
    if (page.number > 1) parts.push(`<hr class="page-break" id="page-${page.number}">`)
    let list: 'ul' | 'ol' | undefined
    for (const whole of page.blocks) {
      const block = asHeading(whole, levels)
      const wanted = block.kind === 'item' ? (block.number === undefined ? 'ul' : 'ol') : undefined
      if (list && wanted !== list) {
        parts.push(`</${list}>`)
        list = undefined
      }
      if (wanted && !list) {
        parts.push(wanted === 'ol' && block.kind === 'item' && block.number !== 1 ? `<ol start="${block.number}">` : `<${wanted}>`)
        list = wanted
      }
      parts.push(block.kind === 'table' ? (page.tables[block.index] ?? '') : block.kind === 'code' ? `<pre>${escape(codeOf(block.lines))}</pre>` : block.kind === 'item' ? `<li>${linesHtml(block.lines, true)}</li>` : textHtml(block.lines, block.size, levels))
    }
    if (list) parts.push(`</${list}>`)
    if (page.turned !== '') parts.push(`<p>${escape(page.turned)}</p>`)
  }
  return parts.join('\n')
}

/** A numbered heading looks like an item of a list until its size is known to be a heading's. */
const asHeading = (block: Block, levels: ReadonlyMap<number, number>): Block => {
  const [first, ...more] = block.kind === 'item' ? block.lines : []
  const run = first?.runs[0]
  if (block.kind !== 'item' || block.number === undefined || !first || !run || !levels.has(rounded(block.size))) return block
  return { kind: 'text', size: block.size, lines: [{ ...first, runs: [{ ...run, text: `${block.number}. ` }, ...first.runs] }, ...more] }
}

const textHtml = (lines: readonly Line[], size: number, levels: ReadonlyMap<number, number>): string => {
  const level = levels.get(rounded(size))
  if (level !== undefined && lines.reduce((sum, line) => sum + textOf(line).length, 0) <= headingChars) return `<h${level}>${linesHtml(lines, false)}</h${level}>`
  return `<p>${linesHtml(lines, true)}</p>`
}

const rounded = (size: number): number => Math.round(size * 2) / 2

/** Sizes well above that of most of the text, the largest first. */
const levelsOf = (pages: readonly PageParts[]): Map<number, number> => {
  const chars = new Map<number, number>()
  for (const { blocks } of pages) {
    for (const block of blocks) {
      if (block.kind === 'table') continue
      for (const line of block.lines) chars.set(rounded(line.size), (chars.get(rounded(line.size)) ?? 0) + textOf(line).length)
    }
  }
  const body = [...chars].reduce((best, one) => (one[1] > best[1] ? one : best), [0, 0])[0]
  const larger = [...chars.keys()].filter((size) => size >= body * 1.12 && size > body + 0.9).toSorted((a, b) => b - a)
  // Sizes that hardly differ are one level.
  const levels = new Map<number, number>()
  let level = 0
  let top = Infinity
  for (const size of larger) {
    if (size < top * 0.94) {
      level = Math.min(level + 1, levelsMax)
      top = size
    }
    levels.set(size, level)
  }
  return levels
}

/** Lines as one run of text; a word that a hyphen divides is whole again. */
export const linesHtml = (lines: readonly Line[], styled: boolean): string => {
  const all = styled && lines.every(isBold)
  let html = ''
  lines.forEach((line, i) => {
    const written = runsHtml(spaced(line.runs), styled && !all)
    if (i === 0) html = written
    else if (/\p{Ll}-$/u.test(html) && /^\p{Ll}/u.test(written)) html = html.slice(0, -1) + written
    else html += ` ${written}`
  })
  const text = withoutLeaders(html).replace(/\s+/g, ' ').trim()
  return all && text !== '' ? `<strong>${text}</strong>` : text
}

const runsHtml = (runs: readonly Run[], styled: boolean): string => {
  const parts: string[] = []
  for (let i = 0; i < runs.length; ) {
    const first = runs[i] as Run
    let text = ''
    let next = i
    for (let run = runs[next]; run && run.href === first.href && (!styled || run.text.trim() === '' || (run.bold === first.bold && run.italic === first.italic)); run = runs[++next]) text += run.text
    i = next
    const bare = text.trim()
    if (bare === '') {
      parts.push(' ')
      continue
    }
    let inner = escape(bare)
    if (styled && first.italic) inner = `<em>${inner}</em>`
    if (styled && first.bold) inner = `<strong>${inner}</strong>`
    if (first.href !== undefined) inner = `<a href="${escapeValue(first.href)}">${inner}</a>`
    parts.push(/^\s/.test(text) ? ' ' : '', inner, /\s$/.test(text) ? ' ' : '')
  }
  return parts.join('').trim()
}
