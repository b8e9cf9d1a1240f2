import type { FirstParty } from './deps.ts'

/** The pages that a request comes from, where they are the operator's own. `Origin` proves nothing outside a browser. */
export const firstPartyOf = (party: FirstParty | undefined, headers: Headers): FirstParty | undefined => {
  const origin = headers.get('origin')
  return origin !== null && party?.origins.has(origin) ? party : undefined
}

/** A browser that asks whether it may send the real request. */
export const isPreflight = (request: Request): boolean =>
  request.method === 'OPTIONS' && request.headers.has('origin') && request.headers.has('access-control-request-method')

/** What a page of a listed origin needs to read the reply; for others only what keeps caches from mixing the two. */
export const crossOriginHeaders = (party: FirstParty | undefined, request: Request): Record<string, string> => {
  if (party === undefined) return {}
  const allowed = firstPartyOf(party, request.headers)
  if (allowed === undefined) return { vary: 'Origin' }
  const origin = { vary: 'Origin', 'access-control-allow-origin': request.headers.get('origin') ?? '' }
  if (!isPreflight(request)) return { ...origin, 'access-control-expose-headers': '*' }
  return {
    ...origin,
    vary: 'Origin, Access-Control-Request-Headers',
    'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
    'access-control-allow-headers': request.headers.get('access-control-request-headers') ?? '*',
    'access-control-max-age': '600',
  }
}
