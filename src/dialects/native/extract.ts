import { z } from 'zod'
import { renders, scrapeDefaults, scrapeIntent, type ExtractIntent, type GivenContent, type ScrapeIntent } from '../../contract/intent.ts'
import { modes, type Document } from '../../contract/document.ts'
import type { Outcome } from '../../contract/outcome.ts'
import { parseUrl } from '../../lib/url.ts'
import { route, type ReplyInfo } from '../dialect.ts'
import { extraction, extractFields, optionsOf } from './extract-formats.ts'
import { renderDocument, urlField } from './scrape.ts'
import { renderProblem } from './problem.ts'

const contentMax = 5_000_000
const content = z.string().min(1).max(contentMax)
const sources = ['url', 'urls', 'html', 'markdown', 'text'] as const

const extractBody = z
  .strictObject({
    url: urlField.optional(),
    urls: z.array(urlField).min(1).max(20).optional(),
    html: content.optional(),
    markdown: content.optional(),
    text: content.optional(),
    base_url: z.string().max(2048).refine((value) => parseUrl(value) !== undefined, 'Invalid URL').optional().describe('Of `html` and `markdown`: what their links are relative to'),
    ...extractFields,
    mode: z.enum(modes).default(scrapeDefaults.mode).describe('The part of the page that a model reads'),
    render: z.enum(renders).default(scrapeDefaults.render),
    headers: z.record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'Not a header name').max(100), z.string().max(8192).regex(/^[^\r\n\0]*$/, 'No line breaks')).default({}),
    cookies: z.record(z.string().min(1).max(256), z.string().max(4096)).default({}),
    timeout_ms: z.int().min(1000).max(300_000).default(scrapeDefaults.timeoutMs),
    max_age_s: z.int().min(0).max(31_536_000).default(0),
    respect_robots: z.boolean().default(false),
  })
  .refine((body) => sources.filter((source) => body[source] !== undefined).length === 1, { message: 'Give exactly one of url, urls, html, markdown and text', path: ['url'] })
  .refine((body) => body.schema !== undefined || body.prompt !== undefined || body.selectors !== undefined, { message: 'Give a schema, a prompt or selectors', path: ['schema'] })

const page = z.looseObject({
  url: z.string(),
  final_url: z.string(),
  json: z.unknown(),
  extraction,
  metadata: z.looseObject({ title: z.string().optional() }),
  warnings: z.array(z.string()),
})

const extractReply = z.object({
  data: page.optional(),
  results: z.array(z.looseObject({ url: z.string(), data: page.optional(), error: z.looseObject({ code: z.string() }).optional() })).optional(),
  usage: z.object({ credits: z.number(), model: z.object({ calls: z.int(), input_tokens: z.int(), output_tokens: z.int() }).optional() }),
  request_id: z.string(),
  evidence: z.array(z.looseObject({ tier: z.string(), outcome: z.string(), ms: z.number() })),
})

const given = (body: z.output<typeof extractBody>): GivenContent | undefined =>
  body.html !== undefined ? { type: 'text/html', body: body.html } : body.markdown !== undefined ? { type: 'text/markdown', body: body.markdown } : body.text !== undefined ? { type: 'text/plain', body: body.text } : undefined

const toIntent = (body: z.output<typeof extractBody>): ExtractIntent => {
  const brought = given(body)
  const urls = body.urls ?? [body.url ?? body.base_url ?? 'about:blank']
  const pages = urls.map((url): ScrapeIntent => scrapeIntent({
    url,
    formats: [{ kind: 'json', extract: optionsOf(body) }],
    mode: body.mode, headers: body.headers, cookies: body.cookies, timeoutMs: body.timeout_ms, maxAgeS: body.max_age_s, render: body.render, respectRobots: body.respect_robots,
    ...(brought ? { content: brought } : {}),
  }))
  return { pages, single: body.urls === undefined, timeoutMs: body.urls === undefined ? body.timeout_ms : Math.min(300_000, body.timeout_ms * Math.ceil(pages.length / 5)) }
}

const urlsOf = (info: ReplyInfo, results: readonly Outcome<Document>[]): string[] => {
  // Safe: the server has read the body with the schema of this very route.
  const { body } = info.input as { body: z.output<typeof extractBody> }
  return body.urls ?? results.map(() => body.url ?? body.base_url ?? 'about:blank')
}

const tokensOf = (results: readonly Outcome<Document>[]) => {
  const uses = results.flatMap((result) => (result.ok && result.value.extraction?.model ? [result.value.extraction.model] : []))
  if (uses.length === 0) return {}
  const total = (of: (use: (typeof uses)[number]) => number): number => uses.reduce((sum, use) => sum + of(use), 0)
  return { model: { calls: total((use) => use.calls), input_tokens: total((use) => use.inputTokens), output_tokens: total((use) => use.outputTokens) } }
}

export const extractRoutes = [
  route({
    method: 'POST', path: '/v1/schema', verb: 'schema_draft',
    summary: 'A JSON Schema for what is wanted, in words; needs a model',
    body: z.strictObject({ prompt: z.string().min(1).max(10_000), existing: z.record(z.string(), z.unknown()).optional().describe('A schema that is to be changed accordingly') }),
    response: z.object({ data: z.object({ prompt: z.string(), schema: z.record(z.string(), z.unknown()) }), usage: z.object({ credits: z.number(), model: z.looseObject({ calls: z.int() }) }), request_id: z.string() }),
    toIntent: ({ body: { prompt, existing } }) => ({ prompt, ...(existing ? { existing } : {}) }),
    render: ({ prompt, schema, model }, _outcome, info) => ({
      status: 200,
      body: { data: { prompt, schema }, usage: { credits: info.account.creditsBilled, model: { calls: model.calls, input_tokens: model.inputTokens, output_tokens: model.outputTokens } }, request_id: info.requestId },
    }),
  }),
  route({
    method: 'POST', path: '/v1/extract', verb: 'extract',
    summary: 'Structured data from pages, HTML, Markdown or text, by JSON Schema, selectors or a prompt; every value says where it came from',
    body: extractBody, response: extractReply,
    toIntent: ({ body }) => toIntent(body),
    render: ({ results }, outcome, info) => {
      const urls = urlsOf(info, results)
      const [first] = results
      const single = (info.input as { body: z.output<typeof extractBody> }).body.urls === undefined
      return {
        status: 200,
        body: {
          ...(single && first?.ok ? { data: renderDocument(first.value, info.origin) } : {
            results: results.map((result, i) => (result.ok ? { url: urls[i], data: renderDocument(result.value, info.origin) } : { url: urls[i], error: renderProblem(result.failure, { ...info, account: { ...info.account, creditsBilled: 0 } }).body })),
          }),
          usage: { credits: info.account.creditsBilled, ...tokensOf(results) },
          request_id: info.requestId,
          evidence: outcome.evidence,
        },
      }
    },
  }),
]
