import { failureCodes, type FailureCode } from '../failure/catalog.ts'

/** `target.http_error` → `target-http-error.fail.test`. */
export const failHost = (code: FailureCode): string => `${slugOf(code)}.fail.test`

const slugOf = (code: FailureCode): string => code.replaceAll(/[._]/g, '-')

/** The code that a `*.fail.test` name stands for, also with a variant behind it (`target-http-error-500`). */
export const codeOfHost = (host: string): FailureCode | undefined => failureOfHost(host)?.code

/** Code and variant of a `*.fail.test` name; the variant is empty for the plain name. */
export const failureOfHost = (host: string): { code: FailureCode; variant: string } | undefined => {
  const slug = labelOf(host, 'fail.test')
  if (slug === undefined) return undefined
  const code = longestFirst.find((known) => slug === slugOf(known) || slug.startsWith(`${slugOf(known)}-`))
  return code && { code, variant: slug.slice(slugOf(code).length + 1) }
}

const longestFirst = [...failureCodes].sort((a, b) => b.length - a.length)

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
