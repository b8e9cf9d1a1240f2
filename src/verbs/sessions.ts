import { succeeded } from '../contract/outcome.ts'
import { sessionPrice } from '../contract/price.ts'
import { isBlocklisted } from './blocklist.ts'
import { reading, steering } from './plain.ts'
import type { Metered } from './table.ts'
import { isFree } from './tasks/job.ts'

export const sessionVerbs = {
  /** The first minute is paid with the request; the others as they begin. */
  sessions_create: {
    scope: 'scrape',
    reserve: (_, prices) => firstMinute(prices),
    cost: (_, __, prices) => firstMinute(prices),
    url: () => null,
    run: async (deps, visit, actor, intent) => {
      const isBlocked = (url: string): boolean => isBlocklisted(url, actor.urlBlocklist)
      return succeeded(await deps.sessions.create(actor, { prices: visit.prices, dialect: visit.dialect, requestId: visit.id, free: isFree(actor), isBlocked }, intent, visit.signal))
    },
  } satisfies Metered<'sessions_create'>,
  sessions_list: reading<'sessions_list'>((deps, actor) => deps.sessions.list(actor.workspaceId)),
  sessions_get: reading<'sessions_get'>((deps, actor, { id }) => deps.sessions.get(actor.workspaceId, id)),
  sessions_delete: steering<'sessions_delete'>((deps, _, actor, { id }) => deps.sessions.end(actor.workspaceId, id)),
}

const firstMinute = (prices: Parameters<typeof sessionPrice>[0]): number => {
  const { start, minute } = sessionPrice(prices)
  return start + minute
}
