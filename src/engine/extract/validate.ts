import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { fail } from '../../failure/failure.ts'
import { linearRegex } from './regex.ts'
import { prepareSchema, type Prepared, type Schema } from './schema.ts'

export interface Violation {
  path: string
  message: string
}

export interface CompiledSchema {
  schema: Schema
  /** Empty where the data is as it should be. */
  violations(data: unknown): Violation[]
}

const violationsMax = 50
const keptMax = 200
/** Compiled schemas by their text; the oldest goes first. */
const kept = new Map<string, CompiledSchema>()

const regExp = Object.assign((pattern: string) => {
  const compiled = linearRegex(pattern)
  if (typeof compiled === 'string') throw new Error(compiled)
  // Ajv takes two patterns with one text form for the same.
  return { test: (text: string) => compiled.matcher(text).find(), toString: () => `re2:${pattern}` }
}, { code: 'linear' })

/** Ajv keeps every schema that it has compiled: one instance per schema lets them go. */
const compile = ({ schema, draft }: Prepared & { ok: true }): ValidateFunction => {
  const options = { strict: false, allErrors: true, validateSchema: true, addUsedSchema: false, logger: false, code: { regExp } } as const
  const ajv = draft === '7' ? new Ajv(options) : new Ajv2020(options)
  addFormats.default(ajv, { mode: 'fast' })
  return ajv.compile(schema)
}

/** Throws `caller.invalid_request` naming what is wrong with the schema. */
export const compileSchema = (given: Record<string, unknown>): CompiledSchema => {
  const key = JSON.stringify(given)
  const known = kept.get(key)
  if (known) return known
  const prepared = prepareSchema(given)
  if (!prepared.ok) throw fail('caller.invalid_request', { issues: prepared.issues })
  let validate: ValidateFunction
  try {
    validate = compile(prepared)
  } catch (err) {
    throw fail('caller.invalid_request', { issues: [{ path: ['schema'], code: 'invalid_schema', message: err instanceof Error ? err.message.slice(0, 500) : 'Not a JSON Schema' }] }, { cause: err })
  }
  const made: CompiledSchema = {
    schema: prepared.schema,
    violations: (data) => (validate(data) ? [] : (validate.errors ?? []).slice(0, violationsMax).map(violationOf)),
  }
  const oldest = kept.size >= keptMax ? kept.keys().next().value : undefined
  if (oldest !== undefined) kept.delete(oldest)
  kept.set(key, made)
  return made
}

const violationOf = ({ instancePath, message, keyword, params }: ErrorObject): Violation => ({
  path: keyword === 'required' ? `${instancePath}/${escapePointer(String((params as { missingProperty: string }).missingProperty))}` : instancePath,
  message: keyword === 'required' ? notFound : (message ?? 'is not valid'),
})

export const notFound = 'is required and was not found'

export const escapePointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1')
