import type { Formats, Metadata, Mode } from '../../contract/document.ts'
import type { FormatRequest } from '../../contract/intent.ts'
import type { FailureJson } from '../../failure/failure.ts'
import type { StepInput, StepName, StepOutput } from '../enrich/steps.ts'
import type { PageExtract } from '../extract/extract-page.ts'
import type { Tokens } from './agents/index.ts'
import type { Verdict } from '../judge/verdict.ts'

export interface ConvertInput {
  body: Uint8Array
  /** The raw Content-Type header. */
  contentType: string | null
  /** The final URL, after redirects. */
  url: string
  status: number
  /** The document as a browser had it after its scripts ran. */
  rendered?: boolean
  headers: [string, string][]
  formats: FormatRequest[]
  mode: Mode
  /** Main content begins with the page's own heading. */
  heading?: boolean
  includeSelectors: string[]
  excludeSelectors: string[]
  /** Most pages of a PDF, slides of a presentation, chapters of a book. */
  maxPages?: number
  maxTokens?: number
  section?: string
  pageKind?: boolean
  /** Milliseconds that the conversion has; set by the pool. */
  budgetMs?: number
  /** Give the text that a model reads, where a format needs one. */
  material?: boolean
  /** The caller brought the page along: it is not judged as the answer of a site. */
  given?: boolean
}

export interface Converted {
  /** The media type that the body was found to be, without parameters. */
  contentType: string
  formats: Formats
  metadata: Metadata
  warnings: string[]
  verdict: Verdict
  /** Characters of visible text on the whole page, whatever the mode. */
  textLength: number
  /** For a format `json`: what was found without a model. */
  extract?: PageExtract
  tokens?: Tokens
  /** Markdown for a model. */
  material?: string
}

export interface Converter {
  convert(input: ConvertInput, signal: AbortSignal): Promise<Converted>
  /** One step of an enrichment, on the same threads and in the same bounds. */
  step<S extends StepName>(step: S, input: StepInput<S>, signal: AbortSignal): Promise<Awaited<StepOutput<S>>>
  readonly stats: { queued: number; running: number }
  close(): Promise<void>
}

/** What a worker is sent. */
export interface Task extends ConvertInput {
  /** A second attempt after one that ran out of time or memory: only the cheap and certain parts. */
  degraded: boolean
  /** One slot, set to the worker's clock when work begins, so that the budget does not pay for its start-up. */
  startedAt: Float64Array
}

export type Answer = { ok: true; value: Converted } | { ok: false; failure: FailureJson }

export interface StepTask {
  step: StepName
  input: unknown
  startedAt: Float64Array
}

export type StepAnswer = { ok: true; value: unknown } | { ok: false; failure: FailureJson }
