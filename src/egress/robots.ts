import robotsModule from 'robots-parser'
import { isFailure } from '../failure/failure.ts'
import { Deadline } from '../lib/deadline.ts'
import type { Order } from './client.ts'
import { raced } from './race.ts'
import type { EgressResponse, RobotsVerdict } from './types.ts'

/** RFC 9309 asks for at least 500 KiB; the rest of a longer file is ignored. */
const fileBytesMax = 512_000
const lineCharsMax = 2048
// The parser tries every place in the path for each wildcard, so hostile patterns are rationed by length.
const wildcardCharsMax = 32_768
const sitemapsMax = 1000
const originsMax = 1000
const ttlMs = 3_600_000
const refusedTtlMs = 60_000
const fetchTimeoutMs = 15_000
const redirectsMax = 5

type Robot = ReturnType<typeof robotsModule.default>

// The package exports the function itself; its types speak of a `default` that is not there.
const robotsParser = robotsModule as unknown as typeof robotsModule.default

interface Rules {
  robot: Robot | undefined
  lines: readonly string[]
  sitemaps: string[]
  /** Set where the file could not be had and the site must therefore be left alone. */
  closed: string | undefined
}

interface Entry {
  rules: Promise<Rules>
  untilMs: number
  waiting: number
  cancel: () => void
}

type Send = (order: Order) => Promise<EgressResponse>

/** robots.txt of each origin, fetched through `send` and kept for an hour. */
export const createRobots = (send: Send, now: () => number = Date.now) => {
  const entries = new Map<string, Entry>()

  const start = (origin: string): Entry => {
    const cancel = new AbortController()
    const deadline = new Deadline(fetchTimeoutMs, cancel.signal)
    const entry: Entry = { rules: fetchRules(send, origin, deadline), untilMs: Infinity, waiting: 0, cancel: () => cancel.abort() }
    entry.rules
      .then(
        (rules) => { entry.untilMs = now() + (rules.closed === undefined ? ttlMs : refusedTtlMs) },
        // A failure is told to those who wait, not to those who come later.
        () => { if (entries.get(origin) === entry) entries.delete(origin) },
      )
      .finally(() => deadline.clear())
    if (entries.size >= originsMax) for (const oldest of entries.keys()) { entries.delete(oldest); break }
    entries.set(origin, entry)
    return entry
  }

  return async (url: URL, userAgent: string, signal: AbortSignal): Promise<RobotsVerdict> => {
    let entry = entries.get(url.origin)
    if (!entry || entry.untilMs <= now()) {
      entries.delete(url.origin)
      entry = start(url.origin)
    }
    entry.waiting++
    try {
      return verdict(await raced(entry.rules, signal), url, productToken(userAgent))
    } finally {
      entry.waiting--
      // The fetch is shared: it ends with the last caller who wants it, not with the first who hangs up.
      if (entry.waiting === 0 && signal.aborted && entry.untilMs === Infinity) {
        if (entries.get(url.origin) === entry) entries.delete(url.origin)
        entry.cancel()
      }
    }
  }
}

const fetchRules = async (send: Send, origin: string, deadline: Deadline): Promise<Rules> => {
  const none: Rules = { robot: undefined, lines: [], sitemaps: [], closed: undefined }
  const url = `${origin}/robots.txt`
  let response: EgressResponse
  try {
    response = await send({ url, signal: deadline.signal, deadline, maxBytes: fileBytesMax, maxRedirects: redirectsMax, truncate: true, headers: { accept: 'text/plain, */*;q=0.1' } })
  } catch (error) {
    // A file that redirects in circles or to a place that is never dialled is no file at all (RFC 9309, 2.3.1.2).
    if (isFailure(error) && error.code === 'target.too_many_redirects') return none
    if (isFailure(error) && error.class === 'policy' && error.evidence.length > 1) return none
    throw error
  }
  if (response.status >= 500) return { ...none, closed: `robots.txt answered ${response.status}` }
  if (response.status < 200 || response.status >= 300) return none
  return parse(url, new TextDecoder().decode(response.body))
}

const parse = (url: string, text: string): Rules => {
  let wildcards = 0
  const lines = text.split(/\r\n|\r|\n/).map((line) => {
    if (line.length > lineCharsMax) return ''
    if (line.includes('*')) wildcards += line.length
    return wildcards > wildcardCharsMax && line.includes('*') && !/^\s*user-agent/i.test(line) ? '' : line
  })
  const robot = robotsParser(url, lines.join('\n'))
  const sitemaps = robot.getSitemaps().flatMap((entry) => {
    const sitemap = URL.parse(entry, url)
    return sitemap && (sitemap.protocol === 'http:' || sitemap.protocol === 'https:') ? sitemap.href : []
  })
  return { robot, lines, sitemaps: [...new Set(sitemaps)].slice(0, sitemapsMax), closed: undefined }
}

const verdict = ({ robot, lines, sitemaps, closed }: Rules, url: URL, agent: string): RobotsVerdict => {
  if (closed !== undefined) return { allowed: false, rule: closed, sitemaps: [] }
  if (!robot) return { allowed: true, rule: '', sitemaps: [] }
  const line = robot.getMatchingLineNumber(url.href, agent)
  const delay = robot.getCrawlDelay(agent)
  return {
    allowed: robot.isAllowed(url.href, agent) ?? true,
    rule: lines[line - 1]?.replace(/#.*/, '').trim() ?? '',
    ...(delay !== undefined && Number.isFinite(delay) && delay >= 0 ? { crawlDelayS: delay } : {}),
    sitemaps: [...sitemaps],
  }
}

/** The name that rules are written for: `Lyrebird` in "Mozilla/5.0 (compatible; Lyrebird/0.1; …)". */
const productToken = (userAgent: string): string =>
  (/\(compatible;\s*([\w-]+)/i.exec(userAgent)?.[1] ?? /^[\w-]+/.exec(userAgent)?.[0] ?? '*').toLowerCase()
