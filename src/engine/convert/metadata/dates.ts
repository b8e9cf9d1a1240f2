import type { Element } from 'domhandler'
import type { Page } from '../dom/parse.ts'
import { collapse, hasClass, isElement, rawTextOf } from '../dom/walk.ts'
import type { JsonLd } from './json-ld.ts'
import type { Meta } from './meta.ts'

const publishedNames = ['article:published_time', 'article:published', 'og:published_time', 'og:article:published_time', 'datepublished', 'date', 'pubdate', 'publishdate', 'publish-date', 'publish_date', 'publication_date', 'published_time', 'article.published', 'parsely-pub-date', 'sailthru.date', 'dc.date', 'dc.date.issued', 'dcterms.date', 'dcterms.created', 'dcterms.issued', 'citation_publication_date', 'citation_date', 'citation_online_date', 'cxenseparse:recs:publishtime', 'article_date_original', 'originalpublicationdate', 'release_date', 'bt:pubdate', 'last-published', 'uploaddate']
const modifiedNames = ['article:modified_time', 'article:modified', 'og:updated_time', 'datemodified', 'lastmod', 'last-modified', 'modified', 'revised', 'dcterms.modified', 'dc.date.modified', 'bt:moddate', 'updated_time']

export interface Dates {
  published: string | undefined
  modified: string | undefined
}

/** When the page says it was published and changed; what it marks up counts more than what it merely shows. */
export const datesOf = (meta: Meta, jsonLd: JsonLd, page: Page, shown: Shown): Dates => {
  const published = firstDate(meta.first('article:published_time'), jsonLd.text('datePublished'), jsonLd.text('uploadDate'), ...publishedNames.map((name) => meta.first(name)), markedTime(page, 'datePublished'), jsonLd.text('dateCreated'), markedTime(page, 'dateCreated'), shownTime(page, false), discussionTime(page, shown.url), writtenDate(shown))
  const modified = firstDate(meta.first('article:modified_time'), jsonLd.text('dateModified'), ...modifiedNames.map((name) => meta.first(name)), markedTime(page, 'dateModified'), shownTime(page, true))
  return { published, modified }
}

/** What a reader sees, for pages that mark up nothing. */
export interface Shown {
  url: string
  /** The beginning of the visible text. */
  text: string
  title: string | undefined
  /** Somebody is named as the author, so that a date near the title is the text's own. */
  hasAuthor: boolean
}

const discussion = /\/(?:threads?|topics?|t|forums?|viewtopic|questions?|discussions?|showthread|comments?|posts?)(?:[/.?-]|$)/i

/** The first message of a discussion dates it. */
const discussionTime = (page: Page, url: string): string | undefined =>
  discussion.test(URL.parse(url)?.pathname ?? '') ? page.times.map((time) => time.attribs.datetime ?? time.attribs.title).find((value) => value !== undefined && isoDate(value) !== undefined) : undefined

const inWords = '(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,? )?(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]{0,6}\\.? \\d{1,2}(?:st|nd|rd|th)?,? \\d{4}|\\d{1,2}(?:st|nd|rd|th)?\\.? (?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]{0,6}\\.?,? \\d{4}|\\d{4}-\\d{2}-\\d{2})'
const labelled = new RegExp(`\\b(?:published|posted|first published|date|written|created)(?: (?:on|at|date))?\\s?:? ?(${inWords})`, 'i')
const bare = new RegExp(inWords, 'i')
const nearTitleChars = 400

const writtenDate = ({ text, title, hasAuthor }: Shown): string | undefined => {
  const said = labelled.exec(text)?.[1]
  if (said || !hasAuthor || !title) return said
  const at = text.indexOf(title)
  return at < 0 ? undefined : bare.exec(text.slice(at + title.length, at + title.length + nearTitleChars))?.[0]
}

const firstDate = (...candidates: (string | undefined)[]): string | undefined => {
  const given = candidates.filter((value) => value !== undefined && value.trim() !== '' && value.length <= 100) as string[]
  return given.map(isoDate).find((value) => value !== undefined)
}

const markedTime = (page: Page, property: string): string | undefined => {
  const time = page.times.find((element) => element.attribs.itemprop?.split(/\s+/).includes(property) || (property === 'datePublished' && 'pubdate' in element.attribs))
  return time && (time.attribs.datetime ?? rawTextOf(time, 100))
}

/** A `<time>` near a byline or under the heading; comments and teasers have times too. */
const shownTime = (page: Page, modified: boolean): string | undefined => {
  const times = page.times.slice(0, 20).filter((time) => saysModified(time) === modified)
  for (const time of times) {
    const value = time.attribs.datetime ?? rawTextOf(time, 60)
    if (hasClass(time, /publish|entry-date|post-date|posted|date/i)) return value
    for (let node = time.parent, up = 0; node && up < 3; node = node.parent, up++) {
      if (!isElement(node)) break
      if (hasClass(node, /comment|related|sidebar|teaser|card|recommend/i) || node.name === 'aside' || node.name === 'footer') break
      if (hasClass(node, /byline|publish|posted|entry-meta|post-meta|article-(?:meta|info|date|header)|meta|date/i) || node.name === 'header') return value
    }
  }
  return page.times.length === 1 || modified ? times[0]?.attribs.datetime : undefined
}

const saysModified = (time: Element): boolean => {
  const around = `${time.attribs.class ?? ''} ${time.parent ? rawTextOf(time.parent, 80) : ''}`
  return /updat|modif|revis|edited|changed/i.test(around) && !/publish|posted/i.test(around)
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const iso = /^(\d{4})-(\d{2})(?:-(\d{2}))?(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d+)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?/i

/** ISO 8601 with what precision and zone there is; undefined for what is no date. */
export const isoDate = (raw: string): string | undefined => {
  const text = collapse(raw)
  const match = iso.exec(text)
  if (match) return fromIso(match)
  const compactForm = /^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(Z)?)?$/.exec(text)
  if (compactForm) return build(Number(compactForm[1]), Number(compactForm[2]), Number(compactForm[3]), timeOf(compactForm[4], compactForm[5], compactForm[6], compactForm[7]))
  const stamp = /^(\d{10}|\d{13})$/.exec(text)?.[1]
  if (stamp) return new Date(Number(stamp) * (stamp.length === 10 ? 1000 : 1)).toISOString()
  const slashed = /^(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?!\d)/.exec(text)
  if (slashed) return build(Number(slashed[1]), Number(slashed[2]), Number(slashed[3]))
  return fromWords(text)
}

const fromIso = (match: RegExpExecArray): string | undefined => {
  const [, year, month, day, hour, minute, second, zone] = match
  return build(Number(year), Number(month), day === undefined ? undefined : Number(day), hour === undefined || day === undefined ? '' : timeOf(hour, minute, second, zone))
}

const timeOf = (hour: string | undefined, minute: string | undefined, second: string | undefined, zone: string | undefined): string => {
  if (hour === undefined || minute === undefined || Number(hour) > 24 || Number(minute) > 59) return ''
  return `T${hour.padStart(2, '0')}:${minute}:${second ?? '00'}${zoneOf(zone)}`
}

const zoneOf = (zone: string | undefined): string => {
  if (zone === undefined || zone === '') return ''
  if (/^(?:z|utc|gmt)$/i.test(zone)) return 'Z'
  const digits = zone.replace(':', '')
  return `${digits.slice(0, 3)}:${digits.slice(3) || '00'}`
}

/** `12 March 2024`, `March 12, 2024`, `Tue, 12 Mar 2024 10:00:00 GMT`, `12 Mar 2024 at 10:00`. */
const fromWords = (text: string): string | undefined => {
  const name = /\b(jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\b\.?/i.exec(text)
  if (!name?.[1]) return undefined
  const month = months.indexOf(name[1].slice(0, 3).toLowerCase()) + 1
  const before = /(\d{1,2})(?:st|nd|rd|th)?(?:\s+of)?[\s-]*$/i.exec(text.slice(0, name.index))
  const rest = text.slice(name.index + name[0].length)
  const after = /^[\s-]*(\d{1,2})(?:st|nd|rd|th)?\s*[,\s]\s*(\d{4})(?!\d)/i.exec(rest)
  const year = after?.[2] ?? /^[\s,-]*(\d{4})(?!\d)/.exec(rest)?.[1] ?? /(?:^|\s)(\d{4})$/.exec(text)?.[1]
  if (year === undefined) return undefined
  const day = after?.[1] ?? before?.[1]
  const clock = /\b(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(am|pm)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?(?=$|[^\d:])/i.exec(rest)
  return build(Number(year), month, day === undefined ? undefined : Number(day), clock && day !== undefined ? timeOf(hourOf(clock[1], clock[4]), clock[2], clock[3], clock[5]?.toUpperCase()) : '')
}

const hourOf = (hour: string | undefined, half: string | undefined): string => {
  const number = Number(hour)
  if (half === undefined) return String(number)
  return String((number % 12) + (half.toLowerCase() === 'pm' ? 12 : 0))
}

const build = (year: number, month: number, day?: number, time = ''): string | undefined => {
  if (year < 1900 || year > 2100 || month < 1 || month > 12) return undefined
  const head = `${year}-${String(month).padStart(2, '0')}`
  if (day === undefined) return head
  if (day < 1 || day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return undefined
  return `${head}-${String(day).padStart(2, '0')}${time}`
}
