import { z } from 'zod'
import { storedSearch, type StoredSearch } from '../../contract/jobs.ts'
import { scrapeIntent } from '../../contract/intent.ts'
import { searchIntent, type SearchIntent } from '../../contract/search.ts'
import { route, type ReplyInfo } from '../dialect.ts'
import { briefly, envelope, envelopeReply, pageErrorReply, type StepError } from './envelope.ts'
import { formatsOf, outputsReply, readOutputs } from './outputs.ts'
import { searchPrices } from './prices.ts'
import { searchBody } from './surfaces.ts'

export type SearchBody = z.output<typeof searchBody>

const timeoutMsDefault = 20_000
const pageMs = 15_000
/** Pages are given whole. */
const pageTokensMax = 10_000_000

export const bodyIntent = (wish: SearchBody): SearchIntent => {
  const timeoutMs = wish.timeout_ms ?? timeoutMsDefault
  const { url: _url, ...page } = scrapeIntent({ url: '', formats: formatsOf(wish, 'markdown'), timeoutMs: Math.min(pageMs, timeoutMs) })
  return searchIntent({
    query: wish.query, limit: wish.max_results ?? 10, timeoutMs,
    ...(wish.fetch_results ? { content: { maxTokens: pageTokensMax, page } } : {}),
  })
}

export const searchResult = z.object({
  query: z.string(),
  provider: z.literal('google').describe('The only word that the contract knows; this server asks the providers that its operator has set'),
  results: z.array(z.object({
    rank: z.int(), title: z.string(), url: z.string(), snippet: z.string(), status: z.enum(['completed', 'partial', 'failed']).optional(),
    outputs: outputsReply.optional(), error: pageErrorReply.optional(),
  })),
})

export const searched = (value: StoredSearch, wish: SearchBody, origin: string): z.output<typeof searchResult> => ({
  query: wish.query,
  provider: 'google',
  results: value.results.map(({ title, url, snippet, content }, i) => {
    const hit = { rank: i + 1, title, url, snippet }
    if (!content) return hit
    if (!content.ok) return { ...hit, status: 'failed', error: briefly(content.failure) }
    const { outputs, failures } = readOutputs(content.document, wish, 'markdown', origin)
    const [first] = failures
    if (!first) return { ...hit, status: 'completed', outputs }
    return { ...hit, status: Object.keys(outputs).length > 0 ? 'partial' : 'failed', outputs, error: { code: first.code, message: `${first.output}: ${first.message}` } }
  }),
})

export const searchStatus = (value: StoredSearch): 'completed' | 'partial' => (value.results.some(({ content }) => content && (!content.ok || content.document.failedFormats)) ? 'partial' : 'completed')

const renderSearch = (value: StoredSearch, info: ReplyInfo) => {
  // Safe: the server has read the body with this row's schema.
  const { body } = info.input as { body: SearchBody }
  const stepErrors = value.results.flatMap(({ url, content }): StepError[] => (content && !content.ok ? [{ step_id: 'step_search', ...briefly(content.failure), url }] : []))
  return {
    ...envelope('search', info.requestId, {
      status: searchStatus(value),
      steps: [{ step_id: 'step_search', type: 'search', status: 'completed', started_at: new Date(info.now.getTime() - info.durationMs).toISOString(), completed_at: info.now.toISOString() }],
      result: searched(value, body, info.origin),
      stepErrors,
    }),
    usage: { credits: info.account.creditsBilled },
  }
}

export const searchRoutes = [
  route({
    method: 'POST', path: '/v1/search', verb: 'search', prices: searchPrices, summary: 'Search results, fetched where asked',
    body: searchBody, response: envelopeReply('search', searchResult),
    toIntent: ({ body }) => bodyIntent(body),
    render: (value, _, info) => ({ status: 200, body: renderSearch(storedSearch(value), info) }),
  }),
]
