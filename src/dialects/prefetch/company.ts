import { z } from 'zod'
import type { Company } from '../../contract/company.ts'

const text = z.string().nullable()

/** The vendor names the contents in words only; all names are ours. */
export const companySchema = z.object({
  name: text,
  legal_name: text,
  description: text,
  tagline: text,
  emails: z.array(z.string()),
  phones: z.array(z.string()),
  addresses: z.array(z.object({ formatted: z.string(), street: text, city: text, region: text, postal_code: text, country: text })),
  founded: text,
  founders: z.array(z.string()),
  employees: text,
  registrations: z.array(z.object({ type: z.string(), value: z.string(), country: text })),
  stock_tickers: z.array(z.string()),
  isins: z.array(z.string()),
  pages: z.array(z.string()),
})

export const renderCompany = (company: Company): z.output<typeof companySchema> => ({
  name: company.name?.value ?? null,
  legal_name: company.legal_name?.value ?? null,
  description: company.description?.value ?? null,
  tagline: company.tagline?.value ?? null,
  emails: company.emails.map(({ value }) => value),
  phones: company.phones.filter(({ type }) => type !== 'fax').map(({ value }) => value),
  addresses: company.addresses.map(({ formatted, street, city, region, postal_code: postal, country }) => ({ formatted, street: street ?? null, city: city ?? null, region: region ?? null, postal_code: postal ?? null, country: country ?? null })),
  founded: company.founded?.value ?? null,
  founders: company.founders.map(({ value }) => value),
  employees: company.employees?.value ?? null,
  registrations: company.registrations.map(({ kind, value, country }) => ({ type: kind, value, country: country ?? null })),
  stock_tickers: tickersOf(company),
  isins: company.isins.map(({ value }) => value),
  pages: company.pages,
})

/** `XETRA:BNK`, or the symbol alone. */
export const tickersOf = ({ tickers }: Pick<Company, 'tickers'>): string[] => tickers.map(({ symbol, exchange }) => (exchange === undefined ? symbol : `${exchange}:${symbol}`))
