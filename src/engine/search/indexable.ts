import { createHash } from 'node:crypto'
import type { Document, Metadata } from '../../contract/document.ts'
import { canonicalUrl, type CanonicalUrl } from '../../lib/canonical-url.ts'
import { passagesOf, type Passage } from '../../lib/passages.ts'
import { wordsOf } from '../../lib/words.ts'
import { simhashOf } from './simhash.ts'

/** What of a page is found and shown. */
export interface Indexable {
  key: string
  url: string
  title: string
  language: string | null
  publishedAt: Date | null
  crawledAt: Date
  shown: Shown
  contentHash: string
  simhash: string
  passages: { heading: string; body: string; words: string[] }[]
}

/** Kept beside a page as it comes back with results. */
export interface Shown {
  description?: string
  siteName?: string
  author?: string
  favicon?: string
  image?: string
  modifiedAt?: string
}

const charsMax = 1_000_000
const passagesMax = 600
const passageChars = 1_000

/** Undefined for a page without an address of its own or without words. */
export const indexable = (document: Pick<Document, 'url' | 'finalUrl' | 'fetchedAt' | 'metadata'>, text: string): Indexable | undefined => {
  const { metadata } = document
  const address = addressOf(document.finalUrl, metadata.canonical_url)
  const content = text.slice(0, charsMax)
  const passages = gathered(passagesOf(content)).slice(0, passagesMax)
  if (address === undefined || passages.length === 0) return undefined
  const title = (metadata.title ?? '').slice(0, 500)
  const worded = passages.map((passage) => ({ ...passage, words: wordsOf(withoutTargets(passage.body)) }))
  return {
    key: address.key,
    url: address.url,
    title,
    language: languageOf(metadata.language, content),
    publishedAt: momentOf(metadata.published_at),
    crawledAt: new Date(document.fetchedAt),
    shown: shownOf(metadata),
    contentHash: createHash('sha256').update(JSON.stringify([title, passages])).digest('base64url'),
    simhash: simhashOf(worded.flatMap(({ words }) => words)),
    passages: worded,
  }
}

/** Addresses behind links are no words of the text. */
const withoutTargets = (markdown: string): string => markdown.replace(/\]\((?:[^()\s]|\([^()\s]*\))*(?: "[^"\n]*")?\)/g, ']')

/** A page may name another address of itself, but none of another host. */
const addressOf = (finalUrl: string, named: string | undefined): CanonicalUrl | undefined => {
  const own = canonicalUrl(finalUrl)
  const other = named === undefined ? undefined : canonicalUrl(named)
  return own !== undefined && other !== undefined && own.host === other.host && new URL(other.url).pathname !== '/' ? other : own
}

/** Small neighbours below the same heading are one passage. */
const gathered = (passages: readonly Passage[]): { heading: string; body: string }[] => {
  const out: { heading: string; body: string }[] = []
  for (const { heading, text } of passages) {
    const last = out.at(-1)
    if (last && last.heading === heading && last.body.length + text.length < passageChars) last.body += `\n\n${text}`
    else out.push({ heading, body: text })
  }
  return out
}

const shownOf = (metadata: Metadata): Shown => ({
  ...(metadata.description === undefined ? {} : { description: metadata.description.slice(0, 1000) }),
  ...(metadata.site_name === undefined ? {} : { siteName: metadata.site_name.slice(0, 200) }),
  ...(metadata.author === undefined ? {} : { author: metadata.author.slice(0, 200) }),
  ...(metadata.favicon === undefined ? {} : { favicon: metadata.favicon.slice(0, 2048) }),
  ...(metadata.image === undefined ? {} : { image: metadata.image.slice(0, 2048) }),
  ...(momentOf(metadata.modified_at) === null ? {} : { modifiedAt: momentOf(metadata.modified_at)?.toISOString() ?? '' }),
})

export const momentOf = (text: string | undefined): Date | null => {
  const at = text === undefined ? Number.NaN : Date.parse(text)
  // PostgreSQL and people know years of four digits.
  return Number.isNaN(at) || at < -62_135_596_800_000 || at > 253_402_300_799_000 ? null : new Date(at)
}

const scripts: readonly [RegExp, string][] = [
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/gu, 'ja'], [/\p{Script=Hangul}/gu, 'ko'], [/\p{Script=Han}/gu, 'zh'], [/\p{Script=Thai}/gu, 'th'],
  [/\p{Script=Greek}/gu, 'el'], [/\p{Script=Hebrew}/gu, 'he'], [/\p{Script=Tamil}/gu, 'ta'],
]

/** What the page says, else what its script alone tells. */
const languageOf = (declared: string | undefined, content: string): string | null => {
  const said = /^([a-z]{2})([-_]|$)/i.exec(declared ?? '')?.[1]?.toLowerCase()
  if (said !== undefined) return said
  const sample = content.slice(0, 4000)
  const letters = sample.match(/\p{L}/gu)?.length ?? 0
  return scripts.find(([script]) => (sample.match(script)?.length ?? 0) > letters * 0.2)?.[1] ?? null
}
