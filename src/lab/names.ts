import type { FailureCode } from '../failure/catalog.ts'
import { failHost, failureOfHost as failureOfName } from '../failure/fail-test.ts'

export { failHost }

/** The code that a `*.fail.test` name stands for, also with a variant behind it (`target-http-error-500`). */
export const codeOfHost = (host: string): FailureCode | undefined => failureOfHost(host)?.code

/** Code and variant of a `*.fail.test` name in any of its spellings. */
export const failureOfHost = (host: string): { code: FailureCode; variant: string } | undefined => failureOfName(normalHost(host))

/**
 * Lower case, no port, no trailing dot. `article.lab.localhost` is `article.lab.test`:
 * browsers and curl resolve *.localhost by themselves, so that a person can open lab pages without touching a hosts file.
 */
export const normalHost = (host: string): string =>
  host.toLowerCase().replace(/:\d+$/, '').replaceAll(/[^a-z0-9.-]/g, '').replace(/\.$/, '').replace(/(^|\.)(lab|fail)\.localhost$/, '$1$2.test')

/** What stands before `.zone`, '' for the zone itself, undefined for a name elsewhere. */
export const labelOf = (host: string, zone: string): string | undefined => {
  const name = normalHost(host)
  if (name === zone) return ''
  return name.endsWith(`.${zone}`) ? name.slice(0, -zone.length - 1) : undefined
}
