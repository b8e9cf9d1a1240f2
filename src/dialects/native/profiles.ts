import { z } from 'zod'
import { profileLimits, type ProfileRecord, type ProfileState, type ProfileUse } from '../../contract/profiles.ts'
import { parseUrl } from '../../lib/url.ts'
import { route } from '../dialect.ts'

const name = z.string().regex(/^[^\u0000-\u001f\u007f]{1,256}$/, '1 to 256 characters on one line')

/** A name, or with what is to become of it. */
export const profileField = z.union([name, z.strictObject({ name, save: z.boolean().default(false).describe('Keep what the site sets; a profile that is not there is begun') })])
  .describe('A profile whose cookies and storage are used; of them, those of the site asked for')

export const toProfile = (value: z.output<typeof profileField>): ProfileUse => (typeof value === 'string' ? { name: value, save: false } : value)

/** Null where it is no host that can have cookies. */
const hostOf = (domain: string): string | null => {
  const host = domain.replace(/^\./, '')
  return host === '' || /[:/@?#\\\s%]/.test(host) ? null : (URL.parse(`http://${host}/`)?.hostname ?? null)
}

/** As Playwright's `storageState` writes it, so that such a file can be sent as it is. */
const cookie = z.looseObject({
  name: z.string().max(256).regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, 'Not a cookie name'),
  value: z.string().max(4096).regex(/^[\u0020-\u007e\u0080-\u00ff]*$/, 'HTTP cannot carry this value').refine((value) => !value.includes(';'), 'HTTP cannot carry this value'),
  domain: z.string().min(1).max(253).refine((value) => hostOf(value) !== null, 'Not a host').describe('With a leading dot also for hosts below it'),
  path: z.string().max(1024).regex(/^\//, 'Starts with /').default('/'),
  expires: z.number().optional().describe('Seconds since 1970; -1 never'),
  httpOnly: z.boolean().default(false),
  secure: z.boolean().default(false),
  sameSite: z.enum(['Strict', 'Lax', 'None']).optional(),
})

const origin = z.looseObject({
  origin: z.string().max(300).refine((value) => parseUrl(value)?.origin === value, 'Not an origin such as https://app.example'),
  localStorage: z.array(z.looseObject({ name: z.string().max(10_000), value: z.string().max(1_000_000) })).max(1000),
})

const body = z.strictObject({ cookies: z.array(cookie).max(profileLimits.cookies).default([]), origins: z.array(origin).max(profileLimits.origins).default([]) })

const toState = (it: z.output<typeof body>): ProfileState => ({
  cookies: it.cookies.map(({ name: of, value, domain, path, expires, httpOnly, secure, sameSite }) => ({
    name: of, value, domain: hostOf(domain) ?? domain, hostOnly: !domain.startsWith('.'), path, secure, httpOnly,
    ...(sameSite === undefined ? {} : { sameSite }),
    ...(expires === undefined || expires < 0 ? {} : { expires }),
  })),
  origins: it.origins.map(({ origin: of, localStorage }) => ({ origin: of, local: localStorage.map((item) => [item.name, item.value]) })),
})

const profile = z.looseObject({ name: z.string(), cookies: z.int(), sites: z.array(z.string()), updated_at: z.string() })
const reply = z.object({ data: profile })
const params = z.object({ name })

const render = (it: ProfileRecord) => ({ name: it.name, cookies: it.cookies, sites: it.sites, created_at: it.createdAt, updated_at: it.updatedAt, last_used_at: it.lastUsedAt })

export const profileRoutes = [
  route({
    method: 'PUT', path: '/v1/profiles/:name', verb: 'profiles_put',
    summary: "Keeps cookies and local storage under a name, encrypted; takes what Playwright's storageState writes",
    params, body, response: reply,
    toIntent: ({ params: it, body: state }) => ({ name: it.name, state: toState(state) }),
    render: (value) => ({ status: 200, body: { data: render(value) } }),
  }),
  route({
    method: 'GET', path: '/v1/profiles', verb: 'profiles_list', throttled: false,
    summary: 'Profiles by name; never their values', response: z.object({ data: z.array(profile) }),
    toIntent: () => ({}),
    render: (list) => ({ status: 200, body: { data: list.map(render) } }),
  }),
  route({
    method: 'GET', path: '/v1/profiles/:name', verb: 'profiles_get', throttled: false,
    summary: 'One profile; never its values', params, response: reply,
    toIntent: ({ params: it }) => it,
    render: (value) => ({ status: 200, body: { data: render(value) } }),
  }),
  route({
    method: 'DELETE', path: '/v1/profiles/:name', verb: 'profiles_delete',
    summary: 'Forgets a profile', params, response: z.object({ data: z.object({ name: z.string(), deleted: z.literal(true) }) }),
    toIntent: ({ params: it }) => it,
    render: (value) => ({ status: 200, body: { data: { name: value.name, deleted: true } } }),
  }),
]
