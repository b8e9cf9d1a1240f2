import type { SearchEvent, SearchResult } from '../../contract/search.ts'
import { wordsOf } from '../../lib/words.ts'

/** Share of what two headlines say, by weight, from which they are about the same. */
const sameness = 0.4
const daysMax = 5
const dayMs = 86_400_000

interface Report {
  result: SearchResult
  words: ReadonlySet<string>
  at: number | undefined
}

/** Events that several hosts report, in the order of their best report. */
export const eventsOf = (results: readonly SearchResult[], { limit, each }: { limit: number; each: number }): SearchEvent[] => {
  const reports = results.map(reportOf)
  const weights = rarityOf(reports)
  const groups: Report[][] = []
  for (const report of reports) {
    const group = groups.find(([lead]) => lead !== undefined && isNear(lead.at, report.at) && overlap(lead.words, report.words, weights) >= sameness)
    if (!group) groups.push([report])
    else if (group.every(({ result }) => hostOf(result) !== hostOf(report.result))) group.push(report)
  }
  return groups.filter((group) => group.length > 1).slice(0, limit).map((group) => eventOf(group.slice(0, each + 1)))
}

const reportOf = (result: SearchResult): Report => {
  const at = result.publishedAt === undefined ? undefined : Date.parse(result.publishedAt)
  return { result, words: new Set(wordsOf(result.title).filter((word) => word.length > 1)), at: Number.isNaN(at) ? undefined : at }
}

/** Words that most headlines share, such as those of the query, say little. */
const rarityOf = (reports: readonly Report[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const { words } of reports) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return new Map([...counts].map(([word, count]) => [word, Math.log(1 + reports.length / count)]))
}

const overlap = (a: ReadonlySet<string>, b: ReadonlySet<string>, weights: ReadonlyMap<string, number>): number => {
  const sum = (words: Iterable<string>): number => [...words].reduce((total, word) => total + (weights.get(word) ?? 0), 0)
  const shared = sum([...a].filter((word) => b.has(word)))
  // By the shorter headline: the longer one only tells more.
  return shared === 0 ? 0 : shared / Math.min(sum(a), sum(b))
}

const isNear = (a: number | undefined, b: number | undefined): boolean => a === undefined || b === undefined || Math.abs(a - b) <= daysMax * dayMs

const hostOf = ({ url }: SearchResult): string => URL.parse(url)?.hostname ?? url

const eventOf = (group: readonly Report[]): SearchEvent => {
  const dated = group.flatMap(({ result, at }) => (at === undefined || result.publishedAt === undefined ? [] : [{ at, text: result.publishedAt }])).toSorted((a, b) => a.at - b.at)
  const [first, last] = [dated[0]?.text, dated.at(-1)?.text]
  // Safe: only groups of two and more come here.
  const reports = group.map(({ result }) => result) as [SearchResult, ...SearchResult[]]
  return { reports, ...(first === undefined ? {} : { first }), ...(last === undefined ? {} : { last }) }
}
