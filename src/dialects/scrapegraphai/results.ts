import { z } from 'zod'
import type { Document, PageBlob } from '../../contract/document.ts'
import type { Extraction } from '../../contract/extract.ts'
import { scrapeIntent, type FormatRequest, type Render, type ScrapeIntent } from '../../contract/intent.ts'
import type { Attempt } from '../../failure/evidence.ts'
import { fail, type FailureJson } from '../../failure/failure.ts'
import type { Brand } from '../../contract/brand.ts'
import { brandingData, brandingMetadata, brandingMetadataOf, renderBranding } from './branding.ts'
import type { contentType, FetchConfig, FormatEntry, processors } from './fields.ts'
import { mockPage } from './mock.ts'
import { warning, warningsOf } from './warnings.ts'

const section = <T extends z.ZodType>(data: T, metadata: z.ZodType = z.looseObject({})) => z.object({ data, metadata: metadata.optional() })
const count = z.object({ count: z.int() })
export const chunker = z.object({ chunks: z.array(z.object({ size: z.int() })) })

const results = z.object({
  markdown: section(z.array(z.string())),
  html: section(z.array(z.string())),
  links: section(z.array(z.string()), count),
  images: section(z.array(z.string()), count),
  summary: section(z.string()),
  json: section(z.unknown(), z.object({ chunker, raw: z.string().nullable() })),
  screenshot: section(z.object({ url: z.string(), width: z.int(), height: z.int() }), z.object({ contentType: z.string(), provider: z.string() })),
  branding: section(brandingData, brandingMetadata),
}).partial()

export const pageReply = z.object({
  results,
  metadata: z.object({
    contentType: z.string(),
    provider: z.string(),
    elapsedMs: z.int(),
    warnings: z.array(warning).optional(),
  }),
  errors: z.record(z.string(), z.object({ code: z.string(), error: z.string() })).optional().describe('Formats that failed although the page did not'),
})

const renders: Record<FetchConfig['mode'], Render> = { auto: 'auto', fast: 'static', js: 'js' }

interface Wanted {
  url: string
  formats: FormatEntry[]
  contentType?: z.output<typeof contentType> | undefined
  allowedTypes?: string[] | undefined
  processors?: z.output<typeof processors> | undefined
  fetchConfig?: FetchConfig | undefined
}

export const pageIntent = ({ url, formats, fetchConfig, ...types }: Wanted): ScrapeIntent =>
  scrapeIntent({
    url,
    formats: formats.map(requestOf),
    ...typeParts(types),
    ...(fetchConfig ? fetchParts(url, fetchConfig, formats.some(({ type }) => isShown(type))) : {}),
  })

const pagesUsual = 25
/** -1 is no limit. */
const pagesMax = 1_000_000

/** What a page may be, and how much of a document is read. */
export const typeParts = ({ contentType: declared, allowedTypes, processors: asked }: Pick<Wanted, 'contentType' | 'allowedTypes' | 'processors'>): Partial<ScrapeIntent> => {
  const pages = asked?.find(({ type }) => type === 'pdf')?.maxPages ?? pagesUsual
  return { maxPages: pages === -1 ? pagesMax : pages, ...(declared ? { contentType: declared } : {}), ...(allowedTypes ? { allowedTypes } : {}) }
}

/** Only a browser makes it. */
export const isShown = (type: FormatEntry['type']): boolean => type === 'screenshot'

/** The older word for a tier, and a country: left out where the operator has no such proxies. */
const proxyOf = (stealth: boolean, code: string | undefined): Pick<ScrapeIntent, 'proxy'> => {
  if (!stealth && code === undefined) return {}
  const country = code === 'uk' ? 'gb' : code
  return { proxy: { mode: stealth ? 'premium' : 'standard', optional: true, ...(country === undefined ? {} : { country }) } }
}

/** How a page is fetched. What plain HTTP cannot do is left out where plain HTTP is asked for, but for the formats themselves. */
export const fetchParts = (url: string, { mode, timeout, headers = {}, cookies = {}, wait, scrolls, mock, stealth, country }: FetchConfig, shown = false): Partial<ScrapeIntent> => {
  const content = mockPage(url, mock)
  const render = mode === 'fast' && shown ? 'auto' : renders[mode]
  const browser = { ...(wait > 0 ? { waitMs: wait } : {}), ...(scrolls > 0 ? { scrolls } : {}) }
  return {
    render, timeoutMs: timeout, headers, cookies,
    ...proxyOf(stealth, country),
    ...(mode !== 'fast' && Object.keys(browser).length > 0 ? { browser } : {}),
    ...(content ? { content } : {}),
  }
}

/** What the engine is asked for; the whole page as HTML is the page as it was served. */
export const requestOf = (entry: FormatEntry): FormatRequest => {
  switch (entry.type) {
    case 'markdown':
      return { kind: 'markdown', mode: entry.mode }
    case 'html':
      return entry.mode === 'normal' ? { kind: 'raw_html' } : { kind: 'html', mode: entry.mode }
    case 'json':
      return { kind: 'json', mode: entry.mode, extract: { ...(entry.schema ? { schema: entry.schema } : {}), ...(entry.prompt === '' ? {} : { prompt: entry.prompt }) } }
    case 'screenshot':
      return { kind: 'screenshot', screenshot: { type: 'jpeg', quality: entry.quality, fullPage: entry.fullPage, width: entry.width, height: entry.height, delivery: 'url' } }
    default:
      return { kind: entry.type }
  }
}

/** The entry that a format of a stored intent came from. */
export const entryOf = ({ kind, mode, extract, screenshot }: FormatRequest): Record<string, unknown> => {
  switch (kind) {
    case 'raw_html':
      return { type: 'html', mode: 'normal' }
    case 'markdown':
    case 'html':
      return { type: kind, mode: mode ?? 'normal' }
    case 'json':
      return { type: kind, prompt: extract?.prompt ?? '', ...(extract?.schema ? { schema: extract.schema } : {}), mode: mode ?? 'normal' }
    case 'screenshot':
      return { type: kind, fullPage: screenshot?.fullPage ?? false, width: screenshot?.width, height: screenshot?.height, quality: screenshot?.quality }
    default:
      return { type: kind }
  }
}

interface Told {
  formats: readonly FormatEntry[]
  elapsedMs: number
  /** Of this server, where its blobs are. */
  origin: string
  evidence?: readonly Attempt[]
}

export const providerOf = ({ renderer }: Pick<Document, 'renderer'>): string => (renderer === 'js' ? 'browser' : 'http')

export const renderPage = (document: Document, { formats, elapsedMs, origin, evidence = [] }: Told): z.output<typeof pageReply> => {
  const sections: Record<string, unknown> = {}
  const errors: Record<string, { code: string; error: string }> = {}
  for (const entry of formats) {
    const { kind } = requestOf(entry)
    const value = document.formats[kind]
    if (value === undefined) errors[entry.type] = errorOf(document.failedFormats?.[kind] ?? fail('content.parse_failed'))
    else sections[entry.type] = shape(value, entry, document, origin)
  }
  const warnings = warningsOf(document, evidence)
  return {
    results: sections,
    metadata: {
      contentType: document.contentType.split(';', 1)[0]?.trim() ?? '',
      provider: providerOf(document),
      elapsedMs: Math.round(elapsedMs),
      ...(warnings.length > 0 ? { warnings } : {}),
    },
    ...(Object.keys(errors).length === 0 ? {} : { errors }),
  }
}

const errorOf = ({ code, message }: Pick<FailureJson, 'code' | 'message'>) => ({ code: code.slice(code.indexOf('.') + 1), error: message })

/** The parts that a model was given; empty where none was asked. */
export const chunksOf = (model: Extraction['model']): z.output<typeof chunker> =>
  ({ chunks: Array.from({ length: model?.calls ?? 0 }, () => ({ size: Math.round((model?.inputTokens ?? 0) / (model?.calls ?? 1)) })) })

const shape = (value: unknown, { type }: FormatEntry, document: Document, origin: string): unknown => {
  switch (type) {
    case 'markdown':
    case 'html':
      return { data: [value] }
    case 'links':
    case 'images': {
      const data = [...new Set((value as { url: string }[]).map((item) => item.url))]
      return { data, metadata: { count: data.length } }
    }
    case 'json':
      return { data: value, metadata: { chunker: chunksOf(document.extraction?.model), raw: null } }
    case 'screenshot': {
      const blob = value as PageBlob
      return { data: { url: addressOf(blob, origin), width: blob.width ?? 0, height: blob.height ?? 0 }, metadata: { contentType: blob.contentType, provider: 'browser' } }
    }
    case 'branding':
      return { data: renderBranding(value as Brand), metadata: brandingMetadataOf(value as Brand, document.metadata) }
    default:
      return { data: value }
  }
}

export const addressOf = ({ path, base64, contentType }: PageBlob, origin: string): string => (path === undefined ? `data:${contentType};base64,${base64 ?? ''}` : origin + path)
