import { headerOf, type Evidence } from './evidence.ts'
import { notFoundSignal } from './not-found.ts'
import { isEmpty, shellSignal } from './shell.ts'
import type { Verdict } from './verdict.ts'
import { wallOf } from './walls.ts'

export type { Evidence } from './evidence.ts'

/** Pure: says what an answer amounts to. Where in doubt, it is a page. */
export const judge = (evidence: Evidence): Verdict => {
  const { status } = evidence
  const wall = wallOf(evidence)
  if (wall) return { kind: 'blocked', ...wall }
  const retryAfter = headerOf(evidence, 'retry-after')
  if (status === 429 || (status === 503 && retryAfter !== undefined)) return { kind: 'rate_limited', retryAfterSeconds: secondsOf(retryAfter, headerOf(evidence, 'date')) }
  if (status < 200 || status >= 300) return { kind: 'http_error', status }
  if (status === 204 || status === 205) return { kind: 'empty' }
  const missing = notFoundSignal(evidence)
  if (missing) return { kind: 'soft_404', signal: missing }
  const shell = shellSignal(evidence)
  if (shell) return { kind: 'empty_shell', signal: shell }
  return isEmpty(evidence) ? { kind: 'empty' } : { kind: 'ok' }
}

/** Seconds, or a date counted from the answer's own clock. */
const secondsOf = (retryAfter: string | undefined, date: string | undefined): number | null => {
  if (retryAfter === undefined) return null
  if (/^\s*\d{1,9}\s*$/.test(retryAfter)) return Number(retryAfter)
  const seconds = Math.ceil((Date.parse(retryAfter) - Date.parse(date ?? '')) / 1000)
  return Number.isFinite(seconds) ? Math.max(0, seconds) : null
}
