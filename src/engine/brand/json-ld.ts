/** An object of the page's structured data with its types. */
export interface LinkedNode {
  types: string[]
  value: Readonly<Record<string, unknown>>
}

const nodesMax = 3000
const depthMax = 12

/** Every typed object, outer ones first, wherever it is nested. */
export const nodesOf = (documents: readonly unknown[] | undefined): LinkedNode[] => {
  const nodes: LinkedNode[] = []
  let level: unknown[] = [...(documents ?? [])]
  for (let depth = 0; depth < depthMax && level.length > 0 && nodes.length < nodesMax; depth++) {
    const next: unknown[] = []
    for (const item of level.slice(0, nodesMax)) {
      if (Array.isArray(item)) next.push(...item.slice(0, 500))
      else if (isRecord(item)) {
        const types = stringsOf(item['@type']).map((type) => type.replace(/^https?:\/\/schema\.org\//, ''))
        if (types.length > 0) nodes.push({ types, value: item })
        next.push(...Object.values(item).filter((value) => typeof value === 'object' && value !== null))
      }
    }
    level = next
  }
  return nodes.slice(0, nodesMax)
}

export const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Strings of a value or of a list of values. */
export const stringsOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value.slice(0, 100) : [value]).flatMap((item) => (typeof item === 'string' && item.trim() !== '' ? [item.trim()] : isRecord(item) && typeof item['@value'] === 'string' ? [item['@value'].trim()] : []))

/** The address of a picture that is given by itself or as an `ImageObject`, also by reference. */
export const imageOf = (value: unknown, nodes: readonly LinkedNode[]): { url: string; width?: number; height?: number } | undefined => {
  if (typeof value === 'string') return value.trim() === '' ? undefined : { url: value.trim() }
  if (Array.isArray(value)) return value.slice(0, 5).map((item) => imageOf(item, nodes)).find((item) => item !== undefined)
  if (!isRecord(value)) return undefined
  const url = [value.contentUrl, value.url].flatMap(stringsOf)[0]
  if (url !== undefined) return { url, ...sizeOf('width', value.width), ...sizeOf('height', value.height) }
  const id = value['@id']
  const other = typeof id === 'string' ? nodes.find((node) => node.value['@id'] === id && node.value !== value && (node.value.url ?? node.value.contentUrl) !== undefined) : undefined
  return other ? imageOf({ ...other.value, '@id': undefined }, nodes) : undefined
}

const sizeOf = (name: 'width' | 'height', value: unknown): { width?: number; height?: number } => {
  const number = Number.parseFloat(String(isRecord(value) ? value.value : value))
  return Number.isFinite(number) && number > 0 && number < 20_000 ? { [name]: Math.round(number) } : {}
}
