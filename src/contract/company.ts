import type { Fact, Proven } from './proof.ts'

export interface Phone extends Fact<string> {
  /** `value` as it stands on the page. */
  written?: string
  /** ISO 3166-1 alpha-2. */
  country?: string
  type?: string
}

export interface Email extends Fact<string> {
  /** A mailbox of a function (`info`, `sales`), not of a person. */
  role: boolean
}

export interface CompanyAddress extends Proven {
  formatted: string
  street?: string
  postal_code?: string
  city?: string
  region?: string
  /** ISO 3166-1 alpha-2 where it could be told. */
  country?: string
  type?: string
}

export interface Registration extends Fact<string> {
  /** `vat`, `trade_register`, `company_number`, `duns`, `lei`, … */
  kind: string
  country?: string
}

export interface Ticker extends Proven {
  symbol: string
  exchange?: string
}

/** What a site says about who runs it. */
export interface Company {
  name?: Fact<string>
  legal_name?: Fact<string>
  description?: Fact<string>
  long_description?: Fact<string>
  tagline?: Fact<string>
  emails: Email[]
  phones: Phone[]
  addresses: CompanyAddress[]
  founded?: Fact<string>
  founders: Fact<string>[]
  employees?: Fact<string>
  registrations: Registration[]
  tickers: Ticker[]
  isins: Fact<string>[]
  /** URLs that were read, the one asked for first. */
  pages: string[]
}
