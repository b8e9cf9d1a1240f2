import { around, median, type Box } from './geometry.ts'
import type { Run } from './runs.ts'

/** Runs that stand on one line without a gap that is more than a space. */
export interface Segment extends Box {
  runs: Run[]
  base: number
  size: number
  /** Stands for something that is no text. */
  block?: number
}

/** A column, or what lies between columns: its segments from top to bottom. */
export type Flow = Segment[][]

const gapEms = 1.6

/** From runs to segments, each in reading order. */
export const segmentsOf = (runs: readonly Run[]): Segment[] => {
  const rows: { runs: Run[]; base: number; size: number }[] = []
  for (const run of runs.toSorted((a, b) => a.base - b.base || a.x0 - b.x0)) {
    const row = rows.slice(-4).findLast((one) => Math.abs(run.base - one.base) < 0.35 * Math.min(run.size, one.size) || isRaised(run, one) || isRaised(one, run))
    if (!row) rows.push({ runs: [run], base: run.base, size: run.size })
    else {
      row.runs.push(run)
      if (run.size > row.size && run.text.trim() !== '') Object.assign(row, { base: run.base, size: run.size })
    }
  }
  return rows.flatMap(({ runs: whole }) => cut(whole))
}

/** A footnote's number, an exponent: smaller, and within the height of the line. */
const isRaised = (run: { size: number; base: number }, line: { size: number; base: number }): boolean =>
  run.size < 0.85 * line.size && run.base < line.base + 0.25 * line.size && run.base > line.base - 0.75 * line.size

const cut = (runs: readonly Run[]): Segment[] => {
  const segments: Segment[] = []
  let open: Run[] = []
  const finish = (): void => {
    const seen = open.filter((run) => run.text.trim() !== '')
    if (seen.length > 0) {
      const size = Math.max(...seen.map((run) => run.size))
      const right = seen.filter((run) => run.rtl).length * 2 > seen.length
      segments.push({ ...around(seen), runs: right ? open.toReversed() : open, base: seen.find((run) => run.size === size)?.base ?? 0, size })
    }
    open = []
  }
  let end = -Infinity
  for (const run of runs.toSorted((a, b) => a.x0 - b.x0)) {
    if (run.text.trim() === '') {
      open.push(run)
      continue
    }
    if (run.x0 - end > gapEms * run.size && end > -Infinity) finish()
    open.push(run)
    end = Math.max(end, run.x1)
  }
  finish()
  return segments
}

/** Segments in the order in which they are read: columns one after the other, what spans them in between. */
export const flowsOf = (segments: readonly Segment[], depth = 0): Flow[] => {
  const gutter = depth < 4 ? gutterOf(segments) : undefined
  if (gutter === undefined) return segments.length > 0 ? [linesOf(segments)] : []
  const bands: { spanning: Segment[]; left: Segment[]; right: Segment[] }[] = []
  let wasSpanning: boolean | undefined
  for (const segment of segments.toSorted((a, b) => a.top - b.top)) {
    const spans = segment.x0 < gutter - 1 && segment.x1 > gutter + 1
    if (spans !== wasSpanning) bands.push({ spanning: [], left: [], right: [] })
    wasSpanning = spans
    const band = bands.at(-1)
    const side = spans ? 'spanning' : segment.x1 <= gutter + 1 ? 'left' : 'right'
    band?.[side].push(segment)
  }
  const flows: Flow[] = []
  let whole: Segment[] = []
  const flush = (): void => {
    if (whole.length > 0) flows.push(linesOf(whole))
    whole = []
  }
  for (const { spanning, left, right } of bands) {
    // What stands alone on one side is a short line, not a column.
    if (left.length === 0 || right.length === 0) whole.push(...spanning, ...left, ...right)
    else {
      flush()
      flows.push(...flowsOf(left, depth + 1), ...flowsOf(right, depth + 1))
    }
  }
  flush()
  return flows
}

/** Lines of one flow, segments of one line side by side. */
const linesOf = (segments: readonly Segment[]): Segment[][] => {
  const lines: Segment[][] = []
  for (const segment of segments.toSorted((a, b) => a.base - b.base || a.x0 - b.x0)) {
    const last = lines.at(-1)
    const first = last?.[0]
    if (last && first && first.block === undefined && segment.block === undefined && Math.abs(segment.base - first.base) < 0.4 * Math.min(segment.size, first.size)) last.push(segment)
    else lines.push([segment])
  }
  return lines.map((line) => line.toSorted((a, b) => a.x0 - b.x0))
}

const binPoints = 2
const linesMin = 4

/** x of a band that hardly anything crosses, with running text on both of its sides. */
const gutterOf = (segments: readonly Segment[]): number | undefined => {
  const texts = segments.filter((segment) => segment.block === undefined)
  if (texts.length < linesMin * 2) return undefined
  const page = around(texts)
  const bins = new Float64Array(Math.min(4000, Math.ceil((page.x1 - page.x0) / binPoints) + 1))
  for (const segment of texts) {
    const to = Math.min(bins.length - 1, Math.floor((segment.x1 - page.x0) / binPoints))
    for (let bin = Math.floor((segment.x0 - page.x0) / binPoints); bin <= to; bin++) bins[bin] = (bins[bin] ?? 0) + 1
  }
  const size = median(texts.map((segment) => segment.size))
  const crossedMax = texts.length * 0.12
  let best: { at: number; width: number } | undefined
  let start = -1
  for (let bin = 0; bin <= bins.length; bin++) {
    const isFree = bin < bins.length && (bins[bin] ?? 0) <= crossedMax
    if (isFree && start < 0) start = bin
    if (isFree || start < 0) continue
    const width = (bin - start) * binPoints
    const at = page.x0 + ((start + bin) / 2) * binPoints
    start = -1
    if (width >= size * 0.7 && (best === undefined || width > best.width) && parts(texts, at)) best = { at, width }
  }
  return best?.at
}

/** Columns of text, and not those of a table without lines: most of their lines fill them, and they stand side by side. */
const parts = (segments: readonly Segment[], at: number): boolean => {
  const left = segments.filter((segment) => segment.x1 <= at + 1)
  const right = segments.filter((segment) => segment.x0 >= at - 1)
  if (left.length < linesMin || right.length < linesMin) return false
  const [a, b] = [around(left), around(right)]
  const beside = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
  if (beside < 0.3 * Math.min(a.bottom - a.top, b.bottom - b.top)) return false
  return [[left, a], [right, b]].every(([side, box]) => isProse(side as Segment[], box as Box))
}

const isProse = (segments: readonly Segment[], box: Box): boolean => {
  const widths = segments.map((segment) => (segment.x1 - segment.x0) / (box.x1 - box.x0))
  const chars = segments.map((segment) => segment.runs.reduce((sum, run) => sum + run.text.length, 0))
  return median(widths) > 0.55 && median(chars) >= 14
}
