import type { Page } from '../src/engine/convert/main-content/scan.ts'
import { leaningScale, markupKeys, textKeys, type Lexicon, type PackedLexicon } from '../src/engine/convert/main-content/lexicon.ts'

/** For one page: per key, the share of the blocks with it that are kept. */
export interface KeyShares { site: string; text: Map<string, number>; markup: Map<string, number> }

const average = (sums: Map<string, { sum: number; count: number }>): Map<string, number> =>
  new Map([...sums].map(([key, { sum, count }]) => [key, sum / count]))

export const keyShares = (page: Page, labels: ArrayLike<number>, site: string): KeyShares => {
  const text = new Map<string, { sum: number; count: number }>()
  const markup = new Map<string, { sum: number; count: number }>()
  const add = (into: typeof text, key: string, label: number): void => {
    const entry = into.get(key) ?? { sum: 0, count: 0 }
    into.set(key, { sum: entry.sum + label, count: entry.count + 1 })
  }
  page.blocks.forEach((block, i) => {
    const label = labels[i] ?? 0
    const { words, phrase } = textKeys(block.text)
    for (const word of new Set(words)) add(text, word, label)
    if (phrase !== '') add(text, phrase, label)
    const names = new Set<string>()
    for (let element = block.element, up = 0; element >= 0 && up < 40; element = page.parent[element] ?? -1, up++) {
      const { name, attribs } = page.elements[element] ?? {}
      if (attribs === undefined || name === 'body' || name === 'html') continue
      for (const key of markupKeys(`${attribs.class ?? ''} ${attribs.id ?? ''}`)) names.add(key)
    }
    for (const key of names) add(markup, key, label)
  })
  return { site, text: average(text), markup: average(markup) }
}

interface Counts { sum: number; sites: Map<string, { sum: number; count: number }>; count: number }

/** Least number of sites that must show a key, and how strongly a leaning is drawn to none. */
const sitesMin = { text: 7, markup: 5 } as const
const drawn = 5

const logit = (p: number): number => Math.log(p / (1 - p))

const learnTable = (pages: readonly KeyShares[], part: 'text' | 'markup') => {
  const table = new Map<string, Counts>()
  let total = 0
  let count = 0
  for (const page of pages) {
    for (const [key, share] of page[part]) {
      let entry = table.get(key)
      if (entry === undefined) table.set(key, (entry = { sum: 0, count: 0, sites: new Map() }))
      entry.sum += share
      entry.count++
      const site = entry.sites.get(page.site) ?? { sum: 0, count: 0 }
      entry.sites.set(page.site, { sum: site.sum + share, count: site.count + 1 })
      total += share
      count++
    }
  }
  const prior = total / count
  const leaning = (sum: number, n: number): number =>
    Math.max(-7, Math.min(7, Math.round(leaningScale * (logit((sum + drawn * prior) / (n + drawn)) - logit(prior))) / leaningScale))
  return { table, leaning }
}

/** Leanings from the pages given. `without` leaves a site's own pages out: what training on that site must see. */
export const learnLexicon = (pages: readonly KeyShares[]) => {
  const parts = { text: learnTable(pages, 'text'), markup: learnTable(pages, 'markup') }
  const lookup = (part: 'text' | 'markup', key: string, site: string | null): number => {
    const { table, leaning } = parts[part]
    const entry = table.get(key)
    if (entry === undefined) return 0
    const own = site === null ? undefined : entry.sites.get(site)
    const sites = entry.sites.size - (own === undefined ? 0 : 1)
    return sites < sitesMin[part] ? 0 : leaning(entry.sum - (own?.sum ?? 0), entry.count - (own?.count ?? 0))
  }
  return {
    without: (site: string | null): Lexicon => ({ text: (key) => lookup('text', key, site), markup: (key) => lookup('markup', key, site) }),
    pack: (): PackedLexicon => {
      const packed = (part: 'text' | 'markup'): Record<string, number> => {
        const entries: [string, number][] = []
        for (const key of [...parts[part].table.keys()].sort()) {
          const value = Math.round(lookup(part, key, null) * leaningScale)
          if (Math.abs(value) >= 3) entries.push([key, value])
        }
        return Object.fromEntries(entries)
      }
      return { text: packed('text'), markup: packed('markup') }
    },
  }
}
