import { z } from 'zod'
import type { Document, Formats } from '../../contract/document.ts'
import type { JobPage } from '../../contract/jobs.ts'
import type { ProxyTier } from '../../contract/proxy.ts'
import { instant } from './envelope.ts'
import type { ProxyMode } from './read-body.ts'

const resolvedMode = z.enum(['standard', 'premium', 'stealth'])

/** Of the mode that served, in the words of the request: clients know only those of their own generation. */
const modeFields = {
  proxyMode: resolvedMode.optional().describe('Absent where the page came from the store'),
  proxyEscalated: z.boolean().optional().describe('Only where the request used the older words'),
}

export const modeServed = (asked: ProxyMode, tier?: ProxyTier) => {
  if (asked === 'stealth') return { proxyMode: 'stealth', proxyEscalated: false }
  if (asked === 'auto') return { proxyMode: tier === 'premium' ? 'stealth' : 'standard', proxyEscalated: tier === 'premium' }
  return { proxyMode: asked }
}

export const metadata = z.object({
  title: z.string().nullable(),
  description: z.string().nullable(),
  statusCode: z.int(),
  duration: z.int().min(1).describe('Milliseconds'),
  cached: z.boolean(),
  ...modeFields,
  scrapedAt: instant,
  extraction: z.object({ extractionError: z.string() }).optional(),
  warnings: z.array(z.string()).optional(),
})

export const contentFields = {
  markdown: z.string().optional(),
  html: z.string().optional(),
  screenshot: z.base64().optional().describe('PNG of the whole page'),
}

/** One entry among the results of a job. */
export const resultEntry = z.object({
  url: z.string(),
  finalUrl: z.string().optional().describe('Only where it differs'),
  ...contentFields,
  statusCode: z.int().optional(),
  ...modeFields,
  credits: z.int().optional(),
  metadata: metadata.optional(),
  error: z.string().optional(),
})

export const differs = (finalUrl: string, asked: string): boolean => {
  const bare = (url: string): string => (URL.parse(url)?.href ?? url).replace(/#.*$/s, '')
  return bare(finalUrl) !== bare(asked)
}

/** The key of each format that was asked for, even where it is empty. */
export const contents = (formats: Formats, wanted: readonly string[]) => ({
  ...(wanted.includes('markdown') ? { markdown: formats.markdown ?? '' } : {}),
  ...(wanted.includes('html') ? { html: formats.html ?? '' } : {}),
  ...(wanted.includes('screenshot') && formats.screenshot?.base64 !== undefined ? { screenshot: formats.screenshot.base64 } : {}),
})

export const wholeMs = (ms: number): number => Math.max(1, Math.round(ms))

/** What a document says about itself and how it was come by. */
export const metadataOf = (document: Document, ms: number, mode: ProxyMode) => {
  const warnings = [...document.warnings, ...Object.entries(document.failedFormats ?? {}).flatMap(([kind, failure]) => (kind === 'json' ? [] : [failure.message]))]
  return {
    title: document.metadata.title ?? null,
    description: document.metadata.description ?? null,
    statusCode: document.status,
    duration: wholeMs(ms),
    cached: document.cached,
    ...(document.cached ? {} : modeServed(mode, document.proxy)),
    scrapedAt: document.fetchedAt,
    ...(warnings.length === 0 ? {} : { warnings }),
  }
}

/** What a job was asked with, which its results are told by. */
export interface Asked {
  formats: readonly string[]
  proxyMode: ProxyMode
}

export const renderEntry = (page: JobPage, { formats, proxyMode }: Asked): z.output<typeof resultEntry> => {
  const { document } = page
  if (document === null) return { url: page.url, error: page.failure?.message ?? 'The page could not be read.' }
  const about = metadataOf(document, page.durationMs ?? 1, proxyMode)
  return {
    url: page.url,
    ...(differs(document.finalUrl, page.url) ? { finalUrl: document.finalUrl } : {}),
    ...contents(document.formats, formats),
    statusCode: document.status,
    ...(modeServed(proxyMode, document.proxy) as { proxyMode: 'standard' }),
    credits: page.credits,
    metadata: about as z.output<typeof metadata>,
  }
}
