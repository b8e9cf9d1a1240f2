import { z } from 'zod'
import type { Document, PageBlob } from '../../contract/document.ts'
import { scrapeIntent, type FormatRequest, type Render, type ScrapeIntent } from '../../contract/intent.ts'
import { fail, type Failure, type FailureJson } from '../../failure/failure.ts'
import type { FetchConfig, FormatEntry, FormatType } from './fields.ts'

const section = <T extends z.ZodType>(data: T, metadata: z.ZodType = z.looseObject({})) => z.object({ data, metadata: metadata.optional() })
const count = z.object({ count: z.int() })

export const pageReply = z.object({
  results: z.object({
    markdown: section(z.array(z.string())).optional(),
    html: section(z.array(z.string())).optional(),
    links: section(z.array(z.string()), count).optional(),
    images: section(z.array(z.string()), count).optional(),
  }),
  metadata: z.object({
    contentType: z.string(),
    provider: z.string(),
    elapsedMs: z.int(),
  }),
  errors: z.record(z.string(), z.object({ code: z.string(), error: z.string() })).optional().describe('Formats that failed although the page did not'),
})

const renders: Record<FetchConfig['mode'], Render> = { auto: 'auto', fast: 'static', js: 'js' }

interface Wanted {
  url: string
  formats: FormatEntry[]
  allowedTypes?: string[] | undefined
  fetchConfig?: FetchConfig | undefined
}

/** Throws where none of the formats can be had; the others are left to `errorsOf`. */
export const pageIntent = ({ url, formats, allowedTypes, fetchConfig }: Wanted): ScrapeIntent => {
  if (fetchConfig !== undefined && fetchConfig.mock !== false) throw fail('platform.not_configured', { setting: 'fetchConfig.mock' })
  const possible = formats.flatMap((entry) => requestOf(entry) ?? [])
  const [first] = formats
  if (possible.length === 0 && first) throw missing(first.type)
  return scrapeIntent({
    url,
    formats: possible,
    ...(allowedTypes ? { allowedTypes } : {}),
    ...(fetchConfig ? { render: renders[fetchConfig.mode], timeoutMs: fetchConfig.timeout, headers: fetchConfig.headers ?? {}, cookies: fetchConfig.cookies ?? {} } : {}),
  })
}

/** What the engine is asked for; the whole page as HTML is the page as it was served. */
const requestOf = (entry: FormatEntry): FormatRequest | undefined => {
  switch (entry.type) {
    case 'markdown':
      return { kind: 'markdown', mode: entry.mode }
    case 'html':
      return entry.mode === 'normal' ? { kind: 'raw_html' } : { kind: 'html', mode: entry.mode }
    case 'links':
    case 'images':
      return { kind: entry.type }
    default:
      return undefined
  }
}

/** The entry that a format of a stored intent came from. */
export const entryOf = (kind: string, mode: string | undefined): { type: string; mode?: string } => {
  if (kind === 'raw_html') return { type: 'html', mode: 'normal' }
  return kind === 'markdown' || kind === 'html' ? { type: kind, mode: mode ?? 'normal' } : { type: kind }
}

/** Why a format cannot be had on this server. */
const missing = (type: FormatType): Failure =>
  type === 'summary' || type === 'json' ? fail('platform.not_configured', { setting: 'LYREBIRD_MODEL_BASE_URL' }) : fail('platform.browser_unavailable')

export const renderPage = (document: Document, formats: readonly FormatEntry[], elapsedMs: number) => {
  const results: Record<string, unknown> = {}
  const errors: Record<string, { code: string; error: string }> = {}
  for (const entry of formats) {
    const outcome = sectionOf(document, entry)
    if (outcome.ok) results[entry.type] = outcome.section
    else errors[entry.type] = { code: outcome.failure.code.slice(outcome.failure.code.indexOf('.') + 1), error: outcome.failure.message }
  }
  return {
    results,
    metadata: {
      contentType: document.contentType.split(';', 1)[0]?.trim() ?? '',
      provider: document.renderer === 'js' ? 'browser' : 'http',
      elapsedMs: Math.round(elapsedMs),
    },
    ...(Object.keys(errors).length === 0 ? {} : { errors }),
  }
}

type Section = { ok: true; section: unknown } | { ok: false; failure: Pick<FailureJson, 'code' | 'message'> }

const sectionOf = (document: Document, entry: FormatEntry): Section => {
  const kind = requestOf(entry)?.kind
  if (kind === undefined) return { ok: false, failure: missing(entry.type) }
  const value = document.formats[kind]
  if (value === undefined) return { ok: false, failure: document.failedFormats?.[kind] ?? fail('content.parse_failed') }
  return { ok: true, section: shape(value) }
}

const shape = (value: unknown) => {
  if (typeof value === 'string') return { data: [value] }
  if (!Array.isArray(value)) return { data: [(value as PageBlob).path ?? (value as PageBlob).base64 ?? ''] }
  const data = [...new Set((value as { url: string }[]).map((item) => item.url))]
  return { data, metadata: { count: data.length } }
}
