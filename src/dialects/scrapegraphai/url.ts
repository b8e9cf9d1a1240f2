import { z } from 'zod'

const withScheme = /^[a-z][a-z\d+.-]*:\/\//i
const dottedName = /^(?=.{1,253}\.?$)(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.?$/i
const internalName = /\.(local|internal|localhost)$/i
const dottedQuad = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/

/** Said of every URL that is not one of a public host. */
export const privateUrlMessage = 'Private or internal URLs are not allowed'

/**
 * A public http(s) URL; `https://` is put in front of a bare host. Both checks report, so that text
 * which is no URL at all gets two issues. What a name resolves to is judged where it is dialled.
 */
export const urlField = z
  .string()
  .trim()
  .transform((text) => (withScheme.test(text) ? text : `https://${text}`))
  .pipe(z.url())
  .check(z.refine((text) => isPublic(text), privateUrlMessage))

const isPublic = (text: string): boolean => {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false
  const host = url.hostname
  if (host.startsWith('[')) return !isPrivateV6(host.slice(1, -1).toLowerCase())
  const quad = dottedQuad.exec(host)
  return quad ? !isPrivateV4(Number(quad[1]), Number(quad[2])) : dottedName.test(host) && !internalName.test(host)
}

const isPrivateV4 = (a: number, b: number): boolean =>
  a === 0 || a === 10 || a === 127 || (a === 169 && b === 254) || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168)

const isPrivateV6 = (address: string): boolean => address === '::' || address === '::1' || /^(fe80:|fc|fd)/.test(address)
