import { randomUUID } from 'node:crypto'
import { sql, type RawBuilder } from 'kysely'
import type { KeyMode } from '../contract/actor.ts'
import type { IndexSelection, IndexState } from '../contract/search.ts'
import { wordsOf } from '../lib/words.ts'
import type { Database } from './db.ts'

/** A page as it is made searchable. */
export interface IndexPage {
  workspaceId: string
  mode: KeyMode
  /** Equal for spellings of the same address. */
  key: string
  url: string
  title: string
  /** ISO 639-1. */
  language: string | null
  publishedAt: Date | null
  crawledAt: Date
  /** As given back with results. */
  shown: object
  /** Of title and passages: pages with the same need no new words. */
  contentHash: string
  simhash: string
  passages: readonly { heading: string; body: string; words: readonly string[] }[]
}

/** Whose pages are meant. */
export interface Space {
  workspaceId: string
  mode: KeyMode
}

const passagesPerStatement = 40

const stemmers: Record<string, string> = {
  ar: 'arabic', hy: 'armenian', eu: 'basque', ca: 'catalan', da: 'danish', nl: 'dutch', en: 'english', fi: 'finnish', fr: 'french', de: 'german',
  el: 'greek', hi: 'hindi', hu: 'hungarian', id: 'indonesian', ga: 'irish', it: 'italian', lt: 'lithuanian', ne: 'nepali', no: 'norwegian',
  nb: 'norwegian', nn: 'norwegian', pt: 'portuguese', ro: 'romanian', ru: 'russian', sr: 'serbian', es: 'spanish', sv: 'swedish', ta: 'tamil',
  tr: 'turkish', yi: 'yiddish',
}

/** The configuration for a language; words are kept as they are where PostgreSQL has none. */
export const configOf = (language: string | null): string => stemmers[language ?? ''] ?? 'simple'

/** Lexemes that no word can be, for they hold a slash: they narrow a search inside the index itself. */
export const spaceKey = ({ workspaceId, mode }: Space): string => `w/${mode}/${workspaceId}`
export const hostKey = (host: string): string => `h/${host}`

/** The host and the domains above it. */
const hostKeys = (host: string): string[] => {
  const labels = host.split('.')
  return labels.slice(0, Math.max(1, labels.length - 1)).map((_, i) => hostKey(labels.slice(i).join('.'))).slice(-6)
}

/** Puts a page into the index in place of what was known of its URL, unless that is newer. */
export const putPage = (db: Database, page: IndexPage): Promise<void> =>
  db.transaction().execute(async (trx) => {
    const host = URL.parse(page.url)?.hostname ?? ''
    const config = configOf(page.language)
    const bodies = page.passages
    const row = {
      url: page.url, host, config, title: clean(page.title), language: page.language, published_at: page.publishedAt, crawled_at: page.crawledAt,
      content_hash: page.contentHash, simhash: page.simhash, passages: bodies.length,
      words: bodies.reduce((sum, { words }) => sum + words.length, 0),
      bytes: page.passages.reduce((sum, { heading, body }) => sum + Buffer.byteLength(heading) + Buffer.byteLength(body), 0),
    }
    const values = { ...row, shown: sql<unknown>`${JSON.stringify(page.shown, (_, value: unknown) => (typeof value === 'string' ? clean(value) : value))}::json` }
    const known = await trx.selectFrom('index_documents').select(['id', 'content_hash', 'crawled_at', 'config'])
      .where('workspace_id', '=', page.workspaceId).where('mode', '=', page.mode).where('key', '=', page.key).forUpdate().executeTakeFirst()
    if (known && known.crawled_at > page.crawledAt) return
    const id = known?.id ?? randomUUID()
    if (known) {
      await trx.updateTable('index_documents').set(values).where('id', '=', id).execute()
      if (known.content_hash === page.contentHash && known.config === config) return
      await trx.deleteFrom('index_passages').where('document_id', '=', id).execute()
    } else {
      const { numInsertedOrUpdatedRows } = await trx.insertInto('index_documents').values({ id, workspace_id: page.workspaceId, mode: page.mode, key: page.key, ...values })
        .onConflict((conflict) => conflict.doNothing()).executeTakeFirstOrThrow()
      // Another request puts the same page at this moment.
      if (Number(numInsertedOrUpdatedRows ?? 0) === 0) return
    }
    const name = sql`${`lyrebird_${config}`}::regconfig`
    const keys = sql.join([spaceKey(page), ...hostKeys(host)])
    const lines = bodies.map(({ heading, body, words }, ordinal) => ({
      ordinal, heading: clean(heading), body: clean(body), words: words.length,
      a: ordinal === 0 ? wordsOf(page.title).join(' ') : '',
      b: wordsOf(heading).join(' '),
      c: ordinal === 0 ? addressWords(page.url) : '',
      d: words.join(' '),
    }))
    for (let at = 0; at < lines.length; at += passagesPerStatement) {
      await sql`insert into index_passages (document_id, ordinal, heading, body, words, terms)
        select ${id}::uuid, ordinal, heading, body, words, ${weighted(name)} || array_to_tsvector(array[${keys}]::text[])
        from json_to_recordset(${JSON.stringify(lines.slice(at, at + passagesPerStatement))}::json)
          as passage (ordinal int, heading text, body text, words int, a text, b text, c text, d text)`.execute(trx)
    }
  })

const weighted = (name: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`setweight(to_tsvector(${name}, a), 'A') || setweight(to_tsvector(${name}, b), 'B') || setweight(to_tsvector(${name}, c), 'C') || to_tsvector(${name}, d)`

const addressWords = (url: string): string => {
  const { hostname, pathname } = new URL(url)
  return wordsOf(`${hostname.replace(/^www\./, '')} ${decoded(pathname)}`).slice(0, 60).join(' ')
}

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch {
    // Not UTF-8: as it stands.
    return path
  }
}

/** What PostgreSQL can hold as text. */
const clean = (text: string): string => text.replaceAll('\0', '').toWellFormed()

/** How much there is, in all and where. */
export const indexState = async (db: Database, { workspaceId, mode }: Space): Promise<IndexState> => {
  const mine = db.selectFrom('index_documents').where('workspace_id', '=', workspaceId).where('mode', '=', mode)
  const total = await mine.select(({ fn }) => [
    fn.countAll<number>().as('documents'), sql<number>`coalesce(sum(passages), 0)::bigint`.as('passages'), sql<number>`coalesce(sum(bytes), 0)::bigint`.as('bytes'),
    fn.min('crawled_at').as('oldest'), fn.max('crawled_at').as('newest'),
  ]).executeTakeFirstOrThrow()
  const languages = await mine.select(({ fn }) => [sql<string>`coalesce(language, 'unknown')`.as('language'), fn.countAll<number>().as('documents')]).groupBy(sql`1`).orderBy('documents', 'desc').orderBy(sql`1`).limit(20).execute()
  const hosts = await mine.select(({ fn }) => ['host', fn.countAll<number>().as('documents')]).groupBy('host').orderBy('documents', 'desc').orderBy('host').limit(20).execute()
  return { ...total, oldest: total.oldest ? new Date(total.oldest).toISOString() : null, newest: total.newest ? new Date(total.newest).toISOString() : null, languages, hosts }
}

export interface Doomed extends Omit<IndexSelection, 'url'> {
  key?: string
}

/** Forgets pages; returns how many. */
export const deletePages = async (db: Database, { workspaceId, mode }: Space, { key, host, before }: Doomed): Promise<number> => {
  let total = 0
  for (;;) {
    let doomed = db.selectFrom('index_documents').select('id').where('workspace_id', '=', workspaceId).where('mode', '=', mode)
    if (key !== undefined) doomed = doomed.where('key', '=', key)
    if (host !== undefined) doomed = doomed.where((eb) => eb.or([eb('host', '=', host), eb(sql<string>`right(host, ${host.length + 1})`, '=', `.${host}`)]))
    if (before !== undefined) doomed = doomed.where('crawled_at', '<', new Date(before))
    const { numDeletedRows } = await db.deleteFrom('index_documents').where('id', 'in', doomed.limit(deletedAtOnce)).executeTakeFirstOrThrow()
    total += Number(numDeletedRows)
    if (Number(numDeletedRows) < deletedAtOnce) return total
  }
}

/** So that no statement holds the embedded engine, or locks, for long. */
const deletedAtOnce = 200

/** Forgets pages of every workspace that were fetched before then. */
export const deletePagesBefore = async (db: Database, before: Date): Promise<void> => {
  for (;;) {
    const { numDeletedRows } = await db.deleteFrom('index_documents')
      .where('id', 'in', db.selectFrom('index_documents').select('id').where('crawled_at', '<', before).limit(deletedAtOnce)).executeTakeFirstOrThrow()
    if (Number(numDeletedRows) < deletedAtOnce) return
  }
}
