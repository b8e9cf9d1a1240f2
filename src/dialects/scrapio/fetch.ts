import { z } from 'zod'
import type { Document } from '../../contract/document.ts'
import { scrapeIntent, type BrowserOptions, type FormatRequest, type ScrapeIntent } from '../../contract/intent.ts'
import type { ProxyWish } from '../../contract/proxy.ts'
import { Failure, fail } from '../../failure/failure.ts'
import { route, type ReplyInfo } from '../dialect.ts'
import { extract, extractNeedsJson, type Extract } from './extract.ts'
import { errorOf, modelSetting } from './failure.ts'
import { body, closed, device, flag, httpUrl, list, oneOf, proxy, session, timeoutMs } from './fields.ts'

const outputs = ['html', 'markdown', 'json', 'screenshot'] as const
type Output = (typeof outputs)[number]

const timeoutMsDefault = 10_000

export const fetchBody = body(closed({
  url: httpUrl,
  render_js: flag.optional().describe('Opens a browser. Without it one is opened where the page needs it.'),
  device: device.optional().describe('Default `desktop`. Of consequence to pages in a browser only.'),
  session: session.optional(),
  output: list(oneOf(outputs)).optional().describe('Default `["html"]`.'),
  extract: extract.optional().describe('What `outputs.json` is made of; needs `json` in `output`.'),
  wait_for: closed({ network_idle: flag.optional() }).optional().describe('Changes nothing: a browser waits until the page is still.'),
  timeout_ms: timeoutMs.optional().describe(`Default ${timeoutMsDefault}.`),
  use_proxy: flag.optional(),
  proxy: proxy.optional().describe('The newer word for `use_proxy`.'),
}).refine(extractNeedsJson.holds, extractNeedsJson.issue))

type FetchBody = z.output<typeof fetchBody>

const outputFailure = z.object({ output: z.string(), code: z.string(), message: z.string() })

const fetchReply = z.object({
  request_id: z.string(),
  mode: z.literal('inline'),
  status: z.enum(['completed', 'partial']),
  outputs: z.object({
    html: z.string().optional(),
    markdown: z.string().optional(),
    json: z.looseObject({}).optional(),
    screenshot: z.object({ url: z.string() }).optional(),
  }),
  usage: z.object({ credits: z.int() }),
  url: z.string().describe('As it was asked for'),
  final_url: z.string().describe('Where redirects led'),
  status_code: z.int().describe('HTTP status of the target'),
  diagnostics: z.object({ outcome: z.literal('partial'), output_failures: z.array(outputFailure) }).optional(),
})

/** The page as it was served, its main content, and all of its text as the one field of `extract.mode: "page"`. */
const formats: Record<Output, FormatRequest | undefined> = {
  html: { kind: 'raw_html' },
  markdown: { kind: 'markdown', mode: 'reader' },
  json: { kind: 'text', mode: 'normal' },
  screenshot: undefined,
}

const browserOf: Record<'desktop' | 'mobile' | 'tablet', BrowserOptions> = {
  desktop: { device: 'desktop' },
  mobile: { device: 'mobile' },
  tablet: { device: 'mobile', viewport: { width: 820, height: 1180, scale: 2 } },
}

const noScreenshot = (): Failure => fail('platform.not_configured', { setting: 'Taking screenshots' })

const wantedOf = (wish: FetchBody): Output[] => [...new Set<Output>(wish.output ?? ['html'])]

export const fetchIntent = (wish: FetchBody): ScrapeIntent => {
  if (wish.session) throw fail('platform.not_configured', { setting: 'Keeping a session' })
  if (wish.extract && wish.extract.mode !== 'page') throw extractionMissing(wish.extract)
  const wanted = wantedOf(wish).flatMap((output) => formats[output] ?? [])
  if (wanted.length === 0) throw noScreenshot()
  return scrapeIntent({
    url: wish.url,
    formats: wanted,
    render: wish.render_js === true ? 'js' : 'auto',
    timeoutMs: wish.timeout_ms ?? timeoutMsDefault,
    ...proxyOf(wish),
    ...(wish.device ? { browser: browserOf[wish.device] } : {}),
  })
}

/** A page fetched without the proxy would not be the one that was asked for: where none is configured, that is the answer. */
export const proxyOf = ({ use_proxy: uses, proxy: word }: { use_proxy?: boolean | undefined; proxy?: 'auto' | 'basic' | 'stealth' | undefined }): { proxy?: ProxyWish } => {
  if (uses === true || word === 'stealth') return { proxy: { mode: 'premium' } }
  if (word === 'basic') return { proxy: { mode: 'standard' } }
  return word === 'auto' ? { proxy: { mode: 'auto' } } : {}
}

const extractionMissing = (wanted: Extract): Failure => {
  const needsModel = wanted.mode === 'instruction' || (wanted.mode === 'schema' && wanted.engine === 'llm')
  return fail('platform.not_configured', { setting: needsModel ? modelSetting : `Extraction by ${wanted.mode}` })
}

// Safe: the server has read the body with this very schema.
const bodyOf = (info: ReplyInfo): FetchBody => (info.input as { body: FetchBody }).body

/** Why there is nothing to answer with; undefined where at least one output is there. */
const nothingIn = (document: Document, info: ReplyInfo): Failure | undefined => {
  const values = wantedOf(bodyOf(info)).map((output) => valueOf(document, output))
  return values.find((value) => !(value instanceof Failure)) === undefined ? values.find((value) => value instanceof Failure) : undefined
}

const renderPage = (document: Document, info: ReplyInfo) => {
  const done: Record<string, unknown> = {}
  const failures: z.output<typeof outputFailure>[] = []
  for (const output of wantedOf(bodyOf(info))) {
    const value = valueOf(document, output)
    if (value instanceof Failure) {
      const { code, message } = errorOf(value)
      failures.push({ output, code, message })
    } else done[output] = output === 'json' ? { content: value } : value
  }
  return {
    request_id: info.requestId,
    mode: 'inline',
    status: failures.length === 0 ? 'completed' : 'partial',
    outputs: done,
    usage: { credits: info.account.creditsBilled },
    url: document.url,
    final_url: document.finalUrl,
    status_code: document.status,
    ...(failures.length === 0 ? {} : { diagnostics: { outcome: 'partial', output_failures: failures } }),
  }
}

const valueOf = (document: Document, output: Output) => {
  const kind = formats[output]?.kind
  if (kind === undefined) return noScreenshot()
  const reason = document.failedFormats?.[kind]
  return document.formats[kind] ?? (reason ? Failure.fromJSON(reason) : fail('content.parse_failed'))
}

export const fetchRoutes = [
  route({
    method: 'POST', path: '/v1/fetch', verb: 'scrape',
    summary: 'One page as HTML, Markdown or JSON. An output that fails is listed in `diagnostics` beside the others.',
    body: fetchBody, response: fetchReply,
    toIntent: (input) => fetchIntent(input.body),
    veto: nothingIn,
    render: (document, _, info) => ({ status: 200, body: renderPage(document, info) }),
  }),
]
