import { z } from 'zod'
import { scrapeIntent } from '../../contract/intent.ts'
import { freePrices } from '../../contract/price.ts'
import { searchIntent, type SearchIntent, type SearchResult, type SearchValue } from '../../contract/search.ts'
import { route } from '../dialect.ts'
import { json, jsonOf, usage, usageOf } from './extract.ts'
import { allowedTypes, fetchConfig, jsonSchema, pageMode, processors, prompt } from './fields.ts'
import { chunker, chunksOf, fetchParts, typeParts } from './results.ts'

export const searchBody = z
  .object({
    query: z.string().min(1).max(500),
    numResults: z.number().int().min(1).max(20).default(3),
    format: z.enum(['html', 'markdown']).default('markdown'),
    mode: pageMode.default('prune'),
    allowedTypes: allowedTypes.optional(),
    processors: processors.optional(),
    fetchConfig: fetchConfig.optional(),
    prompt: prompt.optional(),
    schema: jsonSchema.optional(),
    locationGeoCode: z.string().max(10).optional(),
    timeRange: z.enum(['past_hour', 'past_24_hours', 'past_week', 'past_month', 'past_year']).optional(),
  })
  .refine((body) => !body.schema || body.prompt, { message: 'schema requires prompt', path: ['prompt'] })

type Body = z.output<typeof searchBody>

const searchReply = z.object({
  id: z.uuid(),
  results: z.array(z.object({ url: z.string(), title: z.string(), content: z.string(), provider: z.string().optional() })),
  json: json.optional(), raw: z.string().nullable().optional(), usage: usage.optional(),
  metadata: z.object({ search: z.object({ provider: z.string().optional() }), pages: z.object({ requested: z.int(), scraped: z.int() }), chunker: chunker.optional() }),
})

const hourMs = 3_600_000
const spans: Record<NonNullable<Body['timeRange']>, number> = { past_hour: hourMs, past_24_hours: 24 * hourMs, past_week: 168 * hourMs, past_month: 31 * 24 * hourMs, past_year: 366 * 24 * hourMs }

/** Of finding the pages, and of an answer from all of them, beside the time for each page. */
const findMs = 20_000
const answerMs = 40_000
const tokensMax = 200_000

/** `jp-tk` is a place in Japan; `uk` is how many write it. */
const countryOf = (code: string | undefined): string | undefined => {
  const country = /^([a-z]{2})(?:[-_]|$)/i.exec(code ?? '')?.[1]?.toLowerCase()
  return country === 'uk' ? 'gb' : country
}

const toIntent = (body: Body, now: Date): SearchIntent => {
  const { url: _, ...page } = scrapeIntent({
    url: '',
    formats: [
      ...(body.format === 'html' ? [body.mode === 'normal' ? { kind: 'raw_html' as const } : { kind: 'html' as const }] : []),
      // An answer is read from the Markdown.
      ...(body.format === 'markdown' || body.prompt !== undefined ? [{ kind: 'markdown' as const }] : []),
    ],
    mode: body.mode,
    ...typeParts(body),
    ...(body.fetchConfig ? fetchParts(body.query, body.fetchConfig) : {}),
  })
  const country = countryOf(body.locationGeoCode)
  return searchIntent({
    query: body.query,
    limit: body.numResults,
    timeoutMs: findMs + page.timeoutMs + (body.prompt === undefined ? 0 : answerMs),
    content: { maxTokens: tokensMax, page },
    ...(country === undefined ? {} : { country }),
    ...(body.timeRange ? { time: { basis: 'auto', from: new Date(now.getTime() - spans[body.timeRange]).toISOString() } } : {}),
    ...(body.prompt === undefined ? {} : { extract: { prompt: body.prompt, ...(body.schema ? { schema: body.schema } : {}) } }),
  })
}

const renderResult = (result: SearchResult, format: Body['format']) => {
  if (!result.content?.ok) return []
  const { formats } = result.content.value
  const content = (format === 'html' ? (formats.html ?? formats.raw_html) : formats.markdown) ?? ''
  const [provider] = result.sources
  return [{ url: result.url, title: result.title, content, ...(provider === undefined ? {} : { provider }) }]
}

/** Pages that could not be had are left out, and not billed. */
export const renderSearch = (value: SearchValue, { format, extract }: { format: Body['format']; extract: boolean }) => {
  const results = value.results.flatMap((result) => renderResult(result, format))
  const answer = value.extract?.ok ? value.extract.value : undefined
  const model = answer?.extraction?.model
  const provider = value.sources.filter((source) => source.ok && source.results > 0).map((source) => source.name).join(',')
  return {
    results,
    ...(extract ? { ...jsonOf(answer?.formats.json), usage: usageOf(model) } : {}),
    metadata: {
      search: provider === '' ? {} : { provider },
      pages: { requested: value.results.length, scraped: results.length },
      ...(extract ? { chunker: chunksOf(model) } : {}),
    },
  }
}

export const searchRoutes = [
  route({
    method: 'POST', path: '/api/search', verb: 'search',
    summary: 'Web search with the content of the pages found, and an answer from all of them where a prompt asks for one',
    prices: { ...freePrices, page: 2, searchExtract: 3, documentPage: 1, proxies: { premium: 5 } },
    body: searchBody, response: searchReply,
    toIntent: ({ body }, info) => toIntent(body, info.now),
    render: (value, _, info) => {
      // Safe: the server has read the body with this very schema.
      const { format, prompt: asked } = (info.input as { body: Body }).body
      return { status: 200, body: { id: info.id, ...renderSearch(value, { format, extract: asked !== undefined }) } }
    },
  }),
]
