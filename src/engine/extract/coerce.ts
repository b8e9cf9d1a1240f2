import type { Coercion } from '../../contract/extract.ts'
import { isoDate } from '../convert/metadata/dates.ts'
import type { Resolve } from '../convert/dom/url.ts'
import { collapse } from '../convert/dom/walk.ts'
import { isRecord, type Shape } from './schema.ts'

export interface Locale {
  resolve: Resolve
  /** Of the page; decides what `1.299` is. */
  language: string | undefined
}

const textMax = 100_000
/** Languages that group thousands with a full stop. */
const dotGroups = /^(?:de|es|it|pt|nl|id|tr|da|el|ro|hr|sl|sr|vi|nb|no)\b/i
const currencies: readonly (readonly [RegExp, string])[] = [
  [/€|\bEUR\b|\beuros?\b/i, 'EUR'], [/US\$|\bUSD\b/, 'USD'], [/C\$|CA\$|\bCAD\b/, 'CAD'], [/A\$|AU\$|\bAUD\b/, 'AUD'], [/NZ\$|\bNZD\b/, 'NZD'], [/HK\$|\bHKD\b/, 'HKD'], [/S\$|\bSGD\b/, 'SGD'],
  [/R\$|\bBRL\b/, 'BRL'], [/MX\$|\bMXN\b/, 'MXN'], [/£|\bGBP\b/, 'GBP'], [/CN¥|\bCNY\b|\bRMB\b|元/, 'CNY'], [/¥|￥|\bJPY\b|円/, 'JPY'], [/₹|\bINR\b|\bRs\.?(?=\s?\d)/, 'INR'],
  [/₩|\bKRW\b/, 'KRW'], [/₽|\bRUB\b/, 'RUB'], [/₺|\bTRY\b/, 'TRY'], [/₴|\bUAH\b/, 'UAH'], [/zł|\bPLN\b/i, 'PLN'], [/Kč|\bCZK\b/, 'CZK'], [/\bCHF\b|\bFr\.(?=\s?\d)/, 'CHF'],
  [/\bSEK\b/, 'SEK'], [/\bNOK\b/, 'NOK'], [/\bDKK\b/, 'DKK'], [/\bHUF\b/, 'HUF'], [/\bRON\b/, 'RON'], [/₪|\bILS\b/, 'ILS'], [/฿|\bTHB\b/, 'THB'], [/₫|\bVND\b/, 'VND'], [/₱|\bPHP\b/, 'PHP'],
  [/\bZAR\b/, 'ZAR'], [/\bAED\b/, 'AED'], [/\bSAR\b/, 'SAR'], [/\bIDR\b|\bRp(?=\s?\d)/, 'IDR'], [/\bMYR\b|\bRM(?=\s?\d)/, 'MYR'], [/\$/, 'USD'],
]

export const currencyOf = (text: string): string | undefined => {
  const short = text.slice(0, 200)
  return currencies.find(([sign]) => sign.test(short))?.[1]
}

/** The first number of a text, in whichever notation it is written. */
export const numberOf = (given: string, language?: string): number | undefined => {
  const text = given.slice(0, 500)
  const match = /[-−–]?\s?(?:\d{1,3}(?:\s\d{3})+(?:[.,]\d+)?(?!\d)|\d[\d.,'’]*\d|\d|\.\d+)/.exec(text)
  if (!match) return undefined
  const before = text.slice(0, match.index)
  // A dash between two numbers is a range, not a sign.
  const negative = /^[-−–]/.test(match[0]) && !/[\p{L}\d]\s?$/u.test(before)
  const digits = match[0].replace(/^[-−–]\s?/, '').replace(/[\s\u00a0\u202f'’]/g, '')
  const value = Number(plainDigits(digits, language))
  if (!Number.isFinite(value)) return undefined
  // A small m is metres.
  const unit = /^\s?([kK]|M|[mM](?:io\.?|n|illion)|[bB]n|billion)(?![\p{L}\d])/u.exec(text.slice(match.index + match[0].length))?.[1]?.toLowerCase()
  const scale = unit === undefined ? 1 : unit.startsWith('k') ? 1e3 : unit === 'm' || unit.startsWith('mi') || unit === 'mn' ? 1e6 : 1e9
  const scaled = scale === 1 ? value : Math.round(value * scale * 100) / 100
  return negative ? -scaled : scaled
}

const plainDigits = (digits: string, language: string | undefined): string => {
  const dots = digits.split('.').length - 1
  const commas = digits.split(',').length - 1
  if (dots > 0 && commas > 0) return digits.lastIndexOf(',') > digits.lastIndexOf('.') ? digits.replaceAll('.', '').replace(',', '.') : digits.replaceAll(',', '')
  if (commas > 1) return digits.replaceAll(',', '')
  if (dots > 1) return digits.replaceAll('.', '')
  if (commas === 1) return /^[1-9]\d{0,2},\d{3}$/.test(digits) && !isDotGroups(language) ? digits.replace(',', '') : digits.replace(',', '.')
  if (dots === 1 && isDotGroups(language) && /^[1-9]\d{0,2}\.\d{3}$/.test(digits)) return digits.replace('.', '')
  return digits
}

const isDotGroups = (language: string | undefined): boolean => language !== undefined && dotGroups.test(language)

const yes = /^(?:true|yes|y|1|on|in\s?stock|available|instock|https?:\/\/schema\.org\/(?:InStock|LimitedAvailability|OnlineOnly|InStoreOnly|PreOrder)|ja|oui|sí|si|checked|✓|✔)\b/i
const no = /^(?:false|no|n|0|off|none|out\s?of\s?stock|sold\s?out|unavailable|currently unavailable|not available|outofstock|https?:\/\/schema\.org\/(?:OutOfStock|SoldOut|Discontinued|BackOrder)|nein|non|✗|✘)(?:\b|$)/i

export const booleanOf = (value: unknown): boolean | undefined => {
  if (typeof value === 'boolean') return value
  if (value === 1 || value === 0) return value === 1
  if (typeof value !== 'string') return undefined
  const text = collapse(value.slice(0, 200))
  if (no.test(text)) return false
  return yes.test(text) ? true : undefined
}

/** Text of a structured value: names of things, not their insides. */
export const textIn = (value: unknown): string | undefined => {
  if (typeof value === 'string') return tidyText(value)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return value.map(textIn).find((one) => one !== undefined)
  if (!isRecord(value)) return undefined
  const composed = composedText(value)
  if (composed !== undefined) return composed
  for (const key of ['@value', 'name', 'text', 'value', 'headline', 'url', 'contentUrl', '@id']) {
    const text = key in value ? textIn(value[key]) : undefined
    if (text !== undefined) return key === 'value' && typeof value.unitText === 'string' ? `${text} ${value.unitText}` : text
  }
  return undefined
}

const addressParts = ['streetAddress', 'postalCode', 'addressLocality', 'addressRegion', 'addressCountry']

/** Addresses, places that have nothing else, ranges, and steps, whose names are shorter than what they say. */
const composedText = (value: Record<string, unknown>): string | undefined => {
  const address = addressParts.map((key) => textIn(value[key])).filter((part) => part !== undefined)
  if (address.length > 0) return address.join(', ')
  if (value.name === undefined && isRecord(value.address)) return textIn(value.address)
  if (value.minValue !== undefined && value.maxValue !== undefined) return [`${textIn(value.minValue)}–${textIn(value.maxValue)}`, textIn(value.currency), textIn(value.unitText)].filter(Boolean).join(' ')
  if (typeof value.currency === 'string' && isRecord(value.value)) return `${value.currency} ${textIn(value.value)}`
  return /^(?:HowToStep|HowToDirection|Answer|Comment)$/.test(String(value['@type'])) ? textIn(value.text) : undefined
}

/** Structured data holds markup and entities where people wrote text. */
const tidyText = (value: string): string | undefined => {
  const short = value.slice(0, textMax)
  const plain = /<\/?[a-z][^>]*>/i.test(short) ? short.replace(/<(?:br|\/p|\/li|\/div|\/h\d)\b[^>]*>/gi, '\n').replace(/<[^>]*>/g, '') : short
  const text = collapse(/&[#\w]+;/.test(plain) ? entities(plain) : plain)
  return text === '' ? undefined : text
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', ndash: '–', mdash: '—', rsquo: '’', lsquo: '‘', ldquo: '“', rdquo: '”', hellip: '…', euro: '€', pound: '£' }
const entities = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,8}));/gi, (whole, decimal: string | undefined, hex: string | undefined, name: string | undefined) => {
    const code = decimal === undefined ? (hex === undefined ? undefined : Number.parseInt(hex, 16)) : Number(decimal)
    if (code !== undefined) return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
    return named[(name ?? '').toLowerCase()] ?? whole
  })

const urlIn = (value: unknown, resolve: Resolve): string | undefined => {
  if (typeof value === 'string') return resolve(value)
  if (Array.isArray(value)) return value.map((one) => urlIn(one, resolve)).find((one) => one !== undefined)
  if (!isRecord(value)) return undefined
  return ['url', 'contentUrl', '@id', 'item', 'src'].map((key) => (key in value ? urlIn(value[key], resolve) : undefined)).find((one) => one !== undefined)
}

/** ISO 8601 duration in minutes. */
const minutesOf = (text: string): number | undefined => {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i.exec(text.trim())
  return match && match.slice(1).some(Boolean) ? Number(match[1] ?? 0) * 1440 + Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0) + Number(match[4] ?? 0) / 60 : undefined
}

/** A value as a leaf of the schema wants it; undefined where it cannot be that. */
export const coerceLeaf = (value: unknown, shape: Shape, locale: Locale): unknown => {
  const { schema } = shape
  const options = Array.isArray(schema.enum) ? schema.enum : schema.const === undefined ? undefined : [schema.const]
  if (options) return fromOptions(value, options)
  switch (shape.type) {
    case 'number':
    case 'integer':
      return within(schema, numberIn(value, shape, locale))
    case 'boolean':
      return booleanOf(Array.isArray(value) ? value[0] : isRecord(value) ? textIn(value) : value)
    case 'any':
      return simplified(value, 0)
    default:
      return stringFor(value, shape, locale)
  }
}

const numberIn = (value: unknown, shape: Shape, locale: Locale): number | undefined => {
  if (typeof value === 'number') return shape.type === 'integer' ? (Number.isInteger(value) ? value : undefined) : value
  const text = typeof value === 'string' ? value : textIn(isRecord(value) && value.value !== undefined ? value.value : value)
  if (text === undefined || text.length > 200) return undefined
  const found = minutesOf(text) ?? numberOf(text, locale.language)
  return found !== undefined && shape.type === 'integer' && !Number.isInteger(found) ? undefined : found
}

const within = (schema: Record<string, unknown>, value: number | undefined): number | undefined => {
  if (value === undefined) return undefined
  const low = typeof schema.minimum === 'number' && value < schema.minimum
  const high = typeof schema.maximum === 'number' && value > schema.maximum
  return low || high ? undefined : value
}

const stringFor = (value: unknown, { schema }: Shape, locale: Locale): string | undefined => {
  const format = schema.format
  if (format === 'uri' || format === 'url' || format === 'uri-reference' || format === 'iri') return urlIn(value, locale.resolve)
  const text = textIn(value)
  if (text === undefined) return undefined
  if (format === 'date' || format === 'date-time') return dateFor(text, format)
  const short = /^https?:\/\/schema\.org\/(\w+)$/.exec(text)?.[1] ?? text
  if (typeof schema.maxLength === 'number' && short.length > schema.maxLength) return undefined
  return typeof schema.minLength === 'number' && short.length < schema.minLength ? undefined : short
}

const dateFor = (text: string, format: 'date' | 'date-time'): string | undefined => {
  const iso = isoDate(text)
  if (iso === undefined || iso.length < 10) return undefined
  if (format === 'date') return iso.slice(0, 10)
  if (iso.length === 10) return `${iso}T00:00:00Z`
  return /(?:Z|[+-]\d{2}:\d{2})$/.test(iso) ? iso : `${iso}Z`
}

const fold = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/^https?:\/\/schema\.org\//, '').replace(/[^\p{L}\p{N}]+/gu, '')

/** The option that the value names; a longer text has to begin with it. */
const fromOptions = (value: unknown, options: readonly unknown[]): unknown => {
  const exact = options.find((option) => option === value)
  if (exact !== undefined) return exact
  const text = textIn(value)
  if (text === undefined) return undefined
  const key = fold(text)
  const strings = options.filter((option) => typeof option === 'string' || typeof option === 'number')
  const same = strings.find((option) => fold(String(option)) === key)
  if (same !== undefined) return same
  const begins = strings.filter((option) => fold(String(option)).length >= 3 && key.startsWith(fold(String(option))))
  return begins.toSorted((a, b) => String(b).length - String(a).length)[0]
}

/** Structured data without the wrapping of its notation. */
export const simplified = (value: unknown, depth: number): unknown => {
  if (depth > 6 || value === null) return undefined
  if (typeof value === 'string') return tidyText(value)
  if (Array.isArray(value)) return value.slice(0, 500).map((one) => simplified(one, depth + 1)).filter((one) => one !== undefined)
  if (!isRecord(value)) return value
  const entries = Object.entries(value).filter(([key]) => key !== '@context' && key !== '@id' && key !== '__proto__').map(([key, one]) => [key === '@type' ? 'type' : key.replace(/^@/, ''), simplified(one, depth + 1)] as const).filter(([, one]) => one !== undefined)
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

/** What a selector matched, in the form that the caller asked for. */
export const coerceTo = (text: string, type: Coercion, locale: Locale): unknown => {
  switch (type) {
    case 'string':
    case 'html':
      return text
    case 'number':
      return numberOf(text, locale.language)
    case 'integer': {
      const value = numberOf(text, locale.language)
      return value !== undefined && Number.isInteger(value) ? value : undefined
    }
    case 'money': {
      const amount = numberOf(text, locale.language)
      return amount === undefined ? undefined : { amount, currency: currencyOf(text) ?? null }
    }
    case 'date':
      return isoDate(text)
    case 'boolean':
      return booleanOf(text)
    case 'url':
      return locale.resolve(text)
  }
}
