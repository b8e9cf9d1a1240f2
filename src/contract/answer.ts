import type { Failure } from '../failure/failure.ts'
import type { Outcome } from './outcome.ts'
import type { SearchIntent, SearchValue } from './search.ts'

/** A turn of a conversation, in the form of OpenAI; images only as data URLs. */
export interface ChatMessage {
  role: 'system' | 'developer' | 'user' | 'assistant' | 'tool'
  content: string | null | ({ type: 'text'; text: string } | { type: 'image_url'; image_url: { url: string; detail?: string } })[]
  name?: string
  tool_calls?: ToolCall[]
  tool_call_id?: string
}

export interface ToolCall {
  id: string
  type: 'function'
  function: { name: string; arguments: string }
}

/** One query and what came of it. */
export interface SearchGroup {
  query: string
  ms: number
  outcome: Outcome<SearchValue>
}

/** How far to go: sub-queries, their results, or an answer written from them. */
export const depths = ['queries', 'results', 'answer'] as const
export type Depth = (typeof depths)[number]

export interface AnswerIntent {
  /** What the user said last is asked. */
  messages: ChatMessage[]
  depth: Depth
  /** Most sub-queries, what was asked itself among them. */
  queriesMax: number
  /** Of each sub-query. */
  search: Omit<SearchIntent, 'query'>
  /** The answer as it is written. */
  stream: boolean
  timeoutMs: number
}

export interface AnswerValue {
  queries: string[]
  plannedBy: 'model' | 'rules'
  /** In the order of the queries. */
  groups: SearchGroup[]
  /** As the answer cites them: the first is [1]. */
  sources: CitedSource[]
  /** Of the model that wrote. */
  model?: string
  written?: WrittenReply
  /** In place of `written` where it was asked for as a stream. */
  writing?: AsyncGenerator<ReplyPart>
  warnings: string[]
}

export interface CitedSource {
  url: string
  title: string
}

export interface WrittenReply {
  text: string
  reasoning?: string
  /** Of functions that the caller runs. */
  calls: ToolCall[]
  /** As endpoints say it: `stop`, `length`, `tool_calls`. */
  reason: string
  inputTokens: number
  outputTokens: number
}

/** A reply as it is written. The last part is `end` or `failure`. */
export type ReplyPart =
  | { type: 'search'; groups: SearchGroup[]; sources: CitedSource[] }
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string }
  | { type: 'calls'; calls: ToolCall[] }
  | { type: 'end'; reason: string; inputTokens: number; outputTokens: number }
  | { type: 'failure'; failure: Failure }

/** A conversation with the configured model, which may search. */
export interface ChatIntent {
  messages: ChatMessage[]
  /** Sampling and the like, by the names of OpenAI. */
  options: Record<string, unknown>
  /** Functions of the caller's own, in the form of OpenAI. */
  tools: { type: 'function'; function: { name: string } }[]
  /** The built-in search, where it is offered to the model. */
  search?: {
    /** Most calls of it in one reply. */
    max: number
    /** Sub-queries of one call, made by rule; 1 searches as the model says. */
    queriesMax: number
    of: Omit<SearchIntent, 'query'>
  }
  stream: boolean
  timeoutMs: number
}

export interface ChatValue {
  model: string
  /** What was searched before the reply began. */
  groups: SearchGroup[]
  /** As the reply cites them: the first is [1]. */
  sources: CitedSource[]
  reply?: WrittenReply
  /** In place of `reply` where it was asked for as a stream. */
  replying?: AsyncGenerator<ReplyPart>
}

export interface EmbedIntent {
  texts: string[]
  /** Some models tell queries and documents apart. */
  kind: 'query' | 'document' | null
  /** The first so many numbers of each vector. */
  dimensions?: number
}

export interface EmbedValue {
  model: string
  /** In the order of the texts. */
  vectors: number[][]
  inputTokens: number
}
