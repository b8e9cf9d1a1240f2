import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { Parser } from 'htmlparser2'

const unzip = promisify(gunzip)
const unzippedBytesMax = 64 * 1024 * 1024
const urlCharsMax = 2048

export interface ListedUrl {
  url: string
  title?: string
  lastModified?: string
}

export interface Listing {
  /** Pages that the file names. */
  urls: ListedUrl[]
  /** Further files that it names. */
  files: string[]
}

/** Reads a sitemap, a sitemap index, an RSS or Atom feed, or a list of URLs as text; gzipped or not. Throws on broken gzip only. */
export const readListing = async (body: Uint8Array, base: string, limit: number): Promise<Listing> => {
  const bytes = body[0] === 0x1f && body[1] === 0x8b ? await unzip(body, { maxOutputLength: unzippedBytesMax }) : body
  const text = new TextDecoder().decode(bytes)
  return /^[\s\ufeff]*</.test(text) ? readXml(text, base, limit) : readLines(text, base, limit)
}

const readLines = (text: string, base: string, limit: number): Listing => {
  const urls: ListedUrl[] = []
  for (const line of text.split('\n')) {
    if (urls.length >= limit) break
    if (/^\s*https?:\/\//i.test(line)) push(urls, { url: line }, base)
  }
  return { urls, files: [] }
}

const entryNames = new Set(['url', 'sitemap', 'item', 'entry'])

const readXml = (text: string, base: string, limit: number): Listing => {
  const urls: ListedUrl[] = []
  const files: ListedUrl[] = []
  let entry: { kind: string; url?: string | undefined; title?: string; lastModified?: string } | undefined
  let depth = 0
  let entryDepth = 0
  let words = ''
  const parser = new Parser({
    onopentag(name, attributes) {
      depth++
      words = ''
      const local = localName(name)
      if (!entry && entryNames.has(local)) {
        entry = { kind: local }
        entryDepth = depth
      } else if (entry?.kind === 'entry' && local === 'link' && (attributes.rel === undefined || attributes.rel === 'alternate')) {
        entry.url ??= attributes.href
      }
    },
    ontext(part) {
      if (words.length < urlCharsMax) words += part
    },
    onclosetag(name) {
      const local = localName(name)
      // Only what stands right below the entry: an image has a <loc> too.
      if (entry && depth === entryDepth + 1) {
        if (local === 'loc' || local === 'link') entry.url ??= words.trim() || undefined
        else if (local === 'title') entry.title = words.trim().slice(0, 300)
        else if (local === 'lastmod' || local === 'updated' || local === 'pubdate') entry.lastModified = words.trim().slice(0, 40)
      }
      if (entry && depth === entryDepth) {
        const { kind, url, ...rest } = entry
        if (url !== undefined) push(kind === 'sitemap' ? files : urls, { url, ...rest }, base)
        entry = undefined
        if (urls.length >= limit) parser.pause()
      }
      words = ''
      depth--
    },
  }, { xmlMode: true, decodeEntities: true })
  for (let at = 0; at < text.length && urls.length < limit; at += 65_536) parser.write(text.slice(at, at + 65_536))
  return { urls: urls.slice(0, limit), files: files.map((file) => file.url) }
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1).toLowerCase()

const push = (list: ListedUrl[], found: ListedUrl, base: string): void => {
  const text = found.url.trim()
  if (text.length > urlCharsMax) return
  const url = URL.parse(text, base)
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) return
  list.push({ ...found, url: url.href })
}
