import type { Actor } from '../contract/actor.ts'
import { freePrices, mapCost } from '../contract/price.ts'
import { succeeded } from '../contract/outcome.ts'
import { isOver, type BatchIntent, type CrawlIntent, type JobRecord, type MapIntent, type UrlPattern } from '../contract/jobs.ts'
import type { JobQuery, VerbValue, Visit } from '../contract/verbs.ts'
import { fail, isFailure } from '../failure/failure.ts'
import type { Issue } from '../failure/facts.ts'
import type { Submission } from '../jobs/jobs.ts'
import { compilePattern } from '../jobs/patterns.ts'
import type { VerbDeps } from './deps.ts'
import { reading, steering } from './plain.ts'
import { refuseWhole, sum } from './scrape.ts'
import { refuseByName } from './search.ts'
import type { Metered } from './table.ts'
import { batchPages, storedBatch } from './tasks/batch.ts'
import { crawlSeeds } from './tasks/crawl.ts'
import { isFree } from './tasks/job.ts'
import { mapSite } from './tasks/map.ts'
import { untilOver } from './until-over.ts'

/** Whoever has nothing left learns it now and not from a job that fails. */
const requireCredits = async (deps: VerbDeps, visit: Visit, actor: Actor, pages: Submission['pages'], funded: boolean): Promise<void> => {
  if (isFree(actor)) return
  if (!funded) return void (await deps.meter.admit(actor, { requestId: visit.id, credits: Math.max(1, pages[0]?.reserve ?? 0), policy: 'gate' }))
  // Held for a moment only: each page holds its own when its turn comes.
  await deps.meter.release(await deps.meter.admit(actor, { requestId: visit.id, credits: Math.max(1, sum(pages, (page) => page.reserve)), policy: 'reserve' }))
}

export type Asked = Pick<BatchIntent, 'funded' | 'jobsMax' | 'webhook' | 'pace'>

/** Writes a job. Throws where there is nothing left to pay it with, or where its webhook will never do. */
export const submit = async (deps: VerbDeps, visit: Visit, actor: Actor, { funded, jobsMax, webhook, pace }: Asked, job: Pick<Submission, 'kind' | 'stage' | 'intent' | 'pageLimit' | 'pages'>) => {
  await requireCredits(deps, visit, actor, job.pages, funded ?? false)
  if (webhook) await deps.webhooks.judge(webhook.url, actor.mode, ['webhook', 'url'])
  return deps.jobs.submit({
    ...job,
    pace,
    jobsMax,
    webhook: webhook && { ...webhook, options: { ...webhook.options, dialect: visit.dialect } },
    workspaceId: actor.workspaceId,
    keyId: actor.keyId,
    actor,
    prices: isFree(actor) ? freePrices : visit.prices,
    dialect: visit.dialect,
    requestId: visit.id,
  })
}

const requirePatterns = (intent: { include: readonly UrlPattern[]; exclude: readonly UrlPattern[] }): void => {
  const issues = (['include', 'exclude'] as const).flatMap((list): Issue[] =>
    intent[list].flatMap((pattern, i) => (compilePattern(pattern) ? [] : [{ path: [list, i], code: 'invalid_pattern', message: `Not a valid ${pattern.kind === 'glob' ? 'glob' : 'regular expression (RE2 syntax)'}` }])))
  if (issues.length > 0) throw fail('caller.invalid_request', { issues })
}

/** Without what concerns the submission alone; the webhook has a secret. */
const stored = <T extends CrawlIntent | MapIntent>({ webhook: _webhook, funded: _funded, jobsMax: _jobsMax, ...intent }: T) => intent

/** `*.fail.test` names of codes that have nothing to do with a site fail the request as the real cause would. */
const refuseSeeds = (seeds: readonly string[], actor: Actor): void => refuseWhole(seeds.map((url) => ({ url })), actor)

/** Of a job that was waited for; a larger one is read page by page. */
const pagesShown = 1000

/** The job, where it is what the caller's contract knows. */
const own = async (deps: VerbDeps, actor: Actor, { id, of }: JobQuery): Promise<JobRecord> => {
  const job = await deps.jobs.get(actor.workspaceId, id)
  if ((of?.kind ?? job.kind) !== job.kind || (of?.dialect ?? job.dialect) !== job.dialect) throw fail('caller.not_found', { kind: 'job', id })
  return job
}

/** Whatever is done to a job is done to one that the caller's contract knows. */
const change = <V extends 'jobs_cancel' | 'jobs_pause' | 'jobs_resume' | 'jobs_retry' | 'jobs_delete'>(run: (jobs: VerbDeps['jobs'], workspaceId: string, id: string) => Promise<VerbValue<V>>) =>
  steering<V>(async (deps, _, actor, query) => {
    if (query.of) await own(deps, actor, query)
    return run(deps.jobs, actor.workspaceId, query.id)
  })

export const jobVerbs = {
  batch: steering<'batch'>((deps, visit, actor, intent) => {
    refuseWhole(intent.pages, actor)
    const pages = batchPages(intent, visit.prices, isFree(actor))
    return submit(deps, visit, actor, intent, { kind: 'batch', stage: 'pages', intent: storedBatch(intent), pageLimit: null, pages })
  }),

  crawl: steering<'crawl'>((deps, visit, actor, intent) => {
    requirePatterns(intent)
    refuseSeeds(intent.seeds, actor)
    return submit(deps, visit, actor, intent, { kind: 'crawl', stage: 'prepare', intent: stored(intent), pageLimit: intent.limit, pages: crawlSeeds(intent, visit.prices, isFree(actor)) })
  }),

  map: {
    scope: 'scrape',
    reserve: ({ limit }, prices) => mapCost(limit, prices),
    cost: ({ urls }, _, prices) => mapCost(urls.length, prices),
    url: (intent: MapIntent) => intent.seeds[0] ?? null,
    run: async (deps, visit, actor, intent) => {
      requirePatterns(intent)
      refuseSeeds(intent.seeds, actor)
      return succeeded(await mapSite(deps, actor, intent, visit.signal))
    },
  } satisfies Metered<'map'>,

  map_submit: steering<'map_submit'>((deps, visit, actor, intent) => {
    requirePatterns(intent)
    refuseSeeds(intent.seeds, actor)
    return submit(deps, visit, actor, intent, { kind: 'map', stage: 'prepare', intent: stored(intent), pageLimit: null, pages: [] })
  }),

  search_submit: steering<'search_submit'>((deps, visit, actor, { search, ...asked }) => {
    refuseByName(search.query, actor)
    return submit(deps, visit, actor, asked, { kind: 'search', stage: 'prepare', intent: { search, ...(asked.metadata ? { metadata: asked.metadata } : {}) }, pageLimit: null, pages: [] })
  }),

  submit_and_wait: steering<'submit_and_wait'>(async (deps, visit, actor, { job: wanted, waitMs }) => {
    const submitted = wanted.kind === 'crawl' ? await jobVerbs.crawl.run(deps, visit, actor, wanted.crawl) : await jobVerbs.map_submit.run(deps, visit, actor, wanted.map)
    const job = await untilOver(deps.jobs, actor.workspaceId, submitted.id, { ms: waitMs, signal: visit.signal })
    if (!isOver(job.state)) return { job, pages: null }
    const { items } = await deps.jobs.pages(actor.workspaceId, job.id, { limit: pagesShown, documents: true })
    return { job, pages: items }
  }),

  jobs_list: reading<'jobs_list'>((deps, actor, input) => deps.jobs.list(actor.workspaceId, input)),
  jobs_get: reading<'jobs_get'>((deps, actor, query) => own(deps, actor, query)),
  jobs_results: reading<'jobs_results'>(async (deps, actor, { id, of, ...query }) => {
    if (of) await own(deps, actor, { id, of })
    return deps.jobs.results(actor.workspaceId, id, query)
  }),
  jobs_pages: reading<'jobs_pages'>((deps, actor, { id, ...query }) => deps.jobs.pages(actor.workspaceId, id, query)),
  jobs_page: reading<'jobs_page'>((deps, actor, { id, n }) => deps.jobs.page(actor.workspaceId, id, n)),
  jobs_events: reading<'jobs_events'>((deps, actor, { id, after, documents }, visit) => deps.jobs.events(actor.workspaceId, id, { after, documents, signal: visit.signal })),
  workspace_events: reading<'workspace_events'>((deps, actor, { after, progress }, visit) => deps.jobs.workspaceEvents(actor.workspaceId, { after, progress, signal: visit.signal })),
  jobs_load: reading<'jobs_load'>((deps, actor) => deps.jobs.load(actor.workspaceId)),

  jobs_stop: steering<'jobs_stop'>(async (deps, _, actor, query) => {
    const { id } = await own(deps, actor, query)
    try {
      return { job: await deps.jobs.cancel(actor.workspaceId, id), stopped: true }
    } catch (error) {
      if (!isFailure(error) || error.code !== 'caller.conflict') throw error
      return { job: await deps.jobs.get(actor.workspaceId, id), stopped: false }
    }
  }),
  jobs_cancel: change<'jobs_cancel'>((jobs, workspaceId, id) => jobs.cancel(workspaceId, id)),
  jobs_pause: change<'jobs_pause'>((jobs, workspaceId, id) => jobs.pause(workspaceId, id)),
  jobs_resume: change<'jobs_resume'>((jobs, workspaceId, id) => jobs.resume(workspaceId, id)),
  jobs_retry: change<'jobs_retry'>((jobs, workspaceId, id) => jobs.retry(workspaceId, id)),
  jobs_delete: change<'jobs_delete'>((jobs, workspaceId, id) => jobs.delete(workspaceId, id)),
}
