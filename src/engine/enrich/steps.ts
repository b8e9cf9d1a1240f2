import type { Classification } from '../../contract/classification.ts'
import type { Company } from '../../contract/company.ts'
import type { EnrichPart } from '../../contract/enrich.ts'
import { Failure, fail, isFailure, type FailureJson } from '../../failure/failure.ts'
import { draftBrand, type BrandDraft } from '../brand/draft.ts'
import { inlineSheets, staticStyles, type Sheet } from '../brand/styles/static.ts'
import type { Styles } from '../brand/styles/styles.ts'
import { parseAsBrowser } from '../convert/dom/select.ts'
import { classifyPart } from '../classify/index.ts'
import { companyPart } from '../company/index.ts'
import { readPage } from './read-page.ts'
import type { VisitedPage } from './parts.ts'

export type Part<T> = { ok: true; value: T } | { ok: false; failure: FailureJson }

export interface Survey {
  brand?: Part<BrandDraft>
  classification?: Part<Classification>
  /** Addresses of further pages that the company part wants. */
  company?: Part<string[]>
}

/** What workers do for the enrichment of a page; a part that fails leaves the others alone. */
export const steps = {
  survey: ({ page: visited, parts }: { page: VisitedPage; parts: readonly EnrichPart[] }): Survey => {
    const page = readPage(visited)
    const survey: Survey = {}
    if (parts.includes('brand')) survey.brand = part(() => draftBrand(page))
    if (parts.includes('classification')) survey.classification = part(() => landed(classifyPart, 'classification').read(page))
    if (parts.includes('company')) survey.company = part(() => landed(companyPart, 'company').pagesOf(page))
    return survey
  },
  /** For where no browser has computed them. */
  styles: ({ page, sheets }: { page: VisitedPage; sheets: Sheet[] }): Styles => {
    const root = parseAsBrowser(page.html) ?? readPage(page).page.root
    return staticStyles(root, [...sheets, ...inlineSheets(root, page.url)])
  },
  company: ({ pages: [first, ...others] }: { pages: [VisitedPage, ...VisitedPage[]] }): Company =>
    landed(companyPart, 'company').read([readPage(first), ...others.map(readPage)]),
}

export type Steps = typeof steps
export type StepName = keyof Steps
export type StepInput<S extends StepName> = Parameters<Steps[S]>[0]
export type StepOutput<S extends StepName> = ReturnType<Steps[S]>

const part = <T>(read: () => T): Part<T> => {
  try {
    return { ok: true, value: read() }
  } catch (err) {
    return { ok: false, failure: (isFailure(err) ? err : new Failure('content.parse_failed', {}, { cause: err })).toJSON() }
  }
}

const landed = <T>(implementation: T | undefined, name: EnrichPart): T => {
  if (!implementation) throw fail('platform.not_configured', { setting: `The part "${name}"` })
  return implementation
}
