// A process that begins a browser session, says its id, and lives until it is killed.
import { createSessionBrowsers } from '../../src/browser/index.ts'
import { createEgress } from '../../src/egress/index.ts'
import { createLogger } from '../../src/lib/logger.ts'

const egress = createEgress({ userAgent: 'test', bodyLimitBytes: 1e6, maxRedirects: 1 })
const browsers = await createSessionBrowsers({
  enabled: true, max: 1, bytesMax: 1e10, chromePath: undefined, chromiumDir: undefined, userAgent: 'test', egress: { live: async () => egress, test: async () => egress },
  trustedKeys: { live: async () => [], test: async () => [] }, logger: createLogger('silent'), clock: Date.now,
})
await browsers.open({ mode: 'live', browser: {}, isBlocked: () => false, sticky: 's' }, new AbortController().signal)
console.log('open')
setInterval(() => {}, 1000)
