import type { Actor } from '../../contract/actor.ts'
import { blobPath } from '../../contract/blobs.ts'
import type { Document, PageBlob } from '../../contract/document.ts'
import type { FormatRequest } from '../../contract/intent.ts'
import type { MonitorDiff, MonitorIntent, Picture, Snapshot, WatchedPart } from '../../contract/monitors.ts'
import { costOf, type PriceList } from '../../contract/price.ts'
import { fail } from '../../failure/failure.ts'
import { normalize } from '../../failure/normalize.ts'
import type { JobHandler } from '../../jobs/handlers.ts'
import { diffSnapshots, sectionOf } from '../../jobs/monitors/diff.ts'
import { diffPictures, smallPicture } from '../../jobs/monitors/picture.ts'
import { changesSince, finishRun, getMonitorWork, getRunState, lastSnapshot, type MonitorWork } from '../../store/monitors.ts'
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
      const seen = await look(deps, actor, pricesOf(job), intent, signal)
      const last = await lastSnapshot(db, monitorId)
      const snapshot = filled(seen, last?.snapshot)
      const diff = last ? await changesOf(last.snapshot, snapshot, intent.watch) : intent.watch.firstRun ? diffSnapshots(emptied(snapshot), snapshot, { ...intent.watch, thresholds: {}, on: 'any' }) : null
      const credits = seen.credits + (diff === null || isFree(actor) ? 0 : (pricesOf(job).change ?? 0))
      const now = new Date(deps.clock())
      const shown = intent.webhook?.snapshots ? { current: toldOf(snapshot), previous: last ? toldOf(last.snapshot) : null } : {}
      const data = { ...about, first: last === undefined, changed: diff !== null, at: now.toISOString(), diff, ...shown }
      const digest = await digestOf(deps, monitor, intent, { run_id: runId, at: data.at, diff }, now)
      const told = intent.watch.digestMinutes ? digest && { type: 'monitor.digest', id: `evt_${runId}_digest`, data: { ...data, changes: digest } } : diff && { type: 'monitor.changed', id: `evt_${runId}_changed`, data }
      await finishRun(db, runId, {
        state: 'completed', diff, failure: null, credits, previousId: last?.id ?? null, snapshot, now,
        events: [{ type: 'monitor.run', id: `evt_${runId}_run`, data }, ...(told ? [told] : [])], digest: digest !== null,
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

interface Seen {
  snapshot: Snapshot
  credits: number
  /** Parts that could not be had although the page could. */
  failed: string[]
}

/** A part that could not be had now is taken to be as it was. */
const filled = ({ snapshot, failed }: Seen, last: Snapshot | undefined): Snapshot => {
  if (!last || failed.length === 0) return snapshot
  const of = <T extends object>(parts: T): Partial<T> => Object.fromEntries(Object.entries(parts).filter(([name]) => failed.includes(name))) as Partial<T>
  return {
    texts: { ...of(last.texts), ...snapshot.texts }, fields: { ...of(last.fields), ...snapshot.fields }, lists: { ...of(last.lists), ...snapshot.lists },
    ...(snapshot.picture ? { picture: snapshot.picture } : last.picture && failed.includes('screenshot') ? { picture: last.picture } : {}),
  }
}

const changesOf = async (before: Snapshot, after: Snapshot, watch: MonitorIntent['watch']): Promise<MonitorDiff | null> => {
  const diff = diffSnapshots(before, after, watch)
  const picture = before.picture && after.picture ? await diffPictures(before.picture, after.picture) : null
  return picture ? { ...(diff ?? { texts: {}, fields: {}, lists: {} }), picture } : diff
}

/** Without what is kept for the comparison alone. */
const toldOf = ({ picture, ...snapshot }: Snapshot) => ({ ...snapshot, ...(picture ? { picture: { screenshot: picture.screenshot } } : {}) })

/** The same parts with nothing in them. */
const emptied = ({ texts, fields, lists }: Snapshot): Snapshot => {
  const each = <T>(parts: object, value: T): Record<string, T> => Object.fromEntries(Object.keys(parts).map((name) => [name, value]))
  return { texts: each(texts, ''), fields: each(fields, {}), lists: each(lists, []) }
}

const minuteMs = 60_000
const digestMax = 100

/** All changes since the last digest with this one, where it is time for one and there are any. */
const digestOf = async ({ store: { db } }: WorkDeps, monitor: MonitorWork, { watch }: MonitorIntent, own: { run_id: string; at: string; diff: MonitorDiff | null }, now: Date) => {
  if (!watch.digestMinutes) return null
  const since = monitor.lastDigestAt ?? monitor.createdAt
  if (now.getTime() - since.getTime() < watch.digestMinutes * minuteMs) return null
  const changes = [...await changesSince(db, monitor.id, since, digestMax), ...(own.diff === null ? [] : [own])]
  return changes.length > 0 ? changes : null
}

const look = async (deps: WorkDeps, actor: Actor, prices: PriceList, intent: MonitorIntent, signal: AbortSignal): Promise<Seen> => {
  const { target, watch } = intent
  if (target.kind === 'map') {
    const map = await mapSite(deps, actor, target.map, signal)
    return { snapshot: { texts: {}, fields: {}, lists: { urls: map.urls.map((entry) => entry.url).toSorted() } }, credits: isFree(actor) ? 0 : prices.page, failed: [] }
  }
  const outcome = await onePage(deps, actor, { ...target.page, url: target.url, formats: formatsFor(target.page.formats, watch.parts) }, signal)
  if (!outcome.ok) throw outcome.failure
  return {
    snapshot: await snapshotOf(deps, outcome.value, intent),
    credits: isFree(actor) ? 0 : costOf(target.page, outcome.value, prices),
    failed: Object.keys(outcome.value.failedFormats ?? {}),
  }
}

const formatsFor = (asked: readonly FormatRequest[], parts: readonly WatchedPart[]): FormatRequest[] => {
  const wanted = parts.filter((part): part is Exclude<WatchedPart, 'metadata'> => part !== 'metadata' && part !== 'json')
  return [...asked, ...wanted.filter((kind) => !asked.some((format) => format.kind === kind)).map((kind) => ({ kind }) as FormatRequest)]
}

const snapshotOf = async (deps: WorkDeps, document: Document, { watch }: MonitorIntent): Promise<Snapshot> => {
  const snapshot: Snapshot = { texts: {}, fields: {}, lists: {} }
  const { formats, metadata } = document
  for (const part of watch.parts) {
    if (part in (document.failedFormats ?? {})) continue
    if (part === 'metadata') snapshot.fields.metadata = metadata
    else if (part === 'json' || part === 'branding') snapshot.fields[part] = formats[part] ?? null
    else if (part === 'screenshot') {
      const picture = formats.screenshot && await pictureOf(deps, formats.screenshot)
      if (picture) snapshot.picture = picture
    } else if (part === 'links' || part === 'images') snapshot.lists[part] = [...new Set((formats[part] ?? []).map((one) => one.url))].toSorted()
    else if (part === 'markdown' && watch.section !== null) {
      const section = sectionOf(formats.markdown ?? '', watch.section)
      if (section === undefined) throw fail('content.empty')
      snapshot.texts.markdown = section
    } else snapshot.texts[part] = formats[part] ?? ''
  }
  return snapshot
}

/** Undefined where its bytes are gone already. */
const pictureOf = async (deps: WorkDeps, { base64, ...screenshot }: PageBlob): Promise<Picture | undefined> => {
  const bytes = base64 === undefined ? await storedBytes(deps, screenshot) : Buffer.from(base64, 'base64')
  return bytes && { screenshot, small: await smallPicture(bytes) }
}

const storedBytes = async ({ blobs }: WorkDeps, { path }: PageBlob): Promise<Uint8Array | undefined> => {
  const url = path === undefined ? undefined : new URL(path, 'http://here.invalid')
  return url && (await blobs?.get(url.pathname.slice(blobPath.length), url.searchParams))?.data
}
