import { z } from 'zod'
import type { Document } from '../../contract/document.ts'
import { linkKinds, modes } from '../../contract/document.ts'
import { renders, scrapeDefaults, type ScrapeIntent } from '../../contract/intent.ts'
import { proxyTiers } from '../../contract/proxy.ts'
import type { Outcome } from '../../contract/outcome.ts'
import { fail } from '../../failure/failure.ts'
import { preferred } from '../../lib/accept.ts'
import { parseUrl, withScheme } from '../../lib/url.ts'
import { route, type Reply, type ReplyInfo } from '../dialect.ts'
import { brand } from './enrich-values.ts'
import { answer, extraction, extractionBody, failedBody, failedFormat } from './extract-formats.ts'
import { browserAllowed, browserFields, toBrowser } from './browser-fields.ts'
import { proxyField, toProxy } from './proxy.ts'
import { profileField, toProfile } from './profiles.ts'
import { blobReply, format, formatNames, formatValues, plainNames, toBlobReply, toFormats } from './formats.ts'

const selectors = z.array(z.string().min(1).max(500)).max(50)
const headerMap = z.record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'Not a header name').max(100), z.string().max(8192).regex(/^[^\r\n\0]*$/, 'No line breaks'))

export const urlField = z
  .string()
  .min(1)
  .max(2048)
  .refine((value) => parseUrl(value) !== undefined, { error: 'Invalid URL', abort: true })
  .transform(withScheme)
  .describe('The page. `https://` is put in front of a bare host name.')

const options = {
  mode: z.enum(modes).default(scrapeDefaults.mode).describe('`normal` whole page, `reader` main content, `prune` main content with everything doubtful dropped'),
  render: z.enum(renders).default(scrapeDefaults.render).describe('`static` never opens a browser, `js` always does, `auto` where the page needs one'),
}

/** What one page of a job may say about itself, beside its URL. */
export const pageFields = {
  formats: z.array(format).min(1).max(formatNames.length).default(['markdown']).describe('Names, or objects for formats with options: `{"type": "json", "schema": {…}}`'),
  ...options,
  include_selectors: selectors.default([]).describe('CSS selectors: only what they match is kept'),
  exclude_selectors: selectors.default([]).describe('CSS selectors: what they match is dropped'),
  headers: headerMap.default({}),
  cookies: z.record(z.string().min(1).max(256), z.string().max(4096)).default({}),
  timeout_ms: z.int().min(1000).max(300_000).default(scrapeDefaults.timeoutMs),
  max_age_s: z.int().min(0).max(31_536_000).default(0).describe('A stored result of this age or younger will do'),
  respect_robots: z.boolean().default(false),
  heading: z.boolean().optional().describe('Of the modes `reader` and `prune`: begin with the page’s own heading'),
  max_tokens: z.int().min(1).max(10_000_000).optional().describe('Cuts Markdown and text to about so many tokens, between blocks; `truncated` and `total_tokens` say what was cut'),
  section: z.string().trim().min(1).max(1000).optional().describe('Only this part of Markdown and chunks: headings from the outside in, joined by ` > `; the last of them will do where that is clear'),
  max_pages: z.int().min(1).max(5000).optional().describe('Most pages of a PDF, slides, sheets or chapters that are converted; 500 where unset'),
  index: z.boolean().optional().describe('Whether searches of the workspace may find the page. Default: yes, unless cookies or a credential are sent'),
  profile: profileField.optional(),
  proxy: proxyField.optional(),
  ...browserFields,
}

const scrapeBody = z.strictObject({ url: urlField, ...pageFields }).superRefine(browserAllowed)

const scrapeQuery = z.strictObject({
  url: urlField,
  formats: z.string().default('markdown').transform((value) => value.split(',').map((item) => item.trim())).pipe(z.array(z.enum(plainNames)).min(1)),
  ...options,
  timeout_ms: z.coerce.number().pipe(z.int().min(1000).max(300_000)).default(scrapeDefaults.timeoutMs),
  max_tokens: z.coerce.number().pipe(z.int().min(1).max(10_000_000)).optional(),
  section: z.string().trim().min(1).max(1000).optional(),
  max_age_s: z.coerce.number().pipe(z.int().min(0).max(31_536_000)).default(0),
})

const link = z.looseObject({ url: z.string(), text: z.string(), kind: z.enum(linkKinds).optional() })
const image = z.looseObject({ url: z.string() })

const scrapeReply = z.object({
  data: z.object({
    url: z.string(),
    final_url: z.string(),
    status: z.int(),
    content_type: z.string(),
    fetched_at: z.string(),
    renderer: z.enum(['static', 'js']),
    cached: z.boolean(),
    proxy: z.enum(proxyTiers).optional(),
    markdown: z.string().optional(),
    html: z.string().optional(),
    raw_html: z.string().optional(),
    text: z.string().optional(),
    links: z.array(link).optional(),
    images: z.array(image).optional(),
    sections: z.array(z.looseObject({ path: z.array(z.string()), level: z.int(), tokens: z.int() })).optional(),
    chunks: z.array(z.looseObject({ index: z.int(), path: z.array(z.string()), tokens: z.int(), text: z.string() })).optional(),
    total_tokens: z.int().optional(),
    truncated: z.boolean().optional(),
    json: z.unknown().optional(),
    summary: z.string().optional(),
    question: answer.optional(),
    branding: brand.optional(),
    extraction: extraction.optional(),
    failed_formats: z.record(z.string(), failedFormat).optional(),
    screenshot: blobReply.optional(),
    pdf: blobReply.optional(),
    actions: z.array(z.looseObject({ index: z.int(), type: z.string(), ms: z.number() })).optional(),
    metadata: z.looseObject({ title: z.string().optional(), description: z.string().optional(), language: z.string().optional() }),
    warnings: z.array(z.string()),
  }),
  usage: z.object({ credits: z.number() }),
  request_id: z.string(),
  evidence: z.array(z.looseObject({ tier: z.string(), outcome: z.string(), ms: z.number() })),
})

export const toIntent = (body: z.output<typeof scrapeBody>): ScrapeIntent => {
  const browser = toBrowser(body)
  return {
    url: body.url,
    formats: toFormats(body.formats),
    mode: body.mode,
    includeSelectors: body.include_selectors,
    excludeSelectors: body.exclude_selectors,
    headers: body.headers,
    cookies: body.cookies,
    timeoutMs: body.timeout_ms,
    maxAgeS: body.max_age_s,
    render: body.render,
    respectRobots: body.respect_robots,
    allowedTypes: [],
    ...(body.max_tokens === undefined ? {} : { maxTokens: body.max_tokens }),
    ...(body.formats.includes('metadata') ? { pageKind: true } : {}),
    ...(body.section === undefined ? {} : { section: body.section }),
    ...(body.max_pages === undefined ? {} : { maxPages: body.max_pages }),
    ...(body.heading === undefined ? {} : { heading: body.heading }),
    ...(body.index === undefined ? {} : { index: body.index }),
    ...(body.profile === undefined ? {} : { profile: toProfile(body.profile) }),
    ...(body.proxy === undefined ? {} : { proxy: toProxy(body.proxy) }),
    ...(browser === undefined ? {} : { browser }),
  }
}

export const renderDocument = (document: Document, origin: string) => ({
  url: document.url,
  final_url: document.finalUrl,
  status: document.status,
  content_type: document.contentType,
  fetched_at: document.fetchedAt,
  renderer: document.renderer,
  cached: document.cached,
  ...(document.proxy ? { proxy: document.proxy } : {}),
  ...formatValues(document.formats, origin),
  ...(document.tokens ? { total_tokens: document.tokens.total, truncated: document.tokens.truncated } : {}),
  ...(document.extraction ? { extraction: extractionBody(document.extraction) } : {}),
  ...(document.failedFormats ? { failed_formats: failedBody(document.failedFormats) } : {}),
  ...(document.actions ? { actions: document.actions.map(({ screenshot, ...rest }) => ({ ...rest, ...(screenshot ? { screenshot: toBlobReply(screenshot, origin) } : {}) })) } : {}),
  metadata: document.metadata,
  warnings: document.warnings,
})

const render = (document: Document, outcome: Outcome<Document>, info: ReplyInfo): Reply => ({
  status: 200,
  body: {
    data: renderDocument(document, info.origin),
    usage: { credits: info.account.creditsBilled },
    request_id: info.requestId,
    evidence: outcome.evidence,
  },
})

const plainTypes = ['text/markdown', 'application/json', 'text/plain'] as const

export const scrapeRoutes = [
  route({
    method: 'POST', path: '/v1/scrape', verb: 'scrape',
    summary: 'One page as data, in the formats asked for',
    body: scrapeBody, response: scrapeReply,
    toIntent: ({ body }) => toIntent(body),
    render,
  }),
  route({
    method: 'GET', path: '/v1/scrape', verb: 'scrape',
    summary: 'The same for a URL in the query; `formats` separated by commas',
    query: scrapeQuery, response: scrapeReply,
    toIntent: ({ query }) => toIntent(scrapeBody.parse(query)),
    render,
  }),
  route({
    method: 'GET', path: '/r/*', verb: 'scrape',
    summary: 'The main content of the URL that follows `/r/`, as plain Markdown; JSON with `Accept: application/json`',
    produces: plainTypes, response: scrapeReply,
    toIntent: (_, info) => {
      const target = info.target.slice('/r/'.length)
      const parsed = urlField.safeParse(/^https?:\/[^/]/.test(target) ? target.replace(':/', '://') : target)
      if (!parsed.success) throw fail('caller.invalid_request', { issues: [{ path: ['url'], code: 'invalid_format', message: 'Put a URL after /r/' }] })
      return toIntent(scrapeBody.parse({ url: parsed.data, mode: 'reader' }))
    },
    render: (document, outcome, info) => {
      const type = preferred(info.headers.get('accept'), plainTypes)
      if (type === 'application/json') return render(document, outcome, info)
      return { status: 200, contentType: `${type ?? 'text/markdown'}; charset=utf-8`, body: document.formats.markdown ?? '' }
    },
  }),
]
