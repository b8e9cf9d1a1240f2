import type { KeyMode } from '../contract/actor.ts'
import type { Document } from '../contract/document.ts'
import { isTextFormat, needsBrowser, type ScrapeIntent } from '../contract/intent.ts'
import type { BlobStore } from '../contract/blobs.ts'
import type { SchemaDraft } from '../contract/extract.ts'
import type { ProfileState } from '../contract/profiles.ts'
import type { Renderer } from '../contract/render.ts'
import { failed, succeeded, type Outcome, type Timings } from '../contract/outcome.ts'
import type { Egress, Proxies } from '../egress/index.ts'
import type { Attempt } from '../failure/evidence.ts'
import { fail, isFailure, type Failure } from '../failure/failure.ts'
import { normalize } from '../failure/normalize.ts'
import { Deadline } from '../lib/deadline.ts'
import type { Clock } from '../lib/clock.ts'
import { cacheKey, type DocumentCache, type ResultCache } from './cache.ts'
import { createDiscovery, type Discovery } from './discover/index.ts'
import { draftSchema, type SchemaWish } from './extract/draft-schema.ts'

export type { Discovery, DocumentCache, EnrichContext, ResultCache, StoredPart }
import { wantsBranding, withBranding } from './enrich/branding.ts'
import { enrich, type EnrichContext, type StoredPart } from './enrich/enrich.ts'
import type { EnrichIntent, Enrichment } from '../contract/enrich.ts'
import type { Sight } from './brand/brand.ts'
import type { Converter } from './convert/index.ts'
import type { Model } from './providers/model.ts'
import { contentRung } from './stages/content.ts'
import { checkFormats, modelMissing, needsModel, withExtracts, type Findings } from './stages/extract.ts'
import { httpRung } from './stages/http.ts'
import { renderRung } from './stages/render.ts'
import { alongWays } from './ways.ts'

export type { Renderer }

export interface EngineDeps {
  /** One way out for each kind of key: that of test keys leads to the lab and nowhere else. */
  egress: Record<KeyMode, () => Promise<Egress>>
  converter: Converter
  renderer?: Renderer
  /** The operator's proxies, where there are any. */
  proxies?: Proxies
  /** Keeps screenshots and the like; without one they are given inline. */
  blobs?: BlobStore
  /** Most bytes of a rendered document. */
  bytesMax: number
  /** Undefined where none is configured. */
  model: Model | undefined
  userAgent: string
  clock: Clock
}

export interface ScrapeContext {
  mode: KeyMode
  signal: AbortSignal
  cache?: DocumentCache
  /** Of `intent.profile`. */
  state?: ProfileState
  /** Told what became of it, where the page came. */
  keep?(state: ProfileState): void
  /** Whose share of the model this takes; a key. */
  owner?: string
}

export interface Engine {
  /** Throws what is wrong with the formats of an intent, before anything is fetched for them. */
  check(intent: ScrapeIntent, mode: KeyMode): void
  /** Never throws: a failure is an outcome. */
  scrape(intent: ScrapeIntent, context: ScrapeContext): Promise<Outcome<Document>>
  /** Never throws. */
  draftSchema(wish: SchemaWish, context: ScrapeContext): Promise<Outcome<SchemaDraft>>
  /** Who is behind a page, from one visit of it. Never throws. */
  enrich(intent: EnrichIntent, context: EnrichContext): Promise<Outcome<Enrichment>>
  /** What a site says about its own pages. */
  discovery(mode: KeyMode): Promise<Discovery>
}

/** What a rung of the ladder came to. `climb` carries the failure that stands if there is no higher rung. */
export type RungResult = ({ kind: 'document'; document: Document; sight?: Sight } & Findings) | { kind: 'climb'; failure: Failure }

/** What every rung works with; it adds its attempts and timings as it goes. */
export interface Work {
  intent: ScrapeIntent
  mode: KeyMode
  egress: Egress
  converter: Converter
  renderer: Renderer | undefined
  blobs: BlobStore | undefined
  bytesMax: number
  deadline: Deadline
  clock: Clock
  attempts: Attempt[]
  timings: Timings
  /** Who works the page, where a task is given. */
  agent?: { model: Model; owner: string } | undefined
  /** A model will read the page: conversion gives its text too. */
  reads: boolean
  /** The proxy that `egress` goes through. */
  way?: string | undefined
  /** How the page looks is wanted: a browser is the first choice where there is one, and plain HTTP does where there is none. */
  sees?: boolean
  /** Of the caller's profile, what belongs to the page's site. */
  state?: ProfileState | undefined
  /** What a rung left of it, where that is wanted. */
  kept?: { state?: ProfileState } | undefined
}

const draftMs = 60_000

export const createEngine = (deps: EngineDeps): Engine => ({
  check: (intent, mode) => {
    checkFormats(intent)
    needsModel(intent, mode === 'live' ? deps.model : undefined, mode)
  },

  enrich: (intent, context) => enrich(deps, { climb, obeyRobots }, intent, context),

  discovery: async (mode) => createDiscovery(await deps.egress[mode](), deps.userAgent),

  draftSchema: async (wish, { mode, signal, owner = '' }) => {
    const started = deps.clock()
    const deadline = new Deadline(draftMs, signal)
    try {
      const model = mode === 'live' ? deps.model : undefined
      if (!model) throw modelMissing(mode)
      const draft = await draftSchema(model, wish, owner, deadline.signal)
      return succeeded(draft, [{ tier: 'model', ms: deps.clock() - started, outcome: 'ok' }])
    } catch (error) {
      return failed(normalize(error, { deadline, stage: 'model' }))
    } finally {
      deadline.clear()
    }
  },

  scrape: async (intent, context) => {
    const attempts: Attempt[] = []
    const timings: Timings = {}
    const deadline = new Deadline(intent.timeoutMs, context.signal)
    try {
      checkFormats(intent)
      // A test key reaches nothing but the lab, and a model is elsewhere.
      const model = context.mode === 'live' ? deps.model : undefined
      if (intent.browser?.agent && !model) throw modelMissing(context.mode)
      const reads = needsModel(intent, model, context.mode)
      const key = cacheKey(intent, context.mode)
      const stored = intent.maxAgeS > 0 && !intent.content ? await fromCache(deps, intent, context, key) : undefined
      if (stored) return succeeded(stored.document, [stored.attempt], timings)

      const egress = await deps.egress[context.mode]()
      const work: Work = { intent, mode: context.mode, egress, converter: deps.converter, renderer: deps.renderer, blobs: deps.blobs, bytesMax: deps.bytesMax, deadline, clock: deps.clock, attempts, timings, reads, agent: intent.browser?.agent && model ? { model, owner: context.owner ?? '' } : undefined, ...(wantsBranding(intent) ? { sees: true } : {}), state: context.state, kept: context.keep && {} }
      const { value: reached, tier } = await alongWays(work, { proxies: deps.proxies, mode: context.mode, owner: context.owner ?? '' }, async (way) => {
        if (intent.respectRobots && !intent.content) await obeyRobots(way, deps.userAgent)
        return withBranding(way, climb)
      })
      if (tier) reached.document.proxy = tier
      const document = await withExtracts(work, reached, { model, owner: context.owner ?? '' })
      if (work.kept?.state) context.keep?.(work.kept.state)
      if (!intent.content && !document.failedFormats) context.cache?.put(key, document)
      return succeeded(document, attempts, timings)
    } catch (error) {
      const failure = normalize(error, { deadline, stage: 'conversion' }).carrying(attempts)
      return failed(failure, attempts, timings)
    } finally {
      deadline.clear()
    }
  },
})

/** From the cheapest rung that the intent allows upwards, until one gives a document. */
const climb = async (work: Work): Promise<RungResult & { kind: 'document' }> => {
  const { intent, renderer } = work
  if (intent.content) return contentRung(work, intent.content)
  const seen = work.sees === true && intent.render === 'auto' && renderer?.available ? await sighted(work) : undefined
  if (seen) return seen
  const first = intent.render === 'js' || (intent.render === 'auto' && needsBrowser(intent)) ? renderRung : httpRung
  const result = await first(work).catch((error: unknown) => withoutBrowser(work, error))
  if (result.kind === 'document') return result
  // Without a browser the failure below it is the one that says something about the page.
  if (!renderer?.available) throw result.failure
  const higher = await renderRung(work)
  if (higher.kind === 'document') return higher
  throw higher.failure
}

/** Where there is no browser, what only one can make is told as failed beside the rest. */
const withoutBrowser = async (work: Work, error: unknown): Promise<RungResult> => {
  const { intent } = work
  const formats = intent.formats.filter(isTextFormat)
  const isMissing = isFailure(error) && error.code === 'platform.browser_unavailable'
  if (!isMissing || intent.render !== 'auto' || formats.length === 0 || needsBrowser({ ...intent, formats })) throw error
  const result = await httpRung({ ...work, intent: { ...intent, formats } })
  if (result.kind !== 'document') return result
  const missing = intent.formats.filter((format) => !isTextFormat(format)).map(({ kind }) => [kind, error.toJSON()])
  return { ...result, document: { ...result.document, failedFormats: { ...result.document.failedFormats, ...(Object.fromEntries(missing) as Document['failedFormats']) } } }
}

/** The page in a browser; undefined where the browser is at fault and plain HTTP may still do. */
const sighted = async (work: Work): Promise<(RungResult & { kind: 'document' }) | undefined> => {
  try {
    const result = await renderRung(work)
    return result.kind === 'document' ? result : undefined
  } catch (error) {
    const failure = normalize(error, { deadline: work.deadline, stage: 'rendering' })
    if (work.deadline.signal.aborted || !blameless.has(failure.code)) throw failure
    return undefined
  }
}

/** Failures that say nothing about the page. */
const blameless: ReadonlySet<string> = new Set(['platform.browser_unavailable', 'content.render_failed'])

const fromCache = async (deps: EngineDeps, intent: ScrapeIntent, context: ScrapeContext, key: string) => {
  const startedAt = deps.clock()
  const document = await context.cache?.get(key, intent.maxAgeS)
  if (!document || isOver(document, deps.clock())) return undefined
  const attempt: Attempt = { tier: 'cache', url: document.finalUrl, ms: deps.clock() - startedAt, outcome: 'ok' }
  return { document: { ...document, url: intent.url, cached: true }, attempt }
}

/** The addresses of what was kept beside it end before the stored result does. */
const isOver = ({ formats, actions = [] }: Document, now: number): boolean =>
  [formats.screenshot, formats.pdf, ...actions.map(({ screenshot }) => screenshot)]
    .some((blob) => blob?.expiresAt !== undefined && Date.parse(blob.expiresAt) < now + 60_000)

const obeyRobots = async (work: Work, userAgent: string): Promise<void> => {
  const verdict = await work.egress.robots(work.intent.url, userAgent, work.deadline.signal)
  if (!verdict.allowed) throw fail('policy.robots_disallowed', { rule: verdict.rule })
}
