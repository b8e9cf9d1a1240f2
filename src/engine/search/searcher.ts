import type { KeyMode } from '../../contract/actor.ts'
import { failed, succeeded, type Outcome } from '../../contract/outcome.ts'
import { ownIndex, type ParsedQuery, type SearchIntent, type SearchResult, type SearchValue, type SourceReport } from '../../contract/search.ts'
import type { Attempt } from '../../failure/evidence.ts'
import { fail, type Failure } from '../../failure/failure.ts'
import { normalize } from '../../failure/normalize.ts'
import type { Clock } from '../../lib/clock.ts'
import { Deadline } from '../../lib/deadline.ts'
import type { Candidate } from './candidate.ts'
import { around, withinBudget } from './highlights.ts'
import { merged } from './merge.ts'
import { hostOf, parseQuery } from './query.ts'

/** What a source is asked. */
export interface Question extends Omit<SearchIntent, 'sources' | 'highlights' | 'content' | 'reading' | 'events' | 'timeoutMs'> {
  parsed: ParsedQuery
}

export interface Answer {
  candidates: Candidate[]
  attempts: Attempt[]
}

/** A search engine outside. Throws a `Failure`. */
export interface SearchProvider {
  name: string
  search(question: Question, deadline: Deadline): Promise<Answer>
}

/** The index of the workspace that asks. */
export interface OwnIndex {
  isEmpty(): Promise<boolean>
  search(question: Question): Promise<Candidate[]>
}

export interface SearchContext {
  mode: KeyMode
  signal: AbortSignal
  own?: OwnIndex | undefined
  /** False for pages that the caller may not have. */
  allowed(url: string): boolean
}

export interface Searcher {
  /** Providers in the operator's order, the own index among them. */
  readonly names: readonly string[]
  /** Never throws: a failure is an outcome. */
  search(intent: SearchIntent, context: SearchContext): Promise<Outcome<SearchValue>>
}

export interface SearcherDeps {
  /** In the operator's order; `index` stands for the own index. */
  order: readonly string[]
  providers: ReadonlyMap<string, SearchProvider>
  clock: Clock
}

/** Settings of which one opens a way to search. */
const ways = 'LYREBIRD_SEARXNG_URL, LYREBIRD_BRAVE_API_KEY, LYREBIRD_SERPER_API_KEY or LYREBIRD_TAVILY_API_KEY'
/** More than asked for, since filters and duplicates take some away. */
const surplus = 1.5
const candidatesMax = 100
const sourceMsMax = 10_000

export const createSearcher = (deps: SearcherDeps): Searcher => ({
  names: deps.order,
  async search(intent, context) {
    const deadline = new Deadline(intent.timeoutMs, context.signal)
    const attempts: Attempt[] = []
    try {
      const asked = await chosen(deps, intent, context)
      const question = questionOf(intent)
      const answers = await Promise.all(asked.map((name) => ask(deps, name, question, context, intent, deadline)))
      attempts.push(...answers.flatMap((answer) => answer.attempts))
      const reports = answers.map(({ report }) => report)
      const results = merged(question, answers.map(({ report, candidates }) => ({ name: report.name, candidates })), context.allowed)
      if (results.length === 0) context.signal.throwIfAborted()
      const unheard = reports.filter((report) => !report.ok)
      // No word from outside and nothing here is no answer, and must not read as "there is nothing".
      if (results.length === 0 && unheard.length > 0 && !reports.some((report) => report.ok && report.name !== ownIndex)) throw fail('platform.search_unavailable')
      const page = results.slice(intent.skip, intent.skip + intent.limit)
      return succeeded({ query: intent.query, parsed: question.parsed, results: page.map((found) => resultOf(found, intent, question.parsed)), sources: reports, warnings: warningsOf(reports, deps, context) }, attempts)
    } catch (error) {
      return failed(normalize(error, { deadline, stage: 'search' }).carrying(attempts), attempts)
    } finally {
      deadline.clear()
    }
  },
})

/** Who is asked. Test keys reach nothing outside. */
const chosen = async ({ order }: SearcherDeps, { sources }: SearchIntent, { mode, own }: SearchContext): Promise<string[]> => {
  const unknown = sources?.filter((name) => !order.includes(name) && name !== ownIndex) ?? []
  if (unknown.length > 0) throw fail('caller.invalid_request', { issues: [{ path: ['sources'], code: 'invalid_value', message: `Not a source of this server: ${unknown.join(', ')}. There are: ${[...new Set([...order, ownIndex])].join(', ')}` }] })
  const names = order.filter((name) => (sources?.includes(name) ?? true) && (mode === 'live' || name === ownIndex) && (name !== ownIndex || own !== undefined))
  if (names.some((name) => name !== ownIndex)) return names
  if (!own || !names.includes(ownIndex) || await own.isEmpty()) throw fail('platform.not_configured', { setting: ways })
  return names
}

const questionOf = (intent: SearchIntent): Question => {
  const parsed = parseQuery(intent.query)
  const hosts = (names: readonly string[]): string[] => names.flatMap((name) => hostOf(name) ?? [])
  return {
    ...intent,
    parsed,
    limit: Math.min(candidatesMax, Math.ceil((intent.limit + intent.skip) * surplus) + 5),
    includeDomains: [...new Set([...hosts(intent.includeDomains), ...parsed.sites])],
    excludeDomains: [...new Set([...hosts(intent.excludeDomains), ...parsed.notSites])],
  }
}

interface Heard {
  report: SourceReport
  candidates: Candidate[]
  attempts: Attempt[]
}

const ask = async ({ providers, clock }: SearcherDeps, name: string, question: Question, context: SearchContext, intent: SearchIntent, whole: Deadline): Promise<Heard> => {
  const startedAt = clock()
  const share = new Deadline(Math.min(sourceMsMax, whole.remainingMs() * (intent.content || intent.reading ? 0.4 : 0.85)), whole.signal)
  const told = (failure: Failure | undefined, results: number): Pick<Heard, 'report' | 'attempts'> => {
    const ms = clock() - startedAt
    return {
      report: { name, ok: failure === undefined, results, ms, ...(failure ? { failure: failure.carrying([]).toJSON() } : {}) },
      attempts: [{ tier: 'search', ms, outcome: failure?.code ?? 'ok', signal: name }],
    }
  }
  try {
    const provider = providers.get(name)
    const answer = provider ? await provider.search(question, share) : { candidates: await context.own?.search(question) ?? [], attempts: [] }
    const heard = told(undefined, answer.candidates.length)
    return { ...heard, candidates: answer.candidates }
  } catch (error) {
    const failure = normalize(error, { deadline: share, target: providers.has(name), stage: `search by ${name}` })
    const { report, attempts } = told(failure, 0)
    const status = failure.evidence.at(-1)?.status
    return { report, candidates: [], attempts: attempts.map((attempt) => ({ ...attempt, ...(status === undefined ? {} : { status }) })) }
  } finally {
    share.clear()
  }
}

const resultOf = ({ score, sources, candidate }: { score: number; sources: string[]; candidate: Candidate }, { highlights }: SearchIntent, parsed: ParsedQuery): SearchResult => {
  const { passages = [], contentHash: _hash, simhash: _simhash, ...shown } = candidate
  const words = [...parsed.phrases, ...parsed.words, ...parsed.prefixes]
  const texts = passages.length > 0 ? passages : [candidate.snippet].filter(Boolean)
  return {
    ...shown,
    snippet: candidate.snippet || (withinBudget(passages.slice(0, 1).map((text) => around(text, words, snippetTokens)), snippetTokens)[0] ?? ''),
    highlights: highlights ? withinBudget(texts.map((text) => around(text, words, highlights.maxTokens)), highlights.maxTokens) : [],
    score,
    sources,
  }
}

const snippetTokens = 60

const warningsOf = (reports: readonly SourceReport[], { order }: SearcherDeps, { mode }: SearchContext): string[] => [
  ...reports.filter((report) => !report.ok).map((report) => `${report.name} did not answer: ${report.failure?.message ?? ''}`),
  ...(reports.every((report) => report.name === ownIndex)
    ? [mode === 'test' ? 'A test key searches only what test keys have fetched.' : order.length > 1 ? '' : 'Only pages that this workspace has fetched were searched: no search provider is configured.']
    : []),
].filter(Boolean)
