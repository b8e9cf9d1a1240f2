import { z } from 'zod'

/** What typed clients parse, closed as the vendor's own description has it; keys that old clients need beside it are named. */
const outputs = z.strictObject({ html: z.string().optional(), markdown: z.string().optional(), json: z.record(z.string(), z.unknown()).optional(), screenshot: z.strictObject({ url: z.string().min(1) }).optional() })
const outputFailures = z.array(z.strictObject({ output: z.string(), code: z.string(), message: z.string() }))
const partial = z.strictObject({ outcome: z.literal('partial'), output_failures: outputFailures })
const brief = z.strictObject({ code: z.string().min(1), message: z.string().min(1) })
const time = z.iso.datetime()
const session = z.strictObject({ id: z.string(), updated: z.boolean() })

export const fetchReply = z.strictObject({
  request_id: z.string(), mode: z.literal('inline'), status: z.enum(['completed', 'partial']), outputs, usage: z.strictObject({ credits: z.int().min(0) }),
  session: session.optional(), extraction_engine: z.enum(['llm', 'heuristic']).optional(), diagnostics: partial.optional(),
  // Python 1.0.0 insists on these two.
  url: z.string(), status_code: z.int(), final_url: z.string(),
})

export const queuedReply = z.strictObject({
  request_id: z.string(), mode: z.literal('async'), status: z.literal('queued'), job_id: z.string().regex(/^[\w-]+$/), job_type: z.string(),
  created_at: time, updated_at: time, webhook_url: z.string().optional(), reason: z.string().optional(),
})

const step = z.strictObject({ step_id: z.string(), type: z.string(), status: z.enum(['completed', 'failed']), started_at: time, completed_at: time, error: brief.optional() })

const envelope = <K extends string, T extends z.ZodType, M extends z.ZodRawShape>(kind: K, result: T, more: M) => z.strictObject({
  id: z.string(), request_id: z.string(), kind: z.literal(kind), mode: z.literal('inline'), status: z.enum(['completed', 'partial', 'failed']), steps: z.array(step).min(1), result,
  diagnostics: z.strictObject({ step_errors: z.array(z.strictObject({ step_id: z.string(), code: z.string(), message: z.string(), url: z.string().optional() })).optional(), output_failures: outputFailures.optional() }).optional(),
  ...more,
})

const pageStatus = z.enum(['completed', 'partial', 'failed'])
export const crawlResult = z.strictObject({
  seeds: z.array(z.string()),
  pages: z.array(z.strictObject({ url: z.string(), depth: z.int(), discovered_from: z.string().optional(), status: pageStatus, outputs: outputs.optional(), error: brief.optional() })),
  summary: z.strictObject({ pages_discovered: z.int(), pages_fetched: z.int(), pages_succeeded: z.int(), pages_failed: z.int(), pages_skipped: z.int() }),
})
export const mapResult = z.strictObject({
  seeds: z.array(z.string()),
  urls: z.array(z.strictObject({ url: z.string(), depth: z.int(), discovered_from: z.string().nullable(), metadata: z.strictObject({ title: z.string().optional(), description: z.string().optional() }).optional() })),
  summary: z.strictObject({ urls_discovered: z.int(), urls_returned: z.int(), urls_skipped: z.int().min(0), frontier_exhausted: z.boolean() }),
})
export const interactResult = z.strictObject({ outputs, final_url: z.string(), session: session.optional() })
export const searchResult = z.strictObject({
  query: z.string(), provider: z.literal('google'),
  results: z.array(z.strictObject({ rank: z.int(), title: z.string(), url: z.string(), snippet: z.string(), status: pageStatus.optional(), outputs: outputs.optional(), error: brief.optional() })),
})

const usage = { usage: z.strictObject({ credits: z.int() }) }
export const crawlReply = envelope('crawl', crawlResult, {})
export const mapReply = envelope('map', mapResult, {})
export const interactReply = envelope('interact', interactResult, { outputs, ...usage })
export const searchReply = envelope('search', searchResult, usage)

export const promptReply = z.strictObject({
  request_id: z.string(), kind: z.literal('interact'), mode: z.literal('prompt'), status: z.enum(['completed', 'partial']), answer: z.string(),
  steps: z.array(z.strictObject({ step_id: z.string(), tool: z.enum(['snapshot', 'act', 'scroll', 'wait', 'get_url', 'read_text', 'list_items']), status: z.enum(['completed', 'failed']), started_at: time, completed_at: time, error: brief.optional() })),
  result: z.strictObject({ outputs, final_url: z.string(), session: session.optional() }),
  diagnostics: z.strictObject({ step_errors: z.array(z.strictObject({ step_id: z.string(), code: z.string(), message: z.string() })), step_limit_reached: z.boolean() }),
  outputs, ...usage,
})

const jobError = z.strictObject({ code: z.string(), message: z.string(), diagnostics: z.looseObject({ outcome: z.literal('failed'), retryable: z.boolean() }).optional() })
const job = { request_id: z.string(), job_id: z.string(), job_type: z.enum(['fetch', 'interact', 'search', 'crawl', 'map', 'amazon_search_crawl']), mode: z.literal('async'), created_at: time, updated_at: time, webhook_url: z.string().optional() }

export const jobStatus = z.strictObject({
  ...job, status: z.enum(['queued', 'running', 'completed', 'partial', 'failed', 'cancelled']), started_at: time.optional(), completed_at: time.optional(),
  result_available: z.boolean(), progress: z.strictObject({ completed: z.int().min(0), total: z.int().positive() }).optional(), outputs: outputs.optional(), diagnostics: partial.optional(), error: jobError.optional(),
}).refine(({ job_type: type, progress, outputs: made }) => type === 'fetch' || (progress === undefined && made === undefined))
export const jobResult = z.strictObject({
  ...job, status: z.enum(['completed', 'partial', 'failed', 'cancelled']), outputs: outputs.optional(), diagnostics: partial.optional(), result: z.unknown().optional(), error: jobError.optional(),
})
export const cancelReply = z.strictObject({ request_id: z.string(), job_id: z.string(), job_type: z.string(), status: z.string(), mode: z.literal('async') })

const item = z.looseObject({ rank: z.int(), title: z.string(), url: z.string(), snippet: z.string(), position: z.int(), link: z.string() })
export const googleReply = z.strictObject({ request_id: z.string(), meta_data: z.record(z.string(), z.unknown()), organic_results: z.array(item).optional(), news_results: z.array(item).optional(), results: z.array(item), pagination: z.record(z.string(), z.unknown()) })
export const fastReply = z.strictObject({ meta_data: z.record(z.string(), z.unknown()), organic_results: z.array(item).optional(), news_results: z.array(item).optional() })

const nullable = <T extends z.ZodType>(schema: T) => schema.nullable()
const monitor = {
  id: z.string(), tenant_id: z.string(), name: z.string(), url: z.string(), mode: z.enum(['fields', 'content']), extract: nullable(z.record(z.string(), z.string())), cron: z.string(),
  watch: z.strictObject({ fields: z.array(z.string()), on: z.enum(['any', 'all']), notify_on_first_run: z.boolean(), thresholds: nullable(z.record(z.string(), z.unknown())), ignore_patterns: nullable(z.array(z.string())), digest_interval_minutes: nullable(z.int()) }),
  webhook_endpoint_id: nullable(z.string()), active: z.boolean(), last_run_at: nullable(time), next_run_at: nullable(time), last_digest_at: nullable(time), created_at: time, updated_at: time,
}
export const monitorReply = z.strictObject({ request_id: z.string(), ...monitor })
export const monitorList = z.strictObject({ request_id: z.string(), monitors: z.array(z.strictObject(monitor)) })
export const triggerReply = z.strictObject({ request_id: z.string(), run_id: z.string(), job_id: nullable(z.string()) })
const run = {
  id: z.string(), scheduleId: z.string(), tenantId: z.string(), jobId: nullable(z.string()), status: z.enum(['pending', 'running', 'completed', 'failed', 'skipped']), triggeredAt: time,
  completedAt: nullable(time), error: nullable(z.string()), extractedWatchValues: nullable(z.record(z.string(), z.unknown())),
}
export const runList = z.strictObject({ request_id: z.string(), runs: z.array(z.strictObject(run)) })
export const latestRun = z.strictObject({ request_id: z.string(), ...run, result: z.unknown() })
const change = {
  id: z.string(), scheduleId: z.string(), tenantId: z.string(), runId: z.string(), previousRunId: nullable(z.string()),
  changes: z.array(z.strictObject({ field: z.string(), previousValue: z.unknown(), newValue: z.unknown() })), detectedAt: time,
}
export const changeList = z.strictObject({ request_id: z.string(), changes: z.array(z.strictObject(change)) })
export const latestChange = z.strictObject({ request_id: z.string(), ...change })
const endpoint = { id: z.string(), url: z.string(), description: z.string(), events: z.array(z.string()), active: z.boolean(), created_at: time, updated_at: time }
export const endpointReply = z.strictObject({ request_id: z.string(), ...endpoint, secret: z.string().optional() })
export const endpointList = z.strictObject({ request_id: z.string(), endpoints: z.array(z.strictObject(endpoint)) })

const text = nullable(z.string())
const number = nullable(z.number())
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])
export const productReply = z.strictObject({
  provider: z.literal('amazon'), page_type: z.literal('product'), asin: text, title: text, brand: text, price: number, currency: text, availability: text, rating: number, review_count: nullable(z.int()),
  images: z.array(z.string()), bullet_points: z.array(z.string()), delivery: z.array(z.strictObject({ type: text, date: nullable(z.strictObject({ by: text })) })),
  featured_merchant: nullable(z.strictObject({ name: z.string(), seller_id: text, shipped_from: text, is_amazon_fulfilled: nullable(z.boolean()) })), buybox: nullable(z.record(z.string(), scalar)),
  category: z.array(z.strictObject({ ladder: z.array(z.strictObject({ name: z.string(), url: z.string() })) })), product_details: z.record(z.string(), scalar), url: z.url(),
})
const hit = {
  position: z.int().positive(), asin: text, title: text, price: number, currency: text, rating: number, review_count: nullable(z.int()), is_prime: nullable(z.boolean()), is_sponsored: nullable(z.boolean()), image: text, url: z.url(),
}
const found = {
  provider: z.literal('amazon'), page_type: z.literal('search'), products: z.array(z.strictObject(hit)),
  meta_data: z.strictObject({
    url: z.url(), query: text, start_page: z.int().optional(), page: z.int().positive(), end_page: z.int().optional(), pages_requested: z.int().optional(), pages_returned: z.int().optional(),
    sort_by: text, merchant_id: text, country: text, domain: text, number_of_results: number, number_of_products: z.int(),
  }),
}
export const amazonSearch = z.strictObject({ ...found, request_id: z.string(), results: z.array(z.strictObject({ ...hit, asin: z.string(), title: z.string(), provider: z.literal('amazon') })) })
export const amazonCrawl = z.strictObject(found)
