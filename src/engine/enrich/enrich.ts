import type { Classification } from '../../contract/classification.ts'
import type { Document } from '../../contract/document.ts'
import { enrichParts, type EnrichIntent, type EnrichPart, type Enrichment, type EnrichValues } from '../../contract/enrich.ts'
import { scrapeIntent } from '../../contract/intent.ts'
import { failed, succeeded, type Outcome } from '../../contract/outcome.ts'
import type { Attempt } from '../../failure/evidence.ts'
import { Failure, fail, type FailureJson } from '../../failure/failure.ts'
import { normalize } from '../../failure/normalize.ts'
import { Deadline } from '../../lib/deadline.ts'
import type { ResultCache } from '../cache.ts'
import type { EngineDeps, RungResult, ScrapeContext, Work } from '../engine.ts'
import { brandOf, type Sight } from '../brand/brand.ts'
import { askModel } from '../classify/ask-model.ts'
import type { Model } from '../providers/model.ts'
import { companyOf } from './company.ts'
import type { Part } from './steps.ts'
import type { VisitedPage } from './parts.ts'

/** One part of an answer about a host, as it is kept. */
export interface StoredPart {
  value: EnrichValues[EnrichPart]
  finalUrl: string
  fetchedAt: string
  renderer: 'static' | 'js'
  warnings: string[]
}

export interface EnrichContext extends Omit<ScrapeContext, 'cache'> {
  parts?: ResultCache<StoredPart>
  /** Where the intent names no age. */
  maxAgeS: number
}

interface Ladder {
  climb(work: Work): Promise<RungResult & { kind: 'document' }>
  /** Throws policy.robots_disallowed. */
  obeyRobots(work: Work, userAgent: string): Promise<void>
}

/** One visit of one page for all parts that the store does not have. */
export const enrich = async (deps: EngineDeps, { climb, obeyRobots }: Ladder, intent: EnrichIntent, context: EnrichContext): Promise<Outcome<Enrichment>> => {
  const attempts: Attempt[] = []
  const timings = {}
  const deadline = new Deadline(intent.timeoutMs, context.signal)
  try {
    const known = await stored(deps, intent, context, attempts)
    const storedParts = [...known.keys()]
    const wanted = enrichParts.filter((part) => intent.parts.includes(part) && !known.has(part))
    if (wanted.length === 0) return succeeded(answerOf(intent, known, {}, storedParts), attempts, timings)
    const egress = await deps.egress[context.mode]()
    const work: Work = {
      intent: scrapeIntent({ url: intent.url, formats: [{ kind: 'raw_html' }], timeoutMs: intent.timeoutMs, render: intent.render, respectRobots: intent.respectRobots }),
      mode: context.mode, egress, converter: deps.converter, renderer: deps.renderer, blobs: deps.blobs, bytesMax: deps.bytesMax, deadline, clock: deps.clock, attempts, timings, reads: false,
      ...(wanted.includes('brand') ? { sees: true } : {}),
    }
    if (intent.respectRobots) await obeyRobots(work, deps.userAgent)
    const { document, sight = {} } = await climb(work)
    const page: VisitedPage = { url: document.finalUrl, status: document.status, headers: [], html: document.formats.raw_html ?? '', rendered: document.renderer === 'js' }
    const warnings = [...document.warnings]
    const results = await readParts(work, { userAgent: deps.userAgent, page, wanted, sight, screenshotColors: intent.screenshotColors, warnings })
    const classified = results.get('classification')
    // A test key reaches nothing but the lab, and a model is elsewhere.
    if (classified?.ok && deps.model && context.mode === 'live') {
      // Safe: what stands under this name.
      results.set('classification', await refined(classified.value as Classification, document, deps.model, context.owner ?? '', work, warnings))
    }
    const failures: Partial<Record<EnrichPart, FailureJson>> = {}
    for (const [name, result] of results) {
      if (!result.ok) {
        failures[name] = result.failure
        continue
      }
      const kept: StoredPart = { value: result.value, finalUrl: document.finalUrl, fetchedAt: document.fetchedAt, renderer: document.renderer, warnings }
      known.set(name, kept)
      context.parts?.put(keyOf(name, intent, context), kept)
    }
    const [first] = Object.values(failures)
    if (first && known.size === 0) throw Failure.fromJSON(first)
    return succeeded(answerOf(intent, known, failures, storedParts), attempts, timings)
  } catch (error) {
    return failed(normalize(error, { deadline, stage: 'enrichment' }).carrying(attempts), attempts, timings)
  } finally {
    deadline.clear()
  }
}

interface Reading {
  userAgent: string
  page: VisitedPage
  wanted: readonly EnrichPart[]
  sight: Sight
  screenshotColors: number
  warnings: string[]
}

const readParts = async (work: Work, { userAgent, page, wanted, sight, screenshotColors, warnings }: Reading): Promise<Map<EnrichPart, Part<EnrichValues[EnrichPart]>>> => {
  const { brand, classification, company } = await work.converter.step('survey', { page, parts: wanted }, work.deadline.signal)
  const results = new Map<EnrichPart, Part<EnrichValues[EnrichPart]>>()
  const [branded, run] = await Promise.all([
    brand?.ok ? tried(work, () => brandOf(work, { page, draft: brand.value, sight, screenshotColors, warnings })) : brand,
    company?.ok ? tried(work, () => companyOf(work, userAgent, page, company.value)) : company,
  ])
  if (branded) results.set('brand', branded)
  if (run) results.set('company', run)
  if (classification) results.set('classification', classification)
  return results
}

/** With the word of a model where words alone are not sure; without it where it does not answer. */
const refined = async (found: Classification, { finalUrl, metadata }: Document, model: Model, owner: string, { deadline }: Work, warnings: string[]): Promise<Part<Classification>> => {
  try {
    return { ok: true, value: await askModel(found, finalUrl, metadata, { model, owner, signal: deadline.signal }) }
  } catch (error) {
    if (deadline.signal.aborted) throw error
    warnings.push('The model did not answer; the classification is that of words alone.')
    return { ok: true, value: found }
  }
}

/** A part that fails leaves the others alone; time that ran out does not. */
const tried = async <T>(work: Work, read: () => Promise<T>): Promise<Part<T>> => {
  try {
    return { ok: true, value: await read() }
  } catch (error) {
    if (work.deadline.signal.aborted) throw error
    return { ok: false, failure: normalize(error).toJSON() }
  }
}

const stored = async (deps: EngineDeps, intent: EnrichIntent, context: EnrichContext, attempts: Attempt[]): Promise<Map<EnrichPart, StoredPart>> => {
  const known = new Map<EnrichPart, StoredPart>()
  const maxAgeS = intent.maxAgeS ?? context.maxAgeS
  if (!context.parts || maxAgeS <= 0) return known
  const startedAt = deps.clock()
  for (const part of intent.parts) {
    const found = await context.parts.get(keyOf(part, intent, context), maxAgeS)
    // What waits to be written has not been asked for its age.
    if (found && deps.clock() - Date.parse(found.fetchedAt) <= maxAgeS * 1000) known.set(part, found)
  }
  const [first] = known.values()
  if (first) attempts.push({ tier: 'cache', url: first.finalUrl, ms: deps.clock() - startedAt, outcome: 'ok' })
  return known
}

/** Answers are about a host, whichever of its pages was asked for. */
const keyOf = (part: EnrichPart, intent: EnrichIntent, { mode }: EnrichContext): string =>
  ['enrich', part, mode, URL.parse(intent.url)?.host ?? intent.url, intent.render, ...(part === 'brand' ? [intent.screenshotColors] : [])].join(' ')

const answerOf = (intent: EnrichIntent, known: ReadonlyMap<EnrichPart, StoredPart>, failedParts: Enrichment['failedParts'], storedParts: EnrichPart[]): Enrichment => {
  const [oldest] = [...known.values()].toSorted((a, b) => Date.parse(a.fetchedAt) - Date.parse(b.fetchedAt))
  if (!oldest) throw fail('content.extraction_failed')
  const { finalUrl, fetchedAt, renderer } = oldest
  return {
    url: intent.url, finalUrl, fetchedAt, renderer, cached: storedParts.length === known.size && Object.keys(failedParts).length === 0, storedParts,
    // Safe: each part was stored under its own name.
    values: Object.fromEntries([...known].map(([part, { value }]) => [part, value])) as Partial<EnrichValues>,
    failedParts,
    warnings: [...new Set([...known.values()].flatMap(({ warnings }) => warnings))],
  }
}
