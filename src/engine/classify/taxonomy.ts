import published from './taxonomy.json' with { type: 'json' }

/** A category of Content Taxonomy 1.0; tier 1 is its own parent. */
export interface Category {
  id: string
  parentId: string
  name: string
  /** Its place in Content Taxonomy 2.2 by the official mapping. */
  v2: { id: string; name: string } | null
  /** In 3.1: the same id where it lives on, else that of the nearest category above it. */
  v3: { id: string; name: string } | null
}

type Row = readonly [id: string, name: string, other: string | null]

const rows = published as unknown as { v1: Row[]; v2: Row[]; v3: Row[] }
const second = new Map(rows.v2.map(([id, name, parent]) => [id, { id, name, parent }]))
const third = new Map(rows.v3.map(([id, name, parent]) => [id, { id, name, parent }]))

const inThird = (id: string | null): Category['v3'] => {
  for (let at = id; at !== null; at = second.get(at)?.parent ?? null) {
    const found = third.get(at)
    if (found) return { id: found.id, name: found.name }
  }
  return null
}

export const categories: ReadonlyMap<string, Category> = new Map(rows.v1.map(([id, name, target]) => {
  const found = target === null ? undefined : second.get(target)
  return [id, { id, name, parentId: id.replace(/-.*$/, ''), v2: found ? { id: found.id, name: found.name } : null, v3: inThird(target) }]
}))

/** What nothing fits. */
export const uncategorized = 'IAB24'

const childrenOf = (list: readonly Row[]): Map<string, { id: string; name: string }[]> => {
  const found = new Map<string, { id: string; name: string }[]>()
  for (const [id, name, parent] of list) if (parent !== null) found.set(parent, [...(found.get(parent) ?? []), { id, name }])
  return found
}

const children = { v2: childrenOf(rows.v2), v3: childrenOf(rows.v3) }

/** Names below each category in the later taxonomies, which are finer: what it is made of. */
export const namesBelow = (id: string): string[] => {
  const start = categories.get(id)?.v2?.id
  if (start === undefined) return []
  const found: string[] = []
  for (const tree of [children.v2, children.v3]) {
    const open = [start]
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const child of tree.get(at) ?? []) {
        found.push(child.name)
        open.push(child.id)
      }
    }
  }
  return found
}
