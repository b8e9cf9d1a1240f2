import { setTimeout as wait } from 'node:timers/promises'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import type { Egress } from '../../egress/index.ts'
import { fail, isFailure } from '../../failure/failure.ts'
import { createGate, type Gate } from './gate.ts'
import { egressFetch } from './model-fetch.ts'

export interface ModelSettings {
  baseUrl: string
  apiKey?: string
  name: string
  /** Calls at once, in all and for one key. */
  concurrency: number
  concurrencyPerKey: number
  /** Of one call. */
  timeoutMs: number
  /** Most tokens of a page that go into one call. */
  inputTokens: number
  /** Most calls for one page. */
  callsMax: number
}

export interface ModelCall {
  system: string
  /** Turns after the system's, the user's first. */
  turns: readonly string[]
  /** The answer is JSON of this schema; absent: text. */
  schema?: Record<string, unknown>
  outputTokens: number
  /** Whose share of the calls this takes. */
  owner: string
  signal: AbortSignal
}

export interface ModelReply {
  text: string
  inputTokens: number
  outputTokens: number
}

export interface Model {
  readonly name: string
  readonly inputTokens: number
  readonly callsMax: number
  /** Throws platform.model_unavailable, or what the signal was aborted with. */
  call(call: ModelCall): Promise<ModelReply>
}

/** How the endpoint is asked for JSON, from the strictest; each is given up for good when the endpoint refuses it. */
const manners = ['schema', 'object', 'text'] as const
const waitingMax = 200
const retryWaitMs = 2000
const passing = new Set([408, 429, 500, 502, 503, 504])
const refusing = new Set([400, 404, 415, 422, 501])

/** The places of everything that asks one endpoint. */
export const modelGate = ({ concurrency, concurrencyPerKey }: Pick<ModelSettings, 'concurrency' | 'concurrencyPerKey'>): Gate => createGate({ total: concurrency, perOwner: concurrencyPerKey, waiting: waitingMax })

/** A model behind any OpenAI-compatible endpoint. Loaded on first use; every byte goes through egress. */
export const createModel = (settings: ModelSettings, egress: () => Promise<Egress>, gate: Gate = modelGate(settings)): Model => {
  const provider = (structured: boolean) =>
    createOpenAICompatible({
      name: 'lyrebird', baseURL: settings.baseUrl, fetch: egressFetch(egress), supportsStructuredOutputs: structured,
      ...(settings.apiKey === undefined ? {} : { apiKey: settings.apiKey }),
    })(settings.name)
  let manner = 0

  const once = async (call: ModelCall, signal: AbortSignal, how: (typeof manners)[number]): Promise<ModelReply> => {
    const { generateText, jsonSchema, Output } = await sdk()
    const { schema } = call
    const output = schema && how !== 'text' ? { output: { ...Output.object({ schema: jsonSchema(schema) }), parseCompleteOutput: ({ text }: { text: string }) => Promise.resolve(text) } } : {}
    const result = await generateText({
      model: provider(how === 'schema'),
      system: call.system,
      messages: call.turns.map((content, i) => ({ role: i % 2 === 0 ? ('user' as const) : ('assistant' as const), content })),
      maxOutputTokens: call.outputTokens, temperature: 0, maxRetries: 0, abortSignal: signal,
      providerOptions: { lyrebird: { strictJsonSchema: false } },
      ...output,
    })
    return { text: result.text, inputTokens: result.usage.inputTokens ?? 0, outputTokens: result.usage.outputTokens ?? 0 }
  }

  const attempt = async (call: ModelCall): Promise<ModelReply> => {
    let retried = false
    for (;;) {
      const how = call.schema ? (manners[manner] ?? 'text') : 'text'
      const used = manner
      const signal = AbortSignal.any([call.signal, AbortSignal.timeout(settings.timeoutMs)])
      try {
        return await once(call, signal, how)
      } catch (error) {
        call.signal.throwIfAborted()
        const status = statusOf(error)
        if (status !== undefined && refusing.has(status) && how !== 'text') {
          // Another call may have found out in the meantime.
          manner = Math.max(manner, used + 1)
          continue
        }
        if (retried || !(status === undefined ? isCut(error) : passing.has(status))) throw fail('platform.model_unavailable', {}, { cause: briefly(error, status) })
        retried = true
        await wait(Math.min(retryAfterMs(error) ?? 250, retryWaitMs), undefined, { signal: call.signal }).catch(() => call.signal.throwIfAborted())
      }
    }
  }

  return {
    name: settings.name,
    inputTokens: settings.inputTokens,
    callsMax: settings.callsMax,
    async call(call) {
      const leave = await gate.enter(call.owner, call.signal)
      try {
        return await attempt(call)
      } finally {
        leave()
      }
    },
  }
}

/** Large, and of use only where a model is configured. */
const sdk = async () => {
  globalThis.AI_SDK_LOG_WARNINGS = false
  return import('ai')
}

const statusOf = (error: unknown): number | undefined => {
  const status = (error as { statusCode?: unknown } | null)?.statusCode
  return typeof status === 'number' ? status : undefined
}

/** A connection that broke may hold at the second try; one that was refused by the guard will not. */
const isCut = (error: unknown): boolean => {
  const failure = isFailure(error) ? error : (error as { cause?: unknown } | null)?.cause
  return isFailure(failure) && (failure.code === 'target.connection_reset' || failure.code === 'target.connection_refused')
}

/** The errors of the SDK carry the whole request, and with it the page. */
const briefly = (error: unknown, status: number | undefined): Error =>
  new Error(`The model endpoint ${status === undefined ? 'did not answer' : `answered ${status}`}: ${error instanceof Error ? error.message.slice(0, 300) : 'unknown error'}`)

const retryAfterMs = (error: unknown): number | undefined => {
  const headers = (error as { responseHeaders?: Record<string, string> } | null)?.responseHeaders
  const seconds = Number(headers?.['retry-after'])
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined
}
