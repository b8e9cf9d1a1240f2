import { z } from 'zod'
import { depths } from '../../contract/answer.ts'
import { searchIntent } from '../../contract/search.ts'
import { scrapeIntent } from '../../contract/intent.ts'
import { route } from '../dialect.ts'

const domains = z.array(z.string().min(1).max(253)).max(1200).default([])
const answerMs = 120_000

const answerBody = z.strictObject({
  question: z.string().trim().min(1).max(500),
  depth: z.enum(depths).default('answer').describe('`queries` only plans, `results` searches too, `answer` has the configured model write from what was found'),
  max_queries: z.int().min(1).max(30).default(5).describe('Sub-queries at most, the question itself among them'),
  limit: z.int().min(1).max(20).default(5).describe('Results of each'),
  include_domains: domains,
  exclude_domains: domains,
  language: z.string().regex(/^[a-z]{2}$/, 'Two letters (ISO 639-1)').optional(),
  timeout_ms: z.int().min(1000).max(300_000).default(answerMs),
})

const page = z.object({ url: z.string(), title: z.string() })

const answerReply = z.object({
  data: z.object({
    answer: z.string().nullable().describe('Cites its sources by number: [1] is the first of `sources`'),
    queries: z.array(z.string()),
    planned_by: z.enum(['model', 'rules']),
    sources: z.array(page),
    results: z.array(z.object({ query: z.string(), results: z.array(page.extend({ highlights: z.array(z.string()) })) })),
    model: z.string().nullable(),
    warnings: z.array(z.string()),
  }),
  usage: z.object({ credits: z.number(), input_tokens: z.int(), output_tokens: z.int() }),
  request_id: z.string(),
})

const { url: _url, ...reading } = scrapeIntent({ url: '', formats: [{ kind: 'markdown' }], mode: 'reader', render: 'static', timeoutMs: 6_000, maxAgeS: 86_400 })

const embeddingsBody = z.strictObject({
  input: z.union([z.string().min(1).max(100_000), z.array(z.string().min(1).max(100_000)).min(1).max(1000)]),
  dimensions: z.int().min(1).max(100_000).optional().describe('The first so many numbers of each vector'),
  type: z.enum(['query', 'document']).optional().describe('For models that tell them apart'),
  model: z.string().max(200).optional().describe('Taken for the configured one, whatever it names'),
  encoding_format: z.enum(['float', 'base64']).optional().describe('Numbers are always given as numbers'),
  user: z.string().max(200).optional(),
})

const embeddingsReply = z.object({
  object: z.literal('list'),
  model: z.string(),
  data: z.array(z.object({ object: z.literal('embedding'), index: z.int(), embedding: z.array(z.number()) })),
  usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int(), credits: z.number() }),
  request_id: z.string(),
})

export const answerRoutes = [
  route({
    method: 'POST', path: '/v1/answer', verb: 'answer',
    summary: 'A question taken apart into sub-queries, each searched, and an answer written from what they found; the price of one search',
    body: answerBody, response: answerReply,
    toIntent: ({ body }) => {
      const { query: _query, ...search } = searchIntent({
        query: '', limit: body.limit, includeDomains: body.include_domains, excludeDomains: body.exclude_domains, highlights: { maxTokens: 500 },
        reading: { page: reading, all: false }, ...(body.language === undefined ? {} : { languages: [body.language] }),
      })
      return { messages: [{ role: 'user', content: body.question }], depth: body.depth, queriesMax: body.max_queries, search, stream: false, timeoutMs: body.timeout_ms }
    },
    render: (value, _outcome, info) => ({
      status: 200,
      body: {
        data: {
          answer: value.written?.text ?? null,
          queries: value.queries,
          planned_by: value.plannedBy,
          sources: value.sources,
          results: value.groups.map(({ query, outcome }) => ({ query, results: outcome.ok ? outcome.value.results.map(({ url, title, highlights }) => ({ url, title, highlights })) : [] })),
          model: value.model ?? null,
          warnings: value.warnings,
        },
        usage: { credits: info.account.creditsBilled, input_tokens: value.written?.inputTokens ?? 0, output_tokens: value.written?.outputTokens ?? 0 },
        request_id: info.requestId,
      },
    }),
  }),
  route({
    method: 'POST', path: '/v1/embeddings', verb: 'embed',
    summary: 'Vectors of texts from the configured embedding model, in the form of OpenAI',
    body: embeddingsBody, response: embeddingsReply,
    toIntent: ({ body }) => ({ texts: [body.input].flat(), kind: body.type ?? null, ...(body.dimensions === undefined ? {} : { dimensions: body.dimensions }) }),
    render: ({ model, vectors, inputTokens }, _outcome, info) => ({
      status: 200,
      body: {
        object: 'list',
        model,
        data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })),
        usage: { prompt_tokens: inputTokens, total_tokens: inputTokens, credits: info.account.creditsBilled },
        request_id: info.requestId,
      },
    }),
  }),
]
