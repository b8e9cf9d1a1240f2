import { z } from 'zod'

/** What the Python client of the vendor refuses to do without: its models, as strict as they are on the wire. */

const int = z.int()
const dict = z.record(z.string(), z.unknown())
const maybe = <T extends z.ZodType>(schema: T) => schema.nullish()

const usage = z.object({ promptTokens: int, completionTokens: int })
const chunker = z.object({ chunks: z.array(dict) })

const warning = z.object({ reason: z.enum(['too_short', 'empty', 'bot_blocked', 'spa_shell', 'soft_404']), provider: maybe(z.string()) })
const scrape = z.object({
  results: dict,
  metadata: z.object({ provider: maybe(z.string()), contentType: z.string(), elapsedMs: maybe(int), warnings: maybe(z.array(warning)), ocr: maybe(dict) }),
  errors: maybe(dict),
})

const extract = z.object({ raw: z.string().nullable(), json: maybe(dict), usage, metadata: dict })

const search = z.object({
  results: z.array(z.object({ url: z.string(), title: z.string(), content: z.string(), provider: maybe(z.string()) })),
  json: maybe(dict), raw: maybe(z.string()), usage: maybe(usage),
  metadata: z.object({ search: dict, pages: dict, chunker: maybe(chunker) }),
})

const crawlPage = z.object({
  url: z.string(), status: z.enum(['completed', 'failed', 'skipped']), depth: int, parentUrl: z.string().nullable(), links: z.array(z.string()), scrapeRefId: z.string(),
  title: z.string(), contentType: z.string(), screenshotUrl: maybe(z.string()), reason: maybe(z.string()), error: maybe(z.string()), scrape: maybe(scrape),
})
const crawl = z.object({ id: z.string(), status: z.enum(['running', 'completed', 'failed', 'paused', 'deleted']), reason: maybe(z.string()), total: int, finished: int, pages: z.array(crawlPage) })
const crawlPages = z.object({ data: z.array(crawlPage), pagination: z.object({ limit: int, nextCursor: z.union([z.string(), int]).nullable() }) })

const textChange = z.object({ type: z.enum(['added', 'removed']), line: int, content: z.string() })
const jsonChange = z.object({ path: z.string(), old: z.unknown(), new: z.unknown() })
const setChange = z.object({ added: z.array(z.string()), removed: z.array(z.string()) })
const diffs = z.object({
  markdown: maybe(z.array(textChange)), html: maybe(z.array(textChange)), summary: maybe(z.array(textChange)), json: maybe(z.array(jsonChange)), branding: maybe(z.array(jsonChange)),
  links: maybe(setChange), images: maybe(setChange), screenshot: maybe(z.object({ size: int, changed: int, mask: maybe(z.string()) })),
})
const monitor = z.object({ cronId: z.string(), scheduleId: z.string(), interval: z.string(), status: z.enum(['active', 'paused']), config: dict, createdAt: z.string(), updatedAt: z.string() })
const activity = z.object({
  ticks: z.array(z.object({ id: z.string(), status: z.enum(['completed', 'failed', 'paused', 'running']), createdAt: z.string(), elapsedMs: int, changed: z.boolean(), diffs, error: maybe(z.string()) })),
  nextCursor: z.string().nullable(),
})

const historyEntry = z.object({
  id: z.string(), service: z.enum(['scrape', 'extract', 'search', 'monitor', 'crawl']), status: z.enum(['completed', 'failed', 'running', 'paused', 'deleted']),
  // A key that is missing is refused, a null is not.
  error: z.unknown().refine((value) => value !== undefined), elapsedMs: int, createdAt: z.string(), requestParentId: z.string().nullable(), params: dict, result: dict,
})
const history = z.object({ data: z.array(historyEntry), pagination: z.object({ page: int, limit: int, total: int }) })

const quota = z.object({ used: int, limit: int })
const credits = z.object({ remaining: int, used: int, plan: z.string(), jobs: z.object({ crawl: quota, monitor: quota }) })
const health = z.object({ status: z.enum(['ok', 'degraded']), uptime: int, services: maybe(z.record(z.string(), z.string())) })

export const strict = { scrape, extract, search, crawl, crawlPages, monitor, activity, historyEntry, history, credits, health, ok: dict }
