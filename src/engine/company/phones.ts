import { findPhoneNumbersInText, parsePhoneNumberFromString, type CountryCode, type PhoneNumber } from 'libphonenumber-js/max'
import type { Phone } from '../../contract/company.ts'
import type { Proof } from '../../contract/proof.ts'
import { eachElement } from '../convert/dom/walk.ts'
import { isRecord } from '../extract/schema.ts'
import { merged, textsOf } from './collect.ts'
import type { CompanyPage } from './company-page.ts'

const faxes = /(?:tele)?fax\s*(?:no\.?|number|nr\.?)?\s*[:.]?\s*$/i
const labelled = /\b(?:tel(?:efon|ephone|éphone|éfono|\.)?|phone|call|fon|mobile?|mobil|handy|fax|hotline|t\s*:|p\s*:|ring|whatsapp|toll.?free|portable|gsm|freephone|rufen)/i
const types: Partial<Record<NonNullable<ReturnType<PhoneNumber['getType']>>, string>> = { MOBILE: 'mobile', FIXED_LINE: 'fixed_line', FIXED_LINE_OR_MOBILE: 'fixed_line_or_mobile', TOLL_FREE: 'toll_free', SHARED_COST: 'shared_cost', PREMIUM_RATE: 'premium_rate', VOIP: 'voip', UAN: 'company' }

const textsMax = 150

/** Numbers that structured data, links and lines about contact hold; what does not exist in its country's plan is left out. */
export const phonesOf = (page: CompanyPage): Phone[] => {
  const found: Phone[] = []
  const country = page.country as CountryCode | undefined
  const take = (number: PhoneNumber | undefined, written: string, confidence: number, proof: Proof, fax: boolean): void => {
    if (!number?.isValid()) return
    const type = fax ? 'fax' : types[number.getType() ?? 'PAGER']
    found.push({ value: number.number, written: written.trim().slice(0, 60), ...(number.country === undefined ? {} : { country: number.country }), ...(type === undefined ? {} : { type }), confidence, evidence: [proof] })
  }
  const add = (text: string, confidence: number, proof: Proof, fax = false): void => take(parsed(text, country), text, confidence, proof, fax)
  for (const { data, source, path, own } of page.organizations) {
    for (const holder of [data, ...[data.contactPoint, data.contactPoints].flat().filter(isRecord)]) {
      const place = `${path}${holder === data ? '' : '.contactPoint'}`
      for (const text of textsOf(holder.telephone)) add(text, 0.6 + own * 0.35, page.at(source, `${place}.telephone`))
      for (const text of textsOf(holder.faxNumber)) add(text, 0.6 + own * 0.35, page.at(source, `${place}.faxNumber`), true)
    }
  }
  eachElement(page.read.page.root, ({ name, attribs }) => {
    if (name === 'a' && attribs.href !== undefined && /^\s*(?:tel|callto):/i.test(attribs.href)) {
      const written = attribs.href.replace(/^\s*\w+:(?:\/\/)?/, '').split(/[;?]/)[0] ?? ''
      add(unescaped(written), 0.85, page.at('element', `a[href="${attribs.href.slice(0, 60)}"]`))
    }
  })
  let texts = 0
  for (const { text, region } of page.lines) {
    const said = labelled.test(text)
    if (text.length > 600 || (region === 'body' && !said) || !/\d[\d\s().\-/]{5,}\d/.test(text) || texts++ > textsMax) continue
    for (const { number, startsAt, endsAt } of findPhoneNumbersInText(text, country === undefined ? {} : { defaultCountry: country })) {
      const written = text.slice(startsAt, endsAt)
      // Dates, prices and order numbers look alike; a country code, a label or its own way of writing tells.
      if (!said && !written.startsWith('+') && !/[()]|\d[\s.-]\d{3}[\s.-]\d/.test(written)) continue
      take(number, written, region === 'body' ? 0.55 : said ? 0.75 : 0.6, page.at('text', text), faxes.test(text.slice(0, startsAt)))
    }
  }
  return found
}

export const sortedPhones = (phones: readonly Phone[]): Phone[] =>
  merged(phones, ({ value, type }) => `${value} ${type === 'fax'}`).toSorted((a, b) => Number(a.type === 'fax') - Number(b.type === 'fax') || b.confidence - a.confidence).slice(0, 30)

const parsed = (text: string, country: CountryCode | undefined): PhoneNumber | undefined => {
  const tidy = text.trim().slice(0, 60).replace(/^00(?=[1-9])/, '+').replace(/\(0\)/, '')
  return parsePhoneNumberFromString(tidy, country === undefined ? {} : { defaultCountry: country })
}

const unescaped = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
