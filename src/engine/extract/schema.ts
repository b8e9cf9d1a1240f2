import type { Issue } from '../../failure/facts.ts'
import { linearRegex } from './regex.ts'

/** A caller's schema with its references put in place and its bounds checked. */
export interface Schema {
  [keyword: string]: unknown
}

export type Prepared = { ok: true; schema: Schema; draft: '2020-12' | '7' } | { ok: false; issues: Issue[] }

const charsMax = 131_072
const depthMax = 24
/** Counted after references are put in place, so that a small text cannot stand for a huge schema. */
const nodesMax = 4000

const dialects: Readonly<Record<string, '2020-12' | '7'>> = {
  'https://json-schema.org/draft/2020-12/schema': '2020-12',
  'https://json-schema.org/draft/2019-09/schema': '2020-12',
  'http://json-schema.org/draft-07/schema': '7',
  'http://json-schema.org/draft-06/schema': '7',
}

/** Keywords that hold one schema, a list of them, or a map of them. */
const single = new Set(['items', 'additionalItems', 'additionalProperties', 'contains', 'propertyNames', 'not', 'if', 'then', 'else', 'unevaluatedItems', 'unevaluatedProperties'])
const lists = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems'])
const maps = new Set(['properties', 'patternProperties', 'dependentSchemas'])
/** What would reach outside of the schema, or mean another thing once references are in place. */
const refused = new Set(['$dynamicRef', '$recursiveRef', '$dynamicAnchor', '$recursiveAnchor'])
const dropped = new Set(['$id', 'id', '$schema', '$anchor', '$comment', '$vocabulary', '$async', '$defs', 'definitions', 'default', 'examples', '$ref'])

class Refusal extends Error {
  readonly path: (string | number)[]
  constructor(path: (string | number)[], message: string) {
    super(message)
    this.path = path
  }
}

/** Bounds size and depth, refuses what is remote, recursive or slow, and leaves a tree without references. */
export const prepareSchema = (root: Schema): Prepared => {
  try {
    if (JSON.stringify(root).length > charsMax) throw new Refusal([], `The schema is longer than ${charsMax} characters`)
    const named = typeof root.$schema === 'string' ? root.$schema.replace(/#$/, '') : undefined
    const draft = named === undefined ? (Array.isArray(root.items) ? '7' : '2020-12') : dialects[named]
    if (draft === undefined) throw new Refusal(['$schema'], 'Only JSON Schema 2020-12, 2019-09, draft 7 and draft 6 are read')
    return { ok: true, schema: new Preparation(root).run(), draft }
  } catch (err) {
    if (!(err instanceof Refusal)) throw err
    return { ok: false, issues: [{ path: ['schema', ...err.path], code: 'invalid_schema', message: err.message }] }
  }
}

class Preparation {
  readonly #root: Schema
  readonly #open = new Set<string>()
  #nodes = 0

  constructor(root: Schema) {
    this.#root = root
  }

  run(): Schema {
    const schema = this.#schema(this.#root, [], 0)
    if (typeof schema === 'boolean') throw new Refusal([], 'The schema must be an object')
    return schema
  }

  #schema(given: unknown, path: (string | number)[], depth: number): Schema | boolean {
    if (typeof given === 'boolean') return given
    if (!isRecord(given)) throw new Refusal(path, 'A schema must be an object or a boolean')
    if (++this.#nodes > nodesMax) throw new Refusal(path, `The schema has more than ${nodesMax} parts once its references are followed`)
    if (depth > depthMax) throw new Refusal(path, `The schema is nested deeper than ${depthMax}`)
    if (given.$ref !== undefined) return this.#reference(given, path, depth)
    const schema: Schema = {}
    for (const [keyword, value] of Object.entries(given)) {
      if (dropped.has(keyword) || keyword === '__proto__') continue
      schema[keyword] = this.#keyword(keyword, value, [...path, keyword], depth + 1)
    }
    return schema
  }

  #keyword(keyword: string, value: unknown, path: (string | number)[], depth: number): unknown {
    if (refused.has(keyword)) throw new Refusal(path, `${keyword} is not supported`)
    if (keyword === 'pattern') this.#pattern(value, path)
    if (lists.has(keyword) || (keyword === 'items' && Array.isArray(value))) {
      if (!Array.isArray(value)) throw new Refusal(path, 'Must be a list of schemas')
      return value.map((one: unknown, i) => this.#schema(one, [...path, i], depth))
    }
    if (single.has(keyword)) return this.#schema(value, path, depth)
    if (!maps.has(keyword)) return value
    if (!isRecord(value)) throw new Refusal(path, 'Must be an object of schemas')
    return Object.fromEntries(Object.entries(value).map(([name, one]) => {
      if (name === '__proto__') throw new Refusal(path, 'A field cannot have that name')
      if (keyword === 'patternProperties') this.#pattern(name, [...path, name])
      return [name, this.#schema(one, [...path, name], depth)]
    }))
  }

  #reference(given: Schema, path: (string | number)[], depth: number): Schema | boolean {
    const ref = given.$ref
    if (typeof ref !== 'string' || !/^#(?:\/|$)/.test(ref)) throw new Refusal([...path, '$ref'], 'Only references inside the schema are followed: #/$defs/name')
    if (this.#open.has(ref)) throw new Refusal([...path, '$ref'], 'A schema cannot contain itself')
    this.#open.add(ref)
    const target = this.#schema(this.#resolve(ref, path), path, depth + 1)
    this.#open.delete(ref)
    const { $ref: _ref, ...beside } = given
    const own = this.#schema(beside, path, depth + 1)
    if (typeof own === 'boolean' || Object.keys(own).length === 0) return target
    const annotations = Object.keys(own).every((keyword) => keyword === 'description' || keyword === 'title')
    return typeof target === 'object' && annotations ? { ...target, ...own } : { ...own, allOf: [...(Array.isArray(own.allOf) ? (own.allOf as unknown[]) : []), target] }
  }

  #resolve(ref: string, path: (string | number)[]): unknown {
    let at: unknown = this.#root
    for (const part of ref.split('/').slice(1)) {
      const name = decode(part).replaceAll('~1', '/').replaceAll('~0', '~')
      if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) throw new Refusal([...path, '$ref'], `Nothing is at ${ref}`)
      at = (at as Record<string, unknown>)[name]
    }
    return at
  }

  #pattern(value: unknown, path: (string | number)[]): void {
    const fault = typeof value === 'string' ? linearRegex(value) : 'Must be a string'
    if (typeof fault === 'string') throw new Refusal(path, fault)
  }
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    // Not encoded, then.
    return text
  }
}

export const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** One reading of a schema for those who fill it: `null` alternatives and single-branch unions folded away. */
export interface Shape {
  type: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'any'
  nullable: boolean
  properties: Record<string, Schema>
  required: readonly string[]
  items: Schema
  /** Names that are not listed may be filled too. */
  open: boolean
  schema: Schema
}

const types = new Set(['object', 'array', 'string', 'number', 'integer', 'boolean'])

export const shapeOf = (given: unknown): Shape => {
  const schema = merged(isRecord(given) ? given : {})
  const listed = (Array.isArray(schema.type) ? schema.type : [schema.type]).filter((type) => typeof type === 'string')
  const nullable = listed.includes('null') || (Array.isArray(schema.enum) && schema.enum.includes(null)) || schema.nullable === true || schema.nullableBranch === true
  const properties = isRecord(schema.properties) ? (Object.fromEntries(Object.entries(schema.properties).map(([name, one]) => [name, isRecord(one) ? one : {}])) as Record<string, Schema>) : {}
  const named = listed.find((type) => types.has(type)) as Shape['type'] | undefined
  const type = named ?? (Object.keys(properties).length > 0 ? 'object' : schema.items === undefined ? enumType(schema) : 'array')
  return {
    type, nullable, properties, schema,
    required: Array.isArray(schema.required) ? schema.required.filter((name) => typeof name === 'string') : [],
    items: isRecord(schema.items) ? schema.items : {},
    open: schema.additionalProperties !== false,
  }
}

const enumType = (schema: Schema): Shape['type'] => {
  const values = Array.isArray(schema.enum) ? schema.enum.filter((value) => value !== null) : schema.const === undefined ? [] : [schema.const]
  if (values.length === 0) return 'any'
  const kinds = new Set(values.map((value) => typeof value))
  const [kind] = kinds
  return kinds.size === 1 && (kind === 'string' || kind === 'number' || kind === 'boolean') ? kind : 'any'
}

/** `allOf` joined, and the first branch of a union that is more than null. */
const merged = (schema: Schema): Schema => {
  let whole = schema
  if (Array.isArray(schema.allOf)) {
    for (const part of schema.allOf.filter(isRecord).map(merged)) {
      whole = { ...part, ...whole, properties: { ...(isRecord(part.properties) ? part.properties : {}), ...(isRecord(whole.properties) ? whole.properties : {}) }, required: [...(Array.isArray(part.required) ? (part.required as unknown[]) : []), ...(Array.isArray(whole.required) ? (whole.required as unknown[]) : [])] }
      if (Object.keys(whole.properties as object).length === 0) delete whole.properties
    }
  }
  const union = Array.isArray(schema.anyOf) ? schema.anyOf : Array.isArray(schema.oneOf) ? schema.oneOf : undefined
  if (!union) return whole
  const branches = union.filter(isRecord)
  const chosen = branches.find((branch) => branch.type !== 'null')
  return { ...(chosen ? merged(chosen) : {}), ...whole, ...(branches.some((branch) => branch.type === 'null') ? { nullableBranch: true } : {}) }
}
