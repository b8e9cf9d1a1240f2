import { getDomainWithoutSuffix } from 'tldts'
import type { Fact, Proof } from '../../contract/proof.ts'
import { collapse } from '../convert/dom/walk.ts'
import type { ReadPage } from '../enrich/parts.ts'
import { nodesOf, stringsOf } from './json-ld.ts'

const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')

/** Whether a handle or a file's name is made from a brand's. */
export const resembles = (handle: string, name: string): boolean => {
  const [a, b] = [fold(handle), fold(name)]
  if (a.length < 2 || b.length < 2) return false
  if (a === b) return true
  if (b.length >= 4 && a.includes(b)) return true
  return a.length >= 4 && b.includes(a)
}

/** `acme` of `www.acme.co.uk`; of a host below one of somebody else's, its first label. */
export const labelOf = (pageUrl: string): string => {
  const host = URL.parse(pageUrl)?.hostname ?? ''
  return getDomainWithoutSuffix(host, { allowPrivateDomains: true }) ?? host.split('.')[0] ?? ''
}

const organizations = /^(?:.*Organization|Corporation|.*Business|Brand|.*Store|NewsMediaOrganization|Restaurant|Hotel|CollegeOrUniversity|School)$/

/** What the brand is called, and everything else that it may go by. */
export const brandName = (page: ReadPage): { name: Fact<string> | undefined; all: string[] } => {
  const label = labelOf(page.url)
  const votes = new Map<string, { text: string; score: number; evidence: Proof[] }>()
  const vote = (raw: string | undefined, score: number, proof: Proof): void => {
    const text = collapse(raw ?? '').replace(/\s*[|–—·•]\s.*$/, '').replace(/[\s|–—-]+$/, '')
    const key = fold(text)
    if (key.length < 2 || text.length > 80 || /^https?:|^www\./.test(text)) return
    const known = votes.get(key)
    // Where several places agree, each adds less.
    if (known) {
      known.score = 1 - (1 - known.score) * (1 - score * 0.7)
      if (known.evidence.length < 5) known.evidence.push(proof)
    } else votes.set(key, { text, score: Math.min(0.97, score + (resembles(label, text) ? (1 - score) * 0.5 : 0)), evidence: [proof] })
  }
  const nodes = nodesOf(page.metadata.json_ld)
  for (const { types, value } of nodes) {
    const [type = ''] = types
    if (types.some((one) => organizations.test(one))) for (const name of stringsOf(value.name).slice(0, 1)) vote(name, resembles(label, name) || type === 'Organization' ? 0.7 : 0.3, { source: 'json_ld', at: `${type}.name` })
    if (types.includes('WebSite')) for (const name of stringsOf(value.name).slice(0, 1)) vote(name, 0.55, { source: 'json_ld', at: 'WebSite.name' })
  }
  const open = page.metadata.open_graph ?? {}
  vote(open['og:site_name'], 0.65, { source: 'open_graph', at: 'og:site_name' })
  for (const meta of page.page.metas) {
    const name = (meta.name ?? '').toLowerCase()
    if (name === 'application-name' || name === 'apple-mobile-web-app-title') vote(meta.content, 0.5, { source: 'meta', at: name })
  }
  const title = collapse((page.page.title ?? '').slice(0, 300))
  const parts = title.split(/\s+[|–—·•:»-]\s+|\s*\|\s*/).filter((part) => part !== '')
  for (const part of parts) if (resembles(label, part) && part.split(' ').length <= 5) vote(part, 0.4, { source: 'title', at: 'title' })
  if (label.length > 1) vote(titleCase(label), 0.15, { source: 'url', at: 'host' })
  const ranked = [...votes.values()].toSorted((a, b) => b.score - a.score)
  const [best] = ranked
  return {
    name: best && { value: best.text, confidence: Math.round(best.score * 100) / 100, evidence: best.evidence },
    all: [...new Set([label, ...ranked.filter(({ score }) => score >= 0.3).map(({ text }) => text)])],
  }
}

const titleCase = (label: string): string => label.split('-').map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join(' ')
