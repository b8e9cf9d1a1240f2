import type { Proof, Proven } from '../../contract/proof.ts'

const evidenceMax = 4

/** The same fact from several places is one, and surer. Order of first appearance; sort afterwards where another matters. */
export const merged = <T extends Proven>(items: readonly T[], keyOf: (item: T) => string): T[] => {
  const byKey = new Map<string, T>()
  for (const item of items) {
    const key = keyOf(item)
    const known = byKey.get(key)
    if (!known) {
      byKey.set(key, { ...item })
      continue
    }
    const both = item.confidence > known.confidence ? { ...defined(known), ...defined(item) } : { ...defined(item), ...defined(known) }
    byKey.set(key, { ...both, confidence: round(Math.min(0.99, 1 - (1 - known.confidence) * (1 - item.confidence * 0.5))), evidence: proofs([...known.evidence, ...item.evidence]) })
  }
  return [...byKey.values()].map((item) => ({ ...item, confidence: round(item.confidence) }))
}

/** The surest, or undefined. */
export const best = <T extends Proven>(items: readonly T[]): T | undefined => items.toSorted((a, b) => b.confidence - a.confidence)[0]

export const round = (value: number): number => Math.round(value * 100) / 100

// Safe: only members that say nothing are left out.
const defined = <T extends object>(item: T): T => Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined)) as T

const proofs = (list: readonly Proof[]): Proof[] => {
  const seen = new Map(list.map((proof) => [`${proof.source} ${proof.at} ${proof.url}`, proof]))
  return [...seen.values()].slice(0, evidenceMax)
}

/** Texts of a structured value: itself, its `@value`, its `name`, or those of its members. */
export const textsOf = (value: unknown): string[] => {
  if (typeof value === 'string' || typeof value === 'number') return String(value).trim() === '' ? [] : [String(value).trim()]
  if (Array.isArray(value)) return value.slice(0, 50).flatMap(textsOf)
  if (typeof value !== 'object' || value === null) return []
  const { '@value': own, name, value: plain } = value as Record<string, unknown>
  return textsOf(own ?? name ?? plain)
}
