import { z } from 'zod'
import { enrichIntent, type Enrichment, type EnrichPart } from '../../contract/enrich.ts'
import type { PriceList } from '../../contract/price.ts'
import { Failure, fail } from '../../failure/failure.ts'
import { route, type ReplyInfo } from '../dialect.ts'
import { brandSchema, renderBrand } from './brand.ts'
import { classificationSchema, renderClassification } from './classification.ts'
import { companySchema, renderCompany } from './company.ts'
import { succeed, success } from './envelope.ts'
import { enrichPrices, priced, timeoutMs } from './prices.ts'
import { pageQuery } from './query.ts'
import { screenshotRoute } from './screenshot.ts'

interface Spec<V extends 'brand' | 'company' | 'classify' | 'enrich'> {
  verb: V
  path: string
  summary: string
  prices: PriceList
  parts: EnrichPart[]
  /** Without these the call is a failure. */
  needed: EnrichPart[]
  data: z.ZodRawShape
  render(values: Enrichment['values']): object
}

const endpoint = <V extends 'brand' | 'company' | 'classify' | 'enrich'>({ verb, path, summary, prices, parts, needed, data, render }: Spec<V>) =>
  route({
    method: 'GET', path, verb, summary, prices,
    query: pageQuery,
    response: success(z.object({ url: z.string(), ...data })),
    toIntent: ({ query: { url, screenshotColors, screenshot_colors: colors } }, info) => {
      const count = screenshotColors ?? colors
      return enrichIntent({ url, parts, timeoutMs, ...(count === undefined ? {} : { screenshotColors: count }), ...(wantsFresh(info) ? { maxAgeS: 0 } : {}) })
    },
    veto: ({ values, failedParts }) => {
      const missing = needed.find((part) => values[part] === undefined)
      if (missing === undefined) return undefined
      const failure = failedParts[missing]
      return failure ? Failure.fromJSON(failure) : fail('content.extraction_failed')
    },
    render: ({ url, cached, values }, _outcome, info) => {
      const reply = succeed({ url, ...render(values) }, info)
      return { ...reply, headers: { 'x-cache': cached ? 'HIT' : 'MISS' } }
    },
  })

/** As any cache between the two would be asked to. */
const wantsFresh = ({ headers }: ReplyInfo): boolean => /\bno-(?:cache|store)\b/i.test(headers.get('cache-control') ?? '')

/** For parts that `needed` has made sure of. */
const had = <T>(value: T | undefined): T => {
  if (value === undefined) throw fail('content.extraction_failed')
  return value
}

export const dataRoutes = [
  endpoint({
    verb: 'enrich', path: '/enrich', summary: 'Brand, company and classification in one call (20 credits)',
    prices: enrichPrices, parts: ['brand', 'company', 'classification'], needed: [],
    data: { brand: brandSchema.nullable(), company: companySchema.nullable(), classification: classificationSchema.nullable() },
    render: ({ brand, company, classification }) => ({
      brand: brand ? renderBrand(brand) : null,
      company: company ? renderCompany(company) : null,
      classification: classification ? renderClassification(classification, company) : null,
    }),
  }),
  endpoint({
    verb: 'brand', path: '/brand', summary: 'Colours, logos, fonts and social links (10 credits)',
    prices: priced(10), parts: ['brand'], needed: ['brand'],
    data: { brand: brandSchema },
    render: ({ brand }) => ({ brand: renderBrand(had(brand)) }),
  }),
  endpoint({
    verb: 'company', path: '/company', summary: 'Name, e-mail addresses and addresses (5 credits)',
    prices: priced(5), parts: ['company'], needed: ['company'],
    data: { company: companySchema },
    render: ({ company }) => ({ company: renderCompany(had(company)) }),
  }),
  endpoint({
    // Descriptions and shares stand in the company part.
    verb: 'classify', path: '/classify', summary: 'IAB category, descriptions, tickers and ISINs (5 credits)',
    prices: priced(5), parts: ['classification', 'company'], needed: ['classification'],
    data: classificationSchema.shape,
    render: ({ classification, company }) => renderClassification(had(classification), company),
  }),
  screenshotRoute,
]
