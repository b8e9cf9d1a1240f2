import { z } from 'zod'
import type { PageBlob, Formats } from '../../contract/document.ts'
import { deliveries, formatKinds, paperSizes, shotTypes, type FormatRequest, type PdfOptions, type ScreenshotOptions } from '../../contract/intent.ts'
import { chunksFormat, jsonFormat, plainFormat, questionFormat, requestOf, sectionsFormat, summaryFormat } from './extract-formats.ts'

export const formatNames = [...formatKinds, 'metadata'] as const

const side = z.int().min(200).max(5000)

export const screenshotFields = {
  format: z.enum(shotTypes).optional().describe('Default png'),
  quality: z.int().min(1).max(100).optional().describe('Of jpeg and webp'),
  full_page: z.boolean().optional().describe('The whole page, at most 16000 device pixels of its height'),
  selector: z.string().min(1).max(500).optional().describe('Only this element'),
  width: side.optional(),
  height: side.optional(),
  scale: z.number().min(0.5).max(4).optional().describe('Device pixels per CSS pixel'),
  delivery: z.enum(deliveries).optional().describe('`url`: a signed address on this server that ends (default); `base64`: inline'),
}

const screenshot = z.strictObject({ type: z.literal('screenshot'), ...screenshotFields })
const pdf = z.strictObject({
  type: z.literal('pdf'),
  paper: z.enum(paperSizes).optional(),
  landscape: z.boolean().optional(),
  background: z.boolean().optional(),
  scale: z.number().min(0.1).max(2).optional(),
  margin_mm: z.number().min(0).max(100).optional(),
  delivery: z.enum(deliveries).optional(),
})

/** Formats that need nothing beside their name. */
export const plainNames = formatNames.filter((name) => name !== 'question')

/** A format by its name, or with options. */
export const format = z.union([z.enum(plainNames), z.discriminatedUnion('type', [screenshot, pdf, jsonFormat, summaryFormat, questionFormat, sectionsFormat, chunksFormat, plainFormat])])
export type Format = z.output<typeof format>

const defined = <T extends object>(value: T): { [K in keyof T]?: NonNullable<T[K]> } =>
  // Members that are undefined are gone, which the types cannot follow.
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as { [K in keyof T]?: NonNullable<T[K]> }

export const toScreenshot = ({ format: type, full_page: fullPage, ...rest }: Omit<z.output<typeof screenshot>, 'type'>): ScreenshotOptions => defined({ type, fullPage, ...rest })

const toPdf = ({ type: _type, margin_mm: marginMm, ...rest }: z.output<typeof pdf>): PdfOptions => defined({ marginMm, ...rest })

/** One request per kind: the last of several wins. */
export const toFormats = (formats: readonly Format[]): FormatRequest[] => {
  const kinds = new Map<string, FormatRequest>()
  for (const one of formats) {
    if (one === 'metadata') continue
    if (typeof one === 'string') kinds.set(one, { kind: one })
    else if (one.type === 'pdf') kinds.set('pdf', { kind: 'pdf', pdf: toPdf(one) })
    else if (one.type !== 'screenshot') kinds.set(one.type, requestOf(one))
    else {
      const { type: kind, ...fields } = one
      kinds.set(kind, { kind, screenshot: toScreenshot(fields) })
    }
  }
  return [...kinds.values()]
}

export const blobReply = z.object({
  url: z.string().optional(),
  expires_at: z.string().optional(),
  base64: z.string().optional(),
  content_type: z.string(),
  bytes: z.int(),
  width: z.int().optional(),
  height: z.int().optional(),
})

export const toBlobReply = ({ path, expiresAt, contentType, ...rest }: PageBlob, origin: string): z.output<typeof blobReply> => ({
  ...(path === undefined ? {} : { url: origin + path }),
  ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
  content_type: contentType,
  ...rest,
})

/** The values of formats as this API writes them. */
export const formatValues = ({ screenshot: shot, pdf: paper, ...texts }: Formats, origin: string) => ({
  ...texts,
  ...(shot ? { screenshot: toBlobReply(shot, origin) } : {}),
  ...(paper ? { pdf: toBlobReply(paper, origin) } : {}),
})
