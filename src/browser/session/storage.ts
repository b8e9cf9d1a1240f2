import type { ProfileState } from '../../contract/profiles.ts'
import { fromBrowserCookie, toBrowserCookie, type BrowserCookie } from '../profile-state.ts'
import type { CdpMessage, PipeBrowser } from './process.ts'

/** Sees events of sessions that are our own; true where it was one of them. */
export type Listen = (sessionId: string, hear: (message: CdpMessage) => void) => () => void

const blank = Buffer.from('<!doctype html>').toString('base64')

/** Puts cookies and local storage into the first context of a browser. */
export const restoreState = async (browser: PipeBrowser, listen: Listen, { cookies, origins }: ProfileState): Promise<void> => {
  if (cookies.length > 0) await browser.call('Storage.setCookies', { cookies: cookies.map(toBrowserCookie) })
  if (origins.length === 0) return
  await onOrigins(browser, listen, origins.map(({ origin }) => origin), async (run, i) => {
    await run(`for (const [name, value] of ${JSON.stringify(origins[i]?.local ?? [])}) localStorage.setItem(name, value)`)
  })
}

/** What is in it now, of the origins named. */
export const readState = async (browser: PipeBrowser, listen: Listen, origins: readonly string[]): Promise<ProfileState> => {
  const { cookies } = (await browser.call('Storage.getCookies')) as { cookies?: BrowserCookie[] }
  const found: ProfileState['origins'] = []
  if (origins.length > 0) {
    await onOrigins(browser, listen, origins, async (run, i) => {
      const local = (await run('Object.entries(localStorage)')) as [string, string][] | undefined
      if (local && local.length > 0) found.push({ origin: origins[i] ?? '', local })
    })
  }
  return { cookies: (cookies ?? []).map(fromBrowserCookie), origins: found }
}

/** A page of our own stands at each origin in turn, without a byte from there. */
const onOrigins = async (browser: PipeBrowser, listen: Listen, origins: readonly string[], each: (run: (expression: string) => Promise<unknown>, i: number) => Promise<void>): Promise<void> => {
  const { targetId } = await browser.call('Target.createTarget', { url: 'about:blank', background: true })
  const { sessionId } = (await browser.call('Target.attachToTarget', { targetId, flatten: true })) as { sessionId: string }
  const call = (method: string, params: Record<string, unknown> = {}) => browser.call(method, params, sessionId)
  const stop = listen(sessionId, ({ method, params }) => {
    if (method === 'Fetch.requestPaused') void call('Fetch.fulfillRequest', { requestId: params?.requestId, responseCode: 200, responseHeaders: [{ name: 'content-type', value: 'text/html' }], body: blank })
  })
  try {
    await call('Fetch.enable', { patterns: [{ urlPattern: '*' }] })
    for (const [i, origin] of origins.entries()) {
      const { errorText } = await call('Page.navigate', { url: `${origin}/` })
      if (errorText !== undefined) continue
      await each(async (expression) => ((await call('Runtime.evaluate', { expression, returnByValue: true })).result as { value?: unknown } | undefined)?.value, i)
    }
  } finally {
    stop()
    await browser.call('Target.closeTarget', { targetId })
  }
}
