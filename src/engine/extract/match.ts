import type { Source } from '../../contract/extract.ts'
import { coerceLeaf, currencyOf, type Locale } from './coerce.ts'
import { fieldOf, type Field } from './names.ts'
import type { Found } from './nodes.ts'
import { isRecord, shapeOf, type Schema, type Shape } from './schema.ts'
import { escapePointer } from './validate.ts'

/** Somewhere that fields are looked for: the page, a thing that it describes, a block of it. */
export interface Scope {
  /** Candidates for a single value, best first. */
  values(field: Field, shape: Shape): Iterable<Found>
  /** Candidates for a list: each is its members, as scopes of their own or as plain values. */
  lists(field: Field, item: Shape): Iterable<Members>
  /** Where the fields of an object below this one are looked for, best first. */
  inner(field: Field, shape: Shape): Iterable<Scope>
}

export interface Members {
  scopes?: readonly Scope[]
  values?: readonly Found[]
  /** Members were recognised by what the list is called, not by what is in them. */
  named: boolean
}

export interface Filled {
  value: unknown
  /** By JSON pointer below the value. */
  sources: Map<string, Source>
  /** Leaves that have a value. */
  count: number
}

const depthMax = 8
const itemsMax = 1000

/** Fills a schema from a scope; undefined where nothing was found. What is filled was in the page. */
export const fill = (schema: Schema, name: string, scope: Scope, locale: Locale, depth = 0): Filled | undefined => {
  if (depth > depthMax) return undefined
  const shape = shapeOf(schema)
  const field = fieldOf(name)
  if (shape.type === 'object') return fillWithin(shape, field, scope, locale, depth)
  if (shape.type === 'array') return fillList(shape, field, scope, locale, depth)
  return fillLeaf(shape, field, scope, locale)
}

const fillLeaf = (shape: Shape, field: Field, scope: Scope, locale: Locale): Filled | undefined => {
  for (const found of scope.values(field, shape)) {
    const value = coerceFor(field, found.value, shape, locale)
    if (value === undefined || value === '') continue
    return { value, sources: new Map([['', sourceOf(found)]]), count: 1 }
  }
  return undefined
}

const sourceOf = (found: Found): Source => ({ source: found.source, path: found.path })

const inverted = new Set(['soldout', 'outofstock', 'unavailable'])

const coerceFor = (field: Field, given: unknown, shape: Shape, locale: Locale): unknown => {
  if (shape.type === 'boolean' && inverted.has(field.key)) {
    const value = coerceLeaf(given, shape, locale)
    // The words for a full shelf are those for "yes".
    return typeof value === 'boolean' && typeof given !== 'boolean' && !/^(?:true|false|yes|no)$/i.test(String(given)) ? !value : value
  }
  if (field.concept?.name === 'currency' && typeof given === 'string' && !/^[A-Za-z]{3}$/.test(given)) return currencyOf(given)
  return coerceLeaf(given, shape, locale)
}

/** Fields of one object, from wherever the scope says that they may be; the fullest reading wins. */
const fillWithin = (shape: Shape, field: Field, scope: Scope, locale: Locale, depth: number): Filled | undefined => {
  let best: Filled | undefined
  for (const inner of scope.inner(field, shape)) {
    const filled = fillObject(shape, inner, locale, depth + 1)
    if (filled && (!best || rank(filled, shape) > rank(best, shape))) best = filled
    const value = best?.value
    if (isRecord(value) && Object.keys(shape.properties).every((name) => name in value)) break
  }
  return best
}

const rank = (filled: Filled, shape: Shape): number => {
  const value = filled.value as Record<string, unknown>
  return filled.count + shape.required.filter((name) => name in value).length * 100
}

export const fillObject = (shape: Shape, scope: Scope, locale: Locale, depth: number): Filled | undefined => {
  const value: Record<string, unknown> = {}
  const sources = new Map<string, Source>()
  let count = 0
  for (const [name, schema] of Object.entries(shape.properties)) {
    const filled = fill(schema, name, scope, locale, depth)
    if (!filled) continue
    value[name] = filled.value
    count += filled.count
    for (const [pointer, source] of filled.sources) sources.set(`/${escapePointer(name)}${pointer}`, source)
  }
  return count === 0 ? undefined : { value, sources, count }
}

const fillList = (shape: Shape, field: Field, scope: Scope, locale: Locale, depth: number): Filled | undefined => {
  const item = shapeOf(shape.items)
  const names = Object.keys(item.properties)
  let best: (Filled & { score: number }) | undefined
  for (const members of scope.lists(field, item)) {
    if (isHopeless(members, item, names.length, locale, depth)) continue
    const filled = item.type === 'object' && names.length > 0 ? objects(members, item, locale, depth) : leaves(members, item, field, locale)
    if (!filled) continue
    if (names.length === 0) return trimmed(filled, shape)
    const coverage = filled.count / Math.max(1, (filled.value as unknown[]).length) / names.length
    if (coverage < (members.named ? 0.2 : 0.5)) continue
    const score = Math.min(1, coverage) + (members.named ? 0.3 : 0)
    if (!best || score > best.score + 0.05) best = { ...filled, score }
  }
  return best && trimmed(best, shape)
}

/** A long list is not read whole to learn that it is another. */
const isHopeless = ({ scopes = [], named }: Members, item: Shape, fields: number, locale: Locale, depth: number): boolean => {
  if (scopes.length <= 12 || fields === 0) return false
  const sample = objects({ scopes: [...scopes.slice(1, 6), ...scopes.slice(-1)], named }, item, locale, depth)
  return !sample || sample.count / (sample.value as unknown[]).length / fields < (named ? 0.1 : 0.3)
}

const trimmed = (filled: Filled, { schema }: Shape): Filled => {
  const list = filled.value as unknown[]
  const max = typeof schema.maxItems === 'number' && schema.maxItems >= 0 ? schema.maxItems : itemsMax
  if (list.length <= max) return filled
  const kept = new Map([...filled.sources].filter(([pointer]) => Number(/^\/(\d+)/.exec(pointer)?.[1] ?? 0) < max))
  return { value: list.slice(0, max), sources: kept, count: filled.count }
}

const objects = ({ scopes = [] }: Members, item: Shape, locale: Locale, depth: number): Filled | undefined => {
  const list: unknown[] = []
  const sources = new Map<string, Source>()
  let count = 0
  for (const scope of scopes.slice(0, itemsMax)) {
    const filled = fillObject(item, scope, locale, depth + 2)
    // An entry without what every entry has to have is a heading, an advertisement, a spacer.
    if (!filled || item.required.some((name) => !(name in (filled.value as object)) && !shapeOf(item.properties[name]).nullable)) continue
    for (const [pointer, source] of filled.sources) sources.set(`/${list.length}${pointer}`, source)
    list.push(filled.value)
    count += filled.count
  }
  return list.length === 0 || list.length * 2 < Math.min(scopes.length, itemsMax) ? undefined : { value: list, sources, count }
}

const leaves = ({ values = [] }: Members, item: Shape, field: Field, locale: Locale): Filled | undefined => {
  const list: unknown[] = []
  const sources = new Map<string, Source>()
  const seen = new Set<string>()
  for (const found of values) {
    const parts = splitOf(found, item, field)
    for (const part of parts) {
      const value = coerceFor(field, part, item, locale)
      const key = JSON.stringify(value)
      if (value === undefined || value === '' || seen.has(key) || list.length >= itemsMax) continue
      seen.add(key)
      sources.set(`/${list.length}`, sourceOf(found))
      list.push(value)
    }
  }
  return list.length === 0 ? undefined : { value: list, sources, count: list.length }
}

const separated = new Set(['keywords', 'category', 'author'])

/** One text that stands for several values. */
const splitOf = (found: Found, item: Shape, field: Field): unknown[] => {
  const { value } = found
  if (typeof value !== 'string' || item.type === 'object') return isRecord(value) && Array.isArray(value.itemListElement) ? (value.itemListElement as unknown[]) : [value]
  if (field.concept?.name === 'steps') return value.split(/<\/(?:li|p)>|<br\s*\/?>|\n+/i)
  if (separated.has(field.concept?.name ?? '')) return value.split(/\s*[,;|]\s*/)
  return [value]
}
