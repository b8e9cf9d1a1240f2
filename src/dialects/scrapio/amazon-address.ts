import type { z } from 'zod'
import { scrapeIntent, type ScrapeIntent } from '../../contract/intent.ts'
import { fail } from '../../failure/failure.ts'
import { browserOf } from './fetch.ts'
import { device, digits, text, type open } from './fields.ts'

/** What all routes of the shop take beside their own. */
export const shopFields = {
  country: text(2, 2).regex(/^[A-Za-z]{2}$/, { error: 'must be two letters' }).optional(),
  language: text(20).optional(),
  domain: text(100).regex(/^[a-z]+(?:\.[a-z]+){0,2}$/, { error: 'must be like com or co.uk' }).optional(),
  device: device.optional(),
  timeout_ms: digits.optional(),
}
export type ShopWish = z.output<ReturnType<typeof open<typeof shopFields>>>

const domains: Readonly<Record<string, string>> = {
  us: 'com', gb: 'co.uk', uk: 'co.uk', de: 'de', fr: 'fr', it: 'it', es: 'es', nl: 'nl', se: 'se', pl: 'pl', be: 'com.be', ca: 'ca', mx: 'com.mx', br: 'com.br',
  jp: 'co.jp', in: 'in', au: 'com.au', sg: 'sg', ae: 'ae', sa: 'sa', tr: 'com.tr', eg: 'eg', ie: 'ie', za: 'co.za',
}

/** The shop's origin. Throws where the country has none. */
export const shopOf = ({ country, domain }: ShopWish): string => {
  const found = domain?.replace(/^amazon\./, '') ?? domains[(country ?? 'us').toLowerCase()]
  if (found === undefined) throw fail('caller.invalid_request', { issues: [{ path: ['country'], code: 'invalid_value', message: `must be one of ${Object.keys(domains).join(', ')}` }] })
  return `https://www.amazon.${found}`
}

export const productUrl = (shop: string, asin: string): string => `${shop}/dp/${asin}`

export const searchUrl = (shop: string, { search, page, sortBy, merchantId }: { search: string; page: number; sortBy?: string | undefined; merchantId?: string | undefined }): string => {
  const url = new URL('/s', shop)
  url.searchParams.set('k', search)
  if (page > 1) url.searchParams.set('page', String(page))
  if (sortBy !== undefined) url.searchParams.set('s', sortBy)
  if (merchantId !== undefined) url.searchParams.set('me', merchantId)
  return url.href
}

const timeoutMsDefault = 30_000

/** The page, read by what knows the site. */
export const pageIntent = (url: string, wish: ShopWish): ScrapeIntent => scrapeIntent({
  url, formats: [{ kind: 'json', extract: { engine: 'page' } }], timeoutMs: Math.min(300_000, Math.max(1, Number(wish.timeout_ms ?? timeoutMsDefault))),
  headers: wish.language === undefined ? {} : { 'accept-language': wish.language.replaceAll(/[^\w,;=. -]/g, '') },
  ...(wish.device ? { browser: browserOf[wish.device] } : {}),
})
