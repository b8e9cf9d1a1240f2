import type { SchemaDraft } from '../../contract/extract.ts'
import { fail, isFailure } from '../../failure/failure.ts'
import type { Issue } from '../../failure/facts.ts'
import type { Model } from '../providers/model.ts'
import { jsonIn, newUse } from './model-extract.ts'
import { isRecord } from './schema.ts'
import { compileSchema } from './validate.ts'

export interface SchemaWish {
  prompt: string
  existing?: Record<string, unknown>
}

const outputTokens = 4096

const rules = `You write JSON Schemas for data that is to be read from web pages.
Return one JSON object with two members and nothing else:
"prompt": the wish in one clear sentence that names what is wanted.
"schema": a JSON Schema (2020-12) of an object for it, with a description for each property, with types, without "$ref", and with "required" for what every answer must have.`

const shape = {
  type: 'object',
  properties: { prompt: { type: 'string' }, schema: { type: 'object' } },
  required: ['prompt', 'schema'],
}

/** A schema that can be used here; the model may correct it once. Throws content.extraction_failed where it is none even then. */
export const draftSchema = async (model: Model, { prompt, existing }: SchemaWish, owner: string, signal: AbortSignal): Promise<SchemaDraft> => {
  const use = newUse(model)
  const turns = [[`What is wanted: ${prompt}`, existing === undefined ? '' : `Change this schema accordingly and keep the rest of it:\n${JSON.stringify(existing)}`].filter(Boolean).join('\n\n')]
  for (let corrected = false; ; corrected = true) {
    const reply = await model.call({ system: rules, turns, schema: shape, outputTokens, owner, signal })
    use.calls++
    use.inputTokens += reply.inputTokens
    use.outputTokens += reply.outputTokens
    const answer = jsonIn(reply.text)
    const schema = isRecord(answer) && isRecord(answer.schema) ? answer.schema : undefined
    const fault = schema ? faultOf(schema) : 'That was not one JSON object with the members "prompt" and "schema".'
    if (schema && fault === undefined) return { prompt: isRecord(answer) && typeof answer.prompt === 'string' && answer.prompt.trim() !== '' ? answer.prompt.trim() : prompt, schema, model: use }
    if (corrected) throw fail('content.extraction_failed')
    turns.push(reply.text.slice(0, 20_000), `${fault}\nReturn the whole JSON object again, corrected.`)
  }
}

const faultOf = (schema: Record<string, unknown>): string | undefined => {
  try {
    compileSchema(schema)
    return undefined
  } catch (error) {
    if (!isFailure(error)) throw error
    const [issue] = (error.plainFacts.issues as Issue[] | undefined) ?? []
    return `The schema cannot be used: ${issue?.message ?? error.message}.`
  }
}
