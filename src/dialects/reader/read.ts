import { z } from 'zod'
import type { Document, Formats } from '../../contract/document.ts'
import { scrapeIntent, type FormatKind, type ScrapeIntent } from '../../contract/intent.ts'
import { fail } from '../../failure/failure.ts'
import { route, type Reply, type ReplyInfo } from '../dialect.ts'
import { envelope, instant, ok } from './envelope.ts'

const formatNames = ['markdown', 'html', 'screenshot'] as const

/** The two generations of words for a proxy: `premium` was `stealth`, `auto` is gone. */
const proxyModes = ['standard', 'premium', 'stealth', 'auto'] as const

const cacheTtlS = 86_400

const address = z.url({ error: 'Invalid url' }).max(2048)
const selectors = z.array(z.string().min(1).max(500)).max(50)

const webhook = z.object({
  url: address,
  events: z.array(z.string().min(1).max(100)).min(1).max(50).optional(),
  secret: z.string().min(16).max(256).optional(),
})

const extract = z
  .object({ schema: z.record(z.string(), z.unknown()).optional(), prompt: z.string().min(1).max(50_000).optional() })
  .refine((value) => value.schema !== undefined || value.prompt !== undefined, 'Give a schema, a prompt or both')

/** Fields that are not listed are let through and ignored: the JavaScript client sends its own options along. */
export const readBody = z
  .object({
    url: address.optional().describe('The page, or the seed of a crawl'),
    urls: z.array(address).min(1).max(1000).optional().describe('Pages of a batch job'),
    formats: z.array(z.enum(formatNames)).max(10).default(['markdown']),
    onlyMainContent: z.boolean().default(true),
    includeTags: selectors.default([]).describe('CSS selectors: only what they match is kept'),
    excludeTags: selectors.default([]).describe('CSS selectors: what they match is dropped'),
    waitForSelector: z.string().min(1).max(500).optional(),
    timeoutMs: z.int().min(1000).max(120_000).default(30_000),
    proxyMode: z.enum(proxyModes).default('standard').describe('`stealth` and `auto` are the older words'),
    maxDepth: z.int().min(1).max(10).optional().describe('Its presence makes the call a crawl'),
    maxPages: z.int().min(1).max(10_000).optional().describe('Its presence makes the call a crawl'),
    scrape: z.boolean().default(true).describe('`false` in a crawl: only find addresses'),
    cache: z.boolean().default(true).describe('A stored result of the last 24 hours will do'),
    batchConcurrency: z.int().min(1).max(20).optional(),
    maxConcurrency: z.int().min(1).optional(),
    webhook: webhook.optional(),
    extract: extract.optional(),
  })
  .superRefine((body, context) => {
    if (body.url === undefined && body.urls === undefined) context.addIssue({ code: 'custom', path: ['url'], message: 'Required: send url or urls' })
    if (body.url !== undefined && body.urls !== undefined) context.addIssue({ code: 'custom', path: ['urls'], message: 'Send either url or urls, not both' })
  })

type ReadBody = z.output<typeof readBody>

const resolvedMode = z.enum(['standard', 'premium', 'stealth'])

const metadata = z.object({
  title: z.string().nullable(),
  description: z.string().nullable(),
  statusCode: z.int(),
  duration: z.int().min(1).describe('Milliseconds'),
  cached: z.boolean(),
  proxyMode: resolvedMode.optional().describe('Absent where the page came from the store'),
  proxyEscalated: z.boolean().optional().describe('Only where the request used the older words'),
  scrapedAt: instant,
  extraction: z.object({ extractionError: z.string() }).optional(),
  warnings: z.array(z.string()).optional(),
})

const scrapeResult = z.object({
  url: z.string().describe('As it was sent'),
  finalUrl: z.string().optional().describe('Only where it differs'),
  markdown: z.string().optional(),
  html: z.string().optional(),
  rawHtml: z.string().optional().describe('The page as it was received, whatever `formats` says'),
  extracted: z.unknown().optional(),
  metadata,
})

/** All three each time, so that `formats` does not decide whether a stored result will do. */
const kinds = ['markdown', 'html', 'raw_html'] as const satisfies readonly FormatKind[]

const jobKind = (body: ReadBody): string | undefined => {
  if (body.urls !== undefined) return 'batch jobs (urls)'
  if (body.maxDepth === undefined && body.maxPages === undefined) return undefined
  return body.scrape ? 'crawl jobs (maxDepth, maxPages)' : 'discover jobs (scrape: false)'
}

const toIntent = (body: ReadBody): ScrapeIntent => {
  const job = jobKind(body)
  if (job !== undefined || body.url === undefined) throw fail('platform.not_configured', { setting: job ?? 'batch jobs (urls)' })
  if (body.formats.includes('screenshot')) throw fail('platform.browser_unavailable')
  return scrapeIntent({
    url: body.url,
    formats: kinds.map((kind) => ({ kind })),
    mode: body.onlyMainContent ? 'reader' : 'normal',
    includeSelectors: body.includeTags,
    excludeSelectors: body.excludeTags,
    timeoutMs: body.timeoutMs,
    maxAgeS: body.cache && body.extract === undefined ? cacheTtlS : 0,
  })
}

/** The mode that served, in the words of the request; clients know only those of their own generation. */
const modeServed = (asked: ReadBody['proxyMode']) => {
  if (asked === 'stealth') return { proxyMode: 'stealth', proxyEscalated: false }
  if (asked === 'auto') return { proxyMode: 'standard', proxyEscalated: false }
  return { proxyMode: asked }
}

const differs = (finalUrl: string, asked: string): boolean => {
  const bare = (url: string): string => (URL.parse(url)?.href ?? url).replace(/#.*$/s, '')
  return bare(finalUrl) !== bare(asked)
}

const contents = (formats: Formats, wanted: readonly string[]) => ({
  ...(wanted.includes('markdown') ? { markdown: formats.markdown ?? '' } : {}),
  ...(wanted.includes('html') ? { html: formats.html ?? '' } : {}),
  ...(formats.raw_html === undefined ? {} : { rawHtml: formats.raw_html }),
})

const render = (document: Document, info: ReplyInfo): Reply => {
  // Safe: the server put there what the schema of this route gave.
  const body = (info.input as { body: ReadBody }).body
  const url = body.url ?? document.url
  const warnings = [...document.warnings, ...Object.values(document.failedFormats ?? {}).map((failure) => failure.message)]
  return ok({
    url,
    ...(differs(document.finalUrl, url) ? { finalUrl: document.finalUrl } : {}),
    ...contents(document.formats, body.formats),
    ...(body.extract === undefined ? {} : { extracted: null }),
    metadata: {
      title: document.metadata.title ?? null,
      description: document.metadata.description ?? null,
      statusCode: document.status,
      duration: Math.max(1, Math.round(info.durationMs)),
      cached: document.cached,
      ...(document.cached ? {} : modeServed(body.proxyMode)),
      scrapedAt: document.fetchedAt,
      ...(body.extract === undefined ? {} : { extraction: { extractionError: 'Extraction is not available on this server' } }),
      ...(warnings.length === 0 ? {} : { warnings }),
    },
  })
}

export const readRoutes = [
  route({
    method: 'POST', path: '/v1/read', verb: 'scrape',
    summary: 'One page, answered at once',
    body: readBody, response: envelope(scrapeResult),
    toIntent: ({ body }) => toIntent(body),
    render: (document, _, info) => render(document, info),
  }),
]
