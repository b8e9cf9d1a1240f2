/** Roughly what a value made of plain data takes in memory, in characters. */
export const weightOf = (value: unknown): number => {
  let total = 0
  const open = [value]
  for (let next = open.pop(); open.length > 0 || next !== undefined; next = open.pop()) {
    total += 16
    if (typeof next === 'string') total += next.length
    else if (typeof next === 'object' && next !== null) for (const part of Object.values(next)) open.push(part)
  }
  return total
}
