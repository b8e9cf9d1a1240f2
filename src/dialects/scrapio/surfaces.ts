import { extract, extractNeedsJson } from './extract.ts'
import { body, choice, closed, decimal, device, flag, httpUrl, integer, list, oneOf, proxy, session, text, timeoutMs } from './fields.ts'

const seeds = list(httpUrl)
const pageOutput = list(oneOf(['html', 'markdown', 'json']))
const anyOutput = list(oneOf(['html', 'markdown', 'json', 'screenshot']))
const work = { timeout_ms: timeoutMs.optional(), use_proxy: flag.optional(), proxy: proxy.optional() }

export const crawlBody = body(closed({
  seeds,
  max_pages: integer(1, 50).optional(),
  max_depth: integer(0, 5).optional(),
  same_domain_only: flag.optional(),
  output: pageOutput.optional(),
  extract: extract.optional(),
  ...work,
}).refine(extractNeedsJson.holds, extractNeedsJson.issue))

export const mapBody = body(closed({
  seeds,
  max_urls: integer(1, 100).optional(),
  max_depth: integer(0, 5).optional(),
  same_domain_only: flag.optional(),
  include_metadata: flag.optional(),
  ...work,
}))

const selector = text(1000)
const waitMs = integer(1, 30_000)
const actionTypes = ['goto', 'click', 'type', 'select', 'press', 'scroll', 'wait_for', 'wait_ms'] as const

export const action = choice('type', actionTypes, [
  closed({ type: oneOf(['goto']), url: httpUrl.optional() }),
  closed({ type: oneOf(['click']), selector, settle_ms: waitMs.optional() }),
  closed({ type: oneOf(['type']), selector, value: text(10_000, 0) }),
  closed({ type: oneOf(['select']), selector, value: text(10_000, 0) }),
  closed({ type: oneOf(['press']), key: text(100), selector: selector.optional() }),
  closed({ type: oneOf(['scroll']), selector: selector.optional(), direction: oneOf(['down', 'up']).optional(), amount: integer(1, 1_000_000).optional(), until_stable: flag.optional() }),
  closed({ type: oneOf(['wait_for']), selector, timeout_ms: waitMs.optional(), optional: flag.optional() }),
  closed({ type: oneOf(['wait_ms']), duration_ms: integer(1, 300_000) }),
])

export const interactBody = body(closed({
  url: httpUrl,
  actions: list(action).optional(),
  prompt: text(10_000).optional().describe('In place of `actions`'),
  device: device.optional(),
  session: session.optional(),
  output: anyOutput.optional(),
  extract: extract.optional(),
  ...work,
})
  .refine(({ actions, prompt }) => actions !== undefined || prompt !== undefined, { path: ['actions'], error: 'is required' })
  .refine(({ actions, prompt }) => actions === undefined || prompt === undefined, { path: ['prompt'], error: 'excludes actions' })
  .refine(({ prompt, output = [] }) => prompt === undefined || output.every((name) => name === 'html' || name === 'screenshot'), { path: ['output'], error: 'has only html and screenshot where prompt is set' })
  .refine(extractNeedsJson.holds, extractNeedsJson.issue))

export const searchBody = body(closed({
  query: text(2000),
  provider: oneOf(['google']).optional(),
  max_results: integer(1, 10).optional(),
  fetch_results: flag.optional(),
  output: anyOutput.optional(),
  extract: extract.optional(),
  timeout_ms: timeoutMs.optional(),
})
  .refine(({ fetch_results: fetches, output }) => fetches === true || output === undefined, { path: ['output'], error: 'needs fetch_results' })
  .refine(({ fetch_results: fetches, extract: wanted }) => fetches === true || wanted === undefined, { path: ['extract'], error: 'needs fetch_results' })
  .refine(extractNeedsJson.holds, extractNeedsJson.issue))

const anyNumber = decimal.or(text(40))
const anyFlag = flag.or(oneOf(['true', 'false']))

export const googleQuery = closed({
  search: text(2000),
  search_type: oneOf(['classic', 'news', 'images', 'lens', 'ai_mode', 'ads']).optional(),
  country_code: text(2, 2).optional(),
  language: text(16, 2).optional(),
  device: oneOf(['desktop', 'mobile']).optional(),
  page: anyNumber.optional(),
  date_range: oneOf(['past_hour', 'past_day', 'past_week', 'past_month', 'past_year']).optional(),
  sort_by: text(40).optional(),
  latitude: anyNumber.optional(),
  longitude: anyNumber.optional(),
  radius: anyNumber.optional(),
  extra_params: text(2000).optional(),
  tag: text(200).optional(),
  light_request: anyFlag.optional(),
  add_html: anyFlag.optional(),
  nfpr: anyFlag.optional(),
})

export const fastSearchQuery = closed({
  search: text(2000),
  country_code: text(2, 2).optional(),
  language: text(16, 2).optional(),
  page: anyNumber.optional(),
})
