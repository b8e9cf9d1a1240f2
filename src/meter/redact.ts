import type { RequestRecord } from '../contract/usage.ts'

const secretNames = /^(.*[-_])?(authorization|cookies?|set-cookie|headers?|body|data|post_?data|payload|password|passwd|secret|token|api[-_]?key|apikey|credentials?|signature|session([-_]?id)?)$/i
/** Counts and names that the pattern above would catch although they tell nothing. */
const harmless = new Set(['max_tokens', 'maxTokens'])

const stringCharsMax = 2_000
const itemsMax = 50
const depthMax = 8
const censored = '[redacted]'

/** A copy that is safe to keep and small: headers, cookies, bodies and whatever is called a secret lose their values. */
export const redact = (value: unknown, depth = 0): unknown => {
  if (typeof value === 'string') return redactText(value)
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? String(value) : value
  if (depth >= depthMax) return '[deep]'
  if (Array.isArray(value)) {
    const kept = value.slice(0, itemsMax).map((item: unknown) => redact(item, depth + 1))
    return value.length > itemsMax ? [...kept, `[${value.length - itemsMax} more]`] : kept
  }
  const entries = Object.entries(value)
  const kept = entries.slice(0, itemsMax).map(([name, member]) => [name, isSecret(name) || isTyped(value, name) ? censor(member) : redact(member, depth + 1)])
  return Object.fromEntries(entries.length > itemsMax ? [...kept, ['…', `[${entries.length - itemsMax} more]`]] : kept)
}

/** Headers and cookies keep their names, which explain a request; only the values are secret. */
const censor = (value: unknown): unknown => {
  if (value === null || value === undefined || typeof value === 'boolean') return value
  if (typeof value !== 'object') return censored
  if (Array.isArray(value)) return value.length === 0 ? [] : censored
  return Object.fromEntries(Object.keys(value).slice(0, itemsMax).map((name) => [name, censored]))
}

/** What an action types into a page is as likely a password as not. */
const isTyped = (value: object, name: string): boolean => name === 'text' && (value as { type?: unknown }).type === 'type'

const isSecret = (name: string): boolean => !harmless.has(name) && secretNames.test(name.replace(/([a-z])([A-Z])/g, '$1_$2'))

const redactText = (value: string): string => {
  const short = value.length > stringCharsMax ? `${value.slice(0, stringCharsMax)}… [${value.length} characters]` : value
  return redactUrls(short)
}

const urlSecret = /([?&;](?:[^=&#\s]*[-_])?(?:api[-_]?key|key|token|secret|password|passwd|pwd|signature|sig|auth|authorization|credential|session(?:[-_]?id)?|access[-_]token)=)[^&#\s]+/gi
const userInfo = /([a-z][a-z0-9+.-]{0,30}:\/\/)[^/?#@\s]+@/gi

/** URLs in a text without user, password and query values that are named like secrets. */
export const redactUrls = (value: string): string =>
  value.replace(userInfo, `$1${censored}@`).replace(urlSecret, `$1${censored}`)

export const redactRecord = <R extends RequestRecord>(record: R): R => ({
  ...record,
  path: redactText(record.path),
  url: record.url === null ? null : redactText(record.url),
  intent: redact(record.intent),
  failure: record.failure && {
    ...record.failure,
    facts: redact(record.failure.facts) as Record<string, unknown>,
    evidence: redact(record.failure.evidence) as R['evidence'],
  },
  evidence: redact(record.evidence) as R['evidence'],
})
