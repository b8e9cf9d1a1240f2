import type { ChatValue } from '../contract/answer.ts'
import { succeeded, type Outcome } from '../contract/outcome.ts'
import { refusalOf } from '../engine/providers/chat.ts'
import { fail, isFailure } from '../failure/failure.ts'
import { begun, collected, converse, questionIn } from './converse.ts'
import { costOfGroups } from './groups.ts'
import { configured, modelSetting, underDeadline } from './models.ts'
import { refuseByName, reserveResultPages, searchPrice } from './search.ts'
import type { Metered } from './table.ts'

/** A conversation with the operator's model; what costs credits is the searches that it asks for before it begins to speak. */
export const chat: Metered<'chat'> = {
  scope: 'scrape',
  reserve: ({ search }, prices) => (search ? search.max * search.queriesMax * (searchPrice(prices) + reserveResultPages(search.of, prices)) : 0),
  cost: ({ groups }, { search }, prices) => (search ? groups.filter(({ outcome }) => outcome.ok).length * searchPrice(prices) + costOfGroups(groups, search.of, prices) : 0),
  url: () => null,
  run: (deps, visit, actor, intent) => {
    refuseByName(questionIn(intent.messages), actor)
    const model = configured(deps.models.chat, actor.mode, modelSetting)
    return underDeadline(intent.timeoutMs, visit.signal, async (deadline, keep): Promise<Outcome<ChatValue>> => {
      const parts = converse({ deps, actor, chat: model, intent, signal: deadline.signal })
      try {
        if (intent.stream) {
          const { rest, groups, sources } = await begun(parts)
          return succeeded({ model: model.name, groups, sources, replying: keep(rest) }, groups.flatMap(({ outcome }) => outcome.evidence))
        }
        const { reply, groups, sources } = await collected(parts)
        return succeeded({ model: model.name, groups, sources, reply }, groups.flatMap(({ outcome }) => outcome.evidence))
      } catch (error) {
        const status = isFailure(error) ? refusalOf(error) : undefined
        if (status === undefined) throw error
        throw fail('caller.invalid_request', { issues: [{ path: ['messages'], code: 'refused', message: `The model refused the request with HTTP ${status}: it may be too long, or have parameters that this model does not know` }] })
      }
    })
  },
}
