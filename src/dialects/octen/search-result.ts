import { z } from 'zod'
import type { SearchResult, SearchValue } from '../../contract/search.ts'
import { plainText } from '../../lib/plain-text.ts'
import type { SearchWish } from './search-options.ts'

const image = z.looseObject({ url: z.string(), description: z.string() })

export const searchItem = z.looseObject({
  title: z.string(),
  url: z.string(),
  highlight: z.string().optional(),
  full_content: z.string().optional(),
  authors: z.string().optional(),
  time_published: z.string().optional(),
  time_last_crawled: z.string().optional(),
  favicon: z.string().optional(),
  cover_image: image.optional(),
  images: z.array(image).optional(),
})

export const searchUsage = z.looseObject({ num_search_queries: z.int(), full_content_extra_count: z.int(), full_content_tokens: z.int() })

/** Full content of so many results of a search costs nothing. */
export const freeContents = 10
const between = '\n\n...\n\n'

/** One element of `results`. What is not known is left out. */
export const itemOf = (result: SearchResult, wish: SearchWish): z.output<typeof searchItem> => {
  const content = contentOf(result)
  const authors = result.siteName ?? result.author
  const description = result.description ?? ''
  const shown = (text: string): string => (wish.format === 'markdown' ? text : plainText(text))
  return {
    title: result.title || result.url,
    url: result.url,
    ...(wish.highlight?.enable === false ? {} : { highlight: result.highlights.map(shown).join(between) }),
    ...(content === undefined ? {} : { full_content: content }),
    ...(authors === undefined ? {} : { authors }),
    ...(result.publishedAt === undefined ? {} : { time_published: result.publishedAt }),
    ...(result.crawledAt === undefined ? {} : { time_last_crawled: result.crawledAt }),
    ...(result.favicon === undefined ? {} : { favicon: result.favicon }),
    ...(wish.include_images && result.image !== undefined ? { cover_image: { url: result.image, description } } : {}),
    ...(wish.include_images && result.images?.length ? { images: result.images.map(({ url, alt }) => ({ url, description: alt ?? '' })) } : {}),
  }
}

const contentOf = ({ content }: SearchResult): string | undefined => (content?.ok ? (content.value.formats.markdown ?? content.value.formats.text) : undefined)

/** Usage of the searches behind one answer. */
export const usageOf = (searches: readonly SearchValue[]): z.output<typeof searchUsage> => {
  const contents = searches.map(({ results }) => results.flatMap((result) => contentOf(result) ?? []))
  return {
    num_search_queries: searches.length,
    full_content_extra_count: contents.reduce((sum, each) => sum + Math.max(0, each.length - freeContents), 0),
    full_content_tokens: contents.flat().reduce((sum, text) => sum + Math.ceil(text.length / 4), 0),
  }
}

/** Everything to be said, once and in one line; undefined where there is nothing. */
export const warningOf = (searches: readonly SearchValue[], more: readonly string[] = []): string | undefined => {
  const unread = searches.reduce((sum, { results }) => sum + results.filter(({ content }) => content && !content.ok).length, 0)
  const all = [...more, ...searches.flatMap(({ warnings }) => warnings), ...(unread === 0 ? [] : [`${unread} page(s) could not be read: full_content is missing there`])]
  return all.length === 0 ? undefined : [...new Set(all.map((warning) => warning.replace(/\.$/, '')))].join('; ')
}
