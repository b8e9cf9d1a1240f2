import type { Actor } from '../contract/actor.ts'
import type { PastWork } from '../contract/history.ts'
import { fail, isFailure } from '../failure/failure.ts'
import type { WorkRef } from '../store/history.ts'
import type { VerbDeps } from './deps.ts'
import { reading } from './plain.ts'

/** A crawl has no more in any contract. */
const pagesMax = 1000
const monthS = 31 * 86_400

/** Where the value of a request is kept. */
export const valueKey = (requestId: string): string => `request ${requestId}`

const load = async (deps: VerbDeps, { workspaceId }: Actor, ref: WorkRef): Promise<PastWork> => {
  const { id } = ref
  switch (ref.of) {
    case 'request':
      return { of: 'request', id, record: await deps.meter.requests.get(workspaceId, id), value: await deps.valuesOf(workspaceId)?.get(valueKey(id), monthS) }
    case 'job':
      return { of: 'job', id, job: await deps.jobs.get(workspaceId, ref.jobId), pages: (await deps.jobs.results(workspaceId, ref.jobId, { limit: pagesMax, documents: false })).items }
    case 'page':
      return { of: 'page', id, job: await deps.jobs.get(workspaceId, ref.jobId), page: await deps.jobs.page(workspaceId, ref.jobId, ref.n) }
    case 'run':
      return { of: 'run', id, monitor: await deps.monitors.get(workspaceId, ref.monitorId), run: await deps.monitors.run(workspaceId, ref.monitorId, ref.runId) }
  }
}

export const workVerbs = {
  work_list: reading<'work_list'>(async (deps, actor, query) => {
    const { refs, total } = await deps.work.list(actor.workspaceId, query)
    const items = await Promise.all(refs.map(async (ref): Promise<PastWork[]> => {
      try {
        return [await load(deps, actor, ref)]
      } catch (error) {
        // Deleted meanwhile.
        if (isFailure(error) && error.code === 'caller.not_found') return []
        throw error
      }
    }))
    return { items: items.flat(), total }
  }),

  work_get: reading<'work_get'>(async (deps, actor, { id, dialect }) => {
    const ref = await deps.work.find(actor.workspaceId, dialect, id.toLowerCase())
    if (!ref) throw fail('caller.not_found', { kind: 'request', id })
    return load(deps, actor, ref)
  }),
}
