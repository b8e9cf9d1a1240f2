import type { Document } from './contract/document.ts'
import { candidate } from './engine/search/candidate.ts'
import { indexable, type Shown } from './engine/search/indexable.ts'
import type { Converter } from './engine/convert/index.ts'
import { Backlog } from './lib/backlog.ts'
import { canonicalUrl } from './lib/canonical-url.ts'
import type { Logger } from './lib/logger.ts'
import type { Lull } from './lib/lull.ts'
import { weightOf } from './lib/weight.ts'
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
  lull: Lull
  /** Days for which pages can be found; 0 for ever. */
  days: number
}

/** Pages that wait in all workspaces together; further ones are not indexed. */
const waitingMax = 2_048
const weightMax = 128 * 1024 * 1024
/** Who fetches faster than that waits so long for room. */
const roomMs = 5_000
/** A search waits so long for pages that were fetched before it. */
const patienceMs = 3_000

export const createPageIndex = ({ store: { db }, converter, logger, lull, days }: PageIndexOptions): PageIndex => {
  let lost = 0

  const write = async ({ space, document }: { space: Space; document: Document }): Promise<void> => {
    try {
      const page = indexable(document, await textOf(document, converter))
      if (page) await putPage(db, { ...space, ...page })
    } catch (err) {
      logger.warn({ err, url: document.finalUrl }, 'a page could not be put into the search index')
    }
  }

  const backlog = new Backlog({ lull, itemsMax: waitingMax, sizeMax: weightMax, run: write })
  const settled = (): Promise<void> => atMost(backlog.urge(), patienceMs)

  return {
    async put(workspaceId, mode, document) {
      const item = { space: { workspaceId, mode }, document }
      const weight = weightOf(document)
      if (backlog.add(item, weight)) return
      await atMost(backlog.room(), roomMs)
      if (!backlog.add(item, weight) && lost++ % 100 === 0) logger.warn({ lost }, 'pages come faster than they can be indexed: some are not searchable')
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

    drain: () => backlog.urge(),
  }
}

const atMost = async (work: Promise<void>, ms: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([work, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms).unref()))])
  clearTimeout(timer)
}

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
