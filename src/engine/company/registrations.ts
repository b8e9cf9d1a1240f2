import type { Registration } from '../../contract/company.ts'
import { merged, textsOf } from './collect.ts'
import { isAbn, isLei, isUid, isVat, luhn } from './check-digits.ts'
import type { CompanyPage } from './company-page.ts'

interface Rule {
  kind: string
  country?: string
  pattern: RegExp
  /** What stands in the groups, as it is given; undefined where its check digits are wrong. */
  value(groups: string[]): string | undefined
}

const bare = (text: string): string => text.replace(/[\s./-]+/g, '').toUpperCase()
const passes = (value: string, check: (value: string) => boolean): string | undefined => (check(value) ? value : undefined)

const rules: readonly Rule[] = [
  { kind: 'vat', pattern: /\b((?:ATU|BE\s?[01]|BG|CY|CZ|DE|DK|EE|EL|ES\s?[A-Z0-9]|FI|FR\s?[A-Z0-9]{2}|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK)[\s.]?\d(?:[\s.]?[\dA-Z]){6,11})(?![\dA-Z])/, value: ([text = '']) => passes(bare(text), isVat) },
  { kind: 'vat', country: 'IT', pattern: /(?:p(?:artita)?\.?\s*iva|vat)[^\d]{0,20}(\d{11})(?!\d)/i, value: ([text = '']) => passes(text, luhn) },
  { kind: 'trade_register', country: 'DE', pattern: /(?:(?:amtsgericht|registergericht|ag|handelsregister|hr)\s*:?\s*(?:amtsgericht\s+)?([\p{Lu}][\p{L}.()-]+(?:\s(?:am|an der|\(\p{L}+\)|\p{Lu}[\p{L}-]+))?)?[\s,:–-]*(?:\p{L}+nummer|nr\.?)?[\s,:–-]*)?\b(HR\s?[AB]|VR|GnR|PR)\s*[-:]?\s*(?:Nr\.?\s*)?(\d{1,7}(?:\s?[A-Z]{1,2})?)\b/u, value: ([court = '', book = '', number = '']) => `${/^[\p{Lu}]/u.test(court) && !court.startsWith('HR') ? `${court.trim()} ` : ''}${bare(book)} ${number.trim()}` },
  { kind: 'company_number', country: 'GB', pattern: /(?:(?:company|registered|registration|reg\.?)\s*(?:registration\s*)?(?:no\.?|number|nr\.?)|registered in (?:england|scotland|wales|england (?:and|&) wales)[^\d]{0,60})\s*[:.#]?\s*((?:SC|NI|OC|SO)?\s?\d{6,8})(?!\d)/i, value: ([text = '']) => bare(text).padStart(8, '0') },
  { kind: 'siret', country: 'FR', pattern: /\bSIRET\b[^\d]{0,20}(\d{3}\s?\d{3}\s?\d{3}\s?\d{5})(?!\d)/i, value: ([text = '']) => passes(bare(text), luhn) },
  { kind: 'siren', country: 'FR', pattern: /\b(?:SIREN|RCS|R\.C\.S\.?)\b[^\d]{0,40}(\d{3}\s?\d{3}\s?\d{3})(?!\s?\d)/i, value: ([text = '']) => passes(bare(text), luhn) },
  { kind: 'uid', country: 'CH', pattern: /\bCHE[-\s]?(\d{3}\.?\s?\d{3}\.?\s?\d{3})(?!\d)/, value: ([text = '']) => { const digits = bare(text); return isUid(digits) ? `CHE-${digits.slice(0, 3)}.${digits.slice(3, 6)}.${digits.slice(6)}` : undefined } },
  { kind: 'kvk', country: 'NL', pattern: /\b(?:kvk|k\.v\.k\.?|kamer van koophandel|chamber of commerce)\b[^\d]{0,25}(\d{8})(?!\d)/i, value: ([text = '']) => text },
  { kind: 'firmenbuch', country: 'AT', pattern: /\b(?:firmenbuch(?:nummer)?|FN)\b[^\d]{0,15}(\d{4,6}\s?[a-z])\b/i, value: ([text = '']) => `FN ${text.replace(/\s/g, '')}` },
  { kind: 'abn', country: 'AU', pattern: /\bA\.?B\.?N\.?\b[^\d]{0,12}(\d{2}\s?\d{3}\s?\d{3}\s?\d{3})(?!\d)/, value: ([text = '']) => passes(bare(text), isAbn) },
  { kind: 'lei', pattern: /\bLEI\b[^A-Z0-9]{0,15}([A-Z0-9]{18}\d{2})\b/, value: ([text = '']) => passes(text, isLei) },
  { kind: 'duns', pattern: /\bD-?U-?N-?S\b[^\d]{0,25}(\d{2}-?\d{3}-?\d{4})(?!\d)/i, value: ([text = '']) => bare(text) },
]

const properties: Record<string, string> = { vatID: 'vat', taxID: 'tax', duns: 'duns', leiCode: 'lei', iso6523Code: 'iso6523', globalLocationNumber: 'gln' }

/** Numbers under which registers know the company; those with check digits only where they are right. */
export const registrationsOf = (page: CompanyPage): Registration[] => {
  const found: Registration[] = []
  for (const { data, source, path, own } of page.organizations) {
    for (const [property, kind] of Object.entries(properties)) {
      for (const value of textsOf(data[property]).slice(0, 5)) {
        if (value.length > 60 || (kind === 'lei' && !isLei(value)) || (kind === 'vat' && !(/^[A-Z]{2}/i.test(value) ? isVat(bare(value)) : /\d{5}/.test(value)))) continue
        found.push({ value: kind === 'vat' ? bare(value) : value, kind, ...(kind === 'vat' && /^[A-Z]{2}/.test(value) ? { country: value.slice(0, 2) } : {}), confidence: 0.6 + own * 0.35, evidence: [page.at(source, `${path}.${property}`)] })
      }
    }
  }
  const imprint = page.kind === 'imprint' || page.kind === 'contact'
  page.lines.forEach(({ text, region }, i) => {
    if (text.length > 1500 || (region === 'body' && !imprint)) return
    // A label often stands on the line above.
    const before = page.lines[i - 1]?.text ?? ''
    const joined = before.length <= 60 && text.length <= 80 ? `${before} ${text}` : text
    for (const { kind, country, pattern, value } of rules) {
      const match = pattern.exec(text) ?? pattern.exec(joined)
      const given = match && value(match.slice(1))
      if (!given) continue
      const own = country ?? (kind === 'vat' ? (given.startsWith('EL') ? 'GR' : given.slice(0, 2)) : undefined)
      found.push({ value: given, kind, ...(own === undefined ? {} : { country: own }), confidence: imprint ? 0.85 : 0.7, evidence: [page.at('text', joined)] })
    }
  })
  return found
}

export const mergedRegistrations = (list: readonly Registration[]): Registration[] => merged(list, ({ kind, value }) => `${kind} ${bare(value).replace(/^\p{L}+(?=HR[AB]\d)/u, '')}`).toSorted((a, b) => b.confidence - a.confidence)
