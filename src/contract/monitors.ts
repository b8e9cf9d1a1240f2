import type { FailureJson } from '../failure/failure.ts'
import type { MapIntent, PageOptions } from './jobs.ts'

export const watchedParts = ['markdown', 'text', 'html', 'links', 'images', 'metadata', 'json'] as const
export type WatchedPart = (typeof watchedParts)[number]

/** `once`: a time that passed while nothing ran is made up for, once; `skip`: it is noted as skipped. */
export const missedPolicies = ['once', 'skip'] as const
export type MissedPolicy = (typeof missedPolicies)[number]

export interface Watch {
  parts: WatchedPart[]
  /** Only what stands under the Markdown heading with these words. */
  section: string | null
  /** Only these members of `metadata` and `json`, as dotted paths; empty is all. */
  fields: string[]
  /** RE2 expressions; what they match is left out of the comparison. */
  ignore: string[]
  ignoreCase: boolean
  ignoreNumbers: boolean
  /** Least number of characters added and removed together that count as a change of a text. */
  minChars: number
}

export type MonitorTarget = { kind: 'page'; url: string; page: PageOptions } | { kind: 'map'; map: MapIntent }

export interface MonitorIntent {
  name: string | null
  /** Five fields of cron, `every 10m`, or `10m`, `1h`, `1d`. */
  schedule: string
  /** IANA name; counts for cron. */
  timeZone: string
  missed: MissedPolicy
  target: MonitorTarget
  watch: Watch
  /** Where `monitor.*` events of this one go. */
  webhook: { url: string; events: string[]; secret?: string } | null
  /** The dialect's own, kept and given back. */
  options: Record<string, unknown>
}

export interface MonitorRecord {
  id: string
  intent: MonitorIntent
  dialect: string
  active: boolean
  reason: string | null
  failures: number
  nextAt: string | null
  lastRunAt: string | null
  createdAt: string
  updatedAt: string
}

export interface LineChange {
  type: 'added' | 'removed'
  /** Of the new text for what was added, of the old one for what was removed; from 1. */
  line: number
  content: string
}

export interface FieldChange {
  path: string
  old: unknown
  new: unknown
}

/** Differences by part; parts that are the same are absent. */
export interface MonitorDiff {
  texts: Partial<Record<'markdown' | 'text' | 'html', { unified: string; lines: LineChange[] }>>
  fields: Partial<Record<'metadata' | 'json', FieldChange[]>>
  lists: Partial<Record<'links' | 'images' | 'urls', { added: string[]; removed: string[] }>>
}

/** What was seen at one run. */
export interface Snapshot {
  texts: Partial<Record<'markdown' | 'text' | 'html', string>>
  fields: Partial<Record<'metadata' | 'json', unknown>>
  lists: Partial<Record<'links' | 'images' | 'urls', string[]>>
}

export interface MonitorRun {
  id: string
  monitorId: string
  state: 'running' | 'completed' | 'failed' | 'skipped'
  trigger: 'created' | 'schedule' | 'manual'
  dueAt: string
  finishedAt: string | null
  previousId: string | null
  changed: boolean
  diff: MonitorDiff | null
  failure: FailureJson | null
  credits: number
  /** Where it was asked for. */
  snapshot: Snapshot | null
}
