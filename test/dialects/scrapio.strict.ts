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
