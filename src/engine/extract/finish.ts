import type { Extraction, ExtractOptions, Source } from '../../contract/extract.ts'
import { fail } from '../../failure/failure.ts'
import type { PageExtract } from './extract-page.ts'
import { modelExtract, newUse, type ModelTask } from './model-extract.ts'
import { isRecord, shapeOf, type Schema } from './schema.ts'
import { compileSchema, escapePointer, type CompiledSchema } from './validate.ts'

export interface Finished {
  json: unknown
  extraction: Extraction
}

/** Adds what a model can, checks the whole against the caller's schema. Throws content.extraction_failed or content.extraction_invalid. */
export const finishExtract = async (options: ExtractOptions, found: PageExtract | undefined, task: Omit<ModelTask, 'use'> | undefined): Promise<Finished> => {
  const compiled = options.schema && compileSchema(options.schema)
  let data = found?.data
  const sources = new Map<string, Source>(Object.entries(found?.sources ?? {}))
  const use = task && newUse(task.model)
  if (task && use && options.engine !== 'page') {
    const answer = await askModel(options, compiled, data, { ...task, use })
    if (answer) data = combined(data, answer.data, sources, answer.sources, options)
  }
  if (compiled) data = withNulls(data, compiled.schema)
  if (isNothing(data)) throw fail('content.extraction_failed')
  const violations = compiled?.violations(data) ?? []
  if (violations.length > 0) throw fail('content.extraction_invalid', { violations })
  const missing = compiled ? missingIn(data, compiled.schema, '') : []
  return { json: data, extraction: { sources: Object.fromEntries(sources), missing, unmatched: found?.unmatched ?? {}, ...(use && use.calls > 0 ? { model: use } : {}) } }
}

/** With a prompt, everything; without one, what the page itself did not give. */
const askModel = async (options: ExtractOptions, compiled: CompiledSchema | undefined, data: unknown, task: ModelTask) => {
  if (!compiled && options.prompt === undefined) return undefined
  if (task.material.trim() === '') return undefined
  const schema = compiled && (options.prompt === undefined ? unfilled(compiled.schema, data) : compiled.schema)
  if (compiled && !schema) return undefined
  const violations = (value: unknown) => (compiled ? compiled.violations(isRecord(data) && isRecord(value) ? { ...data, ...withoutNulls(value) } : value) : [])
  return modelExtract(task, { schema, prompt: options.prompt, violations })
}

/** The part of the schema that has no value yet; undefined where nothing is missing. */
const unfilled = (schema: Schema, data: unknown): Schema | undefined => {
  const shape = shapeOf(schema)
  if (shape.type !== 'object' || Object.keys(shape.properties).length === 0) return isNothing(data) ? schema : undefined
  if (!isRecord(data)) return schema
  const left = Object.entries(shape.properties).filter(([name]) => isNothing(data[name]))
  if (left.length === 0) return undefined
  return { type: 'object', ...(typeof schema.description === 'string' ? { description: schema.description } : {}), properties: Object.fromEntries(left), required: shape.required.filter((name) => left.some(([one]) => one === name)) }
}

const withoutNulls = (value: Record<string, unknown>): Record<string, unknown> => Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null))

/** The caller's selectors stand; then the model where it was told what to look for, otherwise the page. */
const combined = (data: unknown, added: unknown, sources: Map<string, Source>, more: ReadonlyMap<string, Source>, options: ExtractOptions): unknown => {
  if (added === undefined) return data
  if (!isRecord(data) || !isRecord(added)) {
    if (data !== undefined && options.prompt === undefined) return data
    sources.clear()
    for (const [pointer, source] of more) sources.set(pointer, source)
    return added
  }
  const whole = { ...data }
  for (const [name, value] of Object.entries(added)) {
    const pointer = `/${escapePointer(name)}`
    const below = (key: string): boolean => key === pointer || key.startsWith(`${pointer}/`)
    const isSelected = options.selectors !== undefined && name in options.selectors && name in data
    if (isSelected || (!isNothing(data[name]) && options.prompt === undefined)) continue
    for (const key of sources.keys()) if (below(key)) sources.delete(key)
    for (const [key, source] of more) if (below(key)) sources.set(key, source)
    whole[name] = value
  }
  return whole
}

/** True for what carries no value: null, an empty list, an object of such. */
const isNothing = (value: unknown): boolean => {
  if (value === undefined || value === null || value === '') return true
  if (Array.isArray(value)) return value.every(isNothing)
  return isRecord(value) && Object.values(value).every(isNothing)
}

/** Fields that must be there and may be null are null where the page does not tell. */
const withNulls = (data: unknown, schema: Schema, depth = 0): unknown => {
  if (depth > 16) return data
  const shape = shapeOf(schema)
  if (Array.isArray(data)) return data.map((one: unknown) => withNulls(one, shape.items, depth + 1))
  if (!isRecord(data) && !(data === undefined && depth === 0 && shape.type === 'object')) return data
  const whole: Record<string, unknown> = { ...(data as Record<string, unknown> | undefined) }
  for (const [name, inner] of Object.entries(shape.properties)) {
    if (whole[name] !== undefined) whole[name] = withNulls(whole[name], inner, depth + 1)
    else if (shape.required.includes(name) && shapeOf(inner).nullable) whole[name] = null
  }
  return whole
}

const missingMax = 200

const missingIn = (data: unknown, schema: Schema, pointer: string, depth = 0): string[] => {
  const shape = shapeOf(schema)
  if (depth > 16 || !isRecord(data)) return []
  return Object.entries(shape.properties).flatMap(([name, inner]) => {
    const at = `${pointer}/${escapePointer(name)}`
    const value = data[name]
    return value === undefined || value === null ? [at] : missingIn(value, inner, at, depth + 1)
  }).slice(0, missingMax)
}
