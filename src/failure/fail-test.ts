import { classOf, failureCodes, type FailureCode } from './catalog.ts'

const slugOf = (code: FailureCode): string => code.replaceAll(/[._]/g, '-')

/** The name under which a test key meets a failure: target.http_error → target-http-error.fail.test. */
export const failHost = (code: FailureCode): string => `${slugOf(code)}.fail.test`

const longestFirst = [...failureCodes].sort((a, b) => b.length - a.length)

/** Code and variant of a `*.fail.test` name (`target-http-error-503`); the variant is empty for the plain name. */
export const failureOfHost = (host: string): { code: FailureCode; variant: string } | undefined => {
  const slug = /^([a-z0-9-]+)\.fail\.test$/.exec(host.toLowerCase().replace(/\.$/, ''))?.[1]
  if (slug === undefined) return undefined
  const code = longestFirst.find((known) => slug === slugOf(known) || slug.startsWith(`${slugOf(known)}-`))
  return code && { code, variant: slug.slice(slugOf(code).length + 1) }
}

/** Codes of `*.fail.test` that no site can cause: they are raised where they belong, as if the cause were there. */
const raisedUrlCodes: readonly FailureCode[] = [
  'policy.url_blocklisted',
  'content.render_failed', 'content.action_failed', 'content.extraction_failed', 'content.extraction_invalid',
]

export const isRaised = (code: FailureCode): boolean => failsWholeRequest(code) || raisedUrlCodes.includes(code)

/** Target, content and policy codes fail their URL; the others the whole request. */
export const failsWholeRequest = (code: FailureCode): boolean => ['caller', 'account', 'platform'].includes(classOf(code))
