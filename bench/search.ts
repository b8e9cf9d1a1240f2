/**
 * The own search index on real pages: every page's title as the query, with the title field and its top heading not indexed.
 *
 *   CORPUS_DIR=… node bench/search.ts [--pages 420] [--passages 100000]
 *
 * Reports mean reciprocal rank and recall@10, beside MiniSearch and Orama on the same text where they are installed, the speed
 * of indexing, and query times at the number of passages asked for. DATABASE_URL measures PostgreSQL instead of the embedded one.
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { wordsOf } from '../src/lib/words.ts'
import { createConverter } from '../src/engine/convert/index.ts'
import { indexable, type Indexable } from '../src/engine/search/indexable.ts'
import { parseQuery } from '../src/engine/search/query.ts'
import { openStore, type Store } from '../src/store/db.ts'
import { putPage } from '../src/store/search-index.ts'
import { searchIndex } from '../src/store/search.ts'
import { noCorpus, readCorpus } from './extract-corpus.ts'
import { quantile, table } from './lib/stats.ts'

const { values: options } = parseArgs({ options: { pages: { type: 'string', default: '420' }, passages: { type: 'string', default: '100000' } } })

interface Page {
  id: string
  query: string
  text: string
  page: Indexable
}

type Ranker = (query: string) => Promise<string[]>

const space = { workspaceId: 'default', mode: 'live' as const }

const main = async (): Promise<void> => {
  const corpus = readCorpus()?.slice(0, Number(options.pages))
  if (!corpus) {
    console.log(noCorpus)
    return
  }
  const converter = createConverter({ workers: Math.min(4, availableParallelism()), timeoutMs: 60_000 })
  const pages: Page[] = []
  for (const { id, url, html } of corpus) {
    const converted = await converter.convert({
      body: new TextEncoder().encode(html), contentType: 'text/html; charset=utf-8', url, status: 200, headers: [], formats: [{ kind: 'markdown' }], mode: 'reader', includeSelectors: [], excludeSelectors: [],
    }, AbortSignal.timeout(120_000)).catch(() => undefined)
    const title = converted?.metadata.title ?? ''
    // The title again as the first heading would give the answer away.
    const text = (converted?.formats.markdown ?? '').replace(/^# .*$/gm, '')
    const page = converted && indexable({ url, finalUrl: `https://${id}.bench.test/`, fetchedAt: new Date().toISOString(), metadata: converted.metadata.language === undefined ? {} : { language: converted.metadata.language } }, text)
    if (page && title !== '') pages.push({ id, query: title.slice(0, 500), text, page })
  }
  await converter.close()
  console.log(`${pages.length} of ${corpus.length} pages have a title and text; ${pages.reduce((sum, { page }) => sum + page.passages.length, 0)} passages`)

  const store = await openStore({ dataDir: 'memory://', ...(process.env.DATABASE_URL ? { databaseUrl: process.env.DATABASE_URL } : {}) })
  try {
    const ours = await indexed(store, pages)
    const rows: (string | number)[][] = [['lyrebird', ...await relevance(pages, ours.rank), ours.ms]]
    for (const [name, other] of [['MiniSearch', miniSearch], ['Orama', orama]] as const) {
      const peer = await other(pages)
      if (peer) rows.push([name, ...await relevance(pages, peer.rank), peer.ms])
      else console.log(`${name} is not installed: not compared`)
    }
    console.log(`\n${table(['', 'MRR', 'recall@10', 'recall@1', 'query p50 ms', 'query p95 ms', 'indexing ms'], rows)}\n`)
    await atScale(store, pages, Number(options.passages))
  } finally {
    await store.close()
  }
}

const relevance = async (pages: readonly Page[], rank: Ranker): Promise<(string | number)[]> => {
  const ranks: number[] = []
  const times: number[] = []
  for (const { id, query } of pages) {
    const start = performance.now()
    const found = await rank(query)
    times.push(performance.now() - start)
    ranks.push(found.indexOf(id) + 1)
  }
  const share = (of: (rank: number) => number): number => ranks.reduce((sum, one) => sum + of(one), 0) / ranks.length
  const shown = (of: (rank: number) => number): string => share(of).toFixed(3)
  return [shown((one) => (one > 0 ? 1 / one : 0)), shown((one) => Number(one > 0 && one <= 10)), shown((one) => Number(one === 1)), quantile(times, 0.5), quantile(times, 0.95)]
}

const rankerOf = (store: Store): Ranker => async (query) =>
  (await searchIndex(store.db, space, { ...parseQuery(query), includeText: [], excludeText: [], languages: [] }, 100)).map(({ url }) => new URL(url).hostname.split('.')[0] ?? '')

const indexed = async (store: Store, pages: readonly Page[]): Promise<{ rank: Ranker; ms: number }> => {
  const start = performance.now()
  for (const { page } of pages) await putPage(store.db, { ...space, ...page })
  return { rank: rankerOf(store), ms: performance.now() - start }
}

/** The same pages again and again under other addresses, with words of their own, until there are so many passages. */
const atScale = async (store: Store, pages: readonly Page[], passages: number): Promise<void> => {
  let count = pages.reduce((sum, { page }) => sum + page.passages.length, 0)
  const before = count
  const start = performance.now()
  for (let copy = 1; count < passages; copy++) {
    for (const { id, page } of pages) {
      if (count >= passages) break
      const shuffled = page.passages.map(({ heading, body, words }, i) => {
        const added = `copy${copy} ${pages[(i * 7 + copy * 13) % pages.length]?.query ?? ''}`
        return { heading, body: `${body} ${added}`, words: [...words, ...wordsOf(added)] }
      })
      await putPage(store.db, { ...space, ...page, key: `${page.key}${copy}`, url: `https://${id}.copy${copy}.bench.test/`, contentHash: `${page.contentHash}${copy}`, passages: shuffled })
      count += page.passages.length
    }
  }
  const seconds = (performance.now() - start) / 1000
  if (count > before) console.log(`indexed ${count - before} passages in ${seconds.toFixed(1)} s: ${((count - before) / seconds).toFixed(0)} passages a second`)
  await store.maintain()
  const rank = rankerOf(store)
  const times: number[] = []
  for (const { query } of pages.filter((_, i) => i % 4 === 0)) {
    const from = performance.now()
    await rank(query)
    times.push(performance.now() - from)
  }
  console.log(`${count} passages (${store.kind}): query p50 ${quantile(times, 0.5).toFixed(0)} ms, p95 ${quantile(times, 0.95).toFixed(0)} ms, over ${times.length} titles`)
}

/** Packages that are no dependency of the project: compared with where somebody has put them beside it. */
const installed = async (name: string): Promise<Record<string, unknown> | undefined> => {
  try {
    return await import(name) as Record<string, unknown>
  } catch {
    // Told by the caller.
    return undefined
  }
}

const miniSearch = async (pages: readonly Page[]): Promise<{ rank: Ranker; ms: number } | undefined> => {
  const module = await installed('minisearch')
  if (!module) return undefined
  interface Index { addAll(rows: object[]): void; search(query: string): { id: string }[] }
  const MiniSearch = module.default as new (options: object) => Index
  const start = performance.now()
  const index = new MiniSearch({ fields: ['text'], storeFields: [] })
  index.addAll(pages.map(({ id, text }) => ({ id, text })))
  return { ms: performance.now() - start, rank: (query) => Promise.resolve(index.search(query).slice(0, 100).map(({ id }) => id)) }
}

const orama = async (pages: readonly Page[]): Promise<{ rank: Ranker; ms: number } | undefined> => {
  const module = await installed('@orama/orama')
  if (!module) return undefined
  const { create, insertMultiple, search } = module as {
    create(options: object): unknown
    insertMultiple(db: unknown, rows: object[]): Promise<unknown>
    search(db: unknown, options: object): Promise<{ hits: { id: string }[] }>
  }
  const start = performance.now()
  const db = create({ schema: { text: 'string' } })
  await insertMultiple(db, pages.map(({ id, text }) => ({ id, text })))
  return { ms: performance.now() - start, rank: async (query) => (await search(db, { term: query, limit: 100 })).hits.map(({ id }) => id) }
}

await main()
