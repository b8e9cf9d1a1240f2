import { z } from 'zod'
import type { Outcome } from '../../contract/outcome.ts'
import { renders, scrapeDefaults, scrapeIntent, type FormatRequest } from '../../contract/intent.ts'
import { modes } from '../../contract/document.ts'
import { safeSearches, searchDefaults, timeBases, topics, type SearchIntent, type SearchValue } from '../../contract/search.ts'
import { route, type Reply, type ReplyInfo } from '../dialect.ts'
import { extractFields, optionsOf } from './extract-formats.ts'
import { format, formatNames, toFormats } from './formats.ts'
import { extractReply, failureReply, renderExtract, renderResult, resultReply } from './search-values.ts'
import { urlField } from './scrape.ts'

const domain = z.string().min(1).max(253).regex(/^[^\s/"]+$/, 'A host name such as example.com')
const domains = z.array(domain).max(1200).default([])
const texts = z.array(z.string().min(1).max(100)).max(10).default([])
const moment = z.iso.datetime({ offset: true }).or(z.iso.date())
const tokens = (max: number, otherwise: number) => z.int().min(20).max(max).default(otherwise).describe('About four characters are a token')

const dayMs = 86_400_000
const spans = { day: dayMs, week: 7 * dayMs, month: 31 * dayMs, year: 366 * dayMs } as const

const content = z.strictObject({
  formats: z.array(format).min(1).max(formatNames.length).default(['markdown']).describe('As in /v1/scrape'),
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
  extract: z.strictObject({
    ...extractFields,
    over: z.enum(['each', 'all']).default('each').describe('`each`: from every result by itself, with its own data or its own failure; `all`: once from all the pages together'),
  }).optional().describe('Structured data, as in /v1/extract; the pages are fetched for it and billed as by /v1/scrape where they gave something'),
  timeout_ms: z.int().min(1000).max(300_000).default(searchDefaults.timeoutMs),
}).refine(({ extract }) => extract === undefined || extract.schema !== undefined || extract.prompt !== undefined || extract.selectors !== undefined, { error: 'Give a schema, a prompt or selectors', path: ['extract', 'schema'] })
  .refine(({ extract }) => extract?.over !== 'all' || extract.selectors === undefined, { error: 'Selectors are for each page by itself', path: ['extract', 'selectors'] })
  .refine(({ extract, content: asked }) => extract?.over !== 'all' || asked === true || (asked !== false && toFormats(asked.formats).some(({ kind }) => kind === 'markdown')), { error: '`all` needs `content` with the format markdown', path: ['extract', 'over'] })
  .refine(({ extract, content: asked }) => extract?.over !== 'each' || typeof asked === 'boolean' || toFormats(asked.formats).every(({ kind }) => kind !== 'json'), { error: 'Give either this or the format json of `content`', path: ['extract'] })
  .refine(({ after, before }) => after === undefined || before === undefined || Date.parse(after) <= Date.parse(before), { error: 'before must not be earlier than after', path: ['before'] })

const searchQuery = z.strictObject({
  query: searchBody.shape.query.optional(),
  q: searchBody.shape.query.optional(),
  limit: z.coerce.number().pipe(z.int().min(1).max(100)).optional(),
}).refine(({ query, q }) => (query === undefined) !== (q === undefined), { error: 'Give query', path: ['query'] })

type Body = z.output<typeof searchBody>

const toIntent = (body: Body): SearchIntent => {
  const from = body.after ?? (body.time_range === undefined ? undefined : new Date(Date.now() - spans[body.time_range]).toISOString())
  const each: FormatRequest[] = body.extract?.over === 'each' ? [{ kind: 'json', extract: optionsOf(body.extract) }] : []
  const asked = typeof body.content === 'object' ? body.content : content.parse({})
  const formats = [...(body.content === false ? [] : toFormats(asked.formats)), ...each]
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
    ...(body.content === false && each.length === 0 ? {} : { content: { maxTokens: asked.max_tokens, page: pageOf(asked, formats) } }),
    ...(body.extract?.over === 'all' ? { extract: optionsOf(body.extract) } : {}),
  }
}

const pageOf = (asked: z.output<typeof content>, formats: FormatRequest[]) => {
  const { url: _url, ...page } = scrapeIntent({
    url: '', formats, mode: asked.mode, render: asked.render, maxAgeS: asked.max_age_s, timeoutMs: asked.timeout_ms,
    ...(asked.index === undefined ? {} : { index: asked.index }),
  })
  return page
}

const searchReply = z.object({
  data: z.object({
    query: z.string(),
    results: z.array(resultReply),
    sources: z.array(z.object({ name: z.string(), ok: z.boolean(), results: z.int(), ms: z.number(), failure: failureReply.optional() })),
    warnings: z.array(z.string()),
    extract: extractReply.optional(),
  }),
  usage: z.object({ credits: z.number() }),
  request_id: z.string(),
  evidence: z.array(z.looseObject({ tier: z.string(), outcome: z.string(), ms: z.number() })),
})

/** What was asked for of each result. */
const wantedOf = ({ input }: ReplyInfo): { content: boolean; extract: boolean } => {
  // Safe: the server has read the body with the schema of this very route; one with a query has none.
  const { body } = input as { body?: Body }
  return { content: body !== undefined && body.content !== false, extract: body?.extract?.over === 'each' }
}

const render = (value: SearchValue, outcome: Outcome<SearchValue>, info: ReplyInfo): Reply => ({
  status: 200,
  body: {
    data: {
      query: value.query,
      results: value.results.map((result) => renderResult(result, wantedOf(info), info.origin)),
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
