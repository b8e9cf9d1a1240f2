import { z } from 'zod'
import { proxyModes, type ProxyWish } from '../../contract/proxy.ts'

/** A mode, or with a country or a session. */
export const proxyField = z.union([z.enum(proxyModes), z.strictObject({
  mode: z.enum(proxyModes).default('auto'),
  country: z.string().regex(/^[a-z]{2}$/i, 'Two letters').transform((value) => value.toLowerCase()).optional(),
  session: z.string().min(1).max(200).optional().describe('Requests that name the same one leave through the same proxy'),
})]).describe('Through which of the operator’s proxies: `auto` begins without and climbs where the site refuses')

export const toProxy = (value: z.output<typeof proxyField>): ProxyWish => {
  if (typeof value === 'string') return { mode: value }
  const { mode, country, session } = value
  return { mode, ...(country === undefined ? {} : { country }), ...(session === undefined ? {} : { session }) }
}
