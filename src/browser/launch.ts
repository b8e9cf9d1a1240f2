import { chromium, type Browser } from 'playwright-core'
import { findChromium } from './chromium.ts'

export interface LaunchOptions {
  chromePath: string | undefined
  /** Where the bundled Chromium is unpacked. */
  folder: string | undefined
  /** CDP address of a browser that the operator runs elsewhere. */
  cdpUrl: string | undefined
  /** Base64 SHA-256 of public keys whose certificates are taken although no known authority signed them. */
  trustedKeys: readonly string[]
}

export interface Launched {
  browser: Browser
  /** Of the browser process; unset for one that runs elsewhere. */
  pid: number | undefined
  version: string
  userAgent: string
  /** Chromium's own sandbox around what pages run; unknown for a browser that runs elsewhere. */
  sandboxed: boolean | undefined
}

const launchTimeoutMs = 20_000

/** Whatever no context asked for goes to a port where nobody listens. */
const nowhere = 'http://127.0.0.1:1'

export const browserArgs = (trustedKeys: readonly string[]): string[] => [
  // The browser looks nothing up and dials nothing but its proxies, which are addresses.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  '--disable-quic',
  '--dns-prefetch-disable',
  '--no-pings',
  '--disable-domain-reliability',
  '--disable-client-side-phishing-detection',
  '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
  '--webrtc-ip-handling-policy=disable_non_proxied_udp',
  '--disable-print-preview',
  '--font-render-hinting=none',
  '--disk-cache-size=33554432',
  '--disable-gpu',
  '--disable-speech-api',
  '--js-flags=--max-old-space-size=512',
  // Children of the browser itself, which then reaps them.
  '--no-zygote',
  ...(trustedKeys.length > 0 ? [`--ignore-certificate-errors-spki-list=${trustedKeys.join(',')}`] : []),
]

/** A browser ready for contexts. Rejects with what the browser or the system said. */
export const launch = async (options: LaunchOptions): Promise<Launched> => {
  const { browser, sandboxed } = options.cdpUrl === undefined
    ? await start(options)
    : { browser: await chromium.connectOverCDP(options.cdpUrl, { timeout: launchTimeoutMs }), sandboxed: undefined }
  try {
    const session = await browser.newBrowserCDPSession()
    const { userAgent } = await session.send('Browser.getVersion')
    const pid = options.cdpUrl === undefined ? await pidOf(session) : undefined
    await session.detach()
    return { browser, pid, version: browser.version(), userAgent, sandboxed }
  } catch (error) {
    await browser.close().catch(() => {})
    throw error
  }
}

const start = async ({ chromePath, folder, trustedKeys }: LaunchOptions): Promise<{ browser: Browser; sandboxed: boolean }> => {
  const found = await findChromium(chromePath, folder)
  const open = async (sandbox: boolean) => {
    const browser = await chromium.launch({
      executablePath: found.path,
      args: browserArgs(trustedKeys).filter((arg) => !sandbox || arg !== '--no-zygote'),
      chromiumSandbox: sandbox,
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8', ...found.env },
      proxy: { server: nowhere },
      timeout: launchTimeoutMs,
      // The server has its own order of shutting down.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    })
    return { browser, sandboxed: sandbox }
  }
  // Root cannot have Chromium's sandbox; other users can where the kernel lets them make user namespaces.
  if (process.getuid?.() === 0) return open(false)
  return open(true).catch(() => open(false))
}

type BrowserSession = Awaited<ReturnType<Browser['newBrowserCDPSession']>>

const pidOf = async (session: BrowserSession): Promise<number | undefined> => {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  return processInfo.find(({ type }) => type === 'browser')?.id
}
