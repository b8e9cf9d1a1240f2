import type { Proof, ProofSource } from '../../contract/proof.ts'
import type { ReadPage } from '../enrich/parts.ts'
import { countryOf } from './country.ts'
import { linesOf, type Line } from './lines.ts'
import { organizationsOf, type Organization } from './organizations.ts'
import { kindOf, type PageKind } from './page-kind.ts'

/** A page with all that the readers of single facts share. */
export interface CompanyPage {
  read: ReadPage
  kind: PageKind
  /** The page that was asked for. */
  first: boolean
  lines: Line[]
  organizations: Organization[]
  /** ISO 3166-1 alpha-2: where numbers without a country are taken to be from. */
  country: string | undefined
  /** A place on this page. */
  at(source: ProofSource, at?: string): Proof
}

export const companyPageOf = (read: ReadPage, first: boolean): CompanyPage => {
  const kind = kindOf(read.url, first ? '' : (read.metadata.title ?? ''))
  const organizations = organizationsOf(read)
  return {
    read, kind, first, organizations,
    lines: linesOf(read.page.root, kind === 'imprint' || kind === 'contact'),
    country: countryOf(read, organizations),
    at: (source, at) => ({ source, ...(at === undefined ? {} : { at: at.slice(0, 200) }), ...(first ? {} : { url: read.url }) }),
  }
}
