import type { Company } from '../../contract/company.ts'
import { scrapeIntent } from '../../contract/intent.ts'
import { Deadline } from '../../lib/deadline.ts'
import { httpRung } from '../stages/http.ts'
import type { Work } from '../engine.ts'
import { extraPagesMax, type VisitedPage } from './parts.ts'

/** For each further page; one that is slow or refuses is left out. */
const extraTimeoutMs = 8_000

/** The company part over the page and a few more of its host. */
export const companyOf = async (work: Work, userAgent: string, page: VisitedPage, urls: readonly string[]): Promise<Company> => {
  const host = URL.parse(page.url)?.host
  const others = [...new Set(urls)].filter((url) => URL.parse(url)?.host === host && url !== page.url).slice(0, extraPagesMax)
  const pages = await Promise.all(others.map((url) => extra(work, userAgent, url)))
  return work.converter.step('company', { pages: [page, ...pages.filter((one) => one !== undefined)] }, work.deadline.signal)
}

const extra = async (work: Work, userAgent: string, url: string): Promise<VisitedPage | undefined> => {
  const deadline = new Deadline(Math.min(extraTimeoutMs, work.deadline.remainingMs()), work.deadline.signal)
  const intent = scrapeIntent({ url, formats: [{ kind: 'raw_html' }], render: 'static', respectRobots: work.intent.respectRobots })
  try {
    if (intent.respectRobots && !(await work.egress.robots(url, userAgent, deadline.signal)).allowed) return undefined
    const result = await httpRung({ ...work, intent, deadline, timings: {} })
    if (result.kind !== 'document') return undefined
    const { finalUrl, status, formats } = result.document
    return { url: finalUrl, status, headers: [], html: formats.raw_html ?? '', rendered: false }
  } catch (error) {
    if (work.deadline.signal.aborted) throw error
    return undefined
  } finally {
    deadline.clear()
  }
}
