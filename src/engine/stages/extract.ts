import type { KeyMode } from '../../contract/actor.ts'
import type { Document, Formats } from '../../contract/document.ts'
import type { FormatRequest, ScrapeIntent } from '../../contract/intent.ts'
import type { Issue } from '../../failure/facts.ts'
import { fail, isFailure, type Failure } from '../../failure/failure.ts'
import { normalize } from '../../failure/normalize.ts'
import type { Converted } from '../convert/index.ts'
import type { Work } from '../engine.ts'
import type { PageExtract } from '../extract/extract-page.ts'
import { finishExtract } from '../extract/finish.ts'
import { modelAnswer, modelSummary, newUse, type ModelTask } from '../extract/model-extract.ts'
import { selectorIssues } from '../extract/selectors.ts'
import { compileSchema } from '../extract/validate.ts'
import type { Model } from '../providers/model.ts'

/** What conversion found for the formats that are made after it. */
export interface Findings {
  extract?: PageExtract
  material?: string
}

export const findingsOf = ({ extract, material }: Converted): Findings => ({ ...(extract ? { extract } : {}), ...(material === undefined ? {} : { material }) })

const isRead = ({ kind }: FormatRequest): boolean => kind === 'json' || kind === 'summary' || kind === 'question'

/** Throws caller.invalid_request for a schema or selectors that cannot be used, before anything is fetched. */
export const checkFormats = (intent: ScrapeIntent): void => {
  const issues: Issue[] = []
  for (const format of intent.formats) {
    if (format.kind === 'question' && (format.prompt ?? '').trim() === '') issues.push({ path: ['prompt'], code: 'too_small', message: 'A question is missing' })
    if (format.extract?.selectors) issues.push(...selectorIssues(format.extract.selectors))
    if (format.extract?.schema) issues.push(...schemaIssues(format.extract.schema))
  }
  if (issues.length > 0) throw fail('caller.invalid_request', { issues })
}

const schemaIssues = (schema: Record<string, unknown>): Issue[] => {
  try {
    compileSchema(schema)
    return []
  } catch (error) {
    if (isFailure(error)) return (error.plainFacts.issues as Issue[] | undefined) ?? []
    throw error
  }
}

/** Whether a model will read the page; throws platform.not_configured where only one could do what is asked and all of it is. */
export const needsModel = (intent: ScrapeIntent, model: Model | undefined, mode: KeyMode): boolean => {
  const readers = intent.formats.filter(isRead)
  const wants = readers.filter((format) => mayAsk(format))
  if (model) return wants.length > 0
  const refused = readers.filter((format) => needs(format))
  if (refused.length > 0 && refused.length === intent.formats.length) throw modelMissing(mode)
  return false
}

const mayAsk = ({ kind, extract }: FormatRequest): boolean =>
  kind !== 'json' || (extract?.engine !== 'page' && (extract?.schema !== undefined || extract?.prompt !== undefined || extract?.engine === 'model'))

/** Nothing on a page answers a prompt by itself. */
const needs = ({ kind, extract }: FormatRequest): boolean =>
  kind !== 'json' || extract?.engine === 'model' || (extract?.prompt !== undefined && extract.schema === undefined && extract.selectors === undefined && extract.engine !== 'page')

export const modelMissing = (mode: KeyMode): Failure =>
  mode === 'test' ? fail('account.scope_denied', { needs: 'a live key: a test key reaches no model' }) : fail('platform.not_configured', { setting: 'LYREBIRD_MODEL_BASE_URL' })

/** Fills the formats that are read rather than converted. One that fails is named; the page fails where nothing else was asked for. */
export const withExtracts = async (work: Work, reached: { document: Document } & Findings, { model, owner }: { model: Model | undefined; owner: string }): Promise<Document> => {
  const readers = work.intent.formats.filter(isRead)
  if (readers.length === 0) return reached.document
  const started = work.clock()
  const document: Document = { ...reached.document, formats: { ...reached.document.formats }, warnings: [...reached.document.warnings] }
  const failures = new Map<keyof Formats, Failure>()
  for (const format of readers) {
    const began = work.clock()
    try {
      await read(format, document, reached, model && work.reads ? { model, material: reached.material ?? '', owner, signal: work.deadline.signal, warnings: document.warnings } : undefined)
    } catch (error) {
      // Time that ran out, and a caller who hung up, end the whole.
      if (work.deadline.signal.aborted) throw error
      const failure = normalize(error)
      failures.set(format.kind, failure)
      if (failure.code === 'platform.model_unavailable') work.attempts.push({ tier: 'model', ms: work.clock() - began, outcome: failure.code })
      continue
    }
    if (work.reads && (format.kind !== 'json' || document.extraction?.model)) work.attempts.push({ tier: 'model', ms: work.clock() - began, outcome: 'ok' })
  }
  work.timings.extract = work.clock() - started
  const [first] = failures.values()
  if (first && failures.size === work.intent.formats.length) throw first
  return failures.size === 0 ? document : { ...document, failedFormats: { ...document.failedFormats, ...Object.fromEntries([...failures].map(([kind, failure]) => [kind, failure.toJSON()])) } }
}

const read = async (format: FormatRequest, document: Document, findings: Findings, task: Omit<ModelTask, 'use'> | undefined): Promise<void> => {
  if (!task && needs(format)) throw fail('platform.not_configured', { setting: 'LYREBIRD_MODEL_BASE_URL' })
  if (format.kind === 'json') {
    const options = format.extract ?? {}
    const asks = task && mayAsk(format) ? task : undefined
    if (!asks && options.prompt !== undefined && options.engine !== 'page') document.warnings.push('No model is configured: the prompt was not read, the schema and the selectors were.')
    const { json, extraction } = await finishExtract(options, findings.extract, asks)
    document.formats.json = json
    document.extraction = extraction
  } else if (task) {
    const whole: ModelTask = { ...task, use: newUse(task.model) }
    if (format.kind === 'summary') document.formats.summary = await modelSummary(whole, format.prompt)
    else document.formats.question = await modelAnswer(whole, format.prompt ?? '')
  }
}
