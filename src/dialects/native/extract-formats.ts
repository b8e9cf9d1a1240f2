import { z } from 'zod'
import type { Document } from '../../contract/document.ts'
import { modes } from '../../contract/document.ts'
import { coercions, sourceKinds, type Extraction, type ExtractOptions, type Selection, type SelectionObject } from '../../contract/extract.ts'
import type { FormatRequest } from '../../contract/intent.ts'

const mode = z.enum(modes).optional()
const fieldName = z.string().min(1).max(200)

const selectionObject: z.ZodType<SelectionObject> = z.lazy(() => z.strictObject({
  selector: z.string().min(1).max(1000).optional(),
  attribute: z.string().min(1).max(200).optional(),
  type: z.enum(coercions).optional(),
  list: z.boolean().optional(),
  fields: z.record(fieldName, selection).optional(),
  regex: z.string().min(1).max(1000).optional(),
})) as z.ZodType<SelectionObject>

const selection: z.ZodType<Selection> = z.union([z.string().min(1).max(1000), selectionObject])

/** What `POST /v1/extract` and the format `json` share. */
export const extractFields = {
  schema: z.record(z.string(), z.unknown()).optional().describe('JSON Schema (2020-12 or draft 7) of the data. Its field names say what to look for.'),
  prompt: z.string().min(1).max(10_000).optional().describe('What is wanted, in words; needs a model'),
  selectors: z.record(fieldName, selection).optional().describe('CSS selectors by field: a string for text, or `{selector, attribute, type, list, fields, regex}`'),
  engine: z.enum(['auto', 'page', 'model']).optional().describe('`page` never asks a model, `model` fails where none is configured'),
}

export const jsonFormat = z.strictObject({ type: z.literal('json'), mode, ...extractFields })
export const summaryFormat = z.strictObject({ type: z.literal('summary'), mode, prompt: z.string().min(1).max(10_000).optional() })
export const questionFormat = z.strictObject({ type: z.literal('question'), mode, question: z.string().min(1).max(10_000) })
export const plainFormat = z.strictObject({ type: z.enum(['markdown', 'html', 'raw_html', 'text', 'links', 'images']), mode })

export const sectionsFormat = z.strictObject({ type: z.literal('sections'), mode, outline: z.boolean().optional().describe('Headings without what stands below them') })
export const chunksFormat = z.strictObject({
  type: z.literal('chunks'),
  mode,
  max_tokens: z.int().min(20).max(100_000).optional().describe('Of one chunk; 400 where unset'),
  overlap_tokens: z.int().min(0).max(10_000).optional().describe('Shared with the chunk before where both are in one section; 40 where unset, at most half of `max_tokens`'),
})

type FormatObject = z.output<typeof jsonFormat> | z.output<typeof summaryFormat> | z.output<typeof questionFormat> | z.output<typeof plainFormat> | z.output<typeof sectionsFormat> | z.output<typeof chunksFormat>

export const optionsOf = (given: { schema?: Record<string, unknown> | undefined; prompt?: string | undefined; selectors?: Record<string, Selection> | undefined; engine?: ExtractOptions['engine'] | undefined }): ExtractOptions => ({
  ...(given.schema ? { schema: given.schema } : {}),
  ...(given.prompt === undefined ? {} : { prompt: given.prompt }),
  ...(given.selectors ? { selectors: given.selectors } : {}),
  ...(given.engine ? { engine: given.engine } : {}),
})

export const requestOf = (format: FormatObject): FormatRequest => {
  const base = { kind: format.type, ...(format.mode ? { mode: format.mode } : {}) }
  switch (format.type) {
    case 'json':
      return { ...base, extract: optionsOf(format) }
    case 'summary':
      return { ...base, ...(format.prompt === undefined ? {} : { prompt: format.prompt }) }
    case 'question':
      return { ...base, prompt: format.question }
    case 'sections':
      return { ...base, ...(format.outline === undefined ? {} : { outline: format.outline }) }
    case 'chunks':
      return { ...base, chunks: { ...(format.max_tokens === undefined ? {} : { tokens: format.max_tokens }), ...(format.overlap_tokens === undefined ? {} : { overlap: format.overlap_tokens }) } }
    default:
      return base
  }
}

export const extraction = z.object({
  sources: z.record(z.string(), z.looseObject({ source: z.enum(sourceKinds), path: z.string(), excerpt: z.string().optional(), position: z.int().optional() })).describe('Where each value came from, by JSON pointer'),
  missing: z.array(z.string()).describe('Fields of the schema that the page does not hold, by JSON pointer'),
  unmatched: z.record(z.string(), z.string()).describe('Selectors that gave nothing, by JSON pointer of their field'),
  model: z.object({ name: z.string(), calls: z.int(), input_tokens: z.int(), output_tokens: z.int() }).optional(),
})
export const answer = z.object({ answer: z.string().nullable(), excerpts: z.array(z.object({ text: z.string(), position: z.int() })) })
export const failedFormat = z.looseObject({ code: z.string(), message: z.string() })

export const extractionBody = ({ model, ...rest }: Extraction) => ({
  ...rest,
  ...(model ? { model: { name: model.name, calls: model.calls, input_tokens: model.inputTokens, output_tokens: model.outputTokens } } : {}),
})

export const failedBody = (failed: NonNullable<Document['failedFormats']>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(failed).map(([kind, { code, message, facts }]) => [kind, { code, message, ...facts }]))
