import { z } from 'zod'
import type { Document } from '../../contract/document.ts'
import type { Outcome } from '../../contract/outcome.ts'
import { highlightsOf } from '../../lib/highlights.ts'
import { linksOf, type LinkWish } from './links.ts'
import { urlError } from './url-error.ts'

const media = z.looseObject({ url: z.string() })

export const extractEntry = z.union([
  z.looseObject({
    url: z.string(),
    status: z.literal('success'),
    resolved_mode: z.enum(['standard', 'advanced']),
    title: z.string().nullable(),
    full_content: z.string().nullable().optional(),
    highlights: z.array(z.string()).nullable(),
    time_published: z.string().nullable(),
    time_last_crawled: z.string().nullable(),
    page_structure: z.looseObject({ primary: z.string(), secondary: z.string().nullable() }).nullable(),
    category: z.looseObject({ primary: z.string(), secondary: z.string().nullable() }).nullable(),
    favicon: z.string().nullable(),
    cover_image: media.optional(),
    images: z.array(media).optional(),
    videos: z.array(media).optional(),
    audio: z.array(media).optional(),
    links: z.array(z.looseObject({ url: z.string(), anchor_text: z.string(), is_external: z.boolean() })).optional(),
  }),
  z.looseObject({ url: z.string(), status: z.literal('failed'), error_message: z.string() }),
])

export interface EntryWish {
  query?: string | null | undefined
  format?: 'markdown' | 'text' | null | undefined
  include_images?: boolean | null | undefined
  include_videos?: boolean | null | undefined
  include_audio?: boolean | null | undefined
  include_links?: LinkWish | null | undefined
}

export const modeOf = (document: Document): 'standard' | 'advanced' => (document.renderer === 'js' ? 'advanced' : 'standard')

/** One element of `data.results`, under the URL as it was sent. */
export const entryOf = (url: string, outcome: Outcome<Document> | undefined, wish: EntryWish): object => {
  if (!outcome) return { url, status: 'failed', error_message: 'Internal error' }
  if (!outcome.ok) return { url, status: 'failed', error_message: urlError(outcome.failure) }
  return successOf(url, outcome.value, wish)
}

const successOf = (url: string, document: Document, wish: EntryWish): object => {
  const { formats, metadata } = document
  const content = (wish.format === 'text' ? formats.text : formats.markdown) ?? null
  return {
    url,
    status: 'success',
    resolved_mode: modeOf(document),
    title: metadata.title ?? null,
    ...(wish.query ? { highlights: content === null ? null : highlightsOf(content, wish.query) } : { full_content: content, highlights: null }),
    time_published: isoOf(metadata.published_at),
    time_last_crawled: document.fetchedAt,
    // Both need a classifier of pages: null is the vendor's word for not known.
    page_structure: null,
    category: null,
    favicon: metadata.favicon ?? null,
    ...(wish.include_images ? { ...found('images', formats.images), ...(metadata.image ? { cover_image: { url: metadata.image } } : {}) } : {}),
    ...(wish.include_videos ? found('videos', ogMedia(metadata.open_graph, 'video')) : {}),
    ...(wish.include_audio ? found('audio', ogMedia(metadata.open_graph, 'audio')) : {}),
    ...(wish.include_links ? found('links', linksOf(formats.links ?? [], document.finalUrl, wish.include_links)) : {}),
  }
}

/** Lists are left out where the page has nothing for them. */
const found = (name: string, items: readonly object[] | undefined): object => {
  if (!items || items.length === 0) return {}
  return { [name]: name === 'images' ? items.map((item) => ({ url: (item as { url: string }).url })) : items }
}

const ogMedia = (openGraph: Record<string, string> | undefined, kind: 'video' | 'audio'): { url: string }[] => {
  const names = ['secure_url', 'url', ''].map((part) => (part === '' ? kind : `${kind}:${part}`))
  const value = names.flatMap((name) => [openGraph?.[`og:${name}`], openGraph?.[name]]).find((item) => item !== undefined && URL.canParse(item))
  return value === undefined ? [] : [{ url: value }]
}

/** Dates are shown only as ISO 8601; metadata keeps what it could not read as found. */
const isoOf = (value: string | undefined): string | null => {
  if (value === undefined || !/^\d{4}-\d{2}-\d{2}/.test(value)) return null
  const time = Date.parse(value)
  return Number.isNaN(time) ? null : value
}
