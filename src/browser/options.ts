import type { BrowserContextOptions } from 'playwright-core'
import type { BrowserProxy } from '../egress/index.ts'
import type { BrowserOptions } from '../contract/intent.ts'
import type { ProfileState } from '../contract/profiles.ts'
import { toStorageState } from './profile-state.ts'

const desktop = { width: 1280, height: 800 }
const mobile = { width: 390, height: 844 }

/** Chrome's own name with ours behind it; an operator's that is a browser's name already is taken whole. */
export const userAgentOf = (browserAgent: string, ours: string, isMobile: boolean): string => {
  if (/Chrome\/\d/.test(ours)) return ours
  const product = /compatible; ([\w.-]+\/[\w.-]+)/.exec(ours)?.[1] ?? /^[\w.-]+\/[\w.-]+/.exec(ours)?.[0]
  const plain = browserAgent.replace('HeadlessChrome/', 'Chrome/').replace(/(Chrome\/\d+)[\d.]*/, '$1.0.0.0')
  const shown = isMobile ? plain.replace(/\([^)]*\)/, '(Linux; Android 10; K)').replace(' Safari/', ' Mobile Safari/') : plain
  return product === undefined || product.startsWith('Mozilla/') ? shown : `${shown} ${product}`
}

interface Around {
  proxy: BrowserProxy
  userAgent: string
  headers: Record<string, string>
  /** Certificates are not looked at: only for a browser elsewhere that can be told of no authority. */
  anyCertificate: boolean
  state: ProfileState | undefined
}

/** A context that shares nothing with any other. */
export const contextOptions = (options: BrowserOptions, { proxy, userAgent, headers, anyCertificate, state }: Around): BrowserContextOptions => {
  const isMobile = options.device === 'mobile'
  const { width, height, scale } = { ...(isMobile ? mobile : desktop), ...options.viewport }
  return {
    proxy: { server: proxy.server, ...proxy.credentials },
    userAgent: lookUp(headers, 'user-agent') ?? userAgent,
    viewport: { width, height },
    deviceScaleFactor: scale ?? (isMobile ? 3 : 1),
    isMobile,
    hasTouch: isMobile,
    locale: options.locale ?? 'en-US',
    ...(options.timezone === undefined ? {} : { timezoneId: options.timezone }),
    serviceWorkers: 'block',
    acceptDownloads: false,
    ignoreHTTPSErrors: anyCertificate,
    permissions: [],
    ...(state ? { storageState: toStorageState(state) } : {}),
  }
}

const lookUp = (headers: Record<string, string>, name: string): string | undefined =>
  Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1]
