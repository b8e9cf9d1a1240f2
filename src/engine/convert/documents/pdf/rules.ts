import { apply, compose, identity, type Matrix } from './geometry.ts'

/** A straight line along an axis: `at` is its place across, `from` to `to` its reach along. */
export interface Rule {
  at: number
  from: number
  to: number
}

export interface Rules {
  across: Rule[]
  down: Rule[]
}

interface OperatorList {
  fnArray: readonly number[]
  argsArray: readonly unknown[]
}

/** Numbers of pdf.js' operators; of those of a path they are not exported. */
type Operators = Readonly<Record<string, number>>
const move = 0
const line = 1
const curve = 2
const quadratic = 3
const close = 4
const lengths: Readonly<Record<number, number>> = { [move]: 2, [line]: 2, [curve]: 6, [quadratic]: 4, [close]: 0 }

const thinMax = 2.5
const shortMin = 3
const rulesMax = 8000

/** The ruled lines of a page: strokes, edges of stroked boxes, and boxes so thin that they are lines. */
export const rulesOf = (list: OperatorList, ops: Operators, view: Matrix): Rules => {
  const rules: Rules = { across: [], down: [] }
  const strokes = new Set([ops.stroke, ops.closeStroke, ops.fillStroke, ops.eoFillStroke, ops.closeFillStroke, ops.closeEOFillStroke])
  const fills = new Set([ops.fill, ops.eoFill])
  let current: Matrix = identity
  const saved: Matrix[] = []
  for (let i = 0; i < list.fnArray.length && rules.across.length + rules.down.length < rulesMax; i++) {
    const operator = list.fnArray[i]
    const args = list.argsArray[i] as readonly unknown[] | null
    if (operator === ops.save) saved.push(current)
    else if (operator === ops.restore) current = saved.pop() ?? current
    else if (operator === ops.transform) current = compose(current, args as unknown as Matrix)
    else if (operator === ops.paintFormXObjectBegin) {
      saved.push(current)
      if (Array.isArray(args?.[0])) current = compose(current, args[0] as unknown as Matrix)
    } else if (operator === ops.paintFormXObjectEnd) current = saved.pop() ?? current
    else if (operator === ops.constructPath && args) {
      const painted = args[0] as number
      const data = (args[1] as (ArrayLike<number> | null)[] | undefined)?.[0]
      if (data && typeof data.length === 'number' && (strokes.has(painted) || fills.has(painted))) trace(data, compose(view, current), strokes.has(painted), rules)
    }
  }
  return { across: merged(rules.across), down: merged(rules.down) }
}

const trace = (data: ArrayLike<number>, matrix: Matrix, stroked: boolean, rules: Rules): void => {
  let points: [number, number][] = []
  let straight = true
  const finish = (): void => {
    if (points.length > 1 && straight) {
      if (stroked) for (let i = 1; i < points.length; i++) addLine(points[i - 1] as [number, number], points[i] as [number, number], rules)
      else addBox(points, rules)
    }
    points = []
    straight = true
  }
  for (let i = 0; i < data.length; ) {
    const kind = data[i++] ?? -1
    const length = lengths[kind]
    if (length === undefined) return
    if (kind === move) finish()
    if (kind === move || kind === line) points.push(apply(matrix, data[i] ?? 0, data[i + 1] ?? 0))
    else if (kind === close) {
      if (points[0]) points.push(points[0])
    } else straight = false
    i += length
  }
  finish()
}

const addLine = ([ax, ay]: [number, number], [bx, by]: [number, number], rules: Rules): void => {
  if (Math.abs(ay - by) < 0.7 && Math.abs(ax - bx) >= shortMin) rules.across.push({ at: (ay + by) / 2, from: Math.min(ax, bx), to: Math.max(ax, bx) })
  else if (Math.abs(ax - bx) < 0.7 && Math.abs(ay - by) >= shortMin) rules.down.push({ at: (ax + bx) / 2, from: Math.min(ay, by), to: Math.max(ay, by) })
}

/** A filled box counts where it is a line; shading behind cells does not. */
const addBox = (points: readonly [number, number][], rules: Rules): void => {
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  if (y1 - y0 <= thinMax && x1 - x0 >= shortMin) rules.across.push({ at: (y0 + y1) / 2, from: x0, to: x1 })
  else if (x1 - x0 <= thinMax && y1 - y0 >= shortMin) rules.down.push({ at: (x0 + x1) / 2, from: y0, to: y1 })
}

/** Pieces of one line are one line. */
const merged = (rules: readonly Rule[]): Rule[] => {
  const lines: Rule[][] = []
  for (const rule of rules.toSorted((a, b) => a.at - b.at)) {
    const last = lines.at(-1)
    if (last && rule.at - (last[0]?.at ?? 0) < 1.5) last.push(rule)
    else lines.push([rule])
  }
  return lines.flatMap((pieces) => {
    const joined: Rule[] = []
    for (const piece of pieces.toSorted((a, b) => a.from - b.from)) {
      const last = joined.at(-1)
      if (last && piece.from <= last.to + 2) last.to = Math.max(last.to, piece.to)
      else joined.push({ ...piece })
    }
    return joined
  })
}
