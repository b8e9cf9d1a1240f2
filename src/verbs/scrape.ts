import type { Actor } from '../contract/actor.ts'
import type { Document } from '../contract/document.ts'
import type { ScrapeIntent, ScrapeManyIntent } from '../contract/intent.ts'
import { failed, succeeded, type Outcome } from '../contract/outcome.ts'
import { costOf, reserveFor, type PriceList } from '../contract/price.ts'
import { exampleFactsOf } from '../failure/facts.ts'
import { failsWholeRequest, failureOfHost, isRaised } from '../failure/fail-test.ts'
import { Failure, fail } from '../failure/failure.ts'
import { normalize } from '../failure/normalize.ts'
import type { ProfileState } from '../contract/profiles.ts'
import { Deadline } from '../lib/deadline.ts'
import { ofSite, withSite } from '../lib/profile-site.ts'
import { isBlocklisted } from './blocklist.ts'
import type { VerbDeps } from './deps.ts'
import type { Metered } from './table.ts'

/** Pages of one request that are worked on at a time. */
export const pagesAtOnce = 5

export const scrape: Metered<'scrape'> = {
  scope: 'scrape',
  reserve: (intent, prices) => reserveFor(intent, prices),
  cost: (document, intent, prices) => costOf(intent, document, prices),
  url: (intent) => intent.url,
  run: (deps, visit, actor, intent) => {
    refuseWhole([intent], actor)
    return onePage(deps, actor, intent, visit.signal)
  },
}

export const scrapeMany: Metered<'scrape_many'> = {
  scope: 'scrape',
  reserve: (intent, prices) => sum(intent.pages, (page) => reserveFor(page, prices)),
  cost: (value, intent, prices) => manyCost(value.results, intent, prices),
  url: (intent) => intent.pages[0]?.url ?? null,
  run: async (deps, visit, actor, intent) => {
    refuseWhole(intent.pages, actor)
    const deadline = new Deadline(intent.timeoutMs, visit.signal)
    try {
      const results = await inOrder(intent.pages, pagesAtOnce, (page) => onePage(deps, actor, page, deadline.signal))
      return succeeded({ results }, results.flatMap((result) => result.evidence))
    } finally {
      deadline.clear()
    }
  },
}

export const onePage = async (deps: Pick<VerbDeps, 'engine' | 'cacheOf' | 'pages' | 'profiles'>, actor: Actor, intent: ScrapeIntent, signal: AbortSignal): Promise<Outcome<Document>> => {
  if (isBlocklisted(intent.url, actor.urlBlocklist)) return failed(fail('policy.url_blocklisted'))
  if (evaluates(intent) && !actor.scopes.includes('evaluate')) return failed(fail('account.scope_denied', { needs: 'the scope "evaluate"' }))
  const simulated = actor.mode === 'test' ? simulatedFailure(intent.url) : undefined
  if (simulated) return failed(simulated)
  const { profile } = intent
  let state: ProfileState | undefined
  let kept: ProfileState | undefined
  try {
    state = profile && ofSite(await deps.profiles.load(actor, profile), intent.url)
  } catch (error) {
    return failed(normalize(error))
  }
  // What a profile shows is for its use alone.
  const cache = profile ? undefined : deps.cacheOf(actor.workspaceId)
  const outcome = await deps.engine.scrape(asNamed(intent, actor), {
    mode: actor.mode, signal, owner: actor.keyId, ...(cache ? { cache } : {}), ...(state ? { state } : {}), ...(profile?.save ? { keep: (left) => { kept = left } } : {}),
  })
  if (profile && kept && outcome.ok) await keep(deps, actor, profile.name, intent.url, kept, outcome.value)
  // A redirect is no way round the list.
  if (outcome.ok && isBlocklisted(outcome.value.finalUrl, actor.urlBlocklist)) return failed(fail('policy.url_blocklisted'), outcome.evidence, outcome.timings)
  if (outcome.ok && !outcome.value.cached && mayBeFound(intent, actor)) await deps.pages?.put(actor.workspaceId, actor.mode, outcome.value)
  return outcome
}

/** The page is there; that its profile is not must not take it from the caller. */
const keep = async (deps: Pick<VerbDeps, 'profiles'>, actor: Actor, name: string, url: string, left: ProfileState, document: Document): Promise<void> => {
  try {
    await deps.profiles.change(actor, name, (now) => withSite(now, url, left))
  } catch (error) {
    document.warnings.push(`The profile could not be kept: ${normalize(error).message}`)
  }
}

/** What was fetched with somebody's session is not for every key of the workspace, unless the caller says so. What a caller brought along is not what its address says. */
const mayBeFound = ({ index, cookies, headers, content, profile }: ScrapeIntent, actor: Actor): boolean =>
  !content && !profile && (index ?? (actor.index !== false && Object.keys(cookies).length === 0 && !Object.keys(headers).some((name) => /^(cookie|(proxy-)?authorization|x-api-key)$/i.test(name))))

/** A failure that is asked for by name is to come, and at once: its robots.txt counts, and no browser is tried against it. */
export const asNamed = <I extends Pick<ScrapeIntent, 'url' | 'respectRobots' | 'render'>>(intent: I, actor: Actor): I => {
  const named = actor.mode === 'test' ? failureOfHost(URL.parse(intent.url)?.hostname ?? '') : undefined
  if (!named) return intent
  return { ...intent, respectRobots: named.code === 'policy.robots_disallowed', render: intent.render === 'auto' ? 'static' : intent.render }
}

/** Scripts of the caller's own run only for keys that were given the right to. */
const evaluates = ({ browser }: ScrapeIntent): boolean => browser?.actions?.some(({ type }) => type === 'evaluate') ?? false

/** `*.fail.test` names of codes that have nothing to do with a site fail the request as the real cause would. */
export const refuseWhole = (pages: readonly Pick<ScrapeIntent, 'url'>[], actor: Actor): void => {
  if (actor.mode !== 'test') return
  for (const page of pages) {
    const failure = simulatedFailure(page.url)
    if (failure && failsWholeRequest(failure.code)) throw failure
  }
}

export const simulatedFailure = (url: string): Failure | undefined => {
  const named = failureOfHost(URL.parse(url)?.hostname ?? '')
  return named && isRaised(named.code) ? new Failure(named.code, exampleFactsOf(named.code)) : undefined
}

const manyCost = (results: readonly Outcome<Document>[], intent: ScrapeManyIntent, prices: PriceList): number =>
  sum(results, (result, i) => {
    const page = intent.pages[i]
    return result.ok && page ? costOf(page, result.value, prices) : 0
  })

export const sum = <T>(items: readonly T[], of: (item: T, index: number) => number): number =>
  items.reduce((total, item, i) => total + of(item, i), 0)

/** Maps with at most `limit` at once; results in input order. */
export const inOrder = async <T, R>(items: readonly T[], limit: number, map: (item: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const i = next++
      results[i] = await map(items[i] as T)
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
  return results
}
