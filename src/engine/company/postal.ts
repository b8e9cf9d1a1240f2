import type { CompanyAddress } from '../../contract/company.ts'
import { countryCode } from './country.ts'

type Parts = Omit<CompanyAddress, 'confidence' | 'evidence'>

const town = String.raw`(?<city>\p{Lu}[\p{L}\p{M}.'’-]+(?:[ -](?:\p{Lu}[\p{L}\p{M}.'’-]*|am|an|der|den|im|in|ob|bei|sur|sous|en|de|la|le|les|del|y|upon|aan|\(\p{L}+\)|/)){0,5})`
const states = 'AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|PR'
const stateNames = 'Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming'

interface Form {
  /** Undefined: told by the street, the page or a name behind it. */
  country: string | undefined
  /** From town to postcode, wherever the country puts them. */
  place: RegExp
  /** What is taken for the town is a street, and the town for its county. */
  unless?: RegExp
}

const forms: readonly Form[] = [
  { country: 'US', place: new RegExp(String.raw`,?\s*${town},?\s+(?<region>${states}|${stateNames})\.?,?\s+(?<postal>\d{5}(?:-\d{4})?)(?!\d)`, 'u') },
  { country: 'CA', place: new RegExp(String.raw`,?\s*${town},?\s+(?<region>AB|BC|MB|NB|NL|NS|NT|NU|ON|PE|QC|SK|YT|Ontario|Quebec|Québec|British Columbia|Alberta),?\s+(?<postal>[A-Z]\d[A-Z] ?\d[A-Z]\d)(?![A-Z\d])`, 'u') },
  { country: 'AU', place: new RegExp(String.raw`,?\s*${town},?\s+(?<region>NSW|VIC|QLD|WA|SA|TAS|ACT|NT),?\s+(?<postal>\d{4})(?!\d)`, 'u') },
  { country: 'GB', place: new RegExp(String.raw`,?\s*${town},\s+(?<region>\p{Lu}[\p{L} ]+?),?\s+(?<postal>[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})(?![A-Z\d])`, 'u'), unless: /\b(?:street|st|road|rd|lane|avenue|ave|way|house|park|place|square|court|drive|close|terrace|gardens|row|hill|quay|yard|mews|centre|estate|building)\.?$/i },
  { country: 'GB', place: new RegExp(String.raw`,?\s*${town},?\s+(?<postal>[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})(?![A-Z\d])`, 'u') },
  { country: 'NL', place: new RegExp(String.raw`,?\s*(?:NL-)?(?<postal>[1-9]\d{3} ?[A-Z]{2})\s+${town}`, 'u') },
  { country: 'PL', place: new RegExp(String.raw`,?\s*(?:PL-)?(?<postal>\d{2}-\d{3})\s+${town}`, 'u') },
  { country: 'PT', place: new RegExp(String.raw`,?\s*(?<postal>\d{4}-\d{3})\s+${town}`, 'u') },
  { country: 'SE', place: new RegExp(String.raw`,?\s*(?:SE-)?(?<postal>\d{3} \d{2})\s+${town}`, 'u') },
  { country: undefined, place: new RegExp(String.raw`,?\s*(?:\b(?<prefix>D|DE|A|AT|CH|F|FR|I|IT|E|ES|B|BE|L|LU|DK|FI|N|NO)\s?-\s?|(?<![\d-]))(?<postal>\d{4,5})\s+${town}`, 'u') },
]

const prefixes: Record<string, string> = { D: 'DE', A: 'AT', F: 'FR', I: 'IT', E: 'ES', B: 'BE', L: 'LU', N: 'NO' }

/** Streets by how they are called, and where. */
const streets: readonly { country: string | undefined; pattern: RegExp }[] = [
  { country: 'DE', pattern: /(?:^|,\s*)(?<street>(?:[\p{L}\p{M}.'’-]+[ -]){0,4}[\p{L}\p{M}.'’-]*(?:stra(?:ß|ss)e|str\.|gasse|weg|platz|allee|ring|damm|ufer|chaussee|markt|steig|berg|hof|graben|kai|park|promenade|zeile|tor|wall|feld)\s*\d+\s?[a-z]?(?:\s?[-–/]\s?\d+\s?[a-z]?)?)(?:,[^,]{1,40})?$/iu },
  { country: 'FR', pattern: /(?:^|,\s*)(?<street>\d+\s?(?:bis|ter)?,?\s+(?:rue|avenue|av\.|boulevard|bd|place|chemin|quai|route|impasse|allée|cours|square|passage|faubourg)\s[^,]{2,60})(?:,[^,]{1,40})?$/iu },
  { country: 'ES', pattern: /(?:^|,\s*)(?<street>(?:calle|c\/|avda?\.?|avenida|plaza|paseo|carrer|camino|carretera)\s[^,]{2,50},?\s*(?:n[º°.]\s*)?\d+[^,]{0,15})(?:,[^,]{1,40})?$/iu },
  { country: 'IT', pattern: /(?:^|,\s*)(?<street>(?:via|viale|piazza|corso|largo|strada|vicolo|piazzale)\s[^,]{2,50},?\s*(?:n\.\s*)?\d+\s?[a-z/]{0,3})(?:,[^,]{1,40})?$/iu },
  { country: 'NL', pattern: /(?:^|,\s*)(?<street>(?:[\p{L}.'’-]+ ){0,3}[\p{L}.'’-]*(?:straat|laan|weg|plein|gracht|kade|dijk|singel|dreef|hof|pad|steeg)\s*\d+[^,]{0,12})$/iu },
  { country: undefined, pattern: /(?:^|,\s*)(?<street>(?:p\.?\s?o\.?\s?box\s+\d+|\d{1,6}[a-z]?(?:-\d+)?\s+(?:[nsew]\.?\s+|north |south |east |west )?[\p{L}\d][\p{L}\d\s.'’&-]{1,50}?\b(?:street|st|avenue|ave|road|rd|boulevard|blvd|drive|dr|lane|ln|way|court|ct|place|pl|square|sq|parkway|pkwy|highway|hwy|suite|broadway|terrace|circle|cir|trail|row|crescent|close|gardens|quay|house|hill|mews|walk|plaza|center|centre|loop|pike|turnpike|fwy|freeway|expressway)\b\.?(?:\s+(?:[nsew]{1,2}|north|south|east|west)\b)?)(?:,?\s+(?:suite|ste|unit|floor|fl|apt|room|rm|bldg|building|#)\.?\s*#?[\p{L}\d-]+(?:\s+floor)?)?)(?:,[^,]{1,40})?$/iu },
]

/** An address in running text: a place with its postcode and what stands before it. `marked`: the page says that it is one, so that any street will do. */
export const addressIn = (text: string, country: string | undefined, marked = false): Parts | undefined => {
  if (text.length > 700 || !/\d/.test(text)) return undefined
  for (const form of forms) {
    const match = form.place.exec(text)
    if (!match?.groups) continue
    const { city = '', postal = '', region, prefix } = match.groups
    if (form.unless?.test(city)) continue
    const before = text.slice(0, match.index).replace(/[,\s]+$/, '')
    const street = streetIn(before, form.country) ?? (marked ? anyStreet(before) : undefined)
    if (!street) continue
    const behind = text.slice(match.index + match[0].length)
    const named = /^[,\s]+([\p{L} .]{2,30}?)(?:[,.;]|$)/u.exec(behind)?.[1]
    const own = form.country ?? (prefix === undefined ? undefined : (prefixes[prefix] ?? prefix)) ?? (named === undefined || named.trim().length < 3 ? undefined : countryCode(named)) ?? countryOfStreet(street.country, country, postal)
    const town = city.replace(/[\s/-]+$/, '').replace(/\s+\p{Ll}+$/u, '')
    const place = form.country === 'US' || form.country === 'CA' || form.country === 'AU' ? `${town}, ${region} ${postal}` : form.country === 'GB' ? `${town}${region === undefined ? '' : `, ${region}`} ${postal}` : `${postal} ${town}`
    return {
      formatted: `${street.text}, ${place}${own === undefined ? '' : `, ${own}`}`,
      street: street.text, postal_code: postal, city: town,
      ...(region === undefined ? {} : { region }),
      ...(own === undefined ? {} : { country: own }),
    }
  }
  return undefined
}

const streetIn = (before: string, country: string | undefined): { text: string; country: string | undefined } | undefined => {
  const near = before.slice(-160)
  for (const { country: own, pattern } of streets) {
    const street = pattern.exec(near)?.groups?.street?.trim()
    if (street === undefined || street.length > 120) continue
    // German street names end like many others; the country of the postcode decides.
    return { text: street.replace(/^(?:address|adresse|anschrift|location|office|headquarters|hq)\s*:\s*/i, ''), country: country ?? own }
  }
  return undefined
}

const anyStreet = (before: string): { text: string; country: undefined } | undefined => {
  const last = before.split(',').at(-1)?.trim() ?? ''
  return last.length >= 4 && last.length <= 80 && /\d/.test(last) && /\p{L}{2}/u.test(last) ? { text: last, country: undefined } : undefined
}

/** Countries that share a language share the names of streets. */
const neighbours: Record<string, string[]> = { DE: ['AT', 'CH', 'LI', 'LU'], FR: ['BE', 'CH', 'LU'], IT: ['CH'], NL: ['BE'] }
const fourDigits = new Set(['AT', 'CH', 'LI', 'BE', 'LU', 'DK', 'NO', 'NZ', 'HU'])
/** Their postcodes are told by their own forms. */
const formed = new Set(['US', 'CA', 'AU', 'GB', 'NL', 'PL', 'PT', 'SE'])

const countryOfStreet = (own: string | undefined, page: string | undefined, postal: string): string | undefined => {
  const fits = (country: string): boolean => postal.length === (fourDigits.has(country) ? 4 : 5)
  if (page !== undefined && (own === undefined ? !formed.has(page) : neighbours[own]?.includes(page) === true) && fits(page)) return page
  return own !== undefined && fits(own) ? own : undefined
}
