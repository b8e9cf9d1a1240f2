import { z } from 'zod'
import { fail } from '../failure/failure.ts'
import type { Issue } from '../failure/facts.ts'
import { nearest } from '../lib/nearest.ts'

/** A flood of bad items in a body of megabytes must not become a reply of many more. */
const issuesMax = 100
/** No field that anybody meant is longer; the nearest name is sought in time that grows with it. */
const keyCharsMax = 100

/** What the schema makes of the value; throws caller.invalid_request with one issue per field. */
export const validate = (schema: z.ZodType | undefined, value: unknown): unknown => {
  if (schema === undefined) return undefined
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw fail('caller.invalid_request', { issues: parsed.error.issues.slice(0, issuesMax).flatMap((issue) => toIssues(schema, issue)).slice(0, issuesMax) })
}

const toIssues = (schema: z.ZodType, issue: z.core.$ZodIssue): Issue[] => {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path)
    return issue.keys.slice(0, issuesMax).map(shortened).map((key) => ({ path: [...path, key], code: 'unrecognized_key', message: unknownField(key, known) }))
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const { branch, errors } = nearestBranch(schemaAt(schema, path), issue)
    return errors.flatMap((one) => toIssues(branch ?? schema, one)).map((one) => ({ ...one, path: [...path, ...one.path] }))
  }
  const { input: _input, ...rest } = issue as z.core.$ZodIssue & { input?: unknown }
  // `inst`, functions and symbols of zod's own do not survive JSON; what remains is the issue as published.
  return [{ ...(JSON.parse(JSON.stringify(rest)) as Record<string, unknown>), path, code: issue.code, message: issue.message }]
}

/** The alternative that comes closest to what was sent: the one with the fewest faults in what it is, then in all. */
const nearestBranch = (union: unknown, { errors }: { errors: z.core.$ZodIssue[][] }): { branch: z.ZodType | undefined; errors: z.core.$ZodIssue[] } => {
  const badness = (list: z.core.$ZodIssue[]): number => list.length + 10 * list.filter((one) => (one.path.length === 0 && one.code !== 'unrecognized_keys' && one.code !== 'invalid_value') || one.path[0] === 'type').length
  const best = errors.reduce((least, list, i) => (badness(list) < badness(errors[least] ?? []) ? i : least), 0)
  const branches = union instanceof z.ZodUnion ? (union.options as z.ZodType[]) : []
  return { branch: branches[best], errors: errors[best] ?? [] }
}
const shortened = (key: string): string => (key.length > keyCharsMax ? `${key.slice(0, keyCharsMax)}…` : key)

const unknownField = (key: string, known: string[]): string => {
  const guess = nearest(key, known)
  return `Unknown field "${key}"${guess === undefined ? '' : `. Did you mean "${guess}"?`}`
}

/** Keys that the schema knows at a path; empty where it cannot be told. */
const keysAt = (schema: z.ZodType, path: readonly (string | number)[]): string[] => {
  const found = schemaAt(schema, path)
  if (found instanceof z.ZodObject) return Object.keys(found.shape)
  return found instanceof z.ZodUnion ? found.options.flatMap((option) => keysAt(option as z.ZodType, [])) : []
}

const schemaAt = (schema: z.ZodType, path: readonly (string | number)[]): unknown => {
  let current: unknown = unwrap(schema)
  for (const part of path) {
    if (current instanceof z.ZodObject) current = current.shape[String(part)]
    else if (current instanceof z.ZodArray) current = current.element
    else return undefined
    current = unwrap(current)
  }
  return current
}

const unwrap = (schema: unknown): unknown => {
  let current = schema
  for (;;) {
    if (current instanceof z.ZodOptional || current instanceof z.ZodNullable || current instanceof z.ZodDefault || current instanceof z.ZodPrefault) current = current.unwrap()
    else if (current instanceof z.ZodPipe) current = current.in
    else return current
  }
}
