import type { FailureJson } from '../failure/failure.ts'
import type { PageBlob } from './document.ts'
import type { ScrapeIntent } from './intent.ts'
import type { MapIntent, PageOptions } from './jobs.ts'

/** Compared line by line. */
export const textParts = ['markdown', 'text', 'html', 'raw_html', 'summary'] as const
export type TextPart = (typeof textParts)[number]
/** Compared member by member. */
export const fieldParts = ['metadata', 'json', 'branding'] as const
export type FieldPart = (typeof fieldParts)[number]
/** Compared as sets of addresses. */
export const listParts = ['links', 'images'] as const
export type ListPart = (typeof listParts)[number]
/** `screenshot`: compared by its pixels. */
export const watchedParts = [...textParts, ...listParts, ...fieldParts, 'screenshot'] as const
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
  /** Fields are compared as wholes, lists as sets. */
  whole?: boolean
  /** `all`: a change counts where every field that is watched has changed. */
  on?: 'any' | 'all'
  /** By field: how far a number has to move, by amount or by percentage. */
  thresholds?: Record<string, { abs?: number; pct?: number }>
  /** The first look is told as a change from nothing. */
  firstRun?: boolean
  /** Changes are told together, this far apart, instead of one by one. */
  digestMinutes?: number | null
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
  webhook: MonitorWebhook | null
  /** The endpoint of the workspace that was assigned to it, beside those that hear of every monitor. */
  webhookId?: string | null
  /** The dialect's own, kept and given back. */
  options: Record<string, unknown>
}

export interface MonitorWebhook {
  url: string
  events: string[]
  secret?: string
  /** Its `monitor.run` and `monitor.changed` tell what was seen now and before. */
  snapshots?: boolean
  /** The dialect's own: its form of the messages gets them. */
  options?: Record<string, unknown>
}

/** What is left out stays as it is; of `watch`, `page` and `options`, the members that are left out. */
export type MonitorChange = Partial<Omit<MonitorIntent, 'target' | 'watch'>> & { watch?: Partial<Watch>; target?: MonitorTarget; page?: Partial<ScrapeIntent> }

export interface MonitorRecord {
  id: string
  workspaceId: string
  intent: MonitorIntent
  dialect: string
  active: boolean
  reason: string | null
  failures: number
  nextAt: string | null
  lastRunAt: string | null
  lastDigestAt: string | null
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
  texts: Partial<Record<TextPart, { unified: string; lines: LineChange[] }>>
  fields: Partial<Record<FieldPart, FieldChange[]>>
  lists: Partial<Record<ListPart | 'urls', { added: string[]; removed: string[] }>>
  picture?: PictureChange
}

export interface PictureChange {
  /** Pixels that were compared, at the size at which pictures are compared. */
  size: number
  /** How many of them differ. */
  changed: number
  /** Where, as a `data:` URL of a picture of that size: white is changed. */
  mask: string
}

/** A screenshot as it was, and small enough to be kept and compared. */
export interface Picture {
  screenshot: PageBlob
  /** PNG, base 64. */
  small: string
}

/** What was seen at one run. */
export interface Snapshot {
  texts: Partial<Record<TextPart, string>>
  fields: Partial<Record<FieldPart, unknown>>
  lists: Partial<Record<ListPart | 'urls', string[]>>
  picture?: Picture
}

export interface MonitorRun {
  id: string
  monitorId: string
  workspaceId: string
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
