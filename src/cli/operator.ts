import { startApp } from '../app.ts'
import { readConfig } from '../config.ts'
import { createEgress } from '../egress/index.ts'
import { Failure } from '../failure/failure.ts'
import { readServerFile } from '../server-file.ts'

/** Asks the native API as administrator and gives the body's `data`. */
export type Ask = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) => Promise<unknown>

class OperatorError extends Error {
  override readonly name = 'OperatorError'
}

/** Through the server that runs on this data directory, or through the database itself where none runs. */
export const asOperator = async <T>(run: (ask: Ask) => Promise<T>, workspace?: string): Promise<T> => {
  const config = readConfig({}, { defaults: { logLevel: 'warn' } })
  const running = await readServerFile(config.dataDir)
  if (running) {
    const egress = createEgress({ userAgent: config.userAgent, ports: ['*'], bodyLimitBytes: config.fetchLimitBytes, maxRedirects: 0 })
    try {
      return await run(async (method, path, body) => {
        const response = await egress.request({ ...request(running.url, inWorkspace(running.secret, workspace), method, path, body), trust: 'operator', signal: AbortSignal.timeout(30_000) })
        return unwrap(response.status, new TextDecoder().decode(response.body))
      })
    } finally {
      await egress.close()
    }
  }
  const app = await startApp(config)
  try {
    return await run(async (method, path, body) => {
      const { url, ...init } = request('http://localhost', inWorkspace(app.operatorSecret, workspace), method, path, body)
      const response = await app.fetch(new Request(url, init))
      return unwrap(response.status, await response.text())
    })
  } finally {
    await app.close()
  }
}

const inWorkspace = (secret: string, workspace: string | undefined): string => (workspace === undefined ? secret : `${secret}@${workspace}`)

const request = (origin: string, secret: string, method: string, path: string, body: unknown) => ({
  url: origin + path,
  method,
  headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
})

const unwrap = (status: number, text: string): unknown => {
  const body = JSON.parse(text) as { data?: unknown; code?: unknown; detail?: string; issues?: unknown }
  if (status < 400) return body.data
  const failure = Failure.fromJSON({ code: body.code, facts: body })
  throw failure.code === 'platform.internal' ? new OperatorError(body.detail ?? `The server answered HTTP ${status}.`) : failure
}
