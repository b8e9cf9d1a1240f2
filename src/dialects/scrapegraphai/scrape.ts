import { z } from 'zod'
import { route, type ReplyInfo } from '../dialect.ts'
import { allowedTypes, contentType, fetchConfig, formats, processors } from './fields.ts'
import { pageIntent, pageReply, renderPage } from './results.ts'
import { urlField } from './url.ts'

export const scrapeBody = z.object({
  url: urlField,
  contentType: contentType.optional(),
  allowedTypes: allowedTypes.optional(),
  processors: processors.optional(),
  fetchConfig: fetchConfig.optional(),
  formats,
})

// Safe: the server has read the body with this very schema.
const bodyOf = (info: ReplyInfo) => (info.input as { body: z.output<typeof scrapeBody> }).body

export const scrapeRoutes = [
  route({
    method: 'POST', path: '/api/scrape', verb: 'scrape',
    summary: 'One page in one to eight formats; a format that fails is listed in `errors` beside the others',
    body: scrapeBody, response: z.object({ id: z.uuid() }).extend(pageReply.shape),
    toIntent: ({ body }) => pageIntent(body),
    render: (document, { evidence }, info) => ({
      status: 200,
      body: { id: info.id, ...renderPage(document, { formats: bodyOf(info).formats, elapsedMs: info.durationMs, origin: info.origin, evidence }) },
    }),
  }),
]
