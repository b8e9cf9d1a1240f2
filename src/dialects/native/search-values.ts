import { z } from 'zod'
import type { SearchResult, SearchValue } from '../../contract/search.ts'
import { Failure } from '../../failure/failure.ts'
import { extraction, extractionBody, failedBody } from './extract-formats.ts'
import { formatValues } from './formats.ts'

export const failureReply = z.looseObject({ code: z.string(), message: z.string() })

export const extractReply = z.looseObject({ status: z.enum(['ok', 'failed']), json: z.unknown().optional(), extraction: extraction.optional(), failure: failureReply.optional() })

export const resultReply = z.looseObject({
  url: z.string(), title: z.string(), snippet: z.string(), highlights: z.array(z.string()), score: z.number(), sources: z.array(z.string()),
  content: z.looseObject({ status: z.enum(['ok', 'failed']), failure: failureReply.optional() }).optional(),
  extract: extractReply.optional(),
})

export const renderResult = (result: SearchResult, wanted: { content: boolean; extract: boolean }, origin: string) => ({
  url: result.url,
  title: result.title,
  snippet: result.snippet,
  highlights: result.highlights,
  score: result.score,
  sources: result.sources,
  description: result.description,
  site_name: result.siteName,
  author: result.author,
  language: result.language,
  favicon: result.favicon,
  image: result.image,
  published_at: result.publishedAt,
  modified_at: result.modifiedAt,
  crawled_at: result.crawledAt,
  ...(result.content && wanted.content ? { content: renderContent(result.content, wanted.extract, origin) } : {}),
  ...(result.content && wanted.extract ? { extract: renderExtract(result.content) } : {}),
})

const failureOf = ({ code, message, retry, plainFacts }: Failure) => ({ status: 'failed', failure: { code, message, retry, ...plainFacts } })

const renderContent = (outcome: NonNullable<SearchResult['content']>, apart: boolean, origin: string) => {
  if (!outcome.ok) return failureOf(outcome.failure)
  const { finalUrl, fetchedAt, renderer, cached, formats: { json, ...formats }, extraction: how, failedFormats: { json: noJson, ...failed } = {}, metadata, warnings } = outcome.value
  const failures = apart || !noJson ? failed : { ...failed, json: noJson }
  return {
    status: 'ok', final_url: finalUrl, fetched_at: fetchedAt, renderer, cached,
    ...formatValues(formats, origin),
    ...(apart || json === undefined ? {} : { json }),
    ...(apart || !how ? {} : { extraction: extractionBody(how) }),
    ...(Object.keys(failures).length > 0 ? { failed_formats: failedBody(failures) } : {}),
    metadata, truncated: outcome.truncated ?? false, warnings,
  }
}

/** The data of one page, or of all read as one. */
export const renderExtract = (outcome: NonNullable<SearchValue['extract']>) => {
  if (!outcome.ok) return failureOf(outcome.failure)
  const { formats, extraction: how, failedFormats } = outcome.value
  if (failedFormats?.json) return failureOf(Failure.fromJSON(failedFormats.json))
  return { status: 'ok', json: formats.json, ...(how ? { extraction: extractionBody(how) } : {}) }
}
