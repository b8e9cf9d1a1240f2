import type { Metadata } from '../../../contract/document.ts'
import type { Page } from '../dom/parse.ts'
import { isHttp, type Resolve } from '../dom/url.ts'
import { collapse } from '../dom/walk.ts'
import { authorsOf } from './authors.ts'
import { datesOf } from './dates.ts'
import { readJsonLd } from './json-ld.ts'
import { alternatesOf, canonicalOf, faviconOf, feedsOf } from './links.ts'
import { metaOf } from './meta.ts'
import { microdataOf } from './microdata.ts'
import { hostLabel, siteNameOf, titleOf } from './title.ts'

/** What a page says about itself, from everything it says it with. */
export const metadataOf = (page: Page, pageUrl: string, resolve: Resolve, headers: readonly [string, string][], text: string): Metadata => {
  const meta = metaOf(page.metas)
  const jsonLd = readJsonLd(page.jsonLd)
  const siteName = siteNameOf(meta, jsonLd)
  const title = titleOf(page, meta, jsonLd, siteName, pageUrl)
  const authors = authorsOf(meta, jsonLd, page, [siteName ?? '', hostLabel(pageUrl) ?? ''])
  const dates = datesOf(meta, jsonLd, page, { url: pageUrl, text, title, hasAuthor: authors !== undefined })
  const image = meta.first('og:image:secure_url', 'og:image', 'og:image:url', 'twitter:image', 'twitter:image:src', 'thumbnail', 'image')
  const microdata = page.microdata ? microdataOf(page.root, resolve) : []
  return compact({
    title,
    description: short(meta.first('og:description', 'description', 'twitter:description', 'dc.description', 'dcterms.description') ?? jsonLd.text('description')),
    language: languageOf(page, meta.first('content-language', 'og:locale', 'dc.language', 'language'), headers),
    author: authors?.join(', '),
    authors,
    site_name: siteName,
    published_at: dates.published,
    modified_at: dates.modified,
    canonical_url: canonicalOf(page.links, meta.first('og:url'), resolve),
    favicon: faviconOf(page.links, resolve),
    image: httpOnly(resolve(image ?? jsonLd.image())),
    robots: meta.first('robots'),
    keywords: keywordsOf(meta.all('keywords', 'news_keywords', 'article:tag', 'parsely-tags'), jsonLd.keywords()),
    generator: meta.first('generator'),
    theme_color: meta.first('theme-color'),
    feeds: feedsOf(page.links, resolve),
    alternates: alternatesOf(page.links, resolve),
    open_graph: meta.group(/^(?:og|article|book|profile|video|music|product):/),
    twitter: meta.group(/^twitter:/),
    json_ld: jsonLd.documents,
    microdata,
  })
}

const httpOnly = (url: string | undefined): string | undefined => (isHttp(url) ? url : undefined)

const short = (text: string | undefined): string | undefined => {
  const tidy = text === undefined ? '' : collapse(text)
  return tidy === '' ? undefined : tidy.slice(0, 5000)
}

const languageOf = (page: Page, declared: string | undefined, headers: readonly [string, string][]): string | undefined => {
  const header = headers.find(([name]) => name.toLowerCase() === 'content-language')?.[1]
  for (const candidate of [page.html.lang, page.html['xml:lang'], page.body.lang, declared, header]) {
    const tag = candidate?.split(',')[0]?.trim().replaceAll('_', '-')
    if (tag && /^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/i.test(tag)) return tag
  }
  return undefined
}

const keywordsOf = (...sources: readonly string[][]): string[] | undefined => {
  const found = new Map<string, string>()
  for (const value of sources.flat()) {
    for (const keyword of value.slice(0, 5000).split(/[,;]/)) {
      const tidy = collapse(keyword)
      if (tidy !== '' && tidy.length <= 100 && found.size < 100 && !found.has(tidy.toLowerCase())) found.set(tidy.toLowerCase(), tidy)
    }
  }
  return found.size > 0 ? [...found.values()] : undefined
}

/** Without members that say nothing. */
export const compact = (values: { [K in keyof Metadata]: Metadata[K] | undefined }): Metadata =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== '' && !(typeof value === 'object' && Object.keys(value).length === 0))) as Metadata
