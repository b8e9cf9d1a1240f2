import { z } from 'zod'
import type { AnswerIntent, AnswerValue, Depth, ReplyPart } from '../../contract/answer.ts'
import { route, type Reply, type ReplyInfo } from '../dialect.ts'
import { completionOf, completionStream, streamReply, type Lead } from './completion.ts'
import { envelope, succeed } from './envelope.ts'
import { body, flag, integer, object, oneOf, query, text } from './fields.ts'
import { groupsOf, searchGroup, valuesOf } from './groups.ts'
import { messages, toMessages } from './messages.ts'
import { searchPrices } from './prices.ts'
import { inOrder, optionsIntent, orderError, searchOptions, type SearchWish } from './search-options.ts'
import { searchUsage, usageOf, warningOf } from './search-result.ts'

const options = object(searchOptions).refine(inOrder, orderError)
const modes = ['queries_only', 'queries_and_search', 'full'] as const
const queriesDefault = 5
const answerMs = 120_000
/** The vendor's command line hangs up after 30 s. */
const searchMs = 26_000

const conversation = {
  messages,
  mode: oneOf(modes).nullish().describe('Default `full`, which needs a model.'),
  model: text(200).nullish().describe('Taken for the model of this server, whatever it names.'),
  max_queries: integer(1, 30).nullish().describe(`Default ${queriesDefault}.`),
  web_search_options: options.nullish(),
  stream: flag.nullish(),
}

const answerBody = body(object(conversation))
type Conversation = z.output<typeof answerBody>

const missingQuery = 'Invalid params. query is required'

/** Clients of before mid-2026 send a conversation in the place of `query`, and read no envelope. */
const broadBody = body(object({
  query: query(missingQuery).nullish(),
  max_queries: conversation.max_queries,
  search_options: options.nullish(),
  messages: messages.nullish().describe('Of older clients, with what follows, in the place of `query`.'),
  mode: conversation.mode,
  model: conversation.model,
  web_search_options: conversation.web_search_options,
  stream: conversation.stream,
}).refine((value) => typeof value.query === 'string' || value.messages, { error: missingQuery, path: ['query'] }))
type BroadBody = z.output<typeof broadBody>

/** The conversation of an older client. */
const oldOf = ({ query: asked, messages: said, ...rest }: BroadBody): Conversation | undefined => (said && typeof asked !== 'string' ? { ...rest, messages: said } : undefined)

const depthOf: Record<(typeof modes)[number], Depth> = { queries_only: 'queries', queries_and_search: 'results', full: 'answer' }

const conversationIntent = (wish: Conversation, now: Date): AnswerIntent => ({
  messages: toMessages(wish.messages),
  depth: depthOf[wish.mode ?? 'full'],
  queriesMax: wish.max_queries ?? queriesDefault,
  search: optionsIntent(wish.web_search_options ?? {}, now),
  stream: wish.stream ?? false,
  timeoutMs: (wish.mode ?? 'full') === 'full' ? answerMs : searchMs,
})

const planTokens = { inputTokens: 0, outputTokens: 0 }

/** What is there is sent, then what is written. */
const conversationParts = async function* (value: AnswerValue, wish: SearchWish, depth: Depth): AsyncGenerator<Lead | Exclude<ReplyPart, { type: 'search' }>> {
  try {
    yield { type: 'queries', queries: value.queries }
    if (depth !== 'queries') yield { type: 'search_done', search_results: groupsOf(value.groups, wish) }
    if (!value.writing) yield { type: 'end', reason: 'stop', ...planTokens }
    else for await (const part of value.writing) if (part.type !== 'search') yield part
  } finally {
    await value.writing?.return(undefined)
  }
}

/** Without an envelope, as it has been since before the vendor had one; `code` stands beside it for clients that look for it. */
const renderConversation = (value: AnswerValue, wish: Conversation, info: ReplyInfo): Reply => {
  const searched = wish.web_search_options ?? {}
  const depth = depthOf[wish.mode ?? 'full']
  if (wish.stream) return streamReply(completionStream(info, value.model, conversationParts(value, searched, depth)))
  return {
    status: 200,
    body: {
      code: 0,
      msg: 'success',
      request_id: info.requestId,
      ...(value.written ? completionOf(info, value.model, value.written, value.sources) : {}),
      queries: value.queries,
      search_results: groupsOf(value.groups, searched),
      meta: { usage: usageOf(valuesOf(value.groups)), latency: info.durationMs, warning: warningOf(valuesOf(value.groups), value.warnings) ?? null },
    },
  }
}

const conversationReply = z.looseObject({
  code: z.literal(0),
  request_id: z.string(),
  queries: z.array(z.string()),
  search_results: z.array(searchGroup),
  meta: z.looseObject({ usage: searchUsage, latency: z.number(), warning: z.string().nullable() }),
  choices: z.array(z.looseObject({ index: z.int(), message: z.looseObject({ role: z.literal('assistant'), content: z.string() }), finish_reason: z.string() })).optional(),
})

export const answerRoutes = [
  route({
    method: 'POST', path: '/broad-search', verb: 'answer',
    summary: 'Splits a query into sub-queries, with the model of this server or by rule, searches each, groups the results',
    prices: searchPrices,
    body: broadBody,
    response: envelope(z.looseObject({ query: z.string(), queries: z.array(z.string()), search_results: z.array(searchGroup) }), searchUsage),
    toIntent: ({ body: wish }, info) => {
      const old = oldOf(wish)
      if (old) return conversationIntent(old, info.now)
      return {
        messages: [{ role: 'user', content: wish.query ?? '' }],
        depth: 'results',
        queriesMax: wish.max_queries ?? queriesDefault,
        search: optionsIntent(wish.search_options ?? {}, info.now),
        stream: false,
        timeoutMs: searchMs,
      }
    },
    render: (value, _, info) => {
      const { body: wish } = info.input as { body: BroadBody }
      const old = oldOf(wish)
      if (old) return renderConversation(value, old, info)
      const searches = valuesOf(value.groups)
      return succeed(
        info,
        { query: wish.query, queries: value.queries, search_results: groupsOf(value.groups, wish.search_options ?? {}) },
        { ...usageOf(searches), num_search_queries: value.groups.length },
        warningOf(searches, value.warnings) ?? null,
      )
    },
  }),
  route({
    method: 'POST', path: '/answer', verb: 'answer', produces: ['application/json', 'text/event-stream'],
    summary: 'Sub-queries, their results and, in the mode `full`, an answer that a model writes from them; as JSON or as server-sent events',
    prices: searchPrices,
    bodyLimitBytes: 10 * 1024 * 1024,
    body: answerBody,
    response: conversationReply,
    toIntent: ({ body: wish }, info) => conversationIntent(wish, info.now),
    render: (value, _, info) => renderConversation(value, (info.input as { body: Conversation }).body, info),
  }),
]
