import type { KeyMode } from '../contract/actor.ts'
import { proxyTiers, type ProxyTier, type ProxyWish } from '../contract/proxy.ts'
import type { Proxies } from '../egress/index.ts'
import { fail, isFailure } from '../failure/failure.ts'
import type { Work } from './engine.ts'

const triesPerTier = 3

/** The tiers on which a page is tried, in order; null is no proxy. */
const ladderOf = ({ mode, country, optional = false }: ProxyWish, has: Proxies['has']): (ProxyTier | null)[] => {
  if (mode === 'none') return [null]
  if (mode === 'auto') return [null, ...proxyTiers.filter((tier) => has(tier, country))]
  return [optional && !has(mode, country) ? null : mode]
}

/** Where another address may be treated otherwise. */
const isWorthClimbing = (error: unknown): boolean => {
  if (!isFailure(error)) return false
  if (error.code === 'target.blocked' || error.code === 'target.rate_limited') return true
  return error.code === 'target.http_error' && [401, 403, 407, 451].includes(error.plainFacts.status as number)
}

interface Choice {
  proxies: Proxies | undefined
  mode: KeyMode
  /** Whose sessions these are. */
  owner: string
}

/** Runs the work directly or through the operator's proxies, as the intent wishes; says through which tier it came. Test keys have none. */
export const alongWays = async <T>(work: Work, { proxies, mode, owner }: Choice, run: (work: Work) => Promise<T>): Promise<{ value: T; tier: ProxyTier | undefined }> => {
  const wish = work.intent.proxy
  if (!wish || work.intent.content) return { value: await run(work), tier: undefined }
  const pool = mode === 'live' ? proxies : undefined
  let first: unknown
  for (const tier of ladderOf(wish, (tier, country) => pool?.has(tier, country) ?? false)) {
    try {
      return tier === null ? { value: await run(work), tier: undefined } : { value: await throughTier(work, pool, tier, wish, owner, run), tier }
    } catch (error) {
      // A tier that is out of order says less than the site that refused before.
      if (first !== undefined && isFailure(error) && error.code === 'platform.proxy_unavailable') throw first
      first = error
      if (!isWorthClimbing(error) || work.deadline.signal.aborted) throw error
    }
  }
  throw first
}

const throughTier = async <T>(work: Work, proxies: Proxies | undefined, tier: ProxyTier, { country, session }: ProxyWish, owner: string, run: (work: Work) => Promise<T>): Promise<T> => {
  if (!proxies) throw fail('platform.proxy_unavailable')
  for (let turn = 1; ; turn++) {
    const way = await proxies.pick(tier, { ...(country === undefined ? {} : { country }), ...(session === undefined ? {} : { sticky: `${owner}\n${session}` }) })
    const before = work.attempts.length
    try {
      return await run({ ...work, egress: way.egress, way: way.id })
    } catch (error) {
      // One that broke is not picked again for a while.
      if (turn >= triesPerTier || !isFailure(error) || error.code !== 'platform.proxy_unavailable' || work.deadline.signal.aborted) throw error
    } finally {
      for (const attempt of work.attempts.slice(before)) attempt.proxy = tier
    }
  }
}
