import { readFile } from 'node:fs/promises'
import type { ExtractOptions, Selections } from '../contract/extract.ts'
import { fail, isFailure, type Failure } from '../failure/failure.ts'

export interface WantedOptions {
  schema?: string
  selectors?: string
  prompt?: string
}

/** What structured data the options ask for; undefined where none of them is given. */
export const wantedOf = async ({ schema, selectors, prompt }: WantedOptions): Promise<ExtractOptions | undefined> => {
  if (schema === undefined && selectors === undefined && prompt === undefined) return undefined
  const wanted: ExtractOptions = {}
  if (schema !== undefined) wanted.schema = await objectIn('--schema', schema)
  if (selectors !== undefined) wanted.selectors = selections('--selectors', await objectIn('--selectors', selectors))
  if (prompt !== undefined) wanted.prompt = prompt
  return wanted
}

const invalid = (option: string, message: string): Failure => fail('caller.invalid_request', { issues: [{ path: [option], code: 'invalid_option', message }] })

const objectIn = async (option: string, file: string): Promise<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'))
    if (isObject(value)) return value
    throw invalid(option, `${file} holds no JSON object`)
  } catch (error) {
    if (isFailure(error)) throw error
    throw invalid(option, error instanceof SyntaxError ? `${file} is no JSON: ${error.message}` : `${file} cannot be read`)
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

const members: Record<string, (value: unknown) => boolean> = {
  selector: isString, attribute: isString, type: isString, regex: isString, list: (value) => typeof value === 'boolean', fields: isObject,
}

function isString(value: unknown): boolean {
  return typeof value === 'string'
}

/** Shape alone; the engine says what is wrong inside. */
const selections = (path: string, fields: Record<string, unknown>): Selections => {
  for (const [name, one] of Object.entries(fields)) {
    const here = `${path}: ${name}`
    if (isString(one)) continue
    if (!isObject(one)) throw invalid(here, 'must be a CSS selector or an object {selector, attribute, type, list, fields, regex}')
    const wrong = Object.entries(one).find(([member, value]) => !(Object.hasOwn(members, member) && members[member]?.(value)))
    if (wrong) throw invalid(here, `"${wrong[0]}" is ${Object.hasOwn(members, wrong[0]) ? 'of the wrong type' : 'not known'}`)
    if (isObject(one.fields)) selections(here, one.fields)
  }
  // Safe: each member was looked at.
  return fields as Selections
}
