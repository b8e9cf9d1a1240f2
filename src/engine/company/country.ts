import { getPublicSuffix } from 'tldts'
import { isRecord } from '../extract/schema.ts'
import type { ReadPage } from '../enrich/parts.ts'
import { textsOf } from './collect.ts'
import type { Organization } from './organizations.ts'

const names: Record<string, string> = {
  'united states': 'US', 'united states of america': 'US', usa: 'US', 'u.s.a.': 'US', us: 'US', 'united kingdom': 'GB', uk: 'GB', 'great britain': 'GB', england: 'GB', scotland: 'GB', wales: 'GB', 'northern ireland': 'GB',
  germany: 'DE', deutschland: 'DE', allemagne: 'DE', austria: 'AT', österreich: 'AT', switzerland: 'CH', schweiz: 'CH', suisse: 'CH', svizzera: 'CH', france: 'FR', frankreich: 'FR', italy: 'IT', italia: 'IT', italien: 'IT',
  spain: 'ES', españa: 'ES', portugal: 'PT', netherlands: 'NL', 'the netherlands': 'NL', nederland: 'NL', niederlande: 'NL', belgium: 'BE', belgië: 'BE', belgique: 'BE', luxembourg: 'LU', ireland: 'IE', denmark: 'DK', danmark: 'DK',
  sweden: 'SE', sverige: 'SE', norway: 'NO', norge: 'NO', finland: 'FI', suomi: 'FI', poland: 'PL', polska: 'PL', 'czech republic': 'CZ', czechia: 'CZ', hungary: 'HU', romania: 'RO', greece: 'GR', turkey: 'TR', türkiye: 'TR',
  canada: 'CA', mexico: 'MX', méxico: 'MX', brazil: 'BR', brasil: 'BR', argentina: 'AR', australia: 'AU', 'new zealand': 'NZ', japan: 'JP', china: 'CN', india: 'IN', singapore: 'SG', 'hong kong': 'HK', israel: 'IL', 'south africa': 'ZA', 'united arab emirates': 'AE', uae: 'AE',
}

const byLanguage: Record<string, string> = { de: 'DE', fr: 'FR', it: 'IT', es: 'ES', nl: 'NL', pt: 'PT', pl: 'PL', sv: 'SE', da: 'DK', nb: 'NO', no: 'NO', fi: 'FI', cs: 'CZ', hu: 'HU', ro: 'RO', el: 'GR', tr: 'TR', ja: 'JP', he: 'IL' }

/** Endings that are sold to everyone. */
const generic = new Set(['io', 'ai', 'co', 'me', 'tv', 'cc', 'ws', 'fm', 'am', 'gg', 'so', 'to', 'sh', 'ly', 'eu', 'app', 'dev', 'vc', 'la', 'is', 'it'].filter((ending) => ending !== 'it' && ending !== 'is'))

/** ISO 3166-1 alpha-2 of a country's name or code as pages write it. */
export const countryCode = (text: string): string | undefined => {
  const tidy = text.trim().toLowerCase().replace(/^https?:\/\/.*\//, '')
  if (names[tidy] !== undefined) return names[tidy]
  return /^[a-z]{2}$/.test(tidy) ? tidy.toUpperCase() : undefined
}

/** Where the page's company most likely sits: its own word, then the ending of its host, then the language. */
export const countryOf = ({ url, metadata }: ReadPage, organizations: readonly Organization[]): string | undefined => {
  for (const { data } of organizations) {
    for (const address of [data.address].flat()) {
      const code = isRecord(address) ? countryCode(textsOf(address.addressCountry)[0] ?? '') : undefined
      if (code) return code
    }
  }
  const ending = getPublicSuffix(url)?.split('.').at(-1) ?? ''
  if (ending.length === 2 && !generic.has(ending)) return ending === 'uk' ? 'GB' : ending.toUpperCase()
  const [language = '', ...parts] = (metadata.language ?? '').split('-')
  const region = parts.find((part) => /^[A-Z]{2}$/i.test(part))
  if (region) return region.toUpperCase()
  if (ending === 'gov' || ending === 'edu' || ending === 'mil') return 'US'
  return byLanguage[language.toLowerCase()] ?? (language === '' || language.toLowerCase() === 'en' ? 'US' : undefined)
}
