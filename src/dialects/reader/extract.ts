import { z } from 'zod'
import type { Document } from '../../contract/document.ts'
import type { FormatRequest } from '../../contract/intent.ts'

type Schema = Record<string, unknown>

export const extractField = z
  .object({
    schema: z.record(z.string(), z.unknown()).optional().describe('A JSON Schema, or a map of names to types: string, number, integer, boolean, array, object'),
    prompt: z.string().min(1).max(50_000).optional(),
  })
  .refine((value) => value.schema !== undefined || value.prompt !== undefined, 'Give a schema, a prompt or both')

type Extract = z.output<typeof extractField>

const typeNames: readonly unknown[] = ['string', 'number', 'integer', 'boolean', 'array', 'object']

/** `{price: 'number'}`; a lone `type` is a schema. */
const isShorthand = (schema: Schema): boolean => {
  const names = Object.keys(schema)
  return names.length > 0 && !(names.length === 1 && names[0] === 'type') && Object.values(schema).every((value) => typeNames.includes(value))
}

/** The schema that a caller means by what was sent. */
export const wholeSchema = (schema: Schema): Schema =>
  isShorthand(schema) ? { type: 'object', properties: Object.fromEntries(Object.entries(schema).map(([name, type]) => [name, { type }])) } : schema

const isObject = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What the page does not hold is null in this contract, so that nothing is required of the page. */
const withoutRequired = (schema: Schema): Schema => {
  const { required: _required, ...rest } = schema
  return {
    ...rest,
    ...(isObject(rest.properties) ? { properties: Object.fromEntries(Object.entries(rest.properties).map(([name, one]) => [name, isObject(one) ? withoutRequired(one) : one])) } : {}),
    ...(isObject(rest.items) ? { items: withoutRequired(rest.items) } : {}),
  }
}

export const jsonFormat = ({ schema, prompt }: Extract): FormatRequest => ({
  kind: 'json',
  extract: { ...(schema === undefined ? {} : { schema: withoutRequired(wholeSchema(schema)) }), ...(prompt === undefined ? {} : { prompt }) },
})

/** Puts null where the schema names what was not found. */
const withNulls = (schema: Schema, value: unknown): unknown => {
  if (Array.isArray(value)) {
    const { items } = schema
    return isObject(items) ? value.map((one: unknown) => withNulls(items, one)) : value
  }
  if (!isObject(value) || !isObject(schema.properties)) return value
  const named = Object.entries(schema.properties).map(([name, one]) => [name, isObject(one) ? withNulls(one, value[name] ?? null) : (value[name] ?? null)] as const)
  return { ...value, ...Object.fromEntries(named) }
}

/** What came of it: never a failure of the whole. */
export const extractedOf = ({ formats, failedFormats }: Document, { schema }: Extract): { extracted: unknown; error?: string } => {
  const failure = failedFormats?.json
  if (failure) return { extracted: null, error: failure.message }
  return { extracted: schema === undefined ? (formats.json ?? null) : withNulls(wholeSchema(schema), formats.json ?? null) }
}
