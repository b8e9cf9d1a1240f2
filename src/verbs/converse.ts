import type { Actor } from '../contract/actor.ts'
import type { ChatIntent, ChatMessage, CitedSource, ReplyPart, SearchGroup, ToolCall, WrittenReply } from '../contract/answer.ts'
import { expanded } from '../engine/answer/expand.ts'
import { citedOf, dataRule, fenced, sourcesOf } from '../engine/answer/sources.ts'
import type { ChatModel } from '../engine/providers/chat.ts'
import { refusalOf } from '../engine/providers/chat.ts'
import { isFailure } from '../failure/failure.ts'
import { normalize } from '../failure/normalize.ts'
import type { VerbDeps } from './deps.ts'
import { timedSearch } from './groups.ts'
import { inOrder } from './scrape.ts'

/** Searches of one call that run at a time. */
const searchesAtOnce = 4

interface Conversation {
  deps: VerbDeps
  actor: Actor
  chat: ChatModel
  intent: Pick<ChatIntent, 'messages' | 'options' | 'tools' | 'search' | 'stream'>
  signal: AbortSignal
}

const toolOf = (name: string) => ({
  type: 'function' as const,
  function: {
    name,
    description: `Searches the web. Call it when the answer needs facts that you do not have or that may have changed; put the number of a result behind what you take from it, like [2]. ${dataRule}`,
    parameters: { type: 'object', properties: { query: { type: 'string', description: 'What to search for' } }, required: ['query'] },
  },
})

/** One reply of the model, with the searches that it asks for on the way. */
export const converse = async function* ({ deps, actor, chat, intent, signal }: Conversation): AsyncGenerator<ReplyPart> {
  const { search } = intent
  const tool = toolOf(intent.tools.some((own) => own.function.name === 'web_search') ? 'lyrebird_web_search' : 'web_search')
  const messages: ChatMessage[] = [...intent.messages]
  const used = { inputTokens: 0, outputTokens: 0 }
  let left = search?.max ?? 0
  let numbered = 1
  let offers = search !== undefined

  const look = async (questions: readonly string[]): Promise<{ part: ReplyPart; texts: string[] }> => {
    if (!search) return { part: { type: 'search', groups: [], sources: [] }, texts: [] }
    left -= questions.length
    const found = await Promise.all(questions.map((question) =>
      inOrder(search.queriesMax > 1 ? expanded(question, search.queriesMax, new Date(deps.clock())) : [question], searchesAtOnce, (query) => timedSearch(deps, actor, { ...search.of, query }, signal))))
    const groups = found.flat()
    // What is not there will not come for another query.
    for (const { outcome } of groups) if (!outcome.ok && outcome.failure.code === 'platform.not_configured') throw outcome.failure
    const sources: CitedSource[] = []
    const texts = found.map((own) => {
      if (own.every(({ outcome }) => !outcome.ok)) return 'The search failed.'
      const results = sourcesOf(own)
      const text = fenced(results, Math.floor(chat.inputTokens / (search.max + 1)), numbered)
      numbered += results.length
      sources.push(...citedOf(results))
      return text
    })
    return { part: { type: 'search', groups, sources }, texts }
  }

  for (;;) {
    const calls = new Map<number, ToolCall>()
    let text = ''
    let reason = 'stop'
    try {
      const tools = [...intent.tools, ...(offers ? [tool] : [])]
      const request = { ...intent.options, messages, ...(tools.length > 0 ? { tools } : {}), ...(offers && left <= 0 ? { tool_choice: 'none' } : {}) }
      for await (const said of chat.talk({ request, stream: intent.stream, owner: actor.keyId, signal })) {
        if (said.type === 'call') gather(calls, said)
        else if (said.type === 'end') {
          used.inputTokens += said.inputTokens
          used.outputTokens += said.outputTokens
          reason = said.reason
        } else {
          if (said.type === 'text') text += said.text
          yield said
        }
      }
    } catch (error) {
      // Some endpoints know no tools: there the search goes before the reply.
      if (!offers || messages.length > intent.messages.length || !isFailure(error) || refusalOf(error) === undefined) throw error
      offers = false
      const { part, texts } = await look([questionIn(intent.messages)])
      yield part
      messages.unshift({ role: 'system', content: `Use these results of a web search where they help, and put the number of a result behind what you take from it, like [2]. ${dataRule}\n\n${texts.join('\n\n')}` })
      continue
    }
    const asked = [...calls.values()]
    const foreign = asked.filter((call) => call.function.name !== tool.function.name)
    if (foreign.length > 0) yield { type: 'calls', calls: foreign }
    const own = asked.filter((call) => call.function.name === tool.function.name)
    if (foreign.length > 0 || own.length === 0 || left <= 0) return yield { type: 'end', reason: foreign.length > 0 ? 'tool_calls' : own.length > 0 ? 'stop' : reason, ...used }
    const taken = own.slice(0, left)
    const { part, texts } = await look(taken.map(queryOf))
    yield part
    messages.push({ role: 'assistant', content: text === '' ? null : text, tool_calls: own }, ...own.map((call, i): ChatMessage => ({ role: 'tool', tool_call_id: call.id, content: texts[i] ?? 'No further searches are allowed.' })))
  }
}

const gather = (calls: Map<number, ToolCall>, said: { index: number; id?: string; name?: string; arguments: string }): void => {
  const call = calls.get(said.index) ?? { id: said.id ?? `call_${said.index}`, type: 'function', function: { name: '', arguments: '' } }
  if (said.name !== undefined) call.function.name = said.name
  call.function.arguments += said.arguments
  calls.set(said.index, call)
}

const queryOf = (call: ToolCall): string => {
  try {
    const { query } = JSON.parse(call.function.arguments) as { query?: unknown }
    if (typeof query === 'string' && query.trim() !== '') return query.trim().slice(0, 500).toWellFormed()
  } catch {
    // Some models give the bare words.
  }
  return call.function.arguments.slice(0, 500).toWellFormed()
}

export const textOf = ({ content }: ChatMessage): string =>
  typeof content === 'string' ? content : (content ?? []).flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')

/** What the user said last. */
export const questionIn = (messages: readonly ChatMessage[]): string => {
  const said = messages.findLast((message) => message.role === 'user' && textOf(message).trim() !== '') ?? messages.at(-1)
  return (said ? textOf(said) : '').replace(/\s+/g, ' ').trim().slice(0, 500).toWellFormed()
}

interface Searched {
  groups: SearchGroup[]
  sources: CitedSource[]
}

/** Everything up to the first words, which is what a failure can still take the place of; then the rest. */
export const begun = async (parts: AsyncGenerator<ReplyPart>): Promise<Searched & { rest: AsyncGenerator<ReplyPart> }> => {
  const seen: ReplyPart[] = []
  const searched: Searched = { groups: [], sources: [] }
  for (;;) {
    const { value, done } = await parts.next()
    if (done) break
    seen.push(value)
    if (value.type !== 'search') break
    searched.groups.push(...value.groups)
    searched.sources.push(...value.sources)
  }
  const rest = async function* (): AsyncGenerator<ReplyPart> {
    try {
      yield* seen
      yield* parts
    } catch (error) {
      yield { type: 'failure', failure: normalize(error) }
    } finally {
      await parts.return(undefined)
    }
  }
  return { ...searched, rest: rest() }
}

/** A reply read to its end. Throws the failure that ended it. */
export const collected = async (parts: AsyncGenerator<ReplyPart>): Promise<Searched & { reply: WrittenReply }> => {
  const searched: Searched = { groups: [], sources: [] }
  const reply: WrittenReply = { text: '', calls: [], reason: 'stop', inputTokens: 0, outputTokens: 0 }
  let reasoning = ''
  for await (const part of parts) {
    if (part.type === 'search') {
      searched.groups.push(...part.groups)
      searched.sources.push(...part.sources)
    } else if (part.type === 'text') reply.text += part.text
    else if (part.type === 'reasoning') reasoning += part.text
    else if (part.type === 'calls') reply.calls.push(...part.calls)
    else if (part.type === 'failure') throw part.failure
    else Object.assign(reply, { reason: part.reason, inputTokens: part.inputTokens, outputTokens: part.outputTokens })
  }
  return { ...searched, reply: reasoning === '' ? reply : { ...reply, reasoning } }
}
