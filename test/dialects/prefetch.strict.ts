import assert from 'node:assert/strict'
import { z } from 'zod'

/** What a typed client of the vendor may expect: every key there, none besides, nothing null where a text is promised. */

const meta = z.strictObject({ requestId: z.uuidv4(), durationMs: z.int().min(0) })
const text = z.string().min(1)
const maybe = text.nullable()
const hex = z.string().regex(/^#[0-9A-F]{6}$/)
const share = z.number().min(0).max(1)
const iab = z.string().regex(/^IAB\d{1,2}(?:-\d{1,2})?$/)

const brand = z.strictObject({
  name: maybe,
  colors: z.strictObject({
    brand_colors: z.array(z.strictObject({ hex, name: text, role: maybe, weight: share, source: text, contrast: z.number().min(1).max(21), confidence: share })),
    logo_colors: z.array(z.strictObject({ hex })),
    screenshot_colors: z.array(z.strictObject({ hex, name: text, weight: share })).max(12),
    theme_color: maybe, background: hex.nullable(), text: hex.nullable(), link: hex.nullable(), color_scheme: z.enum(['light', 'dark']),
  }),
  logos: z.array(z.strictObject({ url: text, type: z.enum(['icon', 'logo', 'wordmark']), format: maybe, theme: z.enum(['light', 'dark']).nullable(), width: z.number().nullable(), height: z.number().nullable(), source: text, confidence: share })),
  favicon: maybe,
  fonts: z.strictObject({ families: z.array(text), details: z.array(z.strictObject({ family: text, usage: z.array(text), origin: text, weights: z.array(z.number()) })) }),
  social_links: z.record(z.string(), z.url()),
})
const company = z.strictObject({
  name: maybe, legal_name: maybe, description: maybe, tagline: maybe,
  emails: z.array(z.email()),
  phones: z.array(z.string().regex(/^\+[1-9]\d{5,14}$/)),
  addresses: z.array(z.strictObject({ formatted: text, street: maybe, city: maybe, region: maybe, postal_code: maybe, country: maybe })),
  founded: maybe, founders: z.array(text), employees: maybe,
  registrations: z.array(z.strictObject({ type: text, value: text, country: maybe })),
  stock_tickers: z.array(text), isins: z.array(z.string().length(12)), pages: z.array(z.url()),
})
const classification = {
  iab_id: iab, iab_parent_id: iab, category: text, subcategory: maybe,
  description: z.string(), tagline_description: maybe, long_description: maybe,
  stock_tickers: z.array(text), isins: z.array(z.string().length(12)),
  iab_v2_id: maybe, iab_v3_id: maybe, confidence: share,
}
const url = z.url()

const bodies = {
  '/enrich': z.strictObject({ url, brand: brand.nullable(), company: company.nullable(), classification: z.strictObject(classification).nullable() }),
  '/brand': z.strictObject({ url, brand }),
  '/company': z.strictObject({ url, company }),
  '/classify': z.strictObject({ url, ...classification }),
  '/screenshot': z.strictObject({
    url, screenshot_url: z.url(), viewport: z.strictObject({ width: z.int().min(320).max(5000), height: z.int().min(320).max(5000) }),
    format: z.enum(['jpeg', 'png', 'webp']), full_page: z.boolean(), captured_at: z.iso.datetime(),
  }),
}

export type Endpoint = keyof typeof bodies
export type Read<E extends Endpoint> = z.output<(typeof bodies)[E]>

/** The data of a reply of success, exactly in the vendor's envelope. */
export const readOf = async <E extends Endpoint>(endpoint: E, reply: Response): Promise<Read<E>> => {
  const raw: unknown = await reply.json()
  assert.equal(reply.status, 200, JSON.stringify(raw))
  assert.match(reply.headers.get('content-type') ?? '', /^application\/json/)
  assert.deepEqual(Object.keys(raw as object), ['success', 'data', 'meta'])
  const { data } = z.strictObject({ success: z.literal(true), data: z.unknown(), meta }).parse(raw)
  // Safe: the schema of this very endpoint.
  return bodies[endpoint].parse(data) as Read<E>
}
