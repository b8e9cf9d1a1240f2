import type { KeyMode } from '../contract/actor.ts'
import type { WebhookForm } from '../contract/webhooks.ts'
import type { Egress, EgressResponse } from '../egress/index.ts'
import { normalize } from '../failure/normalize.ts'
import type { Clock } from '../lib/clock.ts'
import { Deadline } from '../lib/deadline.ts'
import { newId } from '../lib/ids.ts'
import type { Logger } from '../lib/logger.ts'
import type { Store } from '../store/db.ts'
import { retryLost } from '../store/retry.ts'
import { claimDeliveries, deleteOldDeliveries, fanOut, finishDelivery, handBackDelivery, type ClaimedDelivery, type DeliveryResult } from '../store/webhooks.ts'
import { nextAttempt, retryAfterMs } from './schedule.ts'
import { standardForm } from './sign.ts'

export interface DeliveryOptions {
  store: Store
  clock: Clock
  logger: Logger
  egress: Record<KeyMode, () => Promise<Egress>>
  /** The form of a dialect that has its own. */
  formOf?(dialect: string): WebhookForm | undefined
  userAgent: string
}

export interface Deliveries {
  /** Begins what is due, as far as there is room; how many. */
  run(signal: AbortSignal): Promise<number>
  housekeeping(): Promise<void>
  /** Waits for what is under way. */
  idle(): Promise<void>
}

const atOnce = 32
const perEndpoint = 4
const perClaim = 8
const timeoutMs = 15_000
/** Longer than an attempt can last. */
const leaseMs = 25_000
const answerBytesMax = 262_144
const snippetChars = 500
const keepMs = 30 * 86_400_000

export const createDeliveries = (options: DeliveryOptions): Deliveries => {
  const { store: { db }, clock, logger } = options
  const holder = newId('whk')
  const now = (): Date => new Date(clock())
  const running = new Set<Promise<void>>()

  const send = async (delivery: ClaimedDelivery, signal: AbortSignal): Promise<DeliveryResult> => {
    const { endpoint } = delivery
    const form = (endpoint.options.dialect === undefined ? undefined : options.formOf?.(endpoint.options.dialect)) ?? standardForm
    const message = form({ id: delivery.eventId, type: delivery.type, at: delivery.at, data: delivery.data, secrets: endpoint.secrets, options: endpoint.options })
    if (message === null) return { delivered: true, sent: false, nextAt: null, status: null, failure: null, snippet: null }
    const deadline = new Deadline(timeoutMs, signal)
    let status: number | null = null
    let failure: string | null = null
    let snippet: string | null = null
    let waitMs: number | undefined
    try {
      const egress = await options.egress[endpoint.mode]()
      const response = await egress.request({
        url: endpoint.url, method: 'POST', body: message.body, signal: deadline.signal, deadline, maxBytes: answerBytesMax, maxRedirects: 0,
        headers: { ...endpoint.headers, 'content-type': 'application/json', 'user-agent': options.userAgent, ...message.headers },
      })
      status = response.status
      snippet = snippetOf(response)
      if (status < 200 || status > 299) failure = 'target.http_error'
      waitMs = retryAfterMs(response.headers.get('retry-after'), now())
    } catch (error) {
      if (signal.aborted) throw error
      const known = normalize(error, { deadline, stage: 'webhook' })
      status = known.evidence.at(-1)?.status ?? null
      // Whoever answered 2xx has the message, however much more there was to say.
      failure = known.code === 'content.too_large' && status !== null && status < 300 ? null : known.code
    } finally {
      deadline.clear()
    }
    if (failure === null) return { delivered: true, sent: true, nextAt: null, status, failure, snippet }
    if (status === 410) return { delivered: false, sent: true, nextAt: null, status, failure, snippet, disable: 'gone' }
    const nextAt = nextAttempt(delivery.attempt, delivery.begunAt, now(), waitMs)
    return { delivered: false, sent: true, nextAt, status, failure, snippet, ...(nextAt === null ? { disable: 'failing' as const } : {}) }
  }

  const work = async (delivery: ClaimedDelivery, signal: AbortSignal): Promise<void> => {
    let result: DeliveryResult
    try {
      result = await send(delivery, signal)
    } catch (error) {
      if (!signal.aborted) throw error
      return handBackDelivery(db, delivery, now())
    }
    const { disabled } = await retryLost(() => finishDelivery(db, delivery, result, now()))
    if (!disabled) return
    logger.warn({ endpoint: delivery.endpoint.id, reason: result.disable }, 'a webhook endpoint was switched off')
    await fanOut(db, {
      workspaceId: delivery.workspaceId, monitorId: null, type: 'webhook.disabled', id: newId('evt'), now: now(),
      data: { endpoint_id: delivery.endpoint.id, url: delivery.endpoint.url, reason: result.disable },
    })
  }

  return {
    async run(signal) {
      const room = Math.min(perClaim, atOnce - running.size)
      if (room <= 0) return 0
      const due = await claimDeliveries(db, holder, { limit: room, perEndpoint, now: now(), leaseMs })
      for (const delivery of due) {
        const one: Promise<void> = work(delivery, signal)
          .catch((err: unknown) => logger.error({ err, delivery: delivery.id }, 'a delivery could not be settled; it will be made again'))
          .finally(() => running.delete(one))
        running.add(one)
      }
      return due.length
    },
    housekeeping: () => deleteOldDeliveries(db, new Date(clock() - keepMs)),
    idle: async () => void (await Promise.all(running)),
  }
}

const snippetOf = (response: EgressResponse): string | null => {
  const text = new TextDecoder().decode(response.body.subarray(0, snippetChars * 4)).replaceAll('\0', '\ufffd').trim()
  return text === '' ? null : text.slice(0, snippetChars)
}
