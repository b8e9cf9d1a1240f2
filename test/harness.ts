import { startApp, type App } from '../src/app.ts'
import type { NewKey } from '../src/contract/actor.ts'
import { template } from './support/backends.ts'
import { readConfig, type RawSettings } from '../src/config.ts'

/** A whole server in memory: embedded database in memory, real lab, real egress; requests go through `fetch` without a socket. */
export interface TestApp {
  app: App
  /** `path` below the root, `/reader/v1/read`; JSON bodies are encoded. Redirects are not followed. */
  request(path: string, init?: { method?: string; headers?: Record<string, string>; json?: unknown; body?: string; ip?: string }): Promise<Response>
  /** A new key in a workspace of its own. `monthlyCredits` limits that workspace; null or absent is unlimited. */
  key(options?: Partial<NewKey> & { monthlyCredits?: number | null }): Promise<TestKey>
  close(): Promise<void>
}

export interface TestKey {
  id: string
  secret: string
  workspaceId: string
  /** Credits used so far by its workspace. */
  used(): Promise<number>
  revoke(): Promise<void>
}

/** Settings are given as they would stand in the environment; `labForLive` lets live keys reach the lab, so that billing is seen. */
export const startTestApp = async ({ labForLive = false, ...settings }: RawSettings & { labForLive?: boolean } = {}): Promise<TestApp> => {
  const config = readConfig({ dataDir: 'memory://', logLevel: 'silent', ipRpm: '0', port: '0', ...settings }, { env: {} })
  const app = await startApp(config, { labForLive, template: await template() })
  let workspaces = 0
  return {
    app,
    request: (path, init = {}) => {
      const headers = new Headers(init.headers)
      if (init.json !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json')
      const body = init.json === undefined ? init.body : JSON.stringify(init.json)
      return app.fetch(new Request(`http://lyrebird.test${path}`, { method: init.method ?? (body === undefined ? 'GET' : 'POST'), headers, ...(body === undefined ? {} : { body }) }), init.ip)
    },
    key: async ({ monthlyCredits, ...options } = {}) => {
      const workspaceId = `ws_test_${++workspaces}`
      await app.meter.workspaces.ensure(workspaceId, workspaceId)
      if (monthlyCredits !== undefined) await app.meter.setMonthlyCredits(workspaceId, monthlyCredits)
      const { key, secret } = await app.meter.keys.create(workspaceId, { name: 'test', mode: 'test', ...options })
      return {
        id: key.id,
        secret,
        workspaceId,
        used: async () => (await app.meter.credits(workspaceId)).used,
        revoke: async () => void (await app.meter.keys.revoke(workspaceId, key.id)),
      }
    },
    close: () => app.close(),
  }
}
