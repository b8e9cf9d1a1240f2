import type { PriceList } from '../../contract/price.ts'

/** A page costs what its formats cost. */
export const prices: PriceList = {
  page: 0, rendered: 0, targetError: 0, proxies: { premium: 5 }, documentPage: 1,
  formats: { markdown: 1, html: 1, raw_html: 1, links: 1, images: 1, summary: 1, json: 5, screenshot: 2, branding: 25 },
}
