import { sql, type RawBuilder } from 'kysely'
import type { ParsedQuery, TimeWindow } from '../contract/search.ts'
import { isPair, isPart, wordsOf } from '../lib/words.ts'
import type { Database } from './db.ts'
import { hostKey, spaceKey, type Space } from './search-index.ts'

export interface IndexQuery extends ParsedQuery {
  /** Phrases by words; all must occur somewhere on the page. */
  includeText: readonly string[]
  excludeText: readonly string[]
  languages: readonly string[]
  time?: TimeWindow | undefined
}

export interface IndexHit {
  url: string
  title: string
  language: string | null
  publishedAt: Date | null
  crawledAt: Date
  shown: unknown
  contentHash: string
  simhash: string
  score: number
  /** Best first. */
  passages: { heading: string; body: string; score: number }[]
}

const wordsMax = 32
/** Pages that are scored exactly. */
const candidates = 60
/** Passages that are looked at to find them. */
const passagesMax = 2_500
/** Passages of a page that count: its best. */
const passagesPerPage = 12
const shownPassages = 8
/** Pages that hold less than this share of what the query says, by weight, are noise. */
const coverageMin = 0.1
const saturation = 1.2
const lengthWeight = 0.6
const passageShare = 0.4

/** Some word of the query with all forms under which pages have it. */
interface Term {
  lexemes: string[]
  prefix: boolean
  weight: number
  /** Passages that hold it. */
  holding: number
}

interface Census {
  documents: number
  passages: number
  words: number
  configs: string[]
}

/** Pages of a space, best first: BM25 over the words of each page and of its best passage. None where the query says nothing. */
export const searchIndex = async (db: Database, space: Space, query: IndexQuery, limit: number): Promise<IndexHit[]> => {
  const census = await censusOf(db, space)
  if (census.documents === 0) return []
  const lexemes = await lexemesOf(db, census.configs, [...query.words, ...query.prefixes, ...query.phrases, ...query.without, ...query.includeText, ...query.excludeText])
  const optional = [
    ...optionalWords([...query.words, ...query.phrases]).map((word) => ({ word, prefix: isPart(word) })),
    ...optionalWords(query.prefixes).map((word) => ({ word, prefix: true })),
  ].slice(0, wordsMax)
  const raw = optional.map(({ word, prefix }) => ({ lexemes: lexemes.get(word) ?? [word], prefix }))
  const terms = await weighed(db, space, raw, census)
  const phrases = [...query.phrases, ...query.includeText].map((phrase) => phraseOf(phrase, lexemes)).filter((phrase) => phrase !== '')
  const without = [...query.without, ...query.excludeText].map((phrase) => phraseOf(phrase, lexemes)).filter((phrase) => phrase !== '')
  const any = either(terms.map(anyOf))
  // Something was asked, and no page has a word of it.
  if (any === '' && (raw.length > 0 || (phrases.length === 0 && query.sites.length === 0))) return []

  const hits = await candidatePages(db, space, query, { terms: rareTerms(terms), phrases, without })
  if (hits.length === 0) return []
  const best = terms.length === 0 ? hits.map((hit) => ({ ...hit, score: 1, passages: [] })) : await scored(db, hits, terms, any, census)
  const shown = best.slice(0, limit)
  return withPassages(db, shown)
}

const censusOf = async (db: Database, { workspaceId, mode }: Space): Promise<Census> => {
  const rows = await db.selectFrom('index_documents').where('workspace_id', '=', workspaceId).where('mode', '=', mode)
    .select(({ fn }) => ['config', fn.countAll<number>().as('documents'), sql<number>`sum(passages)::bigint`.as('passages'), sql<number>`sum(words)::bigint`.as('words')])
    .groupBy('config').execute()
  const total = (of: (row: (typeof rows)[number]) => number): number => rows.reduce((sum, row) => sum + of(row), 0)
  return { documents: total((row) => row.documents), passages: total((row) => row.passages), words: total((row) => row.words), configs: rows.map((row) => row.config) }
}

/** Words to look for one by one; the last character of a run is in the pair before it. */
const optionalWords = (texts: readonly string[]): string[] => {
  const words = texts.flatMap((text) => {
    const own = wordsOf(text)
    return own.filter((word, i) => !(i > 0 && isPart(word) && isPair(own[i - 1] ?? '') && (own[i - 1] ?? '').endsWith(word)))
  })
  return [...new Set(words)]
}

/** Every word with its stems in the languages of the index. */
const lexemesOf = async (db: Database, configs: readonly string[], texts: readonly string[]): Promise<Map<string, string[]>> => {
  const words = [...new Set(texts.flatMap(wordsOf))]
  const stems = configs.map((config) => sql`ts_lexize(${`lyrebird_${config}`}::regdictionary, word)`)
  if (words.length === 0) return new Map()
  const { rows } = await sql<{ word: string; lexemes: string[] }>`
    select word, array(select distinct lexeme from unnest(array[word] || ${sql.join(stems, sql` || `)}) lexeme) as lexemes
    from json_array_elements_text(${JSON.stringify(words)}::json) word`.execute(db)
  return new Map(rows.map(({ word, lexemes }) => [word, lexemes]))
}

/** How many passages hold a frequent word is slow to count and changes little. */
interface Count {
  holding: number
  pages: number
  /** Passages that there were. */
  passages: number
}

const counted = new WeakMap<Database, Map<string, Count>>()
const countsMax = 50_000
const alwaysCounted = 200
const staleShare = 0.1

const countsOf = (db: Database): Map<string, Count> => {
  const known = counted.get(db) ?? new Map<string, Count>()
  counted.set(db, known)
  return known
}

/** Terms that occur, with their inverse frequency. */
const weighed = async (db: Database, space: Space, terms: readonly Omit<Term, 'weight' | 'holding'>[], census: Census): Promise<Term[]> => {
  if (terms.length === 0) return []
  const known = countsOf(db)
  const queries = terms.map((term) => `${quoted(spaceKey(space))} & ${anyOf(term)}`)
  const fresh = [...new Set(queries)].filter((query) => {
    const count = known.get(query)
    return count === undefined || count.holding < alwaysCounted || Math.abs(count.passages - census.passages) > census.passages * staleShare
  })
  if (fresh.length > 0) {
    const { rows } = await sql<{ query: string; holding: number; pages: number }>`
      select query, found.* from json_array_elements_text(${JSON.stringify(fresh)}::json) query
      cross join lateral (select count(*) as holding, count(distinct document_id) as pages from index_passages where terms @@ query::tsquery) found`.execute(db)
    if (known.size > countsMax) known.clear()
    for (const { query, holding, pages } of rows) known.set(query, { holding, pages, passages: census.passages })
  }
  return terms.flatMap((term, i) => {
    const { holding = 0, pages = 0 } = known.get(queries[i] ?? '') ?? {}
    return holding === 0 ? [] : [{ ...term, holding, weight: Math.log(1 + (Math.max(census.documents, pages) - pages + 0.5) / (pages + 0.5)) }]
  })
}

/** The rarest, as many as bring enough pages together: a word that is on every page finds nothing. */
const rareTerms = (terms: readonly Term[]): Term[] => {
  const rarest = terms.toSorted((a, b) => b.weight - a.weight)
  let holding = 0
  return rarest.filter((term, i) => {
    const kept = i === 0 || holding + term.holding <= passagesMax
    if (kept) holding += term.holding
    return kept
  })
}

interface Sought {
  /** What leads to candidates; none where nothing but sites was asked for. */
  terms: readonly Term[]
  phrases: readonly string[]
  without: readonly string[]
}

type Candidate = Omit<IndexHit, 'score' | 'passages'> & { id: string; words: number }

const candidatePages = async (db: Database, space: Space, query: IndexQuery, { terms, phrases, without }: Sought): Promise<Candidate[]> => {
  const narrowed = [
    quoted(spaceKey(space)),
    ...(query.sites.length > 0 ? [either(query.sites.map((site) => quoted(hostKey(site))))] : []),
    ...query.notSites.map((site) => `!${quoted(hostKey(site))}`),
  ]
  const [phrase] = phrases
  const entry = phrase ?? either(terms.map(anyOf))
  const found = [...narrowed, ...(entry === '' ? [] : [`(${entry})`])].join(' & ')
  const rank = terms.length === 0 ? sql`1` : sql.join(terms.map((term) => sql`${term.weight}::float8 * ts_rank('{0.35,0.2,0.5,1}', terms, ${anyOf(term)}::tsquery, 1)`), sql` + `)
  const holds = (text: string): RawBuilder<unknown> => sql`exists (select from index_passages own where own.document_id = page.id and own.terms @@ ${text}::tsquery)`
  const when = query.time?.basis === 'published' ? sql`page.published_at` : query.time?.basis === 'crawled' ? sql`page.crawled_at` : sql`coalesce(page.published_at, page.crawled_at)`
  const filters = [
    sql`true`,
    ...phrases.slice(1).map(holds),
    ...without.map((text) => sql`not ${holds(text)}`),
    ...(query.languages.length > 0 ? [sql`page.language in (${sql.join(query.languages)})`] : []),
    ...(query.time?.from === undefined ? [] : [sql`${when} >= ${query.time.from}::timestamptz`]),
    ...(query.time?.to === undefined ? [] : [sql`${when} <= ${query.time.to}::timestamptz`]),
  ]
  const { rows } = await sql<{ id: string; url: string; title: string; language: string | null; published_at: Date | null; crawled_at: Date; shown: unknown; content_hash: string; simhash: string; words: number }>`
    with hits as materialized (select document_id, ${rank} as rank from index_passages where terms @@ ${found}::tsquery limit ${2 * passagesMax}),
      pages as (select document_id, max(rank) + 0.1 * sum(rank) as rank from hits group by document_id)
    select page.id, page.url, page.title, page.language, page.published_at, page.crawled_at, page.shown, page.content_hash, page.simhash, page.words
    from pages join index_documents page on page.id = pages.document_id
    where ${sql.join(filters, sql` and `)}
    order by pages.rank desc, page.crawled_at desc, page.id limit ${candidates}`.execute(db)
  return rows.map((row) => ({
    id: row.id, url: row.url, title: row.title, language: row.language, publishedAt: row.published_at, crawledAt: row.crawled_at,
    shown: row.shown, contentHash: row.content_hash, simhash: row.simhash, words: row.words,
  }))
}

type Scored = Candidate & { score: number; passages: { ordinal: number; score: number }[] }

/** Weights of D, C, B and A for `ts_rank`: the body alone, and all but the body. */
const ofBody = '{1,0,0,0}'
const ofHeads = '{0,0.166667,0.5,1}'
/** What a place in a title counts for. */
const headShare = 3
/** By what `ts_rank` divides: the sum of 1/n² without end. */
const rankDivisor = 1.64493406685
const countMax = 20

/** How often a word stands in a passage's body, from its rank there: the sum of 1/n² over its places. */
const countOf = (rank: number): number => {
  let left = rank * rankDivisor
  let count = 0
  while (count < countMax && left > 0.5 / (count + 1) ** 2) left -= 1 / ++count ** 2
  return count
}

/** Okapi BM25 with title and headings counting for more. */
const scored = async (db: Database, pages: readonly Candidate[], terms: readonly Term[], any: string, census: Census): Promise<Scored[]> => {
  // One form at a time: the rank of several is divided by their number.
  const rankOf = (weights: string, term: Term) => sql.join(term.lexemes.map((lexeme) => sql`ts_rank(${weights}, terms, ${anyOf({ ...term, lexemes: [lexeme] })}::tsquery)`), sql` + `)
  const bodies = sql.join(terms.map((term) => rankOf(ofBody, term)))
  const heads = sql.join(terms.map((term) => rankOf(ofHeads, term)))
  const { rows } = await sql<{ id: string; ordinal: number; words: number; bodies: number[]; heads: number[] }>`
    select page.id, best.*
    from unnest(array[${sql.join(pages.map((page) => page.id))}]::uuid[]) page (id)
    cross join lateral (
      select ordinal, words, array[${bodies}]::float8[] as bodies, array[${heads}]::float8[] as heads from index_passages where document_id = page.id and terms @@ ${any}::tsquery
      order by ts_rank('{0.35,0.2,0.5,1}', terms, ${any}::tsquery, 1) desc, ordinal limit ${passagesPerPage}) best`.execute(db)

  const byPage = new Map<string, Map<number, { words: number; counts: Map<number, number> }>>()
  for (const { id, ordinal, words, bodies, heads } of rows) {
    const passages = byPage.get(id) ?? new Map<number, { words: number; counts: Map<number, number> }>()
    const counts = new Map(bodies.flatMap((rank, term) => {
      const count = countOf(rank) + headShare * rankDivisor * (heads[term] ?? 0)
      return count > 0 ? [[term, count] as const] : []
    }))
    byPage.set(id, passages.set(ordinal, { words, counts }))
  }
  const meanPage = census.words / Math.max(1, census.documents)
  const meanPassage = census.words / Math.max(1, census.passages)
  const most = terms.reduce((sum, term) => sum + term.weight, 0)
  return pages.flatMap((page) => {
    const own = byPage.get(page.id) ?? new Map<number, { words: number; counts: Map<number, number> }>()
    const counts = new Map<number, number>()
    for (const passage of own.values()) for (const [term, count] of passage.counts) counts.set(term, (counts.get(term) ?? 0) + count)
    const covered = terms.reduce((sum, term, i) => sum + ((counts.get(i) ?? 0) > 0 ? term.weight : 0), 0)
    if (covered < most * coverageMin) return []
    const passages = [...own].map(([ordinal, passage]) => ({ ordinal, score: bm25(terms, passage.counts, passage.words, meanPassage) })).toSorted((a, b) => b.score - a.score || a.ordinal - b.ordinal)
    return [{ ...page, passages, score: bm25(terms, counts, page.words, meanPage) + passageShare * (passages[0]?.score ?? 0) }]
  }).toSorted((a, b) => b.score - a.score || b.crawledAt.getTime() - a.crawledAt.getTime())
}

const bm25 = (terms: readonly Term[], counts: ReadonlyMap<number, number>, length: number, meanLength: number): number => {
  const norm = saturation * (1 - lengthWeight + (lengthWeight * length) / Math.max(1, meanLength))
  return terms.reduce((sum, term, i) => {
    const count = counts.get(i) ?? 0
    return sum + (term.weight * count * (saturation + 1)) / (count + norm)
  }, 0)
}

const withPassages = async (db: Database, pages: readonly Scored[] | readonly (Candidate & { score: number; passages: [] })[]): Promise<IndexHit[]> => {
  const wanted = pages.flatMap((page) => (page.passages.length === 0 ? [{ ordinal: 0, score: 0 }] : page.passages.slice(0, shownPassages)).map((passage) => ({ id: page.id, ...passage })))
  if (wanted.length === 0) return []
  const { rows } = await sql<{ id: string; ordinal: number; heading: string; body: string }>`
    select document_id as id, ordinal, heading, body from index_passages
    where (document_id, ordinal) in (${sql.join(wanted.map(({ id, ordinal }) => sql`(${id}::uuid, ${ordinal}::int)`))})`.execute(db)
  const texts = new Map(rows.map((row) => [`${row.id} ${row.ordinal}`, row]))
  return pages.map(({ id, words: _words, passages: _passages, ...page }) => ({
    ...page,
    passages: wanted.filter((passage) => passage.id === id).flatMap(({ ordinal, score }) => {
      const text = texts.get(`${id} ${ordinal}`)
      return text ? [{ heading: text.heading, body: text.body, score }] : []
    }),
  }))
}

/** Nothing but letters, digits, marks and our own keys ever stands between these quotes. */
const quoted = (lexeme: string): string => `'${lexeme.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

const either = (parts: readonly string[]): string => (parts.length > 1 ? `(${parts.join(' | ')})` : (parts[0] ?? ''))

const anyOf = ({ lexemes, prefix }: Pick<Term, 'lexemes' | 'prefix'>): string => either(lexemes.map((lexeme) => `${quoted(lexeme)}${prefix ? ':*' : ''}`))

/** Words in this order, one after the other. */
const phraseOf = (text: string, lexemes: ReadonlyMap<string, string[]>): string => {
  const parts = wordsOf(text).slice(0, wordsMax * 4).map((word) => anyOf({ lexemes: lexemes.get(word) ?? [word], prefix: isPart(word) }))
  return parts.length > 1 ? `(${parts.join(' <-> ')})` : (parts[0] ?? '')
}
