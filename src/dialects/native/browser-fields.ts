import { z } from 'zod'
import { screenshotFields, toFormats, toScreenshot, type Format } from './formats.ts'
import { blockable, devices, needsBrowser, type BrowserOptions, type Render } from '../../contract/intent.ts'

const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

const isLocale = (tag: string): boolean => {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}

/** Fields of POST /v1/scrape that only a browser can serve, or that change what a browser is. */
export const browserFields = {
  wait_ms: z.int().min(0).max(60_000).optional().describe('Further milliseconds after the page has become still'),
  wait_for: z.strictObject({
    selector: z.string().min(1).max(500).optional().describe('CSS selector that must match'),
    text: z.string().min(1).max(500).optional().describe('Text that must be on the page'),
    url: z.string().min(1).max(2048).optional().describe('Part of the address that the page must come to, or a pattern with `*`'),
  }).refine((value) => Object.values(value).some((part) => part !== undefined), 'Set selector, text or url').optional().describe('Waits until all that is set is there'),
  scrolls: z.int().min(0).max(100).optional().describe('Times that the page is scrolled to its end'),
  viewport: z.strictObject({
    width: z.int().min(200).max(5000),
    height: z.int().min(200).max(5000),
    scale: z.number().min(0.5).max(4).optional().describe('Device pixels per CSS pixel'),
  }).optional(),
  device: z.enum(devices).optional(),
  locale: z.string().max(50).refine(isLocale, 'Not a BCP 47 language tag').optional(),
  timezone: z.string().max(100).refine(isTimeZone, 'Not an IANA time zone').optional(),
  actions: z.lazy(() => actionList).optional().describe('Steps taken in order once the page is still; the first that fails ends the request with content.action_failed'),
  block: z.array(z.enum(blockable)).max(blockable.length).optional().describe('What is not loaded'),
}

const ms = (max: number) => z.int().min(0).max(max)
const selector = z.string().min(1).max(500)
const timeout_ms = ms(60_000).optional()

const actionList = z.array(z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('click'), selector, button: z.enum(['left', 'right', 'middle']).optional(), count: z.int().min(1).max(3).optional(), timeout_ms }),
  z.strictObject({ type: z.literal('type'), selector, text: z.string().max(10_000), clear: z.boolean().optional(), timeout_ms }),
  z.strictObject({ type: z.literal('press'), key: z.string().min(1).max(50), selector: selector.optional(), timeout_ms }),
  z.strictObject({ type: z.literal('select'), selector, values: z.array(z.string().max(500)).max(50), timeout_ms }),
  z.strictObject({ type: z.literal('check'), selector, checked: z.boolean().optional(), timeout_ms }),
  z.strictObject({ type: z.literal('hover'), selector, timeout_ms }),
  z.strictObject({ type: z.literal('scroll'), selector: selector.optional(), x: z.int().min(-100_000).max(100_000).optional(), y: z.int().min(-100_000).max(100_000).optional(), to: z.enum(['top', 'bottom', 'end']).optional().describe('`end`: to the bottom, again and again until it stays where it is'), timeout_ms }),
  z.strictObject({ type: z.literal('wait'), ms: ms(60_000) }),
  z.strictObject({ type: z.literal('wait_for'), selector: selector.optional(), text: z.string().min(1).max(500).optional(), url: z.string().min(1).max(2048).optional(), optional: z.boolean().optional().describe('`true` goes on where it does not come'), timeout_ms }),
  z.strictObject({ type: z.literal('navigate'), url: z.url({ protocol: /^https?$/ }).max(2048).optional().describe('Left out: the page once more') }),
  z.strictObject({ type: z.literal('screenshot'), ...screenshotFields }),
  z.strictObject({ type: z.literal('extract'), selector, output: z.enum(['text', 'html', 'attribute']).default('text'), attribute: z.string().min(1).max(100).optional(), all: z.boolean().optional(), timeout_ms }),
  z.strictObject({ type: z.literal('evaluate'), script: z.string().min(1).max(100_000).describe('JavaScript whose value is the result; needs the scope "evaluate"') }),
])).min(1).max(50)

type Fields = z.output<z.ZodObject<typeof browserFields>>

const toAction = (action: z.output<typeof actionList>[number]): unknown => {
  if (action.type === 'screenshot') {
    const { type, ...fields } = action
    return { type, screenshot: toScreenshot(fields) }
  }
  const { timeout_ms: timeoutMs, ...rest } = { timeout_ms: undefined, ...action }
  return { ...rest, timeoutMs }
}

/** Undefined where the request says nothing about browsers. */
export const toBrowser = (fields: Fields): BrowserOptions | undefined => {
  const options = {
    waitMs: fields.wait_ms,
    waitFor: fields.wait_for,
    scrolls: fields.scrolls,
    viewport: fields.viewport,
    device: fields.device,
    locale: fields.locale,
    timezone: fields.timezone,
    block: fields.block,
    actions: fields.actions?.map(toAction),
  }
  const set = Object.entries(options).filter(([, value]) => value !== undefined)
  // Undefined members are gone, which the types cannot follow.
  return set.length === 0 ? undefined : (JSON.parse(JSON.stringify(Object.fromEntries(set))) as BrowserOptions)
}

/** What needs a browser cannot be asked of one that may not be opened. */
export const browserAllowed = (body: Fields & { render: Render; formats: readonly unknown[] }, ctx: z.RefinementCtx): void => {
  const browser = toBrowser(body)
  const formats = toFormats(body.formats as Format[])
  if (body.render === 'static' && needsBrowser({ formats, ...(browser === undefined ? {} : { browser }) })) {
    ctx.addIssue({ code: 'custom', path: ['render'], message: 'wait_ms, wait_for, scrolls, actions, screenshot and pdf need a browser: leave render out or set it to "js"' })
  }
}
