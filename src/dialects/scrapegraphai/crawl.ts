import { z } from 'zod'
import { allowedTypes, contentTypeList, fetchConfig, formats, idParams as params, processors } from './fields.ts'
import { nothing, unavailable } from './unavailable.ts'
import { urlField } from './url.ts'

export const crawlBody = z.object({
  url: urlField,
  formats,
  maxDepth: z.coerce.number().int().min(0).default(2),
  maxPages: z.coerce.number().int().min(1).max(1000).default(50),
  maxLinksPerPage: z.coerce.number().int().min(1).default(10),
  allowExternal: z.boolean().default(false),
  includePatterns: z.array(z.string()).optional(),
  excludePatterns: z.array(z.string()).optional(),
  contentTypes: contentTypeList.optional(),
  allowedTypes: allowedTypes.optional(),
  processors: processors.optional(),
  fetchConfig: fetchConfig.optional(),
})

export const crawlPagesQuery = z.object({
  cursor: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(100).default(50),
})

export const crawlRoutes = [
  unavailable('Crawling', { method: 'POST', path: '/api/crawl', body: crawlBody, summary: 'Starts a crawl' }),
  unavailable('Crawling', { method: 'GET', path: '/api/crawl', throttled: false, summary: 'Crawls, newest first' }),
  nothing('crawl', { method: 'GET', path: '/api/crawl/:id', params, throttled: false, summary: 'State of a crawl and its pages' }),
  nothing('crawl', { method: 'DELETE', path: '/api/crawl/:id', params, summary: 'Deletes a crawl' }),
  nothing('crawl', { method: 'GET', path: '/api/crawl/:id/pages', params, query: crawlPagesQuery, throttled: false, summary: 'Pages of a crawl with their content' }),
  nothing('crawl', { method: 'POST', path: '/api/crawl/:id/stop', params, summary: 'Pauses a crawl' }),
  nothing('crawl', { method: 'POST', path: '/api/crawl/:id/resume', params, summary: 'Continues a paused crawl' }),
]
