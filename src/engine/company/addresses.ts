import type { CompanyAddress } from '../../contract/company.ts'
import { collapse } from '../convert/dom/walk.ts'
import { fromMicrodata } from '../extract/nodes.ts'
import { rdfaOf } from '../extract/rdfa.ts'
import { isRecord } from '../extract/schema.ts'
import { merged, textsOf } from './collect.ts'
import type { CompanyPage } from './company-page.ts'
import { countryCode } from './country.ts'
import { addressIn } from './postal.ts'
import { squeeze } from './site.ts'

const listMax = 30

/** Structured ones first, then what lines about contact spell out. */
export const addressesOf = (page: CompanyPage): CompanyAddress[] => [...structured(page), ...loose(page), ...written(page)]

export const mergedAddresses = (addresses: readonly CompanyAddress[]): CompanyAddress[] => {
  const key = (one: CompanyAddress): string => {
    const number = /\d+/.exec(one.street ?? '')?.[0]
    return one.postal_code !== undefined && number !== undefined ? `${squeeze(one.postal_code).slice(0, 5)} ${number}` : squeeze(one.formatted)
  }
  return merged(addresses, key).toSorted((a, b) => b.confidence - a.confidence).slice(0, listMax)
}

const structured = (page: CompanyPage): CompanyAddress[] =>
  page.organizations.flatMap(({ data, source, path, own }) => [data.address, ...[data.location].flat().filter(isRecord).map(({ address }) => address)].flat().flatMap((value) => {
    const address = typeof value === 'string' ? inText(value, page) : isRecord(value) ? ofRecord(value, page.country) : undefined
    return address ? [{ ...address, confidence: 0.6 + own * 0.35, evidence: [page.at(source, `${path}.address`)] }] : []
  }))

/** `PostalAddress` items of microdata and RDFa that stand by themselves. */
const loose = (page: CompanyPage): CompanyAddress[] => {
  const { read: { metadata, page: { root }, resolve } } = page
  const items = [...fromMicrodata(metadata.microdata ?? []), ...rdfaOf(root, resolve), ...(metadata.json_ld ?? []).flat()]
  return items.slice(0, 200).filter(isRecord).filter((item) => /PostalAddress/.test(textsOf(item['@type']).join(' '))).flatMap((item) => {
    const address = ofRecord(item, page.country)
    return address ? [{ ...address, confidence: 0.7, evidence: [page.at('microdata', 'PostalAddress')] }] : []
  })
}

/** Where the region stands before the postcode, and both behind the town. */
const postalLast = new Set(['US', 'CA', 'AU'])

type Parts = Omit<CompanyAddress, 'confidence' | 'evidence'>

const ofRecord = (value: Record<string, unknown>, home: string | undefined): Parts | undefined => {
  const text = (name: string): string | undefined => {
    const tidy = collapse(textsOf(value[name]).join(', '))
    return tidy === '' || tidy.length > 200 || /^(?:null|undefined|n\/a)$/i.test(tidy) ? undefined : tidy
  }
  const [street, extra, postal, city, region, named] = ['streetAddress', 'postOfficeBoxNumber', 'postalCode', 'addressLocality', 'addressRegion', 'addressCountry'].map(text)
  const line = street ?? extra
  if (city === undefined && postal === undefined && line === undefined) return undefined
  const country = named === undefined ? undefined : countryCode(named)
  const place = postalLast.has(country ?? home ?? '') ? [city, [region, postal].filter(Boolean).join(' ')].filter(Boolean).join(', ') : [[postal, city].filter(Boolean).join(' '), region].filter(Boolean).join(', ')
  const formatted = [line, place, country ?? named].filter(Boolean).join(', ')
  return { formatted, ...given({ street: line, postal_code: postal, city, region, country }) }
}

const given = (parts: Record<string, string | undefined>): Partial<Parts> => Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined))

const inText = (text: string, page: CompanyPage): Parts | undefined => {
  const tidy = collapse(text)
  return addressIn(tidy, page.country) ?? (tidy.length >= 10 && tidy.length <= 200 && /\d/.test(tidy) ? { formatted: tidy } : undefined)
}

/** Up to four lines that belong together, as an address is set. */
const written = (page: CompanyPage): CompanyAddress[] => {
  const found: CompanyAddress[] = []
  const { lines } = page
  for (let i = 0; i < lines.length && found.length < listMax; i++) {
    const line = lines[i]
    if (!line || line.region === 'body' || line.text.length > 300) continue
    for (let size = 1; size <= 4; size++) {
      const block = lines.slice(i, i + size)
      if (block.length < size || block.some(({ region, text }) => region === 'body' || text.length > 300)) break
      const address = addressIn(block.map(({ text }) => text.replace(/[,;]$/, '')).join(', '), page.country, line.region === 'address')
      if (!address || address.street === undefined) continue
      const country = address.country ?? countryAfter(lines[i + size]?.text)
      const base = { address: 0.75, contact: 0.7, footer: 0.6, body: 0.4 }[line.region]
      found.push({ ...address, ...(country === undefined ? {} : { country }), confidence: page.kind === 'imprint' ? base + 0.1 : base, evidence: [page.at('text', block.map(({ text }) => text).join(', '))] })
      i += size - 1
      break
    }
  }
  return found
}

const countryAfter = (text: string | undefined): string | undefined => (text !== undefined && text.length <= 30 && text.length > 2 ? countryCode(text) : undefined)
