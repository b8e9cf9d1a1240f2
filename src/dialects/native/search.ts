import { z } from 'zod'
import type { Outcome } from '../../contract/outcome.ts'
import { formatKinds, renders, scrapeDefaults, scrapeIntent } from '../../contract/intent.ts'
import { modes } from '../../contract/document.ts'
import { safeSearches, searchDefaults, timeBases, topics, type SearchIntent, type SearchResult, type SearchValue } from '../../contract/search.ts'
import { route, type Reply, type ReplyInfo } from '../dialect.ts'
import { extraction, extractFields, extractionBody, optionsOf } from './extract-formats.ts'
import { urlField } from './scrape.ts'

const domain = z.string().min(1).max(253).regex(/^[^\s/"]+$/, 'A host name such as example.com')
const domains = z.array(domain).max(1200).default([])
const texts = z.array(z.string().min(1).max(100)).max(10).default([])
const moment = z.iso.datetime({ offset: true }).or(z.iso.date())
const tokens = (max: number, otherwise: number) => z.int().min(20).max(max).default(otherwise).describe('About four characters are a token')

const dayMs = 86_400_000
const spans = { day: dayMs, week: 7 * dayMs, month: 31 * dayMs, year: 366 * dayMs } as const

const content = z.strictObject({
  formats: z.array(z.enum(formatKinds)).min(1).max(formatKinds.length).default(['markdown']),
  max_tokens: tokens(200_000, 8_000),
  mode: z.enum(modes).default('reader'),
  render: z.enum(renders).default('auto'),
  max_age_s: z.int().min(0).max(31_536_000).default(0).describe('A stored result of this age or younger will do'),
  timeout_ms: z.int().min(1000).max(300_000).default(scrapeDefaults.timeoutMs).describe('For each page; the whole search has its own'),
  index: z.boolean().optional().describe('`false` keeps the pages out of the search index'),
})

const searchBody = z.strictObject({
  query: z.string().trim().min(1).max(500).describe('Words, "phrases", -without, begin*, site:example.com, -site:example.com'),
  limit: z.int().min(1).max(100).default(searchDefaults.limit),
  offset: z.int().min(0).max(100).default(0),
  include_domains: domains.describe('These and the hosts below them'),
  exclude_domains: domains.describe('Wins over `include_domains`'),
  include_text: texts.describe('Phrases that must all occur'),
  exclude_text: texts.describe('Phrases of which none may occur'),
  time_range: z.enum(['day', 'week', 'month', 'year']).optional(),
  after: moment.optional(),
  before: moment.optional(),
  time_basis: z.enum(timeBases).default('auto').describe('`auto`: when a page was published, else when it was fetched'),
  language: z.union([z.string(), z.array(z.string()).max(20)]).optional().transform((value) => (value === undefined ? [] : [value].flat()))
    .pipe(z.array(z.string().regex(/^[A-Za-z]{2}$/, 'Two letters (ISO 639-1)').toLowerCase())),
  country: z.string().regex(/^[A-Za-z]{2}$/, 'Two letters (ISO 3166-1)').toLowerCase().optional(),
  safe_search: z.enum(safeSearches).default(searchDefaults.safe),
  topic: z.enum(topics).default(searchDefaults.topic),
  sources: z.array(z.string().max(40)).min(1).max(10).optional().describe('Only these of `providers.search` in /v1/capabilities'),
  highlights: z.union([z.boolean(), z.strictObject({ max_tokens: tokens(20_000, 500) })]).default(true).describe('Passages about the query'),
  content: z.union([z.boolean(), content]).default(false).describe('The pages themselves, fetched as by /v1/scrape and billed as there; a page that fails carries its own problem and costs nothing'),
  extract: z.strictObject({ schema: extractFields.schema, prompt: extractFields.prompt, engine: extractFields.engine }).optional().describe('Structured data from all the pages together; needs `content` with the format markdown'),
  timeout_ms: z.int().min(1000).max(300_000).default(searchDefaults.timeoutMs),
}).refine((body) => body.extract === undefined || body.content === true || (body.content !== false && body.content.formats.includes('markdown')), { error: 'Needs `content` with the format markdown', path: ['extract'] })
  .refine(({ extract }) => extract === undefined || extract.schema !== undefined || extract.prompt !== undefined, { error: 'Give a schema or a prompt', path: ['extract', 'schema'] })
  .refine(({ after, before }) => after === undefined || before === undefined || Date.parse(after) <= Date.parse(before), { error: 'before must not be earlier than after', path: ['before'] })

const searchQuery = z.strictObject({
  query: searchBody.shape.query.optional(),
  q: searchBody.shape.query.optional(),
  limit: z.coerce.number().pipe(z.int().min(1).max(100)).optional(),
}).refine(({ query, q }) => (query === undefined) !== (q === undefined), { error: 'Give query', path: ['query'] })

const toIntent = (body: z.output<typeof searchBody>): SearchIntent => {
  const from = body.after ?? (body.time_range === undefined ? undefined : new Date(Date.now() - spans[body.time_range]).toISOString())
  const asked = body.content === true ? content.parse({}) : body.content
  const passages = body.highlights === true ? { max_tokens: 500 } : body.highlights
  return {
    query: body.query,
    limit: body.limit,
    skip: body.offset,
    includeDomains: body.include_domains,
    excludeDomains: body.exclude_domains,
    includeText: body.include_text,
    excludeText: body.exclude_text,
    languages: body.language,
    safe: body.safe_search,
    topic: body.topic,
    timeoutMs: body.timeout_ms,
    ...(from === undefined && body.before === undefined ? {} : { time: { basis: body.time_basis, ...(from === undefined ? {} : { from }), ...(body.before === undefined ? {} : { to: body.before }) } }),
    ...(body.country === undefined ? {} : { country: body.country }),
    ...(body.sources === undefined ? {} : { sources: body.sources }),
    ...(passages === false ? {} : { highlights: { maxTokens: passages.max_tokens } }),
    ...(asked === false ? {} : { content: { maxTokens: asked.max_tokens, page: pageOf(asked) } }),
    ...(body.extract ? { extract: optionsOf(body.extract) } : {}),
  }
}

const pageOf = (asked: z.output<typeof content>) => {
  const { url: _url, ...page } = scrapeIntent({
    url: '', formats: [...new Set(asked.formats)].map((kind) => ({ kind })), mode: asked.mode, render: asked.render, maxAgeS: asked.max_age_s, timeoutMs: asked.timeout_ms,
    ...(asked.index === undefined ? {} : { index: asked.index }),
  })
  return page
}

const failure = z.looseObject({ code: z.string(), message: z.string() })

const searchReply = z.object({
  data: z.object({
    query: z.string(),
    results: z.array(z.looseObject({
      url: z.string(), title: z.string(), snippet: z.string(), highlights: z.array(z.string()), score: z.number(), sources: z.array(z.string()),
      content: z.looseObject({ status: z.enum(['ok', 'failed']), failure: failure.optional() }).optional(),
    })),
    sources: z.array(z.object({ name: z.string(), ok: z.boolean(), results: z.int(), ms: z.number(), failure: failure.optional() })),
    warnings: z.array(z.string()),
    extract: z.looseObject({ json: z.unknown().optional(), extraction: extraction.optional(), failure: failure.optional() }).optional(),
  }),
  usage: z.object({ credits: z.number() }),
  request_id: z.string(),
  evidence: z.array(z.looseObject({ tier: z.string(), outcome: z.string(), ms: z.number() })),
})

const renderResult = (result: SearchResult) => ({
  url: result.url,
  title: result.title,
  snippet: result.snippet,
  highlights: result.highlights,
  score: result.score,
  sources: result.sources,
  description: result.description,
  site_name: result.siteName,
  author: result.author,
  language: result.language,
  favicon: result.favicon,
  image: result.image,
  published_at: result.publishedAt,
  modified_at: result.modifiedAt,
  crawled_at: result.crawledAt,
  ...(result.content ? { content: renderContent(result.content) } : {}),
})

const renderContent = (outcome: NonNullable<SearchResult['content']>) => {
  if (!outcome.ok) return { status: 'failed', failure: { code: outcome.failure.code, message: outcome.failure.message, retry: outcome.failure.retry, ...outcome.failure.plainFacts } }
  const { finalUrl, fetchedAt, renderer, cached, formats, metadata, warnings } = outcome.value
  return { status: 'ok', final_url: finalUrl, fetched_at: fetchedAt, renderer, cached, ...formats, metadata, truncated: outcome.truncated ?? false, warnings }
}

const renderExtract = (outcome: NonNullable<SearchValue['extract']>) => {
  if (!outcome.ok) return { failure: { code: outcome.failure.code, message: outcome.failure.message, retry: outcome.failure.retry, ...outcome.failure.plainFacts } }
  const { formats, extraction: how } = outcome.value
  return { json: formats.json, ...(how ? { extraction: extractionBody(how) } : {}) }
}

const render = (value: SearchValue, outcome: Outcome<SearchValue>, info: ReplyInfo): Reply => ({
  status: 200,
  body: {
    data: {
      query: value.query,
      results: value.results.map(renderResult),
      sources: value.sources.map(({ failure: problem, ...source }) => ({ ...source, ...(problem ? { failure: { code: problem.code, message: problem.message } } : {}) })),
      warnings: value.warnings,
      ...(value.extract ? { extract: renderExtract(value.extract) } : {}),
    },
    usage: { credits: info.account.creditsBilled },
    request_id: info.requestId,
    evidence: outcome.evidence,
  },
})

const deletion = z.strictObject({
  url: urlField.optional(),
  host: domain.optional().describe('The host and all below it'),
  before: moment.optional().describe('Fetched before then'),
  all: z.enum(['true', 'false']).optional().describe('`true` where everything is meant'),
}).refine(({ url, host, before, all }) => url !== undefined || host !== undefined || before !== undefined || all === 'true', { error: 'Say what: url, host, before, or all=true', path: ['all'] })

export const searchRoutes = [
  route({
    method: 'POST', path: '/v1/search', verb: 'search',
    summary: 'Ranked results from the search providers of this server and from all pages that the workspace has fetched',
    body: searchBody, response: searchReply,
    toIntent: ({ body }) => toIntent(body),
    render,
  }),
  route({
    method: 'GET', path: '/v1/search', verb: 'search',
    summary: 'The same for a query in the address',
    query: searchQuery, response: searchReply,
    toIntent: ({ query }) => toIntent(searchBody.parse({ query: query.query ?? query.q, ...(query.limit === undefined ? {} : { limit: query.limit }) })),
    render,
  }),
  route({
    method: 'GET', path: '/v1/index', verb: 'index_state', throttled: false,
    summary: 'What of the workspace can be searched: pages, passages, bytes, hosts and languages',
    response: z.object({ data: z.object({
      documents: z.int(), passages: z.int(), bytes: z.int(), oldest: z.string().nullable(), newest: z.string().nullable(),
      languages: z.array(z.object({ language: z.string(), documents: z.int() })), hosts: z.array(z.object({ host: z.string(), documents: z.int() })),
    }) }),
    toIntent: () => ({}),
    render: (state) => ({ status: 200, body: { data: state } }),
  }),
  route({
    method: 'DELETE', path: '/v1/index', verb: 'index_delete',
    summary: 'Forgets pages by URL, host or age; what is given must all hold',
    query: deletion, response: z.object({ data: z.object({ deleted: z.int() }) }),
    toIntent: ({ query }) => ({
      ...(query.url === undefined ? {} : { url: query.url }),
      ...(query.host === undefined ? {} : { host: query.host.toLowerCase() }),
      ...(query.before === undefined ? {} : { before: query.before }),
    }),
    render: ({ deleted }) => ({ status: 200, body: { data: { deleted } } }),
  }),
]
