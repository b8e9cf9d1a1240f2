import type { Source } from '../../contract/extract.ts'
import { keyOf, type Field } from './names.ts'
import { isRecord } from './schema.ts'

/** A value of the page and where it lies. */
export interface Found {
  value: unknown
  source: Source['source']
  path: string
}

/** One thing that structured data describes. */
export interface Node {
  data: Record<string, unknown>
  types: readonly string[]
  source: Source['source']
  path: string
}

export type ById = ReadonlyMap<string, Record<string, unknown>>

const nodesMax = 300
const listMax = 1000
const valuesMax = 20

/** The things that documents describe: `@graph`s opened, in document order. */
export const nodesOf = (documents: readonly unknown[], source: Source['source']): Node[] => {
  const nodes: Node[] = []
  const visit = (value: unknown, path: string, depth: number): void => {
    if (nodes.length >= nodesMax || depth > 6) return
    if (Array.isArray(value)) {
      value.slice(0, nodesMax).forEach((one: unknown, i) => visit(one, `${path}[${i}]`, depth + 1))
      return
    }
    if (!isRecord(value)) return
    const own = Object.keys(value).filter((key) => key !== '@graph' && key !== '@context' && key !== '@id')
    if (own.length > 0) nodes.push({ data: value, types: typesOf(value), source, path })
    for (const key of ['@graph', 'mainEntity', 'mainEntityOfPage', 'item']) {
      if (key in value && (key === '@graph' || isRecord(value[key]) || key === 'mainEntity')) visit(value[key], `${path}.${key}`, depth + 1)
    }
  }
  documents.forEach((document, i) => visit(document, `[${i}]`, 0))
  return nodes
}

export const typesOf = (data: Record<string, unknown>): string[] => {
  const given = data['@type']
  return (Array.isArray(given) ? given : [given]).flatMap((type) => (typeof type === 'string' ? [type.replace(/^https?:\/\/schema\.org\/|^\w+:/, '')] : []))
}

export const idsOf = (nodes: readonly Node[]): ById => {
  const ids = new Map<string, Record<string, unknown>>()
  for (const { data } of nodes) {
    const id = data['@id']
    if (typeof id === 'string' && Object.keys(data).length > 1 && !ids.has(id)) ids.set(id, data)
  }
  return ids
}

/** A bare reference becomes what it refers to. */
const follow = (value: unknown, ids: ById): unknown =>
  isRecord(value) && typeof value['@id'] === 'string' && Object.keys(value).filter((key) => key !== '@type').length === 1 ? (ids.get(value['@id']) ?? value) : value

const keys = new Map<string, string>()
const cachedKey = (name: string): string => {
  const known = keys.get(name)
  if (known !== undefined) return known
  const key = keyOf(name.replace(/^\w+:/, ''))
  if (keys.size > 20_000) keys.clear()
  keys.set(name, key)
  return key
}

/** Values of a field on one node: by its own name, then by what it means. */
export const valuesOn = (node: Node, field: Field, ids: ById): Found[] => {
  const found: Found[] = []
  const take = (value: unknown, path: string): void => {
    if (value !== undefined && value !== null && value !== '' && found.length < valuesMax) found.push({ value: follow(value, ids), source: node.source, path })
  }
  for (const [name, value] of Object.entries(node.data)) {
    const key = cachedKey(name)
    if (key !== '' && (key === field.key || key === field.bare)) take(value, `${node.path}.${name}`)
  }
  for (const path of field.concept?.paths ?? []) step(node.data, path, node.path, ids, take)
  if (found.length === 0 && field.concept) {
    for (const [name, value] of Object.entries(node.data)) if (field.concept.names.has(cachedKey(name))) take(value, `${node.path}.${name}`)
  }
  return found
}

const step = (at: unknown, [name, ...rest]: readonly string[], path: string, ids: ById, take: (value: unknown, path: string) => void): void => {
  const value = follow(at, ids)
  if (Array.isArray(value)) {
    value.slice(0, valuesMax).forEach((one: unknown, i) => step(one, name === undefined ? [] : [name, ...rest], `${path}[${i}]`, ids, take))
    return
  }
  if (name === undefined || !isRecord(value) || !Object.hasOwn(value, name)) return
  if (rest.length === 0) take(value[name], `${path}.${name}`)
  else step(value[name], rest, `${path}.${name}`, ids, take)
}

/** The members of a value as nodes of their own. */
export const membersOf = ({ value, source, path }: Found, ids: ById): Node[] => {
  const list = (Array.isArray(value) ? value : [value]).slice(0, listMax)
  return list.flatMap((given: unknown, i) => {
    const one = follow(given, ids)
    return isRecord(one) ? [{ data: one, types: typesOf(one), source, path: Array.isArray(value) ? `${path}[${i}]` : path }] : []
  })
}

interface MicrodataItem {
  type?: string[]
  id?: string
  properties: Record<string, (string | MicrodataItem)[]>
}

/** Microdata in the shape of JSON-LD, so that one reading serves both. */
export const fromMicrodata = (items: readonly unknown[]): Record<string, unknown>[] => items.map((item) => plainItem(item as MicrodataItem, 0))

const plainItem = (item: MicrodataItem, depth: number): Record<string, unknown> => {
  const entries = Object.entries(item.properties).map(([name, values]) => {
    const plain = depth > 8 ? [] : values.map((value) => (typeof value === 'string' ? value : plainItem(value, depth + 1)))
    return [name, plain.length === 1 ? plain[0] : plain] as const
  })
  return { ...(item.type ? { '@type': item.type } : {}), ...(item.id === undefined ? {} : { '@id': item.id }), ...Object.fromEntries(entries.filter(([name]) => name !== '__proto__')) }
}

const objectsMax = 20_000

/** Objects inside the data that a page carries for its scripts, those first that know most of the names. */
export const bestObjects = (documents: readonly { path: string; value: unknown }[], wanted: readonly Field[], source: Source['source']): Node[] => {
  const scored: { node: Node; score: number }[] = []
  let seen = 0
  const open = documents.map(({ path, value }) => ({ path, value, depth: 0 })).reverse()
  for (let at = open.pop(); at !== undefined && seen < objectsMax; at = open.pop()) {
    const { path, value, depth } = at
    if (depth > 20) continue
    if (Array.isArray(value)) {
      value.slice(0, listMax).toReversed().forEach((one: unknown, i, all) => open.push({ path: `${path}[${all.length - 1 - i}]`, value: one, depth: depth + 1 }))
    } else if (isRecord(value)) {
      seen++
      const score = overlap(value, wanted)
      if (score >= Math.min(2, wanted.length)) scored.push({ node: { data: value, types: typesOf(value), source, path }, score })
      for (const [name, inner] of Object.entries(value).toReversed()) if (typeof inner === 'object' && inner !== null) open.push({ path: `${path}.${name}`, value: inner, depth: depth + 1 })
    }
  }
  return scored.toSorted((a, b) => b.score - a.score).slice(0, 20).map(({ node }) => node)
}

/** How many of the fields an object has by name. */
export const overlap = (data: Record<string, unknown>, wanted: readonly Field[]): number => {
  const own = new Set(Object.entries(data).filter(([, value]) => value !== null && value !== '').map(([name]) => cachedKey(name)))
  return wanted.filter((field) => own.has(field.key) || own.has(field.bare) || [...(field.concept?.names ?? [])].some((name) => own.has(name))).length
}

/** Lists of objects inside such data, with how many of the names their first members know. */
export const bestLists = (documents: readonly { path: string; value: unknown }[], wanted: readonly Field[], source: Source['source']): { key: string; found: Found; score: number }[] => {
  const lists: { key: string; found: Found; score: number }[] = []
  let seen = 0
  const open = documents.map(({ path, value }) => ({ key: '', path, value, depth: 0 })).reverse()
  for (let at = open.pop(); at !== undefined && seen < objectsMax; at = open.pop()) {
    const { key, path, value, depth } = at
    if (depth > 20) continue
    seen++
    if (Array.isArray(value)) {
      const sample = value.slice(0, 5).filter(isRecord)
      const score = sample.length === 0 ? 0 : sample.reduce((sum, one) => sum + overlap(one, wanted), 0) / sample.length
      if (score >= Math.min(2, wanted.length)) lists.push({ key, found: { value, source, path }, score })
      value.slice(0, 50).forEach((one: unknown, i) => open.push({ key, path: `${path}[${i}]`, value: one, depth: depth + 1 }))
    } else if (isRecord(value)) {
      for (const [name, inner] of Object.entries(value)) if (typeof inner === 'object' && inner !== null) open.push({ key: cachedKey(name), path: `${path}.${name}`, value: inner, depth: depth + 1 })
    }
  }
  return lists.toSorted((a, b) => b.score - a.score).slice(0, 10)
}
