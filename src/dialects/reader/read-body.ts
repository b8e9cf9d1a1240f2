import { z } from 'zod'
import type { ProxyWish } from '../../contract/proxy.ts'
import type { FormatKind, FormatRequest, ScrapeIntent } from '../../contract/intent.ts'
import { scrapeIntent } from '../../contract/intent.ts'
import { extractField } from './extract.ts'
import { perJobWebhook } from './webhook-events.ts'

const formatNames = ['markdown', 'html', 'screenshot'] as const

/** The two generations of words for a proxy: `premium` was `stealth`, `auto` is gone. */
export const proxyModes = ['standard', 'premium', 'stealth', 'auto'] as const
export type ProxyMode = (typeof proxyModes)[number]

const cacheTtlS = 86_400

export const address = z.url({ error: 'Invalid url' }).max(2048)
const selectors = z.array(z.string().min(1).max(500)).max(50)

/** Fields that are not listed are let through and ignored: the JavaScript client sends its own options along. */
export const readBody = z
  .object({
    url: address.optional().describe('The page, or the seed of a crawl'),
    urls: z.array(address).min(1).max(1000).optional().describe('Pages of a batch job'),
    formats: z.array(z.enum(formatNames)).max(10).default(['markdown']),
    onlyMainContent: z.boolean().default(true),
    includeTags: selectors.default([]).describe('CSS selectors: only what they match is kept'),
    excludeTags: selectors.default([]).describe('CSS selectors: what they match is dropped'),
    waitForSelector: z.string().min(1).max(500).optional().describe('Opens a browser and waits for it, within the time of the URL'),
    timeoutMs: z.int().min(1000).max(120_000).default(30_000).describe('Per URL'),
    proxyMode: z.enum(proxyModes).default('standard').describe('`stealth` and `auto` are the older words'),
    maxDepth: z.int().min(1).max(10).optional().describe('Its presence makes the call a crawl; 2 where only maxPages is given'),
    maxPages: z.int().min(1).max(10_000).optional().describe('Its presence makes the call a crawl; 20 where only maxDepth is given'),
    scrape: z.boolean().default(true).describe('`false` in a crawl: only find addresses'),
    cache: z.boolean().default(true).describe('A stored result of the last 24 hours will do; jobs always fetch'),
    batchConcurrency: z.int().min(1).max(20).optional(),
    maxConcurrency: z.int().min(1).optional(),
    webhook: perJobWebhook(address).optional(),
    extract: extractField.optional().describe('Structured data beside the formats; with a single url only'),
  })
  .superRefine((body, context) => {
    if (body.url === undefined && body.urls === undefined) context.addIssue({ code: 'custom', path: ['url'], message: 'Required: send url or urls' })
    if (body.url !== undefined && body.urls !== undefined) context.addIssue({ code: 'custom', path: ['urls'], message: 'Send either url or urls, not both' })
    if (body.extract !== undefined && isJob(body)) context.addIssue({ code: 'custom', path: ['extract'], message: 'Extraction is for a single url; jobs have none' })
  })

export type ReadBody = z.output<typeof readBody>

export const isCrawl = ({ maxDepth, maxPages }: Pick<ReadBody, 'maxDepth' | 'maxPages'>): boolean => maxDepth !== undefined || maxPages !== undefined
const isJob = (body: Pick<ReadBody, 'urls' | 'maxDepth' | 'maxPages'>): boolean => body.urls !== undefined || isCrawl(body)

const shot: FormatRequest = { kind: 'screenshot', screenshot: { type: 'png', fullPage: true, delivery: 'base64' } }

/** Exactly what was asked for. */
export const formatsOf = (names: ReadBody['formats']): FormatRequest[] => [...new Set(names)].map((name) => (name === 'screenshot' ? shot : { kind: name }))

/** All three each time, so that `formats` does not decide whether a stored result will do. */
const textKinds = ['markdown', 'html', 'raw_html'] as const satisfies readonly FormatKind[]

/** Clients ask for a mode in every request: a tier that is not configured is left out. */
const proxyWish: Record<ProxyMode, ProxyWish> = {
  standard: { mode: 'standard', optional: true }, premium: { mode: 'premium', optional: true }, stealth: { mode: 'premium', optional: true }, auto: { mode: 'auto' },
}

/** What all pages of a request share. */
const pageOf = (url: string, body: ReadBody): ScrapeIntent => scrapeIntent({
  url,
  mode: body.onlyMainContent ? 'reader' : 'normal',
  // The vendor drops what is around the content and nothing inside it.
  ...(body.onlyMainContent ? { heading: true } : {}),
  includeSelectors: body.includeTags,
  excludeSelectors: body.excludeTags,
  timeoutMs: body.timeoutMs,
  proxy: proxyWish[body.proxyMode],
  ...(body.waitForSelector === undefined ? {} : { browser: { waitFor: { selector: body.waitForSelector, optional: true } } }),
})

/** One page that is answered at once. Screenshots and extractions are always fresh. */
export const singlePage = (url: string, body: ReadBody, json: FormatRequest | undefined): ScrapeIntent => {
  const shots = formatsOf(body.formats).filter(({ kind }) => kind === 'screenshot')
  const more = [...shots, ...(json ? [json] : [])]
  return { ...pageOf(url, body), formats: [...textKinds.map((kind) => ({ kind })), ...more], maxAgeS: body.cache && more.length === 0 ? cacheTtlS : 0 }
}

/** One page of a job, always fetched. */
export const jobPage = (url: string, body: ReadBody): ScrapeIntent => ({ ...pageOf(url, body), formats: formatsOf(body.formats) })
