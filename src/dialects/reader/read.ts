import { z } from 'zod'
import type { Document } from '../../contract/document.ts'
import { route, type Reply, type ReplyInfo } from '../dialect.ts'
import { envelope, ok } from './envelope.ts'
import { extractedOf, jsonFormat } from './extract.ts'
import { jobCreated } from './job-fields.ts'
import { contentFields, contents, differs, metadata, metadataOf } from './page.ts'
import { prices } from './prices.ts'
import { isCrawl, readBody, singlePage, type ReadBody } from './read-body.ts'
import { batchRow, crawlRow, discoverRow } from './submit.ts'

const scrapeResult = z.object({
  url: z.string().describe('As it was sent'),
  finalUrl: z.string().optional().describe('Only where it differs'),
  ...contentFields,
  rawHtml: z.string().optional().describe('The page as it was received, whatever `formats` says'),
  extracted: z.unknown().optional(),
  metadata,
})

const render = (document: Document, info: ReplyInfo): Reply => {
  // Safe: the server put there what the schema of this route gave.
  const body = (info.input as { body: ReadBody }).body
  const url = body.url ?? document.url
  const found = body.extract && extractedOf(document, body.extract)
  return ok({
    url,
    ...(differs(document.finalUrl, url) ? { finalUrl: document.finalUrl } : {}),
    ...contents(document.formats, body.formats),
    ...(document.formats.raw_html === undefined ? {} : { rawHtml: document.formats.raw_html }),
    ...(found ? { extracted: found.extracted } : {}),
    metadata: {
      ...metadataOf(document, info.durationMs, body.proxyMode),
      ...(found?.error === undefined ? {} : { extraction: { extractionError: found.error } }),
    },
  })
}

const rowFor = (body: ReadBody) => {
  if (body.urls !== undefined) return batchRow
  if (!isCrawl(body)) return undefined
  return body.scrape ? crawlRow : discoverRow
}

export const readRoutes = [
  route({
    method: 'POST', path: '/v1/read', verb: 'scrape', prices,
    summary: 'One page, answered at once; with `urls`, `maxDepth` or `maxPages` a job, answered with 201',
    body: readBody, response: z.union([envelope(scrapeResult), envelope(jobCreated)]),
    instead: ({ body }) => rowFor(body),
    toIntent: ({ body }) => singlePage(body.url ?? '', body, body.extract && jsonFormat(body.extract)),
    render: (document, _, info) => render(document, info),
  }),
]
