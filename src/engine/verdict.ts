import { fail, type Failure } from '../failure/failure.ts'
import type { Verdict } from './judge/index.ts'

/** The failure that a verdict stands for; undefined for a good page. */
export const failureOf = (verdict: Verdict, status: number): Failure | undefined => {
  switch (verdict.kind) {
    case 'ok':
      return undefined
    case 'blocked':
      return fail('target.blocked', { vendor: verdict.vendor, signal: verdict.signal })
    case 'rate_limited':
      return fail('target.rate_limited', { status, retryAfterSeconds: verdict.retryAfterSeconds })
    case 'http_error':
      return fail('target.http_error', { status: verdict.status })
    case 'soft_404':
      return fail('target.http_error', { status: 404, soft: true })
    case 'empty_shell':
    case 'empty':
      return fail('content.empty')
  }
}

/** True where a browser may get what plain HTTP did not. */
export const browserMayPass = (verdict: Verdict): boolean =>
  verdict.kind === 'empty_shell' || (verdict.kind === 'blocked' && verdict.passable)

export const signalOf = (verdict: Verdict): string | undefined => ('signal' in verdict ? verdict.signal : undefined)
