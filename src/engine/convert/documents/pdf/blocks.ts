import { median } from './geometry.ts'
import type { Flow, Segment } from './layout.ts'
import type { Run } from './runs.ts'

/** What a page is made of, in reading order. */
export type Block =
  | { kind: 'text'; lines: Line[]; size: number }
  | { kind: 'item'; lines: Line[]; size: number; number?: number }
  | { kind: 'code'; lines: Line[]; size: number }
  | { kind: 'table'; index: number }

export interface Line {
  runs: Run[]
  x0: number
  x1: number
  base: number
  size: number
}

const leaders = /\s?\.(?:\s?\.){4,}\s*/g
const bullet = /^[•◦▪▫‣⁃∙·●○■□➢➤–—-]\s+(?=\S)/
const numbered = /^(\d{1,3})[.)]\s+(?=\S)/

/** Paragraphs and list items of one flow, by spacing, size, indents and marks. `leading` is the usual distance of two lines in sizes. */
export const blocksOf = (flow: Flow, leading: number): Block[] => {
  const blocks: Block[] = []
  const lines = flow.map(lineOf)
  const left = Math.min(...lines.filter((line) => typeof line !== 'number').map((line) => line.x0))
  const right = Math.max(...lines.filter((line) => typeof line !== 'number').map((line) => line.x1))
  let open: Extract<Block, { lines: Line[] }> | undefined
  for (const line of lines) {
    if (typeof line === 'number') {
      open = undefined
      blocks.push({ kind: 'table', index: line })
      continue
    }
    const code = isCode(line)
    const mark = code ? null : (bullet.exec(textOf(line)) ?? numbered.exec(textOf(line)))
    if (code) {
      const last = open?.kind === 'code' ? open.lines.at(-1) : undefined
      if (open && last && (line.base - last.base) / line.size < 3 && line.base >= last.base) open.lines.push(line)
      else blocks.push((open = { kind: 'code', lines: [line], size: line.size }))
    } else if (open && open.kind !== 'code' && !mark && continues(open, line, { left, right, leading })) open.lines.push(line)
    else {
      open = mark ? { kind: 'item', lines: [withoutMark(line, mark[0].length)], size: line.size, ...(mark[1] === undefined ? {} : { number: Number(mark[1]) }) } : { kind: 'text', lines: [line], size: line.size }
      blocks.push(open)
    }
  }
  return blocks
}

/** A paragraph that goes on in the next column is one. */
export const joined = (flows: readonly Block[][]): Block[] => {
  const blocks: Block[] = []
  for (const flow of flows) {
    const [first, ...rest] = flow
    const last = blocks.at(-1)
    if (first?.kind === 'text' && (last?.kind === 'text' || last?.kind === 'item') && Math.abs(last.size - first.size) < 0.1 * first.size && /[\p{Ll},;-]$/u.test(textOf(last.lines.at(-1) as Line)) && /^\p{Ll}/u.test(textOf(first.lines[0] as Line))) {
      last.lines.push(...first.lines)
      blocks.push(...rest)
    } else blocks.push(...flow)
  }
  return blocks
}

const continues = (open: Extract<Block, { lines: Line[] }>, line: Line, { left, right, leading }: { left: number; right: number; leading: number }): boolean => {
  const last = open.lines.at(-1) as Line
  const size = Math.max(last.size, line.size)
  if (Math.abs(last.size - line.size) > 0.12 * size) return false
  if ((line.base - last.base) / size > Math.max(leading * 1.25, 1.05) || line.base < last.base) return false
  if (isBold(last) !== isBold(line) && open.lines.length === 1) return false
  // A line of a table of contents.
  if (/\.(?:\s?\.){4,}\s*\w{0,8}$/.test(rawText(last))) return false
  const ended = /[.:!?”"')\]]\s*$/.test(textOf(last))
  if (ended && last.x1 < right - 0.25 * (right - left)) return false
  const indents = line.x0 - left > 0.8 * size && last.x0 - left < 0.4 * size
  return !(indents && ended && open.kind === 'text')
}

const lineOf = (segments: readonly Segment[]): Line | number => {
  const [first] = segments
  if (first?.block !== undefined) return first.block
  return {
    runs: segments.flatMap((segment, i) => (i === 0 ? segment.runs : [{ ...(segment.runs[0] as Run), text: ' ', x0: segment.x0, x1: segment.x0 }, ...segment.runs])),
    x0: first?.x0 ?? 0, x1: segments.at(-1)?.x1 ?? 0, base: first?.base ?? 0, size: Math.max(...segments.map((segment) => segment.size)),
  }
}

const isCode = (line: Line): boolean => line.runs.every((run) => run.mono || run.text.trim() === '') && line.runs.some((run) => run.text.trim().length > 1)

/** Lines of code with the indents and blank lines that their places tell. */
export const codeOf = (lines: readonly Line[]): string => {
  const left = Math.min(...lines.map((line) => line.x0))
  return lines.map((line, i) => {
    const text = spaced(line.runs).map((run) => run.text).join('').trim()
    const last = lines[i - 1]
    const gap = last && line.base - last.base > 1.8 * line.size ? '\n' : ''
    return `${gap}${' '.repeat(Math.max(0, Math.min(80, Math.round((line.x0 - left) / (line.size * 0.6)))))}${text}`
  }).join('\n')
}

export const isBold = (line: Line): boolean => line.runs.every((run) => run.bold || run.text.trim() === '')

/** The runs of a line as text, with the spaces that only their places tell. */
export const spaced = (runs: readonly Run[]): Run[] => {
  const out: Run[] = []
  for (const run of runs) {
    const last = out.at(-1)
    const gap = last === undefined ? 0 : last.rtl && run.rtl ? last.x0 - run.x1 : run.x0 - last.x1
    if (last && gap > 0.17 * Math.min(run.size, last.size) && !/\s$/.test(last.text) && !/^\s/.test(run.text)) out.push({ ...run, text: ` ${run.text}` })
    else out.push(run)
  }
  return out
}

const rawText = (line: Pick<Line, 'runs'>): string => spaced(line.runs).map((run) => run.text).join('')

export const textOf = (line: Pick<Line, 'runs'>): string => withoutLeaders(rawText(line)).replace(/\s+/g, ' ').trim()

/** Dots that lead the eye to a page number say nothing. */
export const withoutLeaders = (text: string): string => (text.includes('.') ? text.replace(leaders, ' … ') : text)

const withoutMark = (line: Line, chars: number): Line => {
  let left = chars
  const runs = spaced(line.runs).flatMap((run, i) => {
    const text = i === 0 || left === chars ? run.text.trimStart() : run.text
    if (left === 0) return [run]
    const kept = text.slice(left)
    left = Math.max(0, left - text.length)
    return kept === '' ? [] : [{ ...run, text: kept }]
  })
  return { ...line, runs }
}

/** Usual distance of the lines of running text, in sizes. */
export const leadingOf = (flows: readonly Flow[]): number => {
  const distances: number[] = []
  for (const flow of flows) {
    for (let i = 1; i < flow.length; i++) {
      const [above, below] = [flow[i - 1]?.[0], flow[i]?.[0]]
      if (!above || !below || above.block !== undefined || below.block !== undefined || Math.abs(above.size - below.size) > 0.5) continue
      const distance = (below.base - above.base) / below.size
      if (distance > 0.5 && distance < 3) distances.push(distance)
    }
  }
  // Between the least and the middle: a page of short paragraphs has more gaps than lines.
  return distances.length < 3 ? 1.4 : Math.min(median(distances), (distances.toSorted((a, b) => a - b)[Math.floor(distances.length * 0.25)] ?? 1.2) * 1.15)
}
