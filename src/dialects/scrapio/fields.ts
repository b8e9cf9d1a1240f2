import { z } from 'zod'

type RawIssue = z.core.$ZodRawIssue

const kinds: Record<string, string> = { string: 'a string', number: 'a number', int: 'an integer', boolean: 'true or false', array: 'an array', object: 'an object', record: 'an object' }
const units: Record<string, string> = { string: ' characters', array: ' items' }

/** What is wrong with a field, in lower case: `renderFailure` puts the field's name in front, as in "url is required". */
export const say = (issue: RawIssue): string => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : `must be ${kinds[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return issue.input === undefined ? 'is required' : `must be one of ${issue.values.map(String).join(', ')}`
    case 'too_small':
      if (issue.minimum === 1 && issue.origin in units) return 'must not be empty'
      return `must be at least ${issue.minimum}${units[issue.origin] ?? ''}`
    case 'too_big':
      return `must be at most ${issue.maximum}${units[issue.origin] ?? ''}`
    default:
      return issue.message ?? 'is not valid'
  }
}

const error = say

export const text = (max = 2000, min = 1) => z.string({ error }).min(min, { error }).max(max, { error })
export const flag = z.boolean({ error })
export const integer = (min: number, max: number) => z.int({ error }).min(min, { error }).max(max, { error })
export const decimal = z.number({ error })
export const oneOf = <const T extends readonly [string, ...string[]]>(values: T) => z.enum(values, { error })
export const list = <T extends z.ZodType>(item: T, min = 1) => z.array(item, { error }).min(min, { error })
export const map = <T extends z.ZodType>(value: T) => z.record(z.string(), value, { error })

/** An object of which every key is known. */
export const closed = <T extends z.core.$ZodLooseShape>(shape: T) => z.strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? undefined : say(issue)) })
export const open = <T extends z.core.$ZodLooseShape>(shape: T) => z.looseObject(shape, { error })

/** A whole body. One that was not sent is `{}`, so that the answer names the field that is missing. */
export const body = <T extends z.ZodType>(schema: T) => schema.prefault({} as z.input<T>)

/** Objects that one of their fields tells apart. */
export const choice = <const T extends readonly [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]]>(key: string, values: readonly string[], variants: T) =>
  z.discriminatedUnion(key, variants, { error: (issue) => (issue.code === 'invalid_union' ? `must be one of ${values.join(', ')}` : say(issue)) })

const isHttpUrl = (value: string): boolean => /^https?:\/\//i.test(value) && URL.canParse(value)

export const httpUrl = text(8192).refine(isHttpUrl, { error: 'must be an http or https URL' })
export const day = text(10).regex(/^\d{4}-\d{2}-\d{2}$/, { error: 'must be a date: YYYY-MM-DD' })

/** Whole numbers and booleans as query parameters carry them. */
export const digits = text(15).regex(/^\d+$/, { error: 'must be a whole number' })
export const truth = oneOf(['true', 'false'])

export const device = oneOf(['desktop', 'mobile', 'tablet'])
export const timeoutMs = integer(1, 300_000)
export const proxy = oneOf(['auto', 'basic', 'stealth'])
export const session = closed({ id: text(256) })
