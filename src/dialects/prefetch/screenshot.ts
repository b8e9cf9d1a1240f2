import { z } from 'zod'
import { scrapeIntent } from '../../contract/intent.ts'
import { fail, Failure } from '../../failure/failure.ts'
import { route } from '../dialect.ts'
import { succeed, success } from './envelope.ts'
import { priced, timeoutMs } from './prices.ts'
import { screenshotQuery } from './query.ts'

/** Of the pictures that lose something; a webp of 100 is one that loses nothing and is many times as large. */
const quality = 85

export const screenshotRoute = route({
  method: 'GET', path: '/screenshot', verb: 'scrape',
  summary: 'A picture of the page under a public address (2 credits)',
  prices: priced(2),
  query: screenshotQuery,
  response: success(z.object({
    url: z.string(),
    screenshot_url: z.string(),
    viewport: z.object({ width: z.int(), height: z.int() }),
    format: z.enum(['jpeg', 'png', 'webp']),
    full_page: z.boolean(),
    captured_at: z.iso.datetime(),
  })),
  toIntent: ({ query: { url, width, height, format, full_page: full, fullPage } }) =>
    scrapeIntent({
      url, timeoutMs,
      formats: [{ kind: 'screenshot', screenshot: { type: format, width, height, fullPage: fullPage ?? full, delivery: 'url', ...(format === 'png' ? {} : { quality }) } }],
    }),
  veto: ({ formats, failedFormats }) => {
    if (failedFormats?.screenshot) return Failure.fromJSON(failedFormats.screenshot)
    return formats.screenshot?.path === undefined ? fail('content.extraction_failed') : undefined
  },
  render: ({ url, fetchedAt, formats }, _outcome, info) => {
    // Safe: what this row's schema gave.
    const { width, height, format, full_page: full, fullPage } = (info.input as { query: z.output<typeof screenshotQuery> }).query
    return succeed({
      url,
      screenshot_url: `${info.origin}${formats.screenshot?.path}`,
      viewport: { width, height },
      format,
      full_page: fullPage ?? full,
      captured_at: fetchedAt,
    }, info)
  },
})
