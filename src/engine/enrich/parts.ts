import type { Classification } from '../../contract/classification.ts'
import type { Company } from '../../contract/company.ts'
import type { Metadata } from '../../contract/document.ts'
import type { Page } from '../convert/dom/parse.ts'
import type { Resolve } from '../convert/dom/url.ts'

/** A page as it was got, ready to be sent to a worker. */
export interface VisitedPage {
  /** After redirects. */
  url: string
  status: number
  headers: [string, string][]
  html: string
  /** As a browser had it after its scripts ran. */
  rendered: boolean
}

/** A page as the parts read it, inside a worker. */
export interface ReadPage extends VisitedPage {
  page: Page
  metadata: Metadata
  resolve: Resolve
}

/** Who runs the site. Pure; runs in a worker. */
export interface CompanyPart {
  /** Pages of the same host to read beside the first (contact, about, imprint), best first; at most `extraPagesMax` of them are read. */
  pagesOf(first: ReadPage): string[]
  /** The page that was asked for, then what came of the others. */
  read(pages: readonly [ReadPage, ...ReadPage[]]): Company
}

/** What the site is about. Pure; runs in a worker. */
export interface ClassifyPart {
  read(page: ReadPage): Classification
}

/** Beside the page that was asked for. */
export const extraPagesMax = 4
