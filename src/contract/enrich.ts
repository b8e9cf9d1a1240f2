import type { FailureJson } from '../failure/failure.ts'
import type { Brand } from './brand.ts'
import type { Classification } from './classification.ts'
import type { Company } from './company.ts'
import type { Render } from './intent.ts'

export const enrichParts = ['brand', 'company', 'classification'] as const
export type EnrichPart = (typeof enrichParts)[number]

/** Facts about who is behind a page: one visit serves every part. */
export interface EnrichIntent {
  url: string
  parts: EnrichPart[]
  /** Colours to take from a picture of the page, 2 to 12. */
  screenshotColors: number
  /** Seconds for which a stored answer about the host will do; unset: the operator's setting. */
  maxAgeS?: number
  timeoutMs: number
  render: Render
  respectRobots: boolean
}

export const enrichDefaults = { screenshotColors: 6, timeoutMs: 45_000, render: 'auto', respectRobots: false } as const

export const enrichIntent = (parts: Partial<EnrichIntent> & Pick<EnrichIntent, 'url' | 'parts'>): EnrichIntent => ({ ...enrichDefaults, ...parts })

export interface EnrichValues {
  brand: Brand
  company: Company
  classification: Classification
}

export interface Enrichment {
  url: string
  /** Of the page that the oldest part was read from. */
  finalUrl: string
  /** ISO 8601; of the oldest part. */
  fetchedAt: string
  renderer: 'static' | 'js'
  /** Every part came from the store. */
  cached: boolean
  /** Those that did. */
  storedParts: EnrichPart[]
  values: Partial<EnrichValues>
  /** Parts that failed although the page did not. */
  failedParts: Partial<Record<EnrichPart, FailureJson>>
  warnings: string[]
}
