import type { Document } from '../../contract/document.ts'
import { enrichDefaults } from '../../contract/enrich.ts'
import type { ScrapeIntent } from '../../contract/intent.ts'
import { Failure } from '../../failure/failure.ts'
import { normalize } from '../../failure/normalize.ts'
import { brandOf } from '../brand/brand.ts'
import type { RungResult, Work } from '../engine.ts'
import type { VisitedPage } from './parts.ts'

type Reached = RungResult & { kind: 'document' }

export const wantsBranding = ({ formats }: Pick<ScrapeIntent, 'formats'>): boolean => formats.some(({ kind }) => kind === 'branding')

/** A page with its format `branding`, where that is among those that are wanted. One visit serves all formats. */
export const withBranding = async (work: Work, climb: (work: Work) => Promise<Reached>): Promise<Reached> => {
  const { intent } = work
  if (!wantsBranding(intent)) return climb(work)
  const isRawWanted = intent.formats.some(({ kind }) => kind === 'raw_html')
  const reached = await climb(isRawWanted ? work : { ...work, intent: { ...intent, formats: [...intent.formats, { kind: 'raw_html' }] } })
  const { raw_html: html = '', ...formats } = reached.document.formats
  const document: Document = { ...reached.document, formats: isRawWanted ? reached.document.formats : formats, warnings: [...reached.document.warnings] }
  const page: VisitedPage = { url: document.finalUrl, status: document.status, headers: [], html, rendered: document.renderer === 'js' }
  const started = work.clock()
  try {
    const { brand } = await work.converter.step('survey', { page, parts: ['brand'] }, work.deadline.signal)
    if (!brand?.ok) throw brand ? Failure.fromJSON(brand.failure) : new Failure('content.extraction_failed', {})
    const branding = await brandOf(work, { page, draft: brand.value, sight: reached.sight ?? {}, screenshotColors: enrichDefaults.screenshotColors, warnings: document.warnings })
    return { ...reached, document: { ...document, formats: { ...document.formats, branding } } }
  } catch (error) {
    // Time that ran out ends the whole, and so does the failure of all that was asked for.
    if (work.deadline.signal.aborted || intent.formats.length === 1) throw error
    return { ...reached, document: { ...document, failedFormats: { ...document.failedFormats, branding: normalize(error).toJSON() } } }
  } finally {
    work.timings.branding = work.clock() - started
  }
}
