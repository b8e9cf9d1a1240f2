import { z } from 'zod'
import { enrichDefaults, enrichIntent, enrichParts, type Enrichment, type EnrichIntent, type EnrichPart } from '../../contract/enrich.ts'
import { renders } from '../../contract/intent.ts'
import type { Outcome } from '../../contract/outcome.ts'
import { route, type Reply, type ReplyInfo } from '../dialect.ts'
import { brand, classification, company } from './enrich-values.ts'
import { failedFormat } from './extract-formats.ts'
import { urlField } from './scrape.ts'

const colors = {
  screenshot_colors: z.int().min(2).max(12).default(enrichDefaults.screenshotColors).describe('Main colours to take from a picture of the page'),
}
const common = {
  url: urlField,
  max_age_s: z.int().min(0).max(31_536_000).optional().describe('A stored answer about the host of this age or younger will do; 0 looks anew. Default: LYREBIRD_ENRICH_MAX_AGE_S'),
  timeout_ms: z.int().min(1000).max(300_000).default(enrichDefaults.timeoutMs),
  render: z.enum(renders).default(enrichDefaults.render).describe('`auto`: a browser where the parts have a use for one'),
  respect_robots: z.boolean().default(false),
}
const plainBody = z.strictObject(common)
const brandBody = z.strictObject({ ...common, ...colors })
const enrichBody = z.strictObject({ ...common, ...colors, parts: z.array(z.enum(enrichParts)).min(1).max(enrichParts.length).default([...enrichParts]) })

const replyOf = (values: z.ZodRawShape) => z.object({
  data: z.object({
    url: z.string(),
    final_url: z.string(),
    fetched_at: z.string(),
    renderer: z.enum(['static', 'js']),
    cached: z.boolean(),
    ...values,
    failed_parts: z.record(z.string(), failedFormat).optional(),
    warnings: z.array(z.string()),
  }),
  usage: z.object({ credits: z.number() }),
  request_id: z.string(),
  evidence: z.array(z.looseObject({ tier: z.string(), outcome: z.string(), ms: z.number() })),
})

const toIntent = (body: z.output<typeof plainBody> & { screenshot_colors?: number }, parts: readonly EnrichPart[]): EnrichIntent =>
  enrichIntent({
    url: body.url,
    parts: [...new Set(parts)],
    timeoutMs: body.timeout_ms,
    render: body.render,
    respectRobots: body.respect_robots,
    ...(body.screenshot_colors === undefined ? {} : { screenshotColors: body.screenshot_colors }),
    ...(body.max_age_s === undefined ? {} : { maxAgeS: body.max_age_s }),
  })

const render = ({ url, finalUrl, fetchedAt, renderer, cached, values, failedParts, warnings }: Enrichment, outcome: Outcome<Enrichment>, info: ReplyInfo): Reply => ({
  status: 200,
  body: {
    data: {
      url, final_url: finalUrl, fetched_at: fetchedAt, renderer, cached, ...values,
      ...(Object.keys(failedParts).length === 0 ? {} : { failed_parts: Object.fromEntries(Object.entries(failedParts).map(([part, { code, message, facts }]) => [part, { code, message, ...facts }])) }),
      warnings,
    },
    usage: { credits: info.account.creditsBilled },
    request_id: info.requestId,
    evidence: outcome.evidence,
  },
})

export const enrichRoutes = [
  route({
    method: 'POST', path: '/v1/brand', verb: 'brand',
    summary: 'Logos, colours, fonts, buttons, frameworks and social links of a site, each with its evidence and confidence',
    body: brandBody, response: replyOf({ brand }),
    toIntent: ({ body }) => toIntent(body, ['brand']), render,
  }),
  route({
    method: 'POST', path: '/v1/company', verb: 'company',
    summary: 'Who runs a site: names, e-mail addresses, phones, addresses, registrations; at most four further pages of the host are read',
    body: plainBody, response: replyOf({ company }),
    toIntent: ({ body }) => toIntent(body, ['company']), render,
  }),
  route({
    method: 'POST', path: '/v1/classify', verb: 'classify',
    summary: 'What a site is about, as a category of the IAB Content Taxonomy',
    body: plainBody, response: replyOf({ classification }),
    toIntent: ({ body }) => toIntent(body, ['classification']), render,
  }),
  route({
    method: 'POST', path: '/v1/enrich', verb: 'enrich',
    summary: 'All three from one visit; a part that fails stands in `failed_parts` and costs nothing',
    body: enrichBody, response: replyOf({ brand: brand.optional(), company: company.optional(), classification: classification.optional() }),
    toIntent: ({ body }) => toIntent(body, body.parts), render,
  }),
]
