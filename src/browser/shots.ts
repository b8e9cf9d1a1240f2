import type { Page, PageScreenshotOptions } from 'playwright-core'
import type { PdfOptions, ScreenshotOptions } from '../contract/intent.ts'
import type { RawBlob } from '../contract/render.ts'
import { fail } from '../failure/failure.ts'

/** In device pixels: what Chromium paints in one piece, and what WebP can hold. */
export const heightPixelsMax = 16_000

export interface Taken {
  shot: RawBlob
  warning?: string
}

/** A picture of the page as it is now. */
export const takeScreenshot = async (page: Page, options: ScreenshotOptions, timeoutMs: number): Promise<Taken> => {
  const { type = 'png', quality, fullPage = false, selector } = options
  const common: PageScreenshotOptions = { type, timeout: timeoutMs, animations: 'disabled', caret: 'hide', ...(type === 'png' || quality === undefined ? {} : { quality }) }
  const contentType = `image/${type}`
  if (selector !== undefined) {
    const element = page.locator(selector).first()
    if ((await element.count()) === 0) throw fail('content.render_failed', {}, { cause: new Error('the element to photograph is not there') })
    const data = await element.screenshot(common)
    return { shot: { data, contentType, ...sizeOf(data) } }
  }
  if (!fullPage) {
    const data = await page.screenshot(common)
    return { shot: { data, contentType, ...sizeOf(data) } }
  }
  const { width, height, scale } = await page.evaluate('({ width: Math.max(document.documentElement.clientWidth, innerWidth), height: Math.max(document.documentElement.scrollHeight, innerHeight), scale: devicePixelRatio })') as { width: number; height: number; scale: number }
  const most = Math.floor(heightPixelsMax / scale)
  const clip = height > most ? { clip: { x: 0, y: 0, width, height: most } } : {}
  const data = await page.screenshot({ ...common, fullPage: true, ...clip })
  return { shot: { data, contentType, ...sizeOf(data) }, ...(height > most ? { warning: `The page is ${height} pixels tall; the screenshot shows the first ${most}.` } : {}) }
}

export const takePdf = async (page: Page, { paper = 'A4', landscape = false, background = true, scale = 1, marginMm = 10 }: PdfOptions): Promise<RawBlob> => {
  const side = `${marginMm}mm`
  const data = await page.pdf({ format: paper, landscape, printBackground: background, scale, margin: { top: side, right: side, bottom: side, left: side } })
  return { data, contentType: 'application/pdf' }
}

/** Width and height as the picture itself says. */
const sizeOf = (data: Buffer): { width: number; height: number } | Record<string, never> => {
  if (data.readUInt32BE(0) === 0x89504e47) return { width: data.readUInt32BE(16), height: data.readUInt32BE(20) }
  if (data.readUInt16BE(0) === 0xffd8) return jpegSize(data)
  if (data.toString('latin1', 8, 12) === 'WEBP') return webpSize(data)
  return {}
}

const jpegSize = (data: Buffer) => {
  for (let at = 2; at + 9 < data.length;) {
    const marker = data[at + 1] ?? 0
    // Start of frame, of whichever coding; not the tables between C0 and CF.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) return { height: data.readUInt16BE(at + 5), width: data.readUInt16BE(at + 7) }
    at += 2 + data.readUInt16BE(at + 2)
  }
  return {}
}

const webpSize = (data: Buffer) => {
  const kind = data.toString('latin1', 12, 16)
  if (kind === 'VP8 ') return { width: data.readUInt16LE(26) & 0x3fff, height: data.readUInt16LE(28) & 0x3fff }
  if (kind === 'VP8L') {
    const bits = data.readUInt32LE(21)
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
  }
  return { width: data.readUIntLE(24, 3) + 1, height: data.readUIntLE(27, 3) + 1 }
}
