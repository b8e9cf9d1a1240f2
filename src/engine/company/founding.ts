import type { Company } from '../../contract/company.ts'
import type { Fact } from '../../contract/proof.ts'
import { isRecord } from '../extract/schema.ts'
import { best, merged, textsOf } from './collect.ts'
import type { CompanyPage } from './company-page.ts'

const founded = /\b(?:(?:was |were )?founded (?:in|on|back in)|established in|est(?:ablished|d)?\.?\s+(?:in\s+)?|started in|gegründet(?: im jahr(?:e)?)?|gründung(?:sjahr)?:?|fondée? en|créée? en|fundad[ao] en|fondat[ao] nel|opgericht in)\s*(?:\p{L}+\s+)?(1[6-9]\d\d|20[0-4]\d)\b/iu
const since = /(?:^|[.!|·–—-]\s*|\b(?:family[- ]owned|serving[\p{L} ,]{0,40}|in business|trusted|brewing|making[\p{L} ]{0,20}) )(?:since|seit|depuis|desde|dal)\s+(1[6-9]\d\d|20[0-4]\d)\b/iu
const thisYear = new Date().getUTCFullYear()

/** When, by whom and how large. Years of the text count where it speaks of the company. */
export const foundingOf = (pages: readonly CompanyPage[]): Pick<Company, 'founded' | 'founders' | 'employees'> => {
  const dates: Fact<string>[] = []
  const founders: Fact<string>[] = []
  const employees: Fact<string>[] = []
  for (const page of pages) {
    for (const { data, source, path, own } of page.organizations) {
      const sure = 0.6 + own * 0.35
      for (const date of textsOf(data.foundingDate).slice(0, 1)) if (/^\d{4}(?:-\d\d(?:-\d\d)?)?/.test(date)) dates.push({ value: /^\d{4}(?:-\d\d(?:-\d\d)?)?/.exec(date)?.[0] ?? date, confidence: sure, evidence: [page.at(source, `${path}.foundingDate`)] })
      for (const name of textsOf(data.founder ?? data.founders).slice(0, 10)) if (name.length <= 80) founders.push({ value: name, confidence: sure, evidence: [page.at(source, `${path}.founder`)] })
      const size = sizeOf(data.numberOfEmployees)
      if (size !== undefined) employees.push({ value: size, confidence: sure, evidence: [page.at(source, `${path}.numberOfEmployees`)] })
    }
    if (!page.first && page.kind !== 'about') continue
    for (const { text, region } of page.lines) {
      if (text.length > 1500) continue
      const told = founded.exec(text)?.[1]
      const short = text.length <= 300 || region === 'footer' ? since.exec(text)?.[1] : undefined
      const year = told ?? short
      if (year === undefined || Number(year) > thisYear) continue
      const speaks = page.kind === 'about' || (URL.parse(page.read.url)?.pathname ?? '/').length <= 4
      dates.push({ value: year, confidence: (told === undefined ? 0.45 : 0.55) + (speaks ? 0.15 : -0.2), evidence: [page.at('text', text)] })
    }
  }
  const date = best(merged(dates.filter(({ confidence }) => confidence >= 0.4), ({ value }) => value))
  const size = best(employees)
  return { ...(date ? { founded: date } : {}), founders: merged(founders, ({ value }) => value.toLowerCase()), ...(size ? { employees: size } : {}) }
}

const sizeOf = (value: unknown): string | undefined => {
  if (isRecord(value)) {
    const [least, most] = [textsOf(value.minValue)[0], textsOf(value.maxValue)[0]]
    if (least !== undefined && most !== undefined) return `${least}-${most}`
  }
  const [text] = textsOf(value)
  return text !== undefined && text.length <= 30 && /\d/.test(text) ? text : undefined
}
