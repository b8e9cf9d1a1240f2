import { z } from 'zod'
import { parseUrl, withScheme } from '../../lib/url.ts'

const urlCharsMax = 2048

export const urlRequired = 'url parameter is required'
export const urlUnfit = 'Invalid URL'
const urlTooLong = 'URL exceeds maximum length'
export const urlErrors: ReadonlySet<string> = new Set([urlRequired, urlUnfit, urlTooLong])

/** Repeated parameters arrive as a list, which no parameter of this vendor is. */
const url = z
  .string({ error: (issue) => (issue.input === undefined ? urlRequired : urlUnfit) })
  .trim()
  .min(1, { error: urlRequired, abort: true })
  .transform(withScheme)
  .pipe(z.string().max(urlCharsMax, { error: urlTooLong, abort: true }).refine((value) => parseUrl(value) !== undefined, { error: urlUnfit }))
  .describe(`The page, at most ${urlCharsMax} characters. \`https://\` is put in front of a bare host.`)

/** One message for everything that is no whole number in the range, as the vendor has it. */
const integer = (name: string, min: number, max: number) => {
  const error = `${name} must be between ${min} and ${max}`
  return z.coerce.number({ error }).int({ error }).min(min, { error }).max(max, { error })
}

const flag = (name: string) =>
  z.stringbool({ truthy: ['true', '1'], falsy: ['false', '0'], error: `${name} must be true or false` })

const colors = integer('screenshotColors', 2, 12)

/** On every data endpoint, because the vendor does not say on which. */
const common = {
  url,
  screenshotColors: colors.optional().describe('Main colours to take from a picture of the page. Default 6.'),
  screenshot_colors: colors.optional().describe('The same.'),
}

export const pageQuery = z.object(common)

export const screenshotQuery = z.object({
  url,
  width: integer('width', 320, 5000).default(1440),
  height: integer('height', 320, 5000).default(900),
  full_page: flag('full_page').default(false).describe('`true` or `false`. Default `false`.'),
  fullPage: flag('full_page').optional().describe('The same.'),
  format: z.enum(['jpeg', 'png', 'webp'], { error: 'format must be one of: jpeg, png, webp' }).default('jpeg'),
  screenshotColors: common.screenshotColors,
  screenshot_colors: common.screenshot_colors,
})
