import { z } from 'zod'
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
  block: z.array(z.enum(blockable)).max(blockable.length).optional().describe('What is not loaded'),
}

type Fields = z.output<z.ZodObject<typeof browserFields>>

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
  }
  const set = Object.entries(options).filter(([, value]) => value !== undefined)
  // Undefined members are gone, which the types cannot follow.
  return set.length === 0 ? undefined : (JSON.parse(JSON.stringify(Object.fromEntries(set))) as BrowserOptions)
}

/** What needs a browser cannot be asked of one that may not be opened. */
export const browserAllowed = (body: Fields & { render: Render }, ctx: z.RefinementCtx): void => {
  const browser = toBrowser(body)
  if (body.render === 'static' && needsBrowser(browser === undefined ? {} : { browser })) {
    ctx.addIssue({ code: 'custom', path: ['render'], message: 'wait_ms, wait_for and scrolls need a browser: leave render out or set it to "js"' })
  }
}
