import { z } from 'zod'
import { scrapeIntent } from '../../contract/intent.ts'
import { freePrices, type PriceList } from '../../contract/price.ts'
import { fail } from '../../failure/failure.ts'
import { route } from '../dialect.ts'
import { success } from './envelope.ts'
import { pageQuery, screenshotQuery } from './query.ts'

/** Of the whole request. */
const timeoutMs = 55_000

/** The vendor's newest list. A result costs the same wherever it came from. */
export const priced = (page: number): PriceList => ({ ...freePrices, page, cacheHit: page })

interface Spec<Q extends z.ZodType<{ url: string }>, D extends z.ZodType> {
  path: string
  summary: string
  credits: number
  query: Q
  data: D
}

/**
 * A page is fetched and judged for every route, so that whatever is wrong with it is told.
 * What is to be read from it cannot be read yet: that is a failure, and costs nothing.
 */
const endpoint = <Q extends z.ZodType<{ url: string }>, D extends z.ZodType>({ path, summary, credits, query, data }: Spec<Q, D>) =>
  route({
    method: 'GET', path, verb: 'scrape', summary: `${summary} (${credits} credits)`,
    prices: priced(credits),
    query, response: success(data),
    toIntent: ({ query: { url } }) => scrapeIntent({ url, formats: [], timeoutMs }),
    veto: () => fail('content.extraction_failed'),
    render: () => {
      throw fail('content.extraction_failed')
    },
  })

const page = z.looseObject({ url: z.string() })

const classification = z.looseObject({
  iab_id: z.string(),
  iab_parent_id: z.string(),
  category: z.string(),
  subcategory: z.string().nullable(),
  description: z.string(),
})
const brand = z.looseObject({
  colors: z.looseObject({ brand_colors: z.array(z.looseObject({ hex: z.string() })) }),
  fonts: z.looseObject({ families: z.array(z.string()) }),
})
const company = z.looseObject({ name: z.string().nullable(), emails: z.array(z.string()) })

export const dataRoutes = [
  endpoint({ path: '/enrich', summary: 'Brand, company and classification in one call', credits: 20, query: pageQuery, data: page.extend({ brand, company, classification }) }),
  endpoint({ path: '/brand', summary: 'Colours, logos, fonts and social links', credits: 10, query: pageQuery, data: page.extend({ brand }) }),
  endpoint({ path: '/company', summary: 'Name, e-mail addresses and addresses', credits: 5, query: pageQuery, data: page.extend({ company }) }),
  endpoint({ path: '/classify', summary: 'IAB category, descriptions, tickers and ISINs', credits: 5, query: pageQuery, data: page.extend(classification.shape) }),
  endpoint({
    path: '/screenshot', summary: 'A picture of the page under a public address', credits: 2, query: screenshotQuery,
    data: page.extend({
      screenshot_url: z.string(),
      viewport: z.object({ width: z.int(), height: z.int() }),
      format: z.enum(['jpeg', 'png', 'webp']),
      full_page: z.boolean(),
      captured_at: z.string(),
    }),
  }),
]
