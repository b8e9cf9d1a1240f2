// For tests of this room: a renderer over the lab.
import { createHash, X509Certificate } from 'node:crypto'
import type { BrowserOptions } from '../contract/intent.ts'
import type { RenderedPage, RenderOrder, RenderResult } from '../contract/render.ts'
import { createEgress, type EgressOptions } from '../egress/index.ts'
import { Deadline } from '../lib/deadline.ts'
import { createLogger } from '../lib/logger.ts'
import { createRenderer, type BrowserRenderer, type RendererOptions } from './renderer.ts'

/** What of the lab is used here. */
interface Site {
  certificate: string
  site: NonNullable<EgressOptions['sites']>
}

export interface Bed {
  renderer: BrowserRenderer
  /** The page, or the failure. */
  open(url: string, options?: BrowserOptions, order?: Partial<RenderOrder>): Promise<RenderedPage>
  /** The whole result for a page. */
  render(url: string, options?: BrowserOptions, order?: Partial<RenderOrder>): Promise<Extract<RenderResult, { kind: 'page' }>>
  close(): Promise<void>
}

export const openBed = (lab: Site, egressOptions: Partial<EgressOptions> = {}, options: Partial<RendererOptions> = {}): Bed => {
  const egress = createEgress({ userAgent: 'Lyrebird/0.1', bodyLimitBytes: 1e8, maxRedirects: 10, sites: lab.site, ...egressOptions })
  const key = createHash('sha256').update(new X509Certificate(lab.certificate).publicKey.export({ type: 'spki', format: 'der' })).digest('base64')
  const renderer = createRenderer({
    enabled: true,
    chromePath: undefined,
    chromiumDir: undefined,
    cdpUrl: undefined,
    proxyHost: '127.0.0.1',
    browsers: 1,
    pages: 4,
    queue: 100,
    recycle: { pages: 1000, ageMs: 3_600_000, bytes: 1e10 },
    idleMs: 0,
    pageBytes: 1e9,
    userAgent: 'Mozilla/5.0 (compatible; Lyrebird/0.1)',
    egress: { live: async () => egress, test: async () => egress },
    trustedKeys: { live: async () => [key], test: async () => [key] },
    logger: createLogger('silent'),
    clock: () => Date.now(),
    ...options,
  })
  const render: Bed['render'] = async (url, browser = {}, order = {}) => {
    const deadline = order.deadline ?? new Deadline(25_000)
    try {
      const result = await renderer.render({ url, mode: 'live', headers: {}, cookies: {}, options: browser, bytesMax: 1e8, look: async () => 0, ...order, deadline })
      if (result.kind === 'page') return result
      throw new Error('not a page')
    } finally {
      deadline.clear()
    }
  }
  return {
    renderer,
    render,
    open: async (url, browser, order) => (await render(url, browser, order)).page,
    close: async () => {
      await renderer.close()
      await egress.close()
    },
  }
}
