import type { Socket } from 'node:net'
import { fail, isFailure, type Failure } from '../failure/failure.ts'
import { normalize } from '../failure/normalize.ts'
import { abortError, attemptOf, Chain, signalOf, type Order } from './client.ts'
import { dialTcp } from './dial.ts'
import { createGuard } from './guard.ts'
import type { Target } from './policy.ts'
import { Pool } from './pool.ts'
import { systemTxt } from './resolve.ts'
import { createRobots } from './robots.ts'
import type { Egress, EgressOptions, EgressResponse } from './types.ts'

/** The one way out. Throws an `Error` at once where a rule of `allow` or `ports` cannot be read. */
export const createEgress = (options: EgressOptions): Egress => {
  const guard = createGuard(options)
  const pool = new Pool(options.dial, options.bufferedBytesMax)
  const running = new Set<AbortController>()
  const tunnels = new Set<Socket>()
  let closed = false

  /** Runs under a signal that also ends when egress closes. */
  const within = async <T>(signals: readonly (AbortSignal | undefined)[], work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    if (closed) throw fail('platform.shutting_down')
    const controller = new AbortController()
    const links = signals.filter((signal) => signal !== undefined).map((signal) => {
      const abort = () => controller.abort(signal.reason)
      if (signal.aborted) abort()
      else signal.addEventListener('abort', abort, { once: true })
      return () => signal.removeEventListener('abort', abort)
    })
    running.add(controller)
    try {
      return await work(controller.signal)
    } finally {
      running.delete(controller)
      for (const unlink of links) unlink()
    }
  }

  const request = (order: Order): Promise<EgressResponse> => {
    const { signal, deadline } = order
    return within([signal, deadline?.signal === signal ? undefined : deadline?.signal], (joined) => new Chain(guard, pool, options, order, joined).run())
  }

  /** For what is not a request: the same failures with one attempt as evidence. */
  const explained = async <T>(url: string, signal: AbortSignal, stage: () => string, work: () => Promise<T>): Promise<T> => {
    const startedMs = performance.now()
    try {
      return await work()
    } catch (error) {
      const failure: Failure = normalize(signal.aborted && !isFailure(error) ? abortError(signal.reason, performance.now() - startedMs) : error, { target: true, stage: stage() })
      throw failure.evidence.length > 0 ? failure : failure.withEvidence([attemptOf({ startedMs, stage: 'connection', url }, failure.code, signalOf(failure, signal))])
    }
  }

  const robots = createRobots(request)
  const txt = options.txt ?? systemTxt()
  const route = (target: Target, signal: AbortSignal) => guard.route(target, 'target', signal)

  return {
    request,
    judge: (url, signal) =>
      within([signal], (joined) => explained(url, joined, () => 'name resolution', async () => { await route(guard.read(url, 'target'), joined) })),
    connect: (host, port, signal) =>
      within([signal], (joined) => {
        let stage = 'name resolution'
        const url = `tcp://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`
        return explained(url, joined, () => stage, async () => {
          const path = await route(guard.readAuthority(host, port), joined)
          stage = 'connection'
          const { socket } = await dialTcp(path, joined, options.dial)
          tunnels.add(socket)
          socket.once('close', () => tunnels.delete(socket))
          return socket
        })
      }),
    robots: (url, userAgent, signal) =>
      within([signal], (joined) => explained(url, joined, () => 'robots.txt', async () => robots(guard.read(url, 'target').url, userAgent, joined))),
    txt: (name, signal) => within([signal], (joined) => txt(name, joined)),
    async close() {
      closed = true
      for (const controller of running) controller.abort(fail('platform.shutting_down'))
      for (const socket of tunnels) socket.destroy()
      await pool.close()
    },
  }
}
