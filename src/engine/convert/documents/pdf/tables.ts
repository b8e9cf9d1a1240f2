import type { Box } from './geometry.ts'
import type { Rule, Rules } from './rules.ts'
import type { Run } from './runs.ts'

/** A cell of a ruled table; it covers `columns` × `rows` of the grid. */
export interface Cell extends Box {
  row: number
  column: number
  rows: number
  columns: number
}

export interface Table extends Box {
  cells: Cell[]
  rowCount: number
}

const near = 3
const cellsMax = 5000

/** Grids that ruled lines make where they meet. A frame around something is none. */
export const tablesOf = ({ across, down }: Rules): Table[] => groupsOf(across, down).flatMap((group) => gridOf(group) ?? [])

const meets = (row: Rule, column: Rule): boolean => column.at >= row.from - near && column.at <= row.to + near && row.at >= column.from - near && row.at <= column.to + near

const groupsOf = (across: readonly Rule[], down: readonly Rule[]): Rules[] => {
  const parents = Array.from({ length: across.length + down.length }, (_, i) => i)
  const find = (i: number): number => {
    while (parents[i] !== i) i = parents[i] = parents[parents[i] as number] as number
    return i
  }
  across.forEach((row, i) => down.forEach((column, j) => {
    if (meets(row, column)) parents[find(i)] = find(across.length + j)
  }))
  const groups = new Map<number, Rules>()
  const groupOf = (i: number): Rules => {
    const root = find(i)
    const group = groups.get(root) ?? { across: [], down: [] }
    groups.set(root, group)
    return group
  }
  across.forEach((row, i) => groupOf(i).across.push(row))
  down.forEach((column, j) => groupOf(across.length + j).down.push(column))
  return [...groups.values()]
}

const placesOf = (rules: readonly Rule[]): number[] => {
  const places: number[] = []
  for (const { at } of rules.toSorted((a, b) => a.at - b.at)) if (at - (places.at(-1) ?? -Infinity) > near) places.push(at)
  return places
}

const gridOf = ({ across, down }: Rules): Table | undefined => {
  const ys = placesOf(across)
  const xs = placesOf(down)
  const [rowCount, columnCount] = [ys.length - 1, xs.length - 1]
  if (rowCount < 2 || columnCount < 2 || rowCount * columnCount > cellsMax) return undefined
  const borderRight = (row: number, column: number): boolean => covers(down, xs[column + 1] ?? 0, ((ys[row] ?? 0) + (ys[row + 1] ?? 0)) / 2)
  const borderBelow = (row: number, column: number): boolean => covers(across, ys[row + 1] ?? 0, ((xs[column] ?? 0) + (xs[column + 1] ?? 0)) / 2)
  const taken = new Set<number>()
  const cells: Cell[] = []
  for (let row = 0; row < rowCount; row++) {
    for (let column = 0; column < columnCount; column++) {
      if (taken.has(row * columnCount + column)) continue
      let columns = 1
      while (column + columns < columnCount && !borderRight(row, column + columns - 1) && !taken.has(row * columnCount + column + columns)) columns++
      let rows = 1
      while (row + rows < rowCount && !borderBelow(row + rows - 1, column)) rows++
      for (let y = row; y < row + rows; y++) for (let x = column; x < column + columns; x++) taken.add(y * columnCount + x)
      cells.push({ row, column, rows, columns, x0: xs[column] ?? 0, x1: xs[column + columns] ?? 0, top: ys[row] ?? 0, bottom: ys[row + rows] ?? 0 })
    }
  }
  return cells.length < 4 ? undefined : { cells, rowCount, x0: xs[0] ?? 0, x1: xs.at(-1) ?? 0, top: ys[0] ?? 0, bottom: ys.at(-1) ?? 0 }
}

const covers = (rules: readonly Rule[], at: number, middle: number): boolean => rules.some((rule) => Math.abs(rule.at - at) <= near && rule.from <= middle && rule.to >= middle)

export interface Filled {
  table: Table
  cells: { cell: Cell; runs: Run[] }[]
}

/** Gives each run to the cell in which its middle lies; what is in no table is left over. Tables that hold no text are dropped. */
export const fillTables = (tables: readonly Table[], runs: readonly Run[]): { filled: Filled[]; rest: Run[] } => {
  const filled = tables.map((table) => ({ table, cells: table.cells.map((cell) => ({ cell, runs: [] as Run[] })) }))
  const rest: Run[] = []
  for (const run of runs) {
    const [x, y] = [(run.x0 + run.x1) / 2, (run.top + run.bottom) / 2]
    const inside = (box: Box): boolean => x >= box.x0 - 1 && x <= box.x1 + 1 && y >= box.top - 1 && y <= box.bottom + 1
    const place = filled.find(({ table }) => inside(table))?.cells.find(({ cell }) => inside(cell))
    if (place) place.runs.push(run)
    else rest.push(run)
  }
  // A chart has a grid too, with its labels beside it.
  const kept = filled.filter(({ cells }) => cells.filter((one) => one.runs.some(({ text }) => text.trim() !== '')).length >= Math.max(2, cells.length * 0.2))
  for (const { cells } of filled.filter((one) => !kept.includes(one))) for (const one of cells) rest.push(...one.runs)
  return { filled: kept, rest }
}
