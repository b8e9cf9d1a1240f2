import type { Failure } from '../../failure/failure.ts'
import { pdfWithoutText } from '../../failure/evidence.ts'
import { rowFor, type FailureMap } from '../dialect.ts'

type Row = (failure: Failure) => string

const fixed = (message: string): Row => () => message

/** The vendor's text, then the reason that the vendor has no text for. */
const because = (message: string): Row => (failure) => `${message}: ${failure.message}`

const unreachable = 'Target host unreachable'
const unparsable = 'Failed to parse page content'
const needsScript = 'Page requires JavaScript rendering but failed'

const notFetchable = new Set<unknown>(['malformed', 'scheme', 'credentials'])

const messages = {
  caller: (failure) => failure.message,
  'caller.invalid_request': fixed('Invalid URL format'),
  account: (failure) => failure.message,

  policy: because(unreachable),
  'policy.url_blocked': (failure) => (notFetchable.has(failure.plainFacts.reason) ? 'Invalid URL format' : because(unreachable)(failure)),

  target: fixed(unreachable),
  'target.dns_failed': fixed('Failed to resolve domain'),
  'target.tls_invalid': because(unreachable),
  'target.too_many_redirects': because(unreachable),
  'target.timeout': (failure) => `Extraction timed out after ${seconds(failure.plainFacts.afterMs)}s`,
  'target.http_error': (failure) => httpError(Number(failure.plainFacts.status)),
  'target.blocked': fixed('Blocked by target anti-bot protection'),
  'target.rate_limited': fixed('Target rate limited (HTTP 429)'),

  content: fixed(unparsable),
  'content.unsupported_type': (failure) => `Content type not supported: ${String(failure.plainFacts.contentType)}`,
  'content.encrypted': because(unparsable),
  'content.too_large': because(unparsable),
  'content.empty': (failure) => (signalOf(failure) === pdfWithoutText ? 'PDF has no extractable text (likely scanned)' : isShell(failure) ? needsScript : because(unparsable)(failure)),
  'content.render_failed': fixed(needsScript),

  platform: (failure) => failure.message,
  'platform.browser_unavailable': fixed(needsScript),
  'platform.internal': fixed('Internal error'),
} satisfies FailureMap<Row>

/** `error_message` of one URL, in the vendor's words where it has any. */
export const urlError = (failure: Failure): string => rowFor<Row>(messages, failure)(failure)

const seconds = (afterMs: unknown): number => Math.max(1, Math.round(Number(afterMs) / 1000))

const httpError = (status: number): string =>
  status >= 500 ? `Target server error (HTTP ${status})` : `Target returned HTTP ${status}`

/** A page that only scripts fill, as opposed to one that is empty: the judge says by which sign it knew it. */
const isShell = (failure: Failure): boolean => signalOf(failure) !== undefined

const signalOf = (failure: Failure): string | undefined => failure.evidence.at(-1)?.signal
