import type { Company } from '../../contract/company.ts'
import type { ReadPage } from '../enrich/parts.ts'
import { addressesOf, mergedAddresses } from './addresses.ts'
import { best, merged } from './collect.ts'
import { companyPageOf } from './company-page.ts'
import { emailsOf, sortedEmails } from './emails.ts'
import { foundingOf } from './founding.ts'
import { legalNamesOf, namesOf } from './names.ts'
import { phonesOf, sortedPhones } from './phones.ts'
import { mergedRegistrations, registrationsOf } from './registrations.ts'
import { isinsOf, mergedIsins, mergedTickers, tickersOf } from './securities.ts'
import { squeeze } from './site.ts'
import { descriptionOf, longDescriptionOf, taglineOf } from './texts.ts'

/** What the pages of a site say about who runs it. Personal mailboxes are left out. */
export const readCompany = (read: readonly [ReadPage, ...ReadPage[]]): Company => {
  const [start, ...rest] = read
  const first = companyPageOf(start, true)
  const others = rest.map((one) => companyPageOf(one, false))
  // A site has one home country; pages without a word of their own share it.
  const country = [first, ...others].find(({ organizations }) => organizations.some(({ data }) => data.address !== undefined))?.country ?? first.country
  const pages = [first, ...others.map((one) => ({ ...one, country }))]
  first.country = country
  const names = merged(pages.flatMap(namesOf), ({ value }) => squeeze(value))
  const name = best(names)
  const legal = best(merged(pages.flatMap(legalNamesOf), ({ value }) => squeeze(value)).filter(({ confidence }) => confidence >= 0.5))
  const description = descriptionOf(pages)
  const tagline = taglineOf(first, name?.value)
  const long = longDescriptionOf(pages, name?.value, description?.value)
  const known = [name?.value, legal?.value].filter((one) => one !== undefined)
  return {
    ...(name ? { name } : {}),
    ...(legal ? { legal_name: legal } : {}),
    ...(description ? { description } : {}),
    ...(long ? { long_description: long } : {}),
    ...(tagline ? { tagline } : {}),
    emails: sortedEmails(pages.flatMap(emailsOf), start.url).filter(({ role }) => role).slice(0, 20),
    phones: sortedPhones(pages.flatMap(phonesOf)),
    addresses: mergedAddresses(pages.flatMap(addressesOf)),
    ...foundingOf(pages),
    registrations: mergedRegistrations(pages.flatMap(registrationsOf)),
    tickers: mergedTickers(pages.flatMap((page) => tickersOf(page, known))),
    isins: mergedIsins(pages.flatMap(isinsOf)),
    pages: read.map(({ url }) => url),
  }
}
