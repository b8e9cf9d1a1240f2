import { z } from 'zod'
import type { FormatRequest, ScrapeManyIntent } from '../../contract/intent.ts'
import { scrapeIntent } from '../../contract/intent.ts'
import { withScheme } from '../../lib/url.ts'
import { route } from '../dialect.ts'
import { envelope, succeed } from './envelope.ts'
import { entryOf, extractEntry, modeOf } from './extract-entry.ts'
import { anyInteger, body, clamp, flag, integer, object, oneOf, text } from './fields.ts'
import { linkScopes } from './links.ts'

const urlsMax = 20
const age = { min: 300, max: 31_536_000, default: 86_400 } as const
const timeout = { min: 1, max: 60, default: 30 } as const

/** `advanced` renders; `auto` where a page needs it. */
const renders = { standard: 'static', auto: 'auto', advanced: 'js' } as const

/** The vendor's command line hangs up after 30 s: where no timeout was asked for, what is there by then is better than nothing. */
const defaultCallS = 28
/** The vendor's MCP server waits 90 s longer than the timeout of one URL. */
const patienceS = 80

const missingUrls = 'Invalid params. Missing parameter urls'

const extractBody = body(object({
  urls: z.array(text(2048, 0), { error: (issue) => (issue.input === undefined || issue.input === null ? missingUrls : 'urls must be an array of strings') })
    .min(1, { error: missingUrls })
    .max(urlsMax, { error: `urls must have at most ${urlsMax} items` })
    .describe('`https://` is put in front of a bare host. A URL that cannot be fetched fails by itself.'),
  mode: oneOf(['standard', 'advanced', 'auto']).nullish().describe('Default `standard`.'),
  query: text(500, 0).nullish().describe('What to look for: `highlights` then take the place of `full_content`.'),
  max_age_seconds: anyInteger.nullish().describe(`A stored result of this age or younger will do. Default ${age.default}; clamped to ${age.min}–${age.max}.`),
  format: oneOf(['markdown', 'text']).nullish().describe('Default `markdown`.'),
  timeout: anyInteger.nullish().describe(`Seconds for each URL. Default ${timeout.default}; clamped to ${timeout.min}–${timeout.max}.`),
  include_images: flag.nullish(),
  include_videos: flag.nullish(),
  include_audio: flag.nullish(),
  include_links: object({
    scope: oneOf(linkScopes).nullish().describe('Default `prefer_internal`.'),
    max_links: integer(1, 1000).nullish().describe('Default 200.'),
  }).nullish(),
}))

export type ExtractBody = z.output<typeof extractBody>

const toIntent = (wish: ExtractBody): ScrapeManyIntent => {
  const timeoutS = clamp(wish.timeout ?? timeout.default, timeout.min, timeout.max)
  const callS = wish.timeout === undefined || wish.timeout === null ? defaultCallS : timeoutS + patienceS
  const pages = wish.urls.map((url) => scrapeIntent({
    url: withScheme(url),
    formats: formatsOf(wish),
    mode: 'reader',
    render: renders[wish.mode ?? 'standard'],
    timeoutMs: timeoutS * 1000,
    maxAgeS: clamp(wish.max_age_seconds ?? age.default, age.min, age.max),
  }))
  return { pages, timeoutMs: callS * 1000 }
}

const formatsOf = (wish: ExtractBody): FormatRequest[] => [
  { kind: wish.format === 'text' ? 'text' : 'markdown' },
  ...(wish.include_images ? [{ kind: 'images' } as const] : []),
  // Links for going on from a page are those of its menus too.
  ...(wish.include_links ? [{ kind: 'links', mode: 'normal' } as const] : []),
]

const usage = z.looseObject({
  total_urls: z.int(),
  successful_urls: z.int(),
  successful_by_mode: z.object({ standard_urls: z.int(), advanced_urls: z.int() }),
})

export const extractRoutes = [
  route({
    method: 'POST', path: '/extract', verb: 'scrape_many',
    summary: 'The content of 1–20 URLs, each with its own success or failure, in the order sent. Failed URLs are not billed.',
    body: extractBody,
    response: envelope(z.looseObject({ results: z.array(extractEntry) }), usage),
    toIntent: ({ body: wish }) => toIntent(wish),
    render: ({ results }, _, info) => {
      const wish = (info.input as { body: ExtractBody }).body
      const entries = wish.urls.map((url, i) => entryOf(url, results[i], wish))
      const modes = results.flatMap((result) => (result.ok ? [modeOf(result.value)] : []))
      const failedUrls = wish.urls.length - modes.length
      return succeed(
        info,
        { results: entries },
        {
          total_urls: wish.urls.length,
          successful_urls: modes.length,
          successful_by_mode: {
            standard_urls: modes.filter((mode) => mode === 'standard').length,
            advanced_urls: modes.filter((mode) => mode === 'advanced').length,
          },
        },
        failedUrls > 0 ? `${failedUrls} URL(s) failed and were not billed` : '',
      )
    },
  }),
]
