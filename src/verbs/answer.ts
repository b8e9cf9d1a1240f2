import type { Actor } from '../contract/actor.ts'
import type { AnswerIntent, AnswerValue, ChatMessage } from '../contract/answer.ts'
import { succeeded, type Outcome } from '../contract/outcome.ts'
import { expanded } from '../engine/answer/expand.ts'
import { planned } from '../engine/answer/plan.ts'
import { answerRules, citedOf, fenced, sourcesOf } from '../engine/answer/sources.ts'
import { fail } from '../failure/failure.ts'
import { Deadline } from '../lib/deadline.ts'
import { begun, collected, converse, questionIn, textOf } from './converse.ts'
import type { VerbDeps } from './deps.ts'
import { costOfGroups, timedSearch } from './groups.ts'
import { configured, modelSetting, underDeadline } from './models.ts'
import { inOrder } from './scrape.ts'
import { refuseByName, reserveResultPages, searchPrice } from './search.ts'
import type { Metered } from './table.ts'

/** Searches of one request that run at a time. */
const searchesAtOnce = 4
/** Longest that a model may think about sub-queries. */
const planMs = 8_000
const contextChars = 4_000

/** A question taken apart into sub-queries, each searched, and on request an answer written from what they found. One price, however many sub-queries. */
export const answer: Metered<'answer'> = {
  scope: 'scrape',
  reserve: ({ search, queriesMax, depth }, prices) => searchPrice(prices) + (depth === 'queries' ? 0 : queriesMax * reserveResultPages(search, prices)),
  cost: ({ groups }, { search }, prices) => searchPrice(prices) + costOfGroups(groups, search, prices),
  url: () => null,
  run: (deps, visit, actor, intent) => {
    const chat = intent.depth === 'answer' ? configured(deps.models.chat, actor.mode, modelSetting) : undefined
    const question = questionIn(intent.messages)
    if (question === '') throw fail('caller.invalid_request', { issues: [{ path: ['messages'], code: 'too_small', message: 'No message says anything' }] })
    refuseByName(question, actor)
    return underDeadline(intent.timeoutMs, visit.signal, async (deadline, keep): Promise<Outcome<AnswerValue>> => {
      const plan = await planOf(deps, actor, intent, question, deadline)
      const groups = intent.depth === 'queries' ? [] : await inOrder(plan.queries, searchesAtOnce, (query) => timedSearch(deps, actor, { ...intent.search, query }, deadline.signal))
      const [first] = groups
      if (first && !first.outcome.ok && groups.every(({ outcome }) => !outcome.ok)) throw first.outcome.failure
      const evidence = groups.flatMap(({ outcome }) => outcome.evidence)
      const sources = sourcesOf(groups)
      const failures = groups.flatMap(({ query, outcome }) => (outcome.ok ? [] : [`The search for "${query}" failed: ${outcome.failure.message}`]))
      const value: AnswerValue = { ...plan, groups, sources: citedOf(sources), warnings: [...plan.warnings, ...failures] }
      if (!chat) return succeeded(value, evidence)
      const messages: ChatMessage[] = [{ role: 'system', content: answerRules }, ...intent.messages, { role: 'user', content: fenced(sources, chat.inputTokens) }]
      const parts = converse({ deps, actor, chat, intent: { messages, options: {}, tools: [], stream: intent.stream }, signal: deadline.signal })
      const modelled = { ...value, model: chat.name }
      if (intent.stream) return succeeded({ ...modelled, writing: keep((await begun(parts)).rest) }, evidence)
      return succeeded({ ...modelled, written: (await collected(parts)).reply }, evidence)
    })
  },
}

type Plan = Pick<AnswerValue, 'queries' | 'plannedBy' | 'warnings'>

/** By the model where there is one; by rule where it does not answer in time, too. */
const planOf = async (deps: VerbDeps, actor: Actor, { messages, queriesMax }: AnswerIntent, question: string, deadline: Deadline): Promise<Plan> => {
  const byRule = (warnings: string[]): Plan => ({ queries: expanded(question, queriesMax, new Date(deps.clock())), plannedBy: 'rules', warnings })
  const { chat } = deps.models
  if (!chat || actor.mode === 'test' || queriesMax < 2) return byRule([])
  const share = new Deadline(Math.min(planMs, deadline.remainingMs() / 2), deadline.signal)
  try {
    const context = messages.slice(0, -1).map((message) => `${message.role}: ${textOf(message)}`).join('\n').slice(-contextChars)
    const queries = await planned({ chat, owner: actor.keyId, signal: share.signal }, question, context, queriesMax)
    if (queries.length >= 2) return { queries, plannedBy: 'model', warnings: [] }
  } catch {
    deadline.signal.throwIfAborted()
  } finally {
    share.clear()
  }
  return byRule(['The model gave no sub-queries: they were made by rule'])
}
