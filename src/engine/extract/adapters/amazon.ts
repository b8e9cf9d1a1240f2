import type { Element } from 'domhandler'
import { collapse, eachElement } from '../../convert/dom/walk.ts'
import { isHttp, type Resolve } from '../../convert/dom/url.ts'
import { currencyOf, numberOf } from '../coerce.ts'
import { textOf } from '../dom.ts'
import type { Adapter } from './adapter.ts'
import { amazonHosts, languageOf } from './amazon-hosts.ts'

const asinInPath = /\/(?:dp|gp\/product|gp\/aw\/d|product-reviews)\/([A-Z0-9]{10})(?:[/?]|$)/

/** A product page of Amazon, of any of its countries. */
export const amazon: Adapter = {
  name: 'amazon',
  fits: (page, url) => (amazonHosts.test(url.hostname) || asinInPath.test(url.pathname)) && byId(page.root, ['productTitle', 'title']).size > 0,
  read: (page, url, resolve) => {
    const parts = byId(page.root, ids)
    const title = text(parts.get('productTitle'))
    if (title === undefined) return undefined
    const language = languageOf(url.hostname)
    const offer = priceOf(parts, language)
    const rating = numberOf(parts.get('acrPopover')?.attribs.title ?? text(parts.get('averageCustomerReviews')) ?? '', language)
    const count = numberOf(text(parts.get('acrCustomerReviewText')) ?? '', language)
    const images = imagesOf(parts, resolve)
    const availability = text(parts.get('availability'))
    const features = itemsOf(parts.get('feature-bullets'))
    const description = text(parts.get('productDescription')) ?? (features.length > 0 ? features.join('\n') : undefined)
    return compact({
      '@type': 'Product',
      name: title,
      asin: asinInPath.exec(url.pathname)?.[1] ?? parts.get('dp')?.attribs['data-asin'] ?? parts.get('ASIN')?.attribs.value,
      brand: brandOf(text(parts.get('bylineInfo'))),
      description,
      image: images,
      featureList: features,
      offers: compact({ ...offer, availability: stateOf(availability), availabilityText: availability, seller: sellerOf(text(parts.get('merchant-info')) ?? text(parts.get('sellerProfileTriggerId'))) }),
      aggregateRating: compact({ ratingValue: rating, ratingCount: count, reviewCount: count, bestRating: rating === undefined ? undefined : 5 }),
      originalPrice: offer.original,
      category: crumbsOf(parts.get('wayfinding-breadcrumbs_feature_div')),
      breadcrumb: ladderOf(parts.get('wayfinding-breadcrumbs_feature_div'), resolve),
      delivery: text(parts.get('mir-layout-DELIVERY_BLOCK') ?? parts.get('deliveryBlockMessage') ?? parts.get('ddmDeliveryMessage')),
      additionalProperty: [...detailsOf(parts.get('productOverview_feature_div')), ...detailsOf(parts.get('productDetails_detailBullets_sections1') ?? parts.get('prodDetails'))],
      review: reviewsOf(parts.get('cm-cr-dp-review-list'), language),
    })
  },
}

const ids = ['productTitle', 'bylineInfo', 'acrPopover', 'averageCustomerReviews', 'acrCustomerReviewText', 'corePriceDisplay_desktop_feature_div', 'corePrice_feature_div', 'priceblock_ourprice', 'priceblock_dealprice', 'price_inside_buybox', 'availability', 'feature-bullets', 'productDescription', 'landingImage', 'imgBlkFront', 'altImages', 'dp', 'ASIN', 'merchant-info', 'sellerProfileTriggerId', 'wayfinding-breadcrumbs_feature_div', 'cm-cr-dp-review-list', 'mir-layout-DELIVERY_BLOCK', 'deliveryBlockMessage', 'ddmDeliveryMessage', 'productOverview_feature_div', 'productDetails_detailBullets_sections1', 'prodDetails']

const byId = (root: Parameters<typeof eachElement>[0], wanted: readonly string[]): Map<string, Element> => {
  const names = new Set(wanted)
  const found = new Map<string, Element>()
  eachElement(root, (element) => {
    const id = element.attribs.id
    if (id !== undefined && names.has(id) && !found.has(id)) found.set(id, element)
  })
  return found
}

const text = (element: Element | undefined): string | undefined => (element && textOf(element, 5000)) || undefined

const compact = (value: Record<string, unknown>): Record<string, unknown> | undefined => {
  const entries = Object.entries(value).filter(([, one]) => one !== undefined && one !== '' && !(Array.isArray(one) && one.length === 0))
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

const withClass = (root: Element | undefined, name: string): Element[] => {
  const found: Element[] = []
  if (root) eachElement(root, (element) => {
    if ((element.attribs.class ?? '').split(/\s+/).includes(name)) found.push(element)
  })
  return found
}

/** The price to pay is read from what screen readers are given: the visible one is cut into whole and fraction. */
const priceOf = (parts: Map<string, Element>, language: string | undefined): { price?: number; priceCurrency?: string; original?: number } => {
  const box = parts.get('corePriceDisplay_desktop_feature_div') ?? parts.get('corePrice_feature_div')
  const prices = withClass(box, 'a-price')
  const current = prices.find((one) => !('data-a-strike' in one.attribs))
  const struck = prices.find((one) => 'data-a-strike' in one.attribs)
  const shown = (one: Element | undefined): string | undefined => text(withClass(one, 'a-offscreen')[0]) ?? text(one)
  const given = shown(current) ?? text(parts.get('priceblock_dealprice') ?? parts.get('priceblock_ourprice') ?? parts.get('price_inside_buybox'))
  const price = given === undefined ? undefined : numberOf(given, language)
  const currency = given === undefined ? undefined : currencyOf(given)
  const original = numberOf(shown(struck) ?? '', language)
  return { ...(price === undefined ? {} : { price }), ...(currency === undefined ? {} : { priceCurrency: currency }), ...(original === undefined ? {} : { original }) }
}

const imagesOf = (parts: Map<string, Element>, resolve: Resolve): string[] => {
  const main = parts.get('landingImage') ?? parts.get('imgBlkFront')
  const sizes = Object.entries(jsonOf(main?.attribs['data-a-dynamic-image'])).flatMap(([url, size]) => (Array.isArray(size) && typeof size[0] === 'number' ? [[url, size[0]] as const] : []))
  const largest = sizes.toSorted((a, b) => b[1] - a[1])[0]?.[0]
  const others: string[] = []
  const strip = parts.get('altImages')
  if (strip) eachElement(strip, (element) => {
    // Thumbnails and full pictures differ by a size in the name only.
    if (element.name === 'img' && element.attribs.src) others.push(element.attribs.src.replace(/\._[A-Z0-9_,]+_(?=\.\w+$)/, ''))
  })
  return [...new Set([main?.attribs['data-old-hires'], largest, main?.attribs.src].slice(0, largest === undefined ? 3 : 2).concat(others).map((one) => resolve(one)).filter(isHttp))]
}

const jsonOf = (source: string | undefined): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(source ?? '{}')
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    // The attribute is decoration here: `src` still says where the picture is.
    return {}
  }
}

const itemsOf = (root: Element | undefined): string[] => {
  const items: string[] = []
  if (root) eachElement(root, (element) => {
    if (element.name !== 'li') return true
    const line = textOf(element, 1000)
    if (line !== '' && !/^(?:make sure this fits|show more|›)/i.test(line)) items.push(line)
    return false
  })
  return items
}

const brandOf = (line: string | undefined): string | undefined =>
  line && collapse(line.replace(/^(?:Visit the|Brand:|Marke:|Marca:|Marque\s?:|Besuche den|Visita lo Store di|Visiter la boutique|Visita la Store de|Visita la tienda de)\s*/i, '').replace(/\s*(?:Store|-Store|Shop)$/i, ''))

const sellerOf = (line: string | undefined): string | undefined => line && (/sold by ([^.]{1,100})\.?/i.exec(line)?.[1]?.trim() ?? (line.length < 60 ? line : undefined))

const stateOf = (line: string | undefined): string | undefined => {
  if (line === undefined) return undefined
  if (/unavailable|out of stock|nicht verfügbar|nicht auf lager|non disponibile|indisponible|no disponible|agotado/i.test(line)) return 'https://schema.org/OutOfStock'
  return /in stock|auf lager|disponibile|en stock|only \d+ left|disponible|nur noch/i.test(line) ? 'https://schema.org/InStock' : undefined
}

const crumbsOf = (root: Element | undefined): string[] => {
  const crumbs: string[] = []
  if (root) eachElement(root, (element) => {
    if (element.name === 'a') crumbs.push(textOf(element, 200))
  })
  return crumbs.filter((crumb) => crumb !== '')
}

const ladderOf = (root: Element | undefined, resolve: Resolve): { name: string; url: string | undefined }[] => {
  const steps: { name: string; url: string | undefined }[] = []
  if (root) eachElement(root, (element) => {
    const name = element.name === 'a' ? textOf(element, 200) : ''
    if (name !== '') steps.push({ name, url: resolve(element.attribs.href) })
  })
  return steps
}

const detailsMax = 100

/** Rows of two cells: a name and a value. */
const detailsOf = (root: Element | undefined): { name: string; value: string }[] => {
  const rows: { name: string; value: string }[] = []
  if (root) eachElement(root, (element) => {
    if (element.name !== 'tr') return rows.length < detailsMax
    const [name, value] = element.children.flatMap((cell) => ('name' in cell && (cell.name === 'th' || cell.name === 'td') ? [textOf(cell as Element, 1000)] : []))
    if (name && value) rows.push({ name, value })
    return false
  })
  return rows
}

const reviewsOf = (root: Element | undefined, language: string | undefined): Record<string, unknown>[] => {
  const reviews: Record<string, unknown>[] = []
  if (root) eachElement(root, (element) => {
    if (element.attribs['data-hook'] !== 'review') return true
    const hook = (name: string): string | undefined => {
      let found: string | undefined
      eachElement(element, (inner) => {
        if (found === undefined && inner.attribs['data-hook'] === name) found = textOf(inner, 5000)
      })
      return found
    }
    const rating = numberOf(hook('review-star-rating') ?? hook('cmps-review-star-rating') ?? '', language)
    const one = compact({
      '@type': 'Review', name: hook('review-title'), reviewBody: hook('review-body'), author: text(withClass(element, 'a-profile-name')[0]), datePublished: hook('review-date')?.replace(/^Reviewed in .* on /, ''),
      reviewRating: rating === undefined ? undefined : { ratingValue: rating, bestRating: 5 },
    })
    if (one) reviews.push(one)
    return false
  })
  return reviews
}
