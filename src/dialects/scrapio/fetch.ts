import { z } from 'zod'
import type { Document } from '../../contract/document.ts'
import { scrapeIntent, type BrowserOptions, type ScrapeIntent } from '../../contract/intent.ts'
import type { ProxyWish } from '../../contract/proxy.ts'
import { fail } from '../../failure/failure.ts'
import { route, type ReplyInfo } from '../dialect.ts'
import { extract, extractNeedsJson } from './extract.ts'
import { body, closed, device, flag, httpUrl, list, oneOf, proxy, session, timeoutMs } from './fields.ts'
import { metadataOf, queuedBody } from './metadata.ts'
import { formatsOf, nothingIn, outputFailure, outputs, outputsReply, readOutputs } from './outputs.ts'

const timeoutMsDefault = 10_000
/** For how long a caller is kept waiting before a job takes over. */
export const inlineMs = 15_000

export const fetchBody = body(closed({
  url: httpUrl,
  render_js: flag.optional().describe('Opens a browser. Without it one is opened where the page needs it.'),
  device: device.optional().describe('Default `desktop`. Of consequence to pages in a browser only.'),
  session: session.optional(),
  output: list(oneOf(outputs)).optional().describe('Default `["html"]`.'),
  extract: extract.optional().describe('What `outputs.json` is made of; needs `json` in `output`.'),
  wait_for: closed({ network_idle: flag.optional() }).optional().describe('Changes nothing: a browser waits until the page is still.'),
  timeout_ms: timeoutMs.optional().describe(`Default ${timeoutMsDefault}. What takes longer than ${inlineMs} goes on as a job.`),
  use_proxy: flag.optional(),
  proxy: proxy.optional().describe('The newer word for `use_proxy`.'),
}).refine(extractNeedsJson.holds, extractNeedsJson.issue))

export type FetchBody = z.output<typeof fetchBody>

export const queuedReply = z.object({
  request_id: z.string(), mode: z.literal('async'), status: z.literal('queued'), job_id: z.string(), job_type: z.string(),
  created_at: z.string(), updated_at: z.string(), webhook_url: z.string().optional(), reason: z.string().optional(),
})

const fetchReply = z.object({
  request_id: z.string(),
  mode: z.literal('inline'),
  status: z.enum(['completed', 'partial']),
  outputs: outputsReply,
  usage: z.object({ credits: z.int() }),
  url: z.string().describe('As it was asked for'),
  final_url: z.string().describe('Where redirects led'),
  status_code: z.int().describe('HTTP status of the target'),
  session: z.object({ id: z.string(), updated: z.boolean() }).optional(),
  extraction_engine: z.enum(['llm', 'heuristic']).optional(),
  diagnostics: z.object({ outcome: z.literal('partial'), output_failures: z.array(outputFailure) }).optional(),
})

export const browserOf: Record<'desktop' | 'mobile' | 'tablet', BrowserOptions> = {
  desktop: { device: 'desktop' },
  mobile: { device: 'mobile' },
  tablet: { device: 'mobile', viewport: { width: 820, height: 1180, scale: 2 } },
}

/** A page fetched without the proxy would not be the one that was asked for: where none is configured, that is the answer. */
export const proxyOf = ({ use_proxy: uses, proxy: word }: { use_proxy?: boolean | undefined; proxy?: string | undefined }): { proxy?: ProxyWish } => {
  if (uses === true || word === 'stealth') return { proxy: { mode: 'premium' } }
  if (word === 'basic') return { proxy: { mode: 'standard' } }
  return word === 'auto' ? { proxy: { mode: 'auto' } } : {}
}

/** Of work on many pages, which does not take proxies here. */
export const refuseProxy = (wish: { use_proxy?: boolean | undefined; proxy?: string | undefined }): void => {
  if (wish.use_proxy === true || wish.proxy === 'basic' || wish.proxy === 'stealth') throw fail('platform.proxy_unavailable')
}

/** A session is a profile: cookies and storage under a name, begun where there is none. */
export const sessionOf = ({ session: wished }: { session?: { id: string } | undefined }): Pick<ScrapeIntent, 'profile'> => (wished ? { profile: { name: wished.id, save: true } } : {})

export const fetchIntent = (wish: FetchBody, timeoutMs = timeoutMsDefault): ScrapeIntent => {
  return scrapeIntent({
    url: wish.url,
    formats: formatsOf(wish, 'html'),
    render: wish.render_js === true ? 'js' : 'auto',
    timeoutMs: wish.timeout_ms ?? timeoutMs,
    ...sessionOf(wish),
    ...proxyOf(wish),
    ...(wish.device ? { browser: browserOf[wish.device] } : {}),
  })
}

// Safe: the server has read the body with this very schema.
const bodyOf = (info: ReplyInfo): FetchBody => (info.input as { body: FetchBody }).body

const renderPage = (document: Document, info: ReplyInfo) => {
  const wish = bodyOf(info)
  const read = readOutputs(document, wish, 'html', info.origin)
  return {
    request_id: info.requestId,
    mode: 'inline',
    status: read.failures.length === 0 ? 'completed' : 'partial',
    outputs: read.outputs,
    usage: { credits: info.account.creditsBilled },
    ...(wish.session ? { session: { id: wish.session.id, updated: true } } : {}),
    ...(read.engine === undefined ? {} : { extraction_engine: read.engine }),
    url: document.url,
    final_url: document.finalUrl,
    status_code: document.status,
    ...(read.failures.length === 0 ? {} : { diagnostics: { outcome: 'partial', output_failures: read.failures } }),
  }
}

export const fetchRoutes = [
  route({
    method: 'POST', path: '/v1/fetch', verb: 'scrape_or_submit',
    summary: 'One page as HTML, Markdown, JSON or a screenshot; 202 with a job where that takes longer than 15 s. An output that fails is listed in `diagnostics` beside the others.',
    body: fetchBody, response: z.union([fetchReply, queuedReply]),
    toIntent: (input) => ({ page: fetchIntent(input.body), afterMs: inlineMs, pace: { triesMax: 1 }, metadata: metadataOf({ kind: 'fetch', input: input.body }) }),
    veto: (value, info) => ('document' in value ? nothingIn(value.document, bodyOf(info), 'html') : undefined),
    render: (value, _, info) => ('document' in value
      ? { status: 200, body: renderPage(value.document, info) }
      : { status: 202, body: queuedBody(value.job, info.requestId) }),
  }),
]
