import type { z } from 'zod'
import type { ExtractOptions, Selection } from '../../contract/extract.ts'
import { fail } from '../../failure/failure.ts'
import { choice, closed, map, oneOf, text } from './fields.ts'

const engine = oneOf(['llm', 'heuristic']).optional()

const attribute = text(200)
const selector = text(1000)
const field = choice('type', ['text', 'html', 'attr'], [
  closed({ selector, type: oneOf(['text']), attribute: attribute.optional() }),
  closed({ selector, type: oneOf(['html']), attribute: attribute.optional() }),
  closed({ selector, type: oneOf(['attr']), attribute }),
])

/** What to take out of a page, the same on every route that fetches pages. */
export const extract = choice('mode', ['page', 'selectors', 'schema', 'instruction'], [
  closed({ mode: oneOf(['page']) }),
  closed({ mode: oneOf(['selectors']), fields: map(field) }),
  closed({ mode: oneOf(['schema']), schema: map(text(10_000)), engine }),
  closed({ mode: oneOf(['instruction']), instruction: text(1_000_000), engine }),
])

export type Extract = z.output<typeof extract>

interface Wanted {
  output?: readonly string[] | undefined
  extract?: unknown
}

export const extractNeedsJson = {
  holds: ({ output, extract: wanted }: Wanted): boolean => wanted === undefined || (output ?? []).includes('json'),
  issue: { path: ['output'], error: 'must include json where extract is set' },
}

const instructionCharsMax = 10_000

const engines = { llm: 'model', heuristic: 'page' } as const

/** The canonical wish. Throws where an instruction is longer than a model is given. */
export const extractOptions = (wanted: Exclude<Extract, { mode: 'page' }>): ExtractOptions => {
  if (wanted.mode === 'selectors') return { selectors: Object.fromEntries(Object.entries(wanted.fields).map(([name, one]) => [name, selectionOf(one)])) }
  const engine = wanted.engine === undefined ? {} : { engine: engines[wanted.engine] }
  if (wanted.mode === 'schema') return { schema: schemaOf(wanted.schema), ...engine }
  if (wanted.instruction.length > instructionCharsMax) {
    throw fail('caller.invalid_request', { issues: [{ path: ['extract', 'instruction'], code: 'instruction_limits', message: `must be at most ${instructionCharsMax} characters` }] })
  }
  // Without a model an instruction cannot be read: the page tells what it is about.
  return wanted.engine === 'heuristic' ? { engine: 'page' } : { prompt: wanted.instruction, ...engine }
}

const selectionOf = (one: { selector: string; type: 'text' | 'html' | 'attr'; attribute?: string | undefined }): Selection =>
  ({ selector: one.selector, ...(one.type === 'html' ? { type: 'html' as const } : {}), ...(one.type === 'attr' && one.attribute !== undefined ? { attribute: one.attribute } : {}) })

const types: Readonly<Record<string, Record<string, unknown>>> = {
  string: { type: 'string' }, text: { type: 'string' }, number: { type: 'number' }, integer: { type: 'integer' }, boolean: { type: 'boolean' },
  'string[]': { type: 'array', items: { type: 'string' } }, 'number[]': { type: 'array', items: { type: 'number' } },
}

/** Each name with a word for its type, or with a description. */
export const schemaOf = (fields: Record<string, string>): Record<string, unknown> => ({
  type: 'object',
  properties: Object.fromEntries(Object.entries(fields).map(([name, says]) => [name, types[says.trim().toLowerCase()] ?? { description: says }])),
})

/** Fields that are in the answer, as null where the page does not have them. */
export const namesOf = (wanted: Extract | undefined): string[] =>
  wanted?.mode === 'selectors' ? Object.keys(wanted.fields) : wanted?.mode === 'schema' ? Object.keys(wanted.schema) : []
