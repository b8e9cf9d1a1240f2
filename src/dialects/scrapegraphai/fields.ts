import { z } from 'zod'

/** Codes, texts and order of the issues of these schemas are part of the contract: `schemas.test.ts` holds them to it. */

const entriesMax = 100

export const pageModes = ['normal', 'reader', 'prune'] as const
export const pageMode = z.enum(pageModes)

export const services = ['scrape', 'extract', 'search', 'monitor', 'crawl'] as const

export const prompt = z.string().min(1).max(10_000)
export const jsonSchema = z.record(z.string(), z.unknown())

const contentTypes = [
  'text/html',
  'application/json',
  'application/pdf',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
  'image/avif',
  'image/tiff',
  'image/heic',
  'image/bmp',
  'application/epub+zip',
  'application/rtf',
  'application/vnd.oasis.opendocument.text',
  'text/csv',
  'text/plain',
  'application/x-latex',
] as const

/** Newer clients know `text/markdown` too; it is read as the plain text that it is, so that the list in the issue stays as published. */
export const contentType = z.preprocess((value) => (value === 'text/markdown' ? 'text/plain' : value), z.enum(contentTypes))
export const contentTypeList = z.array(z.enum(contentTypes))

export const allowedTypes = z
  .array(z.enum([...contentTypes, 'text/markdown']))
  .min(1)
  .refine((types) => new Set(types).size === types.length, { message: 'duplicate content types not allowed' })

export const processors = z
  .array(z.object({
    type: z.literal('pdf'),
    maxPages: z.number().int().min(-1).max(500).refine((pages) => pages !== 0, { message: 'maxPages must be -1 or between 1 and 500' }).default(25),
  }))
  .min(1)
  .refine((entries) => new Set(entries.map((entry) => entry.type)).size === entries.length, { message: 'duplicate processor types not allowed' })

const mockPage = z.object({
  minKb: z.number().int().min(1).max(1000).default(1),
  maxKb: z.number().int().min(1).max(1000).default(5),
  minSleep: z.number().int().min(0).max(30_000).default(5),
  maxSleep: z.number().int().min(0).max(30_000).default(15),
  writeToBucket: z.boolean().default(false),
})

export const fetchConfig = z.object({
  mode: z.enum(['auto', 'fast', 'js']).default('auto'),
  stealth: z.boolean().default(false),
  timeout: z.number().int().min(1000).max(60_000).default(30_000),
  wait: z.number().int().min(0).max(30_000).default(0),
  headers: z.record(z.string(), z.string()).optional(),
  cookies: z.record(z.string(), z.string()).optional(),
  country: z.string().length(2).transform((code) => code.toLowerCase()).optional(),
  scrolls: z.number().int().min(0).max(100).default(0),
  mock: z.union([z.boolean(), mockPage]).default(false),
})
export type FetchConfig = z.output<typeof fetchConfig>

const formatEntry = z.discriminatedUnion('type', [
  z.object({ mode: pageMode.default('normal'), type: z.literal('markdown') }),
  z.object({ mode: pageMode.default('normal'), type: z.literal('html') }),
  z.object({
    fullPage: z.boolean().default(false),
    width: z.number().int().min(320).max(3840).default(1440),
    height: z.number().int().min(200).max(2160).default(900),
    quality: z.number().int().min(1).max(100).default(80),
    type: z.literal('screenshot'),
  }),
  z.object({ prompt: z.string().max(10_000).default(''), schema: jsonSchema.optional(), mode: pageMode.default('normal'), type: z.literal('json') }),
  z.object({ type: z.literal('links') }),
  z.object({ type: z.literal('images') }),
  z.object({ type: z.literal('summary') }),
  z.object({ type: z.literal('branding') }),
])
export type FormatEntry = z.output<typeof formatEntry>
export type FormatType = FormatEntry['type']

const distinct = (entries: readonly FormatEntry[]): boolean => new Set(entries.map((entry) => entry.type)).size === entries.length
const duplicates = { message: 'duplicate format types not allowed' }

/** Past the eighth entry a list is wrong whatever follows: a flood of entries is not looked at one by one. */
const bounded = (value: unknown): unknown => (Array.isArray(value) && value.length > entriesMax ? value.slice(0, entriesMax) : value)

const list = z.array(formatEntry).min(1, { message: 'Select at least one format' }).refine(distinct, duplicates)

export const formats = z.preprocess(bounded, list).default([{ type: 'markdown', mode: 'normal' }])
export const changedFormats = z.preprocess(bounded, z.array(formatEntry).min(1).refine(distinct, duplicates))

const uuid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i)
export const idParams = z.object({ id: uuid })
export const cronIdParams = z.object({ cronId: uuid })
