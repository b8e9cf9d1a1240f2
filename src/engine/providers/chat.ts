import { setTimeout as wait } from 'node:timers/promises'
import type { Egress, EgressResponse } from '../../egress/index.ts'
import { fail, isFailure, type Failure } from '../../failure/failure.ts'
import { createChannel, eventLines } from './event-lines.ts'
import type { Gate } from './gate.ts'
import type { ModelSettings } from './model.ts'

export interface ChatCall {
  /** In the form of OpenAI, without `model` and `stream`. */
  request: Record<string, unknown>
  stream: boolean
  owner: string
  signal: AbortSignal
}

/** Parts of an answer. Those of a call come in pieces: `index` says which they belong to. */
export type Said =
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string }
  | { type: 'call'; index: number; id?: string; name?: string; arguments: string }
  | { type: 'end'; reason: string; inputTokens: number; outputTokens: number }

export interface ChatModel {
  readonly name: string
  readonly inputTokens: number
  /** Ends with `end`. Throws platform.model_unavailable, or what the signal was aborted with. */
  talk(call: ChatCall): AsyncGenerator<Said>
}

const answerBytesMax = 16 * 1024 * 1024
const retryWaitMs = 1000
const passing = new Set([408, 429, 500, 502, 503, 504])
const refusing = new Set([400, 404, 413, 415, 422, 501])

/** Set on the cause of a failure where the endpoint refused what it was asked. */
class EndpointError extends Error {
  override readonly name = 'EndpointError'
  readonly status: number | undefined
  constructor(status: number | undefined, detail: string) {
    super(`The model endpoint ${status === undefined ? 'broke off' : `answered ${status}`}: ${detail.slice(0, 300)}`)
    this.status = status
  }
}

/** The status with which the endpoint refused the request as such. */
export const refusalOf = (failure: Failure): number | undefined => {
  const status = failure.cause instanceof EndpointError ? failure.cause.status : undefined
  return status !== undefined && refusing.has(status) ? status : undefined
}

const broken = (status: number | undefined, detail: string): Failure => fail('platform.model_unavailable', {}, { cause: new EndpointError(status, detail) })

/** Conversations with an OpenAI-compatible endpoint, as it writes. Every byte goes through egress. */
export const createChatModel = (settings: ModelSettings, egress: () => Promise<Egress>, gate: Gate): ChatModel => {
  /** Given up for good when the endpoint refuses it. */
  let countsStreams = true

  const post = async (way: Egress, call: ChatCall, signal: AbortSignal, onHead: (isStream: boolean) => void, onData: (part: Uint8Array) => void): Promise<EgressResponse> => {
    let wanted = false
    return way.request({
      url: `${settings.baseUrl}/chat/completions`,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(settings.apiKey === undefined ? {} : { authorization: `Bearer ${settings.apiKey}` }) },
      body: JSON.stringify({ ...call.request, model: settings.name, ...(call.stream ? { stream: true, ...(countsStreams ? { stream_options: { include_usage: true } } : {}) } : {}) }),
      signal,
      trust: 'operator',
      maxBytes: answerBytesMax,
      maxRedirects: 0,
      accept: ({ status, headers }) => {
        wanted = status === 200 && (headers.get('content-type') ?? '').startsWith('text/event-stream')
        onHead(wanted)
      },
      onData: (part) => {
        if (wanted) onData(part)
      },
    })
  }

  const once = async function* (call: ChatCall): AsyncGenerator<Said> {
    // Opened on first use: that is no time of the model's.
    const way = await egress()
    const hangUp = new AbortController()
    const signal = AbortSignal.any([call.signal, hangUp.signal, AbortSignal.timeout(settings.timeoutMs)])
    const parts = createChannel<Uint8Array>()
    const read = reader()
    const lines = eventLines()
    let isStream = false
    const answered = post(way, call, signal, (is) => (isStream = is), (part) => parts.put(part))
    // Told by the await below; here only the reader must not wait for ever.
    void answered.then(() => parts.close(), () => parts.close())
    try {
      for await (const part of parts) for (const data of lines(part)) yield* read.chunk(data)
      const response = await answered
      if (isStream) {
        for (const data of lines(undefined)) yield* read.chunk(data)
      } else if (response.status === 200) {
        yield* read.whole(new TextDecoder().decode(response.body))
      } else throw broken(response.status, new TextDecoder().decode(response.body))
      yield read.end()
    } finally {
      hangUp.abort()
      await answered.catch(() => undefined)
    }
  }

  const attempt = async function* (call: ChatCall): AsyncGenerator<Said> {
    for (let tries = 0; ; tries++) {
      let begun = false
      try {
        for await (const said of once(call)) {
          begun = true
          yield said
        }
        return
      } catch (error) {
        call.signal.throwIfAborted()
        const failure = isFailure(error) && error.code === 'platform.model_unavailable' ? error : broken(undefined, error instanceof Error ? error.message : 'unknown error')
        if (begun) throw failure
        if (call.stream && countsStreams && refusalOf(failure) === 400) {
          countsStreams = false
          continue
        }
        const status = failure.cause instanceof EndpointError ? failure.cause.status : undefined
        if (tries > 0 || !(status === undefined ? isCut(error) : passing.has(status))) throw failure
        await wait(retryWaitMs / 4, undefined, { signal: call.signal }).catch(() => call.signal.throwIfAborted())
      }
    }
  }

  return {
    name: settings.name,
    inputTokens: settings.inputTokens,
    async *talk(call) {
      const leave = await gate.enter(call.owner, call.signal)
      try {
        yield* attempt(call)
      } finally {
        leave()
      }
    },
  }
}

const isCut = (error: unknown): boolean => isFailure(error) && (error.code === 'target.connection_reset' || error.code === 'target.connection_refused')

interface Chunk {
  choices?: { delta?: Message; message?: Message; finish_reason?: string | null }[]
  usage?: { prompt_tokens?: number; completion_tokens?: number } | null
  error?: { message?: string } | string
}

interface Message {
  content?: string | null
  reasoning?: string | null
  reasoning_content?: string | null
  tool_calls?: { index?: number; id?: string; function?: { name?: string; arguments?: string } }[] | null
}

/** What endpoints write, as parts. One that ends without saying so was cut off. */
const reader = () => {
  let reason: string | undefined
  let done = false
  let usage: Chunk['usage']
  const take = function* (text: string): Generator<Said> {
    let chunk: Chunk
    try {
      chunk = JSON.parse(text) as Chunk
    } catch {
      throw broken(undefined, 'no JSON')
    }
    if (chunk === null || typeof chunk !== 'object') throw broken(undefined, 'no object')
    if (chunk.error) throw broken(undefined, JSON.stringify(chunk.error))
    usage = chunk.usage ?? usage
    const choice = chunk.choices?.[0]
    if (!choice) return
    const said = choice.delta ?? choice.message ?? {}
    const reasoning = said.reasoning ?? said.reasoning_content
    if (typeof reasoning === 'string' && reasoning !== '') yield { type: 'reasoning', text: reasoning }
    if (typeof said.content === 'string' && said.content !== '') yield { type: 'text', text: said.content }
    for (const [i, call] of (said.tool_calls ?? []).entries()) {
      yield { type: 'call', index: call.index ?? i, arguments: call.function?.arguments ?? '', ...(call.id ? { id: call.id } : {}), ...(call.function?.name ? { name: call.function.name } : {}) }
    }
    reason = choice.finish_reason ?? reason
  }
  return {
    *chunk(data: string): Generator<Said> {
      if (data === '[DONE]') done = true
      else if (data !== '') yield* take(data)
    },
    *whole(text: string): Generator<Said> {
      yield* take(text)
      done = true
    },
    end(): Said {
      if (reason === undefined && !done) throw broken(undefined, 'the stream ended before its end')
      return { type: 'end', reason: reason ?? 'stop', inputTokens: usage?.prompt_tokens ?? 0, outputTokens: usage?.completion_tokens ?? 0 }
    },
  }
}
