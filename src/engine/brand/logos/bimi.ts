import type { Deadline } from '../../../lib/deadline.ts'
import { siteOf } from '../../../lib/site.ts'
import type { Work } from '../../engine.ts'
import type { Candidate } from './candidates.ts'

const patienceMs = 2_000

/** The picture that mail programs show beside a domain's messages (BIMI): a TXT record `v=BIMI1; l=https://…`. */
export const bimiLogo = async ({ egress, intent }: Work, deadline: Deadline, pageUrl: string): Promise<Candidate[]> => {
  const host = URL.parse(pageUrl)?.hostname ?? ''
  // Addresses have no mail.
  if (intent.content || host === '' || /^\[|^[\d.]+$/.test(host)) return []
  const domains = [...new Set([host.replace(/^www\./, ''), siteOf(host)])]
  // Without an answer in time, as without a record.
  const signal = AbortSignal.any([deadline.signal, AbortSignal.timeout(patienceMs)])
  const found = await Promise.all(domains.map(async (domain) => {
    const name = `default._bimi.${domain}`
    return (await egress.txt(name, signal).catch(() => [])).map((record) => ({ name, record }))
  }))
  return found.flat().flatMap(({ name, record }) => {
    const tags = new Map(record.split(';').map((part) => [part.slice(0, part.indexOf('=')).trim().toLowerCase(), part.slice(part.indexOf('=') + 1).trim()]))
    const url = URL.parse(tags.get('l') ?? '')
    if (tags.get('v')?.toUpperCase() !== 'BIMI1' || url?.protocol !== 'https:') return []
    return [{ url: url.href, score: 0.62, icon: false, words: '', proof: { source: 'dns', at: name } as const }]
  }).slice(0, 1)
}
