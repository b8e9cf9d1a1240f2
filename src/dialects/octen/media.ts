import { body, integer, list, moment, object, oneOf, text } from './fields.ts'
import { inviteOnly } from './unavailable.ts'

const base64CharsMax = Math.ceil((5 * 1024 * 1024) / 3) * 4
/** Room for one image of 5 MB in base64 and the rest of the body. */
const imageBodyBytes = 8 * 1024 * 1024

const input = object({ type: oneOf(['text', 'image']), data: text(base64CharsMax).nullish(), url: text(2048).nullish() })
  .refine((value) => (value.type === 'text' ? typeof value.data === 'string' : typeof value.data === 'string' || typeof value.url === 'string'), {
    error: 'an input of type text needs data, one of type image needs url or data', abort: true,
  })

const domains = list(text(60), 1200)

const common = {
  count: integer(1, 10).nullish().describe('Default 5.'),
  safesearch: oneOf(['off', 'strict']).nullish(),
  include_domains: domains.nullish(),
  exclude_domains: domains.nullish(),
  time_range: oneOf(['day', 'week', 'month', 'year', 'd', 'w', 'm', 'y']).nullish(),
  start_time: moment.nullish(),
  end_time: moment.nullish(),
}

const imageBody = body(object({
  // The newest documentation allows one; clients in use send a text and an image together.
  inputs: list(input, 2, 1),
  topic: oneOf(['general', 'design']).nullish(),
  html_snippet: object({ max_tokens: integer(100, 100_000).nullish() }).nullish(),
  ...common,
}))

const videoBody = body(object({ inputs: list(input.refine((value) => value.type === 'text', { error: 'a video search takes a text input' }), 1, 1), ...common }))

export const mediaRoutes = [
  inviteOnly({ path: '/image-search', summary: 'Image search: by invitation, answers 403 here', body: imageBody, bodyLimitBytes: imageBodyBytes }),
  inviteOnly({ path: '/video-search', summary: 'Video search: by invitation, answers 403 here', body: videoBody }),
]
