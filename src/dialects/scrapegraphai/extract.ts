import { z } from 'zod'
import { allowedTypes, contentType, fetchConfig, jsonSchema, pageMode, processors, prompt } from './fields.ts'
import { unavailable } from './unavailable.ts'
import { urlField } from './url.ts'

export const extractBody = z
  .object({
    url: urlField.optional(),
    html: z.string().optional(),
    markdown: z.string().optional(),
    mode: pageMode.default('normal'),
    prompt,
    schema: jsonSchema.optional(),
    contentType: contentType.optional(),
    allowedTypes: allowedTypes.optional(),
    processors: processors.optional(),
    fetchConfig: fetchConfig.optional(),
  })
  .refine((body) => [body.url, body.html, body.markdown].some(Boolean), { message: 'Either url, html, or markdown is required' })

export const searchBody = z
  .object({
    query: z.string().min(1).max(500),
    numResults: z.number().int().min(1).max(20).default(3),
    format: z.enum(['html', 'markdown']).default('markdown'),
    mode: pageMode.default('prune'),
    allowedTypes: allowedTypes.optional(),
    processors: processors.optional(),
    fetchConfig: fetchConfig.optional(),
    prompt: prompt.optional(),
    schema: jsonSchema.optional(),
    locationGeoCode: z.string().max(10).optional(),
    timeRange: z.enum(['past_hour', 'past_24_hours', 'past_week', 'past_month', 'past_year']).optional(),
  })
  .refine((body) => !body.schema || body.prompt, { message: 'schema requires prompt', path: ['prompt'] })

const schemaBody = z.object({
  prompt,
  existing_schema: jsonSchema.optional(),
  existingSchema: jsonSchema.optional(),
  model: z.string().optional(),
})

export const extractRoutes = [
  unavailable('Extraction by prompt', { method: 'POST', path: '/api/extract', body: extractBody, summary: 'JSON from a page, HTML or Markdown' }),
  unavailable('Web search', { method: 'POST', path: '/api/search', body: searchBody, summary: 'Web search with the content of the pages found' }),
  unavailable('Schema generation', { method: 'POST', path: '/api/schema', body: schemaBody, summary: 'A JSON Schema from a prompt' }),
]
