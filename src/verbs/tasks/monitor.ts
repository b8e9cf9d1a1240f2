import type { Actor } from '../../contract/actor.ts'
import type { Document } from '../../contract/document.ts'
import type { FormatKind, FormatRequest } from '../../contract/intent.ts'
import type { MonitorIntent, Snapshot, WatchedPart } from '../../contract/monitors.ts'
import { costOf, type PriceList } from '../../contract/price.ts'
import { fail } from '../../failure/failure.ts'
import { normalize } from '../../failure/normalize.ts'
import type { JobHandler } from '../../jobs/handlers.ts'
import { diffSnapshots, sectionOf } from '../../jobs/monitors/diff.ts'
import { finishRun, getMonitorWork, getRunState, lastSnapshot } from '../../store/monitors.ts'
import { onePage } from '../scrape.ts'
import { actorOf, intentOf, isFree, pricesOf, type WorkDeps } from './job.ts'
import { mapSite } from './map.ts'

const failuresMax = 20

export const monitorHandler = (deps: WorkDeps): JobHandler => ({
  async prepare(job, { signal }) {
    const { monitorId, runId } = intentOf<{ monitorId: string; runId: string }>(job)
    const { db } = deps.store
    const monitor = await getMonitorWork(db, monitorId)
    // Deleted meanwhile, or done by a worker that did not live to say so.
    const before = await getRunState(db, runId)
    if (!monitor || before === undefined) return { next: 'end' }
    if (before.state !== 'running') return { next: 'end', credits: before.credits }

    const intent = monitor.intent as MonitorIntent
    const about = { monitor_id: monitorId, run_id: runId, name: intent.name, url: intent.target.kind === 'page' ? intent.target.url : intent.target.map.seeds[0] }
    try {
      const actor = actorOf(job)
      if (!isFree(actor)) await deps.meter.admit(actor, { requestId: job.requestId, credits: Math.max(1, pricesOf(job).page), policy: 'gate' })
      const { snapshot, credits } = await look(deps, actor, pricesOf(job), intent, signal)
      const last = await lastSnapshot(db, monitorId)
      const diff = last ? diffSnapshots(last.snapshot, snapshot, intent.watch) : null
      const now = new Date(deps.clock())
      const data = { ...about, first: last === undefined, changed: diff !== null, at: now.toISOString(), diff }
      await finishRun(db, runId, {
        state: 'completed', diff, failure: null, credits, previousId: last?.id ?? null, snapshot, now,
        events: [{ type: 'monitor.run', id: `evt_${runId}_run`, data }, ...(diff === null ? [] : [{ type: 'monitor.changed', id: `evt_${runId}_changed`, data }])],
      })
      return { next: 'end', credits }
    } catch (error) {
      if (signal.aborted) throw error
      const failure = normalize(error).toJSON()
      if (failure.code === 'platform.internal') deps.logger.error({ err: error, monitor: monitorId }, 'a monitor could not run')
      await finishRun(db, runId, {
        state: 'failed', diff: null, failure, credits: 0, previousId: null, snapshot: null, now: new Date(deps.clock()), failuresMax,
        events: [{ type: 'monitor.failed', id: `evt_${runId}_failed`, data: { ...about, failure } }],
      })
      return { next: 'end', failure }
    }
  },
})

const look = async (deps: WorkDeps, actor: Actor, prices: PriceList, intent: MonitorIntent, signal: AbortSignal): Promise<{ snapshot: Snapshot; credits: number }> => {
  const { target, watch } = intent
  if (target.kind === 'map') {
    const map = await mapSite(deps, actor, target.map, signal)
    return { snapshot: { texts: {}, fields: {}, lists: { urls: map.urls.map((entry) => entry.url).toSorted() } }, credits: isFree(actor) ? 0 : prices.page }
  }
  const outcome = await onePage(deps, actor, { ...target.page, url: target.url, formats: formatsFor(target.page.formats, watch.parts) }, signal)
  if (!outcome.ok) throw outcome.failure
  return { snapshot: snapshotOf(outcome.value, intent), credits: isFree(actor) ? 0 : costOf(target.page, outcome.value, prices) }
}

const formatsFor = (asked: readonly FormatRequest[], parts: readonly WatchedPart[]): FormatRequest[] => {
  const wanted = parts.filter((part): part is Extract<WatchedPart, FormatKind> => part !== 'metadata' && part !== 'json')
  return [...asked, ...wanted.filter((kind) => !asked.some((format) => format.kind === kind)).map((kind) => ({ kind }) as FormatRequest)]
}

const snapshotOf = (document: Document, { watch }: MonitorIntent): Snapshot => {
  const snapshot: Snapshot = { texts: {}, fields: {}, lists: {} }
  const { formats, metadata } = document
  for (const part of watch.parts) {
    if (part === 'metadata') snapshot.fields.metadata = metadata
    else if (part === 'json') snapshot.fields.json = (formats as { json?: unknown }).json ?? null
    else if (part === 'links' || part === 'images') snapshot.lists[part] = [...new Set((formats[part] ?? []).map((one) => one.url))].toSorted()
    else if (part === 'markdown' && watch.section !== null) {
      const section = sectionOf(formats.markdown ?? '', watch.section)
      if (section === undefined) throw fail('content.empty')
      snapshot.texts.markdown = section
    } else snapshot.texts[part] = formats[part] ?? ''
  }
  return snapshot
}
