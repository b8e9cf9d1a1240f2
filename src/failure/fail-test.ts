import { classOf, failureCodes, type FailureCode } from './catalog.ts'

/** The name under which a test key meets a failure: target.http_error → target-http-error.fail.test. */
export const failHost = (code: FailureCode): string => `${code.replace(/[._]/g, '-')}.fail.test`

const codeByLabel = new Map(failureCodes.map((code) => [code.replace(/[._]/g, '-'), code]))

/** The code that a `*.fail.test` host stands for; a number after it (`target-http-error-503`) is its status. */
export const codeOfHost = (host: string): { code: FailureCode; status?: number } | undefined => {
  const label = /^([a-z-]+?)(?:-(\d{3}))?\.fail\.test$/.exec(host.toLowerCase().replace(/\.$/, ''))
  const code = label?.[1] === undefined ? undefined : codeByLabel.get(label[1])
  if (code === undefined) return undefined
  return label?.[2] === undefined ? { code } : { code, status: Number(label[2]) }
}

/** Codes of `*.fail.test` that no site can cause: they are raised where they belong, as if the cause were there. */
const raisedUrlCodes: readonly FailureCode[] = [
  'policy.url_blocklisted',
  'content.render_failed', 'content.action_failed', 'content.extraction_failed', 'content.extraction_invalid',
]

export const isRaised = (code: FailureCode): boolean => failsWholeRequest(code) || raisedUrlCodes.includes(code)

/** Target, content and policy codes fail their URL; the others the whole request. */
export const failsWholeRequest = (code: FailureCode): boolean => ['caller', 'account', 'platform'].includes(classOf(code))
