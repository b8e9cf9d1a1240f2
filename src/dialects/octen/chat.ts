import { z } from 'zod'
import type { ChatIntent, ReplyPart } from '../../contract/answer.ts'
import { route } from '../dialect.ts'
import { completionOf, completionStream, streamReply, type Lead } from './completion.ts'
import { body, decimal, flag, integer, list, object, oneOf, say, text } from './fields.ts'
import { groupsOf, searchGroup } from './groups.ts'
import { messages, toMessages } from './messages.ts'
import { searchPrices } from './prices.ts'
import { inOrder, optionsIntent, orderError, searchOptions, type SearchWish } from './search-options.ts'

const chatMs = 300_000
const searchesDefault = 3
const queriesDefault = 5
const searchTypes = ['octen_search', 'octen_broad_search'] as const

const searchTool = z.looseObject({
  type: z.enum(searchTypes),
  parameters: object({ ...searchOptions, max_searches: integer(1, 30).nullish().describe(`Default ${searchesDefault}.`), max_queries: integer(1, 30).nullish(), search_options: object(searchOptions).nullish() }).refine(inOrder, orderError).nullish(),
})
const functionTool = z.looseObject({ type: z.literal('function'), function: object({ name: text(200) }) })
const tool = z.discriminatedUnion('type', [searchTool, functionTool], { error: (issue) => (issue.code === 'invalid_union' ? `tools must be of type function, ${searchTypes.join(' or ')}` : say(issue)) })

/** Passed on as they are. What else a vendor knows could make another endpoint route, store or bill. */
const passed = {
  max_tokens: integer(1, 10_000_000).nullish(),
  max_completion_tokens: integer(1, 10_000_000).nullish(),
  temperature: decimal(0, 2).nullish(),
  top_p: decimal(0, 1).nullish(),
  top_k: integer(0, 100_000).nullish(),
  min_p: decimal(0, 1).nullish(),
  repetition_penalty: decimal(0, 2).nullish(),
  frequency_penalty: decimal(-2, 2).nullish(),
  presence_penalty: decimal(-2, 2).nullish(),
  stop: z.union([text(200), list(text(200), 16)], { error: say }).nullish(),
  seed: z.int({ error: say }).nullish(),
  verbosity: oneOf(['low', 'medium', 'high']).nullish(),
  response_format: object({ type: text(40) }).nullish(),
  tool_choice: z.union([text(40), object({ type: text(40) })], { error: say }).nullish(),
  parallel_tool_calls: flag.nullish(),
}

const chatBody = body(object({
  model: text(200).describe('Taken for the model of this server, whatever it names.'),
  messages,
  stream: flag.nullish(),
  tools: list(tool, 128).nullish(),
  reasoning: object({ effort: text(20).nullish() }).nullish(),
  ...passed,
}))
type ChatBody = z.output<typeof chatBody>

const searchOf = ({ tools }: ChatBody) => tools?.find((one) => one.type !== 'function')
const wishOf = (wish: ChatBody): SearchWish => {
  const { parameters } = searchOf(wish) ?? {}
  return { ...parameters, ...parameters?.search_options }
}

const toIntent = (wish: ChatBody, now: Date): ChatIntent => {
  const search = searchOf(wish)
  const options = Object.fromEntries((Object.keys(passed) as (keyof typeof passed)[]).flatMap((name) => (wish[name] === undefined || wish[name] === null ? [] : [[name, wish[name]]])))
  return {
    messages: toMessages(wish.messages),
    options: { ...options, ...(wish.reasoning?.effort ? { reasoning_effort: wish.reasoning.effort } : {}) },
    tools: (wish.tools ?? []).flatMap((one) => (one.type === 'function' ? [one] : [])),
    ...(search ? { search: { max: search.parameters?.max_searches ?? searchesDefault, of: optionsIntent(wishOf(wish), now), queriesMax: search.type === 'octen_search' ? 1 : (search.parameters?.max_queries ?? queriesDefault) } } : {}),
    stream: wish.stream ?? false,
    timeoutMs: chatMs,
  }
}

const parts = async function* (replying: AsyncGenerator<ReplyPart>, wish: SearchWish): AsyncGenerator<Lead | Exclude<ReplyPart, { type: 'search' }>> {
  try {
    for await (const part of replying) yield part.type === 'search' ? { type: 'search_done', search_results: groupsOf(part.groups, wish) } : part
  } finally {
    await replying.return(undefined)
  }
}

const chatReply = z.looseObject({
  id: z.string(),
  object: z.literal('chat.completion'),
  created: z.int(),
  model: z.string(),
  choices: z.array(z.looseObject({ index: z.int(), message: z.looseObject({ role: z.literal('assistant'), content: z.string().nullable() }), finish_reason: z.string() })),
  usage: z.looseObject({ prompt_tokens: z.int(), completion_tokens: z.int(), total_tokens: z.int() }),
  search_results: z.array(searchGroup).optional(),
})

export const chatRoutes = [
  route({
    method: 'POST', path: '/v1/chat/completions', verb: 'chat', produces: ['application/json', 'text/event-stream'],
    summary: 'Chat completions in the form of OpenAI by the model of this server, with the built-in tools octen_search and octen_broad_search',
    prices: searchPrices,
    bodyLimitBytes: 10 * 1024 * 1024,
    body: chatBody,
    response: chatReply,
    toIntent: ({ body: wish }, info) => toIntent(wish, info.now),
    render: (value, _, info) => {
      const { body: wish } = info.input as { body: ChatBody }
      if (value.replying) return streamReply(completionStream(info, value.model, parts(value.replying, wishOf(wish))))
      if (!value.reply) throw new Error('a reply that is no stream is written')
      return { status: 200, body: { ...completionOf(info, value.model, value.reply, value.sources), ...(searchOf(wish) ? { search_results: groupsOf(value.groups, wishOf(wish)) } : {}) } }
    },
  }),
]
