import { z } from 'zod'

type RawIssue = z.core.$ZodRawIssue

const nameOf = (path: readonly PropertyKey[] | undefined): string =>
  (path ?? []).reduce<string>((name, part) => (typeof part === 'number' ? `${name}[${part}]` : name === '' ? String(part) : `${name}.${String(part)}`), '')

const kinds: Record<string, string> = { string: 'a string', number: 'a number', int: 'an integer', boolean: 'true or false', array: 'an array', object: 'an object', record: 'an object' }
const units: Record<string, string> = { string: ' characters', array: ' items' }

/** What is wrong with a parameter; `renderFailure` puts the vendor's `Invalid params.` in front. */
export const say = (issue: RawIssue): string => {
  const name = nameOf(issue.path) || 'The body'
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? `Missing parameter ${name}` : `${name} must be ${kinds[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      if (issue.input === undefined) return `Missing parameter ${name}`
      return `${name} must be one of: ${issue.values.map(String).join(', ')}`
    case 'too_small':
      if (issue.minimum === 1 && issue.origin in units) return `${name} must not be empty`
      return `${name} must be at least ${issue.minimum}${units[issue.origin] ?? ''}`
    case 'too_big':
      return `${name} must be at most ${issue.maximum}${units[issue.origin] ?? ''}`
    default:
      return issue.message ?? `${name} is not valid`
  }
}

const error = say

export const text = (max: number, min = 1) => z.string({ error }).min(min, { error }).max(max, { error })
export const flag = z.boolean({ error })
export const integer = (min: number, max: number) => z.int({ error }).min(min, { error }).max(max, { error })
export const decimal = (min: number, max: number) => z.number({ error }).min(min, { error }).max(max, { error })
export const oneOf = <const T extends readonly [string, ...string[]]>(values: T) => z.enum(values, { error })
export const list = <T extends z.ZodType>(item: T, max: number, min = 0) => z.array(item, { error }).min(min, { error }).max(max, { error })

/** An object whose unknown members are ignored, as the vendor ignores them. */
export const object = <T extends z.core.$ZodLooseShape>(shape: T) => z.looseObject(shape, { error })

/** A whole body. One that was not sent is `{}`, so that the answer names the parameter that is missing. */
export const body = <T extends z.ZodType>(schema: T) => schema.prefault({} as z.input<T>)

/** Any integer: its range is not checked but clamped. */
export const anyInteger = z.number({ error }).refine(Number.isInteger, { error: (issue) => `${nameOf(issue.path)} must be an integer` })

export const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value))

const dateForm = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?( ?(Z|[+-]\d{2}:?\d{2}))?)?$/i

/** ISO 8601, a bare date included. */
export const moment = text(64).refine((value) => dateForm.test(value) && !Number.isNaN(Date.parse(value)), { error: (issue) => `${nameOf(issue.path)} must be an ISO 8601 date or date-time` })

/** The vendor words a query that is not there in another way on each route. */
export const query = (missing: string) =>
  z.string({ error: (issue) => (issue.input === undefined || issue.input === null ? missing : say(issue)) }).min(1, { error: missing }).max(500, { error: say })
