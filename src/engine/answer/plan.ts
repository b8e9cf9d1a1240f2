import type { ChatModel } from '../providers/chat.ts'
import { jsonIn } from '../extract/model-extract.ts'
import { isRecord } from '../extract/schema.ts'

export interface PlanTask {
  chat: ChatModel
  owner: string
  signal: AbortSignal
}

const outputTokens = 1024

const rules = (max: number): string => `You plan web searches. You are given a question, sometimes with the conversation before it.
Return one JSON object and nothing else: {"queries": [...]}, with at least 2 and at most ${max} short web search queries that together find what is needed to answer it.
Each looks at another side of the question and can be understood by itself. Use the language of the question. Fewer are better where fewer are enough.`

/** Sub-queries as a model thinks of them, after the question itself. Throws platform.model_unavailable; empty where it said nothing of use. */
export const planned = async ({ chat, owner, signal }: PlanTask, question: string, context: string, max: number): Promise<string[]> => {
  const turn = context === '' ? `Question: ${question}` : `Conversation:\n${context}\n\nQuestion: ${question}`
  const request = { messages: [{ role: 'system', content: rules(max) }, { role: 'user', content: turn }], max_tokens: outputTokens, temperature: 0 }
  let text = ''
  for await (const said of chat.talk({ request, stream: false, owner, signal })) if (said.type === 'text') text += said.text
  const answer = jsonIn(text)
  const given = isRecord(answer) && Array.isArray(answer.queries) ? answer.queries : []
  const queries = given.flatMap((query) => (typeof query === 'string' && query.trim() !== '' ? [query.replace(/\s+/g, ' ').trim().slice(0, 500).toWellFormed()] : []))
  if (queries.length === 0) return []
  const seen = new Set<string>()
  return [question, ...queries].filter((query) => {
    const key = query.toLowerCase()
    return !seen.has(key) && seen.add(key)
  }).slice(0, max)
}
