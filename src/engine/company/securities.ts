import type { Ticker } from '../../contract/company.ts'
import type { Fact } from '../../contract/proof.ts'
import { merged, textsOf } from './collect.ts'
import { isIsin } from './check-digits.ts'
import type { CompanyPage } from './company-page.ts'
import { siteLabel, squeeze } from './site.ts'

const exchanges = 'NYSE American|NYSE Arca|NYSE MKT|NYSE|NASDAQ(?:GS|GM|CM)?|Nasdaq(?:GS|GM|CM)?|AMEX|LSE|LON|AIM|XETRA|Xetra|FWB|ETR|FRA|TSXV?|TSX-V|CSE|ASX|NZX|HKEX|SEHK|HKG|SGX|SIX|SWX|BIT|BME|OTCQ[BX]|OTC|OTCMKTS|NSE|BSE|TYO|TSE|JSE|Euronext(?: (?:Paris|Amsterdam|Brussels|Lisbon|Dublin))?|EPA|AMS|EBR|OSE|STO|CPH|HEL|VIE|WSE|B3|BMV'
const listed = new RegExp(String.raw`(?:^|[\s(\[,;])(${exchanges})\s*(?::|\s-\s|™:|®:)\s*["“]?([A-Z0-9][A-Z0-9.-]{0,9})(?![A-Za-z0-9])`, 'g')
const labelled = /(?:stock symbol|ticker(?: symbol)?|börsenkürzel|symbole boursier)\s*[:=]\s*\$?([A-Z]{1,5}(?:\.[A-Z]{1,2})?)(?![A-Za-z])/g
const isinText = /(?<![A-Z0-9])([A-Z]{2}[ -]?(?:[A-Z0-9][ -]?){9}\d)(?![A-Z0-9])/g
/** Prefixes that stand for no country. */
const international = new Set(['XS', 'EU', 'XC', 'XD', 'XF', 'XA', 'XB'])

const regionNames = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' })
const isCountry = (code: string): boolean => international.has(code) || regionNames.of(code) !== undefined

/** Where the company's own shares are traded: told by structured data, or by a line that names the company or is about its shares. */
export const tickersOf = (page: CompanyPage, names: readonly string[]): Ticker[] => {
  const found: Ticker[] = []
  for (const { data, source, path, own } of page.organizations) {
    for (const text of textsOf(data.tickerSymbol).slice(0, 5)) {
      const [, exchange, symbol = ''] = /^(?:([\w .-]{2,20})\s*:\s*)?([A-Z0-9][A-Z0-9.-]{0,9})$/i.exec(text) ?? []
      if (symbol !== '') found.push({ symbol: symbol.toUpperCase(), ...(exchange === undefined ? {} : { exchange: exchange.trim() }), confidence: 0.6 + own * 0.35, evidence: [page.at(source, `${path}.tickerSymbol`)] })
    }
  }
  for (const { text, region } of page.lines) {
    if (text.length > 1500) continue
    for (const match of text.matchAll(listed)) {
      const [, exchange = '', symbol = ''] = match
      if (/^\d{1,2}$/.test(symbol)) continue
      found.push({ symbol: symbol.replace(/[.-]$/, ''), exchange: exchange.toUpperCase().replace(/^NASDAQ..$/, 'NASDAQ').replace(/^LON$/, 'LSE'), confidence: trust(page, region, text, match.index, names), evidence: [page.at('text', text.slice(Math.max(0, match.index - 60), match.index + 60))] })
    }
    for (const match of text.matchAll(labelled)) found.push({ symbol: match[1] ?? '', confidence: trust(page, region, text, match.index, names), evidence: [page.at('text', text)] })
  }
  return found.filter(({ confidence }) => confidence >= 0.5)
}

export const mergedTickers = (list: readonly Ticker[]): Ticker[] => merged(list, ({ symbol, exchange }) => `${exchange ?? ''} ${symbol}`).toSorted((a, b) => b.confidence - a.confidence).slice(0, 10)

export const isinsOf = (page: CompanyPage): Fact<string>[] => {
  const found: Fact<string>[] = []
  page.lines.forEach(({ text, region }, i) => {
    if (text.length > 1500) return
    const label = /\bISIN\b/i.test(text) || /\bISIN\b[^\w]*$/i.test(page.lines[i - 1]?.text ?? '')
    for (const [, raw = ''] of text.matchAll(isinText)) {
      const value = raw.replace(/[ -]/g, '')
      if (!isIsin(value) || !isCountry(value.slice(0, 2)) || (!label && (raw !== value || page.kind !== 'investors'))) continue
      const own = page.kind === 'investors' || page.kind === 'imprint' || page.kind === 'about' || region !== 'body'
      found.push({ value, confidence: (label ? 0.7 : 0.5) + (own ? 0.2 : 0), evidence: [page.at('text', text)] })
    }
  })
  for (const { data, source, path, own } of page.organizations) {
    for (const value of textsOf(data.isin ?? data.isinCode)) if (isIsin(value)) found.push({ value, confidence: 0.6 + own * 0.35, evidence: [page.at(source, `${path}.isin`)] })
  }
  return found
}

export const mergedIsins = (list: readonly Fact<string>[]): Fact<string>[] => merged(list, ({ value }) => value).toSorted((a, b) => b.confidence - a.confidence).slice(0, 10)

/** Pages tell of other companies' shares too. */
const trust = (page: CompanyPage, region: string, text: string, at: number, names: readonly string[]): number => {
  const before = squeeze(text.slice(Math.max(0, at - 80), at))
  const label = squeeze(siteLabel(page.read.url))
  const named = [...names.map(squeeze), label].some((name) => name.length >= 3 && before.includes(name))
  if (named) return 0.85
  if (page.kind === 'investors') return 0.75
  return region === 'footer' ? 0.65 : page.kind === 'about' && before === '' ? 0.5 : 0.3
}
