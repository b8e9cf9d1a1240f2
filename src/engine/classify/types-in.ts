import type { Metadata } from '../../contract/document.ts'

const depthMax = 4
const typesMax = 60
/** What a thing is made of, or stands beside: not what the page is. */
const aside = new Set(['review', 'aggregateRating', 'address', 'geo', 'image', 'potentialAction', 'author', 'mentions', 'itemListElement', 'hasPart', 'isPartOf', 'offers', 'logo', 'brand', 'mainEntityOfPage', 'comment', 'video', 'subjectOf', 'knowsAbout', 'member'])

/** schema.org types of the page and of who publishes it, each once. */
export const typesIn = ({ json_ld = [], microdata = [] }: Metadata): string[] => {
  const types = new Set<string>()
  const look = (value: unknown, depth: number): void => {
    if (depth > depthMax || types.size >= typesMax || typeof value !== 'object' || value === null) return
    if (Array.isArray(value)) {
      for (const one of value.slice(0, 100)) look(one, depth)
      return
    }
    const node = value as Record<string, unknown>
    for (const type of [node['@type'], node.type].flat()) if (typeof type === 'string') types.add(type.replace(/^.*[/:#]/, ''))
    for (const [name, inner] of Object.entries(node)) if (!aside.has(name) && typeof inner === 'object') look(inner, depth + 1)
  }
  look(json_ld, 0)
  look(microdata, 0)
  return [...types]
}
