import type { BrowserContext, Page, Route } from 'playwright-core'
import type { BrowserOptions } from '../contract/intent.ts'
import { isAdHost } from './ads.ts'

/** Set on the context instead, so that they hold for every request. */
const ofContext = new Set(['user-agent'])
/** Not the caller's to send: they belong to the connection, or would let a page pass for another. */
const ours = /^(?:host|connection|content-length|transfer-encoding|upgrade|te|trailer|expect|keep-alive|cookie|cookie2|proxy-.*|sec-.*|origin|access-control-.*)$/

/** Drops what the caller does not want loaded. Costs nothing where nothing is blocked. */
export const blockTraffic = async (context: BrowserContext, block: BrowserOptions['block'] = []): Promise<void> => {
  if (block.length === 0) return
  const types = new Set([
    ...(block.includes('images') ? ['image'] : []),
    ...(block.includes('fonts') ? ['font'] : []),
    ...(block.includes('media') ? ['media'] : []),
  ])
  const ads = block.includes('ads')
  await context.route('**/*', (route: Route) => {
    const request = route.request()
    const refused = types.has(request.resourceType()) || (ads && !request.isNavigationRequest() && isAdHost(URL.parse(request.url())?.hostname ?? ''))
    return refused ? route.abort('blockedbyclient') : route.continue()
  })
}

/** Adds the caller's headers to requests to the origin that was asked for, and to no other, redirects included. */
export const addHeaders = async (page: Page, url: string, headers: Record<string, string>): Promise<void> => {
  const added = Object.entries(headers).filter(([name]) => !ofContext.has(name.toLowerCase()) && !ours.test(name.toLowerCase()))
  if (added.length === 0) return
  const asked = URL.parse(url)
  const names = new Set(added.map(([name]) => name.toLowerCase()))
  const session = await page.context().newCDPSession(page)
  session.on('Fetch.requestPaused', ({ requestId, request }) => {
    const own = Object.entries(request.headers).filter(([name]) => !names.has(name.toLowerCase()))
    const wanted = isSameSite(asked, URL.parse(request.url))
    // A redirect carries on what was added before it, so headers are written anew at every hop.
    const sent = (wanted ? [...own, ...added] : Object.entries(request.headers).filter(([name, value]) => !added.some(([mine, theirs]) => mine.toLowerCase() === name.toLowerCase() && theirs === value)))
    session.send('Fetch.continueRequest', { requestId, headers: sent.map(([name, value]) => ({ name, value })) }).catch(() => {
      // The page has gone on without this request.
    })
  })
  await session.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] })
}

/** The same origin, or its TLS form: a site that moves its visitors to https is still the one that was meant. */
const isSameSite = (asked: URL | null, to: URL | null): boolean =>
  asked !== null && to !== null &&
  (asked.origin === to.origin || (asked.hostname === to.hostname && asked.protocol === 'http:' && to.protocol === 'https:' && asked.port === '' && to.port === ''))
