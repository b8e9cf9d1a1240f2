// A server's worth of metering without the server: many requests at once for one key, each told on standard output.
import { createMeter } from '../../src/meter/meter.ts'
import { openStore } from '../../src/store/db.ts'

export interface HammerOptions {
  dataDir?: string
  databaseUrl?: string
  secret: string
  requests: number
  inFlight: number
  /** Reserved by each request; it settles at its number modulo (credits + 1), and is released where that is 0. */
  credits: number
  /** How long a request is held between admission and settlement. */
  workMs: number
  leaseTtlMs: number
}

export type HammerLine =
  | { kind: 'ready' }
  | { kind: 'admitted'; request: number; at: number }
  | { kind: 'settled'; request: number; credits: number; enteredAt: number; leavingAt: number }
  | { kind: 'refused'; request: number; code: string }
  | { kind: 'done' }

const options = JSON.parse(process.argv[2] ?? '{}') as HammerOptions
const tell = (line: HammerLine): void => void process.stdout.write(`${JSON.stringify(line)}\n`)
const now = (): number => performance.timeOrigin + performance.now()

const store = await openStore({ dataDir: options.dataDir ?? '', databaseUrl: options.databaseUrl })
const meter = createMeter({ store, ipRpm: 0, historyDays: 30, leaseTtlMs: options.leaseTtlMs, sweepEveryMs: 100 })
await meter.start()
tell({ kind: 'ready' })

let next = 0
await Promise.all(Array.from({ length: options.inFlight }, async () => {
  const again: number[] = []
  while (again.length > 0 || next < options.requests) {
    const request = again.pop() ?? next++
    try {
      const actor = await meter.authenticate(options.secret)
      const entrance = await meter.enter(actor, { throttled: true })
      const enteredAt = now()
      try {
        const permit = await meter.admit(actor, { requestId: `${process.pid}-${request}`, credits: options.credits, policy: 'reserve' })
        tell({ kind: 'admitted', request, at: now() })
        if (options.workMs > 0) await new Promise((resolve) => setTimeout(resolve, options.workMs))
        const credits = request % (options.credits + 1)
        const record = {
          workspaceId: actor.workspaceId, id: `${process.pid}-${request}`, requestId: `${process.pid}-${request}`, at: new Date().toISOString(), dialect: 'native', method: 'POST', path: '/v1/scrape', verb: 'scrape', keyId: actor.keyId,
          keyName: actor.keyName, mode: actor.mode, status: 200, credits, durationMs: 1, url: null, intent: null, failure: null, evidence: [], timings: {},
        }
        const leavingAt = now()
        if (credits === 0) await meter.release(permit, record)
        else await meter.settle(permit, { credits, record })
        tell({ kind: 'settled', request, credits, enteredAt, leavingAt })
      } finally {
        await entrance.leave()
      }
    } catch (err) {
      const code = (err as { code?: string }).code ?? String(err)
      tell({ kind: 'refused', request, code })
      if (code === 'account.concurrency_limited') again.push(request)
    }
  }
}))
tell({ kind: 'done' })
await meter.stop()
await store.close()
