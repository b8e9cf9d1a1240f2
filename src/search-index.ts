import type { Document } from './contract/document.ts'
import { candidate } from './engine/search/candidate.ts'
import { indexable, type Shown } from './engine/search/indexable.ts'
import type { Converter } from './engine/convert/index.ts'
import { canonicalUrl } from './lib/canonical-url.ts'
import type { Logger } from './lib/logger.ts'
import type { Store } from './store/db.ts'
import { deletePages, deletePagesBefore, indexState, putPage, type Space } from './store/search-index.ts'
import { searchIndex } from './store/search.ts'
import type { SearchablePages } from './verbs/deps.ts'

/** Everything a workspace has fetched, made searchable behind the replies. */
export interface PageIndex extends SearchablePages {
  /** Forgets what is older than it may be. */
  sweep(): Promise<void>
  drain(): Promise<void>
}

export interface PageIndexOptions {
  store: Store
  converter: Converter
  logger: Logger
  /** Days for which pages can be found; 0 for ever. */
  days: number
}

/** Pages that wait in all workspaces together; further ones are not indexed. */
const waitingMax = 512
const waitingCharsMax = 128 * 1024 * 1024
/** A search waits so long for pages that were fetched before it. */
const patienceMs = 3_000

export const createPageIndex = ({ store: { db }, converter, logger, days }: PageIndexOptions): PageIndex => {
  let tail: Promise<void> = Promise.resolve()
  let waiting = 0
  let waitingChars = 0
  let lost = 0

  const write = async (space: Space, document: Document): Promise<void> => {
    try {
      const page = indexable(document, await textOf(document, converter))
      if (page) await putPage(db, { ...space, ...page })
    } catch (err) {
      logger.warn({ err, url: document.finalUrl }, 'a page could not be put into the search index')
    }
  }

  const settled = async (): Promise<void> => {
    let timer: NodeJS.Timeout | undefined
    await Promise.race([tail, new Promise<void>((resolve) => (timer = setTimeout(resolve, patienceMs).unref()))])
    clearTimeout(timer)
  }

  return {
    put(workspaceId, mode, document) {
      const chars = sizeOf(document)
      if (waiting >= waitingMax || waitingChars + chars > waitingCharsMax) {
        if (lost++ % 100 === 0) logger.warn({ lost }, 'pages come faster than they can be indexed: some are not searchable')
        return
      }
      waiting++
      waitingChars += chars
      tail = tail.then(() => write({ workspaceId, mode }, document)).finally(() => {
        waiting--
        waitingChars -= chars
      })
    },

    of: (workspaceId, mode) => ({
      async isEmpty() {
        await settled()
        return (await db.selectFrom('index_documents').select('id').where('workspace_id', '=', workspaceId).where('mode', '=', mode).limit(1).executeTakeFirst()) === undefined
      },
      async search(question) {
        await settled()
        const hits = await searchIndex(db, { workspaceId, mode }, {
          ...question.parsed, sites: question.includeDomains, notSites: question.excludeDomains,
          includeText: question.includeText, excludeText: question.excludeText, languages: question.languages, time: question.time,
        }, question.limit)
        return hits.map((hit) => candidate({
          // Safe: `indexable` wrote it.
          ...(hit.shown as Shown),
          url: hit.url,
          title: hit.title,
          snippet: '',
          passages: hit.passages.map(({ body }) => body),
          language: hit.language ?? undefined,
          publishedAt: hit.publishedAt?.toISOString(),
          crawledAt: hit.crawledAt.toISOString(),
          contentHash: hit.contentHash,
          simhash: hit.simhash,
        }))
      },
    }),

    async state(workspaceId, mode) {
      await settled()
      return indexState(db, { workspaceId, mode })
    },

    async delete(workspaceId, mode, selection) {
      // What was fetched before is to go too.
      await settled()
      const { url, ...rest } = selection
      const key = url === undefined ? undefined : canonicalUrl(url)?.key ?? ''
      return deletePages(db, { workspaceId, mode }, { ...rest, ...(key === undefined ? {} : { key }) })
    },

    async sweep() {
      if (days > 0) await deletePagesBefore(db, new Date(Date.now() - days * 86_400_000))
    },

    async drain() {
      for (let seen: Promise<void> | undefined; seen !== tail; await seen) seen = tail
    },
  }
}

const sizeOf = ({ formats }: Document): number => (formats.markdown ?? formats.text ?? formats.html ?? formats.raw_html ?? '').length

/** The best text there is of the formats that were asked for. */
const textOf = async ({ formats, finalUrl, status }: Document, converter: Converter): Promise<string> => {
  const text = formats.markdown ?? formats.text
  if (text !== undefined) return text
  const html = formats.html ?? formats.raw_html
  if (html === undefined) return ''
  const converted = await converter.convert({
    body: new TextEncoder().encode(html), contentType: 'text/html; charset=utf-8', url: finalUrl, status, headers: [], formats: [{ kind: 'markdown' }], mode: 'normal', includeSelectors: [], excludeSelectors: [],
  }, AbortSignal.timeout(30_000))
  return converted.formats.markdown ?? ''
}
