import { z } from 'zod'
import type { Document, PageBlob } from '../../contract/document.ts'
import type { FormatRequest } from '../../contract/intent.ts'
import { Failure, fail } from '../../failure/failure.ts'
import { extractOptions, namesOf, type Extract } from './extract.ts'
import { errorOf } from './failure.ts'

export const outputs = ['html', 'markdown', 'json', 'screenshot'] as const
export type Output = (typeof outputs)[number]

/** The part of a request that says what is made of a page. */
export interface Wish {
  output?: readonly Output[] | undefined
  extract?: Extract | undefined
}

export const wantedOf = ({ output }: Wish, otherwise: Output): Output[] => [...new Set<Output>(output ?? [otherwise])]

/** All of the page's text, as the one field of `extract.mode: "page"`. */
const isWholePage = (extract: Extract | undefined): boolean => extract === undefined || extract.mode === 'page'

/** The page as it was served, its main content, what was asked to be read from it, and its picture. */
const formatOf = (output: Output, extract: Extract | undefined): FormatRequest => {
  switch (output) {
    case 'html': return { kind: 'raw_html' }
    case 'markdown': return { kind: 'markdown', mode: 'reader' }
    case 'screenshot': return { kind: 'screenshot', screenshot: { type: 'png' } }
    case 'json': return extract === undefined || extract.mode === 'page' ? { kind: 'text', mode: 'normal' } : { kind: 'json', extract: extractOptions(extract) }
  }
}

export const formatsOf = (wish: Wish, otherwise: Output): FormatRequest[] => wantedOf(wish, otherwise).map((output) => formatOf(output, wish.extract))

export const outputFailure = z.object({ output: z.string(), code: z.string(), message: z.string() })

export const outputsReply = z.object({
  html: z.string().optional(),
  markdown: z.string().optional(),
  json: z.looseObject({}).optional(),
  screenshot: z.object({ url: z.string() }).optional(),
})

export interface Outputs {
  outputs: z.output<typeof outputsReply>
  failures: z.output<typeof outputFailure>[]
  /** What read the page, where something was extracted. */
  engine?: 'llm' | 'heuristic'
}

/** What was asked for, each as it came or why it did not. `origin`: this server's public address. */
export const readOutputs = (document: Document, wish: Wish, otherwise: Output, origin: string): Outputs => {
  const made: Record<string, unknown> = {}
  const failures: Outputs['failures'] = []
  for (const output of wantedOf(wish, otherwise)) {
    const value = valueOf(document, output, wish.extract, origin)
    if (value instanceof Failure) {
      const { code, message } = errorOf(value, wish.extract)
      failures.push({ output, code, message })
    } else made[output] = value
  }
  const engine = wish.extract && 'json' in made ? { engine: document.extraction?.model ? ('llm' as const) : ('heuristic' as const) } : {}
  return { outputs: made, failures, ...engine }
}

/** Why there is nothing to answer with; undefined where at least one output is there. */
export const nothingIn = (document: Document, wish: Wish, otherwise: Output): Failure | undefined => {
  const values = wantedOf(wish, otherwise).map((output) => valueOf(document, output, wish.extract, ''))
  return values.some((value) => !(value instanceof Failure)) ? undefined : values.find((value) => value instanceof Failure)
}

const valueOf = (document: Document, output: Output, extract: Extract | undefined, origin: string): unknown => {
  const { kind } = formatOf(output, extract)
  const reason = document.failedFormats?.[kind]
  const value = document.formats[kind]
  if (value === undefined) return reason ? Failure.fromJSON(reason) : fail('content.parse_failed')
  if (output === 'screenshot') return { url: addressOf(value as PageBlob, origin) }
  if (output !== 'json') return value
  return isWholePage(extract) ? { content: value } : { ...nullsFor(extract), ...objectOf(value) }
}

/** Signed and good for a while; inline where nothing is kept here. */
const addressOf = ({ path, contentType, base64 }: PageBlob, origin: string): string => (path === undefined ? `data:${contentType};base64,${base64 ?? ''}` : origin + path)

const nullsFor = (extract: Extract | undefined): Record<string, null> => Object.fromEntries(namesOf(extract).map((name) => [name, null]))

/** `outputs.json` is an object, whatever a model was told to make. */
const objectOf = (value: unknown): Record<string, unknown> =>
  Array.isArray(value) ? { items: value } : typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : { value }
