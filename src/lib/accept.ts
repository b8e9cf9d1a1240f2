/** True where an Accept header admits at least one of the types. An absent header admits all. */
export const accepts = (header: string | null, types: readonly string[]): boolean => {
  if (header === null || header.trim() === '') return true
  const ranges = header.split(',').map(parseRange)
  return types.some((type) => quality(ranges, type) > 0)
}

/** The type that the Accept header likes best; the first one on a tie. */
export const preferred = (header: string | null, types: readonly string[]): string | undefined => {
  if (header === null || header.trim() === '') return types[0]
  const ranges = header.split(',').map(parseRange)
  let best: string | undefined
  let most = 0
  for (const type of types) {
    const q = quality(ranges, type)
    if (q > most) [best, most] = [type, q]
  }
  return best
}

interface Range {
  type: string
  q: number
}

const parseRange = (text: string): Range => {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const q = parameters.find((part) => part.startsWith('q='))
  const value = q === undefined ? 1 : Number(q.slice(2))
  return { type, q: Number.isFinite(value) ? value : 0 }
}

const quality = (ranges: Range[], type: string): number => {
  const family = `${type.split('/', 1)[0]}/*`
  for (const wanted of [type, family, '*/*']) {
    const range = ranges.find((item) => item.type === wanted)
    if (range) return range.q
  }
  return 0
}
