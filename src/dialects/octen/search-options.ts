import type { z } from 'zod'
import { scrapeIntent, type FormatRequest, type ScrapeIntent } from '../../contract/intent.ts'
import { searchIntent, type SearchIntent, type TimeWindow } from '../../contract/search.ts'
import { flag, integer, list, moment, object, oneOf, text } from './fields.ts'

const languages = ['ar', 'de', 'en', 'es', 'fr', 'hi', 'id', 'it', 'ja', 'ko', 'nl', 'pl', 'pt', 'ru', 'th', 'tr', 'vi', 'zh'] as const

const domains = list(text(60), 1200)
const words = list(text(30), 5)
const budget = (max: number) => object({ enable: flag.nullish(), max_tokens: integer(100, max).nullish() })

/** Options of every kind of web search. Parameters of older clients stand beside the documented ones. */
export const searchOptions = {
  topic: oneOf(['general', 'news']).nullish(),
  count: integer(1, 100).nullish().describe('Default 5.'),
  include_domains: domains.nullish(),
  exclude_domains: domains.nullish().describe('Wins over `include_domains`.'),
  include_text: words.nullish(),
  exclude_text: words.nullish(),
  time_basis: oneOf(['auto', 'published', 'crawled']).nullish(),
  time_range: oneOf(['day', 'week', 'month', 'year', 'd', 'w', 'm', 'y']).nullish(),
  start_time: moment.nullish(),
  end_time: moment.nullish(),
  language: list(oneOf(languages), languages.length).nullish(),
  country: text(4).regex(/^([A-Za-z]{2}|auto)$/, { error: 'country must be an ISO 3166-1 alpha-2 code or auto' }).nullish(),
  highlight: budget(20_000).nullish().describe('Default `{"enable": true, "max_tokens": 512}`.'),
  full_content: budget(100_000).nullish().describe('Default `{"enable": false, "max_tokens": 2048}`.'),
  format: oneOf(['text', 'markdown']).nullish().describe('Default `text`.'),
  safesearch: oneOf(['off', 'strict']).nullish().describe('Default `strict`.'),
  include_images: flag.nullish(),
  include_videos: flag.nullish(),
}

const whole = object(searchOptions)
export type SearchWish = Partial<Pick<z.output<typeof whole>, keyof typeof searchOptions>>

export const inOrder = (value: { start_time?: string | null | undefined; end_time?: string | null | undefined }): boolean =>
  !value.start_time || !value.end_time || Date.parse(endOf(value.end_time)) > Date.parse(startOf(value.start_time))
export const orderError = { error: 'end_time must be after start_time', path: ['end_time'] }

const dayMs = 86_400_000
const spans = { d: dayMs, w: 7 * dayMs, m: 31 * dayMs, y: 366 * dayMs } as const

const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text)
/** A time without a zone is UTC. */
const zoned = (text: string): string => (/(z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text.replace(' ', 'T')}Z`)
const startOf = (text: string): string => (isDay(text) ? `${text}T00:00:00Z` : zoned(text))
const endOf = (text: string): string => (isDay(text) ? `${text}T23:59:59Z` : zoned(text))

/** Bounds win over a range that counts back from now. */
const timeOf = ({ time_basis, time_range, start_time, end_time }: SearchWish, now: Date): TimeWindow | undefined => {
  const basis = time_basis ?? 'auto'
  if (start_time || end_time) {
    return {
      basis,
      ...(start_time ? { from: new Date(startOf(start_time)).toISOString() } : {}),
      ...(end_time ? { to: new Date(endOf(end_time)).toISOString() } : {}),
    }
  }
  const range = time_range?.charAt(0) as keyof typeof spans | undefined
  return range ? { basis, from: new Date(now.getTime() - spans[range]).toISOString() } : undefined
}

export const countDefault = 5
/** Pages are read within this time, so that an answer comes long before clients hang up. */
const searchMs = 12_000
const pageMs = 6_000
const pageAgeS = 86_400

/** What a search of these options is, without its query. */
export const optionsIntent = (wish: SearchWish, now: Date): Omit<SearchIntent, 'query'> => {
  const isOn = (option: SearchWish['highlight'], otherwise: boolean): boolean => (option ? (option.enable ?? otherwise) : otherwise)
  const time = timeOf(wish, now)
  const images: FormatRequest[] = wish.include_images ? [{ kind: 'images' }] : []
  const page = (kind: 'markdown' | 'text'): Omit<ScrapeIntent, 'url'> => {
    const { url: _url, ...rest } = scrapeIntent({ url: '', formats: [{ kind }, ...images], mode: 'reader', render: 'static', timeoutMs: pageMs, maxAgeS: pageAgeS })
    return rest
  }
  const hasHighlight = isOn(wish.highlight, true)
  const content = isOn(wish.full_content, wish.full_content?.max_tokens !== undefined && wish.full_content.max_tokens !== null)
    ? { maxTokens: wish.full_content?.max_tokens ?? 2048, page: page(wish.format === 'markdown' ? 'markdown' : 'text') } : undefined
  const { query: _query, ...rest } = searchIntent({
    query: '',
    limit: wish.count ?? countDefault,
    includeDomains: wish.include_domains ?? [],
    excludeDomains: wish.exclude_domains ?? [],
    includeText: wish.include_text ?? [],
    excludeText: wish.exclude_text ?? [],
    languages: wish.language ?? [],
    safe: wish.safesearch ?? 'strict',
    topic: wish.topic ?? 'general',
    timeoutMs: searchMs,
    ...(time ? { time } : {}),
    ...(wish.country && wish.country !== 'auto' ? { country: wish.country.toLowerCase() } : {}),
    ...(hasHighlight ? { highlights: { maxTokens: wish.highlight?.max_tokens ?? 512 } } : {}),
    ...(content ? { content } : hasHighlight || wish.include_images ? { reading: { page: page('markdown'), all: wish.include_images ?? false } } : {}),
  })
  return rest
}
