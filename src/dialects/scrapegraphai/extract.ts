import { z } from 'zod'
import type { Document } from '../../contract/document.ts'
import type { Extraction } from '../../contract/extract.ts'
import { scrapeIntent, type ExtractIntent, type GivenContent } from '../../contract/intent.ts'
import { freePrices } from '../../contract/price.ts'
import { route, type ReplyInfo } from '../dialect.ts'
import { allowedTypes, contentType, fetchConfig, jsonSchema, pageMode, processors, prompt } from './fields.ts'
import { chunker, chunksOf, fetchParts, providerOf, typeParts } from './results.ts'
import { urlField } from './url.ts'

export const extractBody = z
  .object({
    url: urlField.optional(),
    html: z.string().optional(),
    markdown: z.string().optional(),
    mode: pageMode.default('normal'),
    prompt,
    schema: jsonSchema.optional(),
    contentType: contentType.optional(),
    allowedTypes: allowedTypes.optional(),
    processors: processors.optional(),
    fetchConfig: fetchConfig.optional(),
  })
  .refine((body) => [body.url, body.html, body.markdown].some(Boolean), { message: 'Either url, html, or markdown is required' })

const schemaBody = z.object({
  prompt,
  existing_schema: jsonSchema.optional(),
  existingSchema: jsonSchema.optional(),
  model: z.string().optional(),
})

export const usage = z.object({ promptTokens: z.int(), completionTokens: z.int() })
export const json = z.record(z.string(), z.unknown()).nullable()

const extractReply = z.object({
  id: z.uuid(), raw: z.string().nullable(), json, usage,
  metadata: z.object({ chunker, fetch: z.object({ provider: z.string() }).optional() }),
})

export const usageOf = (model: Extraction['model']): z.output<typeof usage> => ({ promptTokens: model?.inputTokens ?? 0, completionTokens: model?.outputTokens ?? 0 })

/** Clients read an object; whatever else came of it is given as its text. */
export const jsonOf = (value: unknown): { raw: string | null; json: Record<string, unknown> | null } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { raw: null, json: value as Record<string, unknown> }
    : { raw: value === undefined || value === null ? null : JSON.stringify(value), json: null }

type Body = z.output<typeof extractBody>

const given = ({ url, html, markdown }: Body): GivenContent | undefined => {
  if (url) return undefined
  return html ? { type: 'text/html', body: html } : { type: 'text/markdown', body: markdown ?? '' }
}

const toIntent = (body: Body): ExtractIntent => {
  const content = given(body)
  const page = scrapeIntent({
    url: body.url ?? 'about:blank',
    formats: [{ kind: 'json', extract: { prompt: body.prompt, ...(body.schema ? { schema: body.schema } : {}) } }],
    mode: body.mode,
    ...(content ? {} : typeParts(body)),
    ...(body.url && body.fetchConfig ? fetchParts(body.url, body.fetchConfig) : {}),
    ...(content ? { content } : {}),
  })
  return { pages: [page], single: true, timeoutMs: page.timeoutMs }
}

export const renderExtract = (document: Document | undefined, fetched: boolean) => ({
  ...jsonOf(document?.formats.json),
  usage: usageOf(document?.extraction?.model),
  metadata: { chunker: chunksOf(document?.extraction?.model), ...(document && fetched ? { fetch: { provider: providerOf(document) } } : {}) },
})

const bodyOf = (info: ReplyInfo) => (info.input as { body: Body }).body

export const extractRoutes = [
  route({
    method: 'POST', path: '/api/extract', verb: 'extract',
    summary: 'JSON from a page, HTML or Markdown',
    prices: { ...freePrices, page: 5, documentPage: 1, proxies: { premium: 5 } },
    body: extractBody, response: extractReply,
    toIntent: ({ body }) => toIntent(body),
    render: ({ results: [first] }, _, info) => ({ status: 200, body: { id: info.id, ...renderExtract(first?.ok ? first.value : undefined, bodyOf(info).url !== undefined) } }),
  }),
  route({
    method: 'POST', path: '/api/schema', verb: 'schema_draft',
    summary: 'A JSON Schema from a prompt',
    prices: { ...freePrices, page: 1 },
    body: schemaBody, response: z.object({ refinedPrompt: z.string(), schema: z.record(z.string(), z.unknown()), usage }),
    toIntent: ({ body }) => {
      const existing = body.existingSchema ?? body.existing_schema
      return { prompt: body.prompt, ...(existing ? { existing } : {}) }
    },
    render: ({ prompt: refinedPrompt, schema, model }) => ({ status: 200, body: { refinedPrompt, schema, usage: usageOf(model) } }),
  }),
]
