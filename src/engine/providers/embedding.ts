import { setTimeout as wait } from 'node:timers/promises'
import type { Egress } from '../../egress/index.ts'
import { fail, isFailure } from '../../failure/failure.ts'
import type { Gate } from './gate.ts'

export interface EmbeddingSettings {
  baseUrl: string
  apiKey?: string
  name: string
  /** Of one call. */
  timeoutMs: number
  /** Most texts of one call. */
  batch: number
  /** Put before texts of each kind, for models that want it so. */
  prefixes: { query: string; document: string }
}

export interface EmbeddingCall {
  texts: readonly string[]
  kind: 'query' | 'document' | null
  owner: string
  signal: AbortSignal
}

export interface Embedder {
  readonly name: string
  /** One vector per text, in order, all of one length. Throws platform.model_unavailable, or what the signal was aborted with. */
  embed(call: EmbeddingCall): Promise<{ vectors: number[][]; inputTokens: number }>
}

const answerBytesMax = 64 * 1024 * 1024
const passing = new Set([408, 429, 500, 502, 503, 504])
const retryWaitMs = 250

/** Vectors from any OpenAI-compatible endpoint. Every byte goes through egress. */
export const createEmbedder = (settings: EmbeddingSettings, egress: () => Promise<Egress>, gate: Gate): Embedder => {
  const once = async (texts: readonly string[], signal: AbortSignal) => {
    const way = await egress()
    const { status, body } = await way.request({
      url: `${settings.baseUrl}/embeddings`,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(settings.apiKey === undefined ? {} : { authorization: `Bearer ${settings.apiKey}` }) },
      body: JSON.stringify({ model: settings.name, input: texts, encoding_format: 'float' }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(settings.timeoutMs)]),
      trust: 'operator', maxBytes: answerBytesMax, maxRedirects: 0,
    })
    if (status !== 200) throw new EndpointStatus(status)
    return vectorsOf(new TextDecoder().decode(body), texts.length)
  }

  const batch = async (texts: readonly string[], { owner, signal }: EmbeddingCall) => {
    const leave = await gate.enter(owner, signal)
    try {
      return await once(texts, signal)
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof EndpointStatus ? passing.has(error.status) : isCut(error))) throw told(error)
      await wait(retryWaitMs, undefined, { signal }).catch(() => signal.throwIfAborted())
      try {
        return await once(texts, signal)
      } catch (again) {
        signal.throwIfAborted()
        throw told(again)
      }
    } finally {
      leave()
    }
  }

  return {
    name: settings.name,
    async embed(call) {
      const prefix = call.kind === null ? '' : settings.prefixes[call.kind]
      const texts = call.texts.map((text) => prefix + text)
      const batches = Array.from({ length: Math.ceil(texts.length / settings.batch) }, (_, i) => texts.slice(i * settings.batch, (i + 1) * settings.batch))
      // What one batch fails with ends the others.
      const given = new AbortController()
      const own = { ...call, signal: AbortSignal.any([call.signal, given.signal]) }
      try {
        const parts = await Promise.all(batches.map((part) => batch(part, own)))
        const vectors = parts.flatMap((part) => part.vectors)
        if (new Set(vectors.map((vector) => vector.length)).size > 1) throw unavailable('vectors of different lengths')
        return { vectors, inputTokens: parts.reduce((sum, part) => sum + part.inputTokens, 0) }
      } finally {
        given.abort()
      }
    },
  }
}

class EndpointStatus extends Error {
  override readonly name = 'EndpointStatus'
  readonly status: number
  constructor(status: number) {
    super(`answered ${status}`)
    this.status = status
  }
}

const unavailable = (detail: string) => fail('platform.model_unavailable', {}, { cause: new Error(`The embedding endpoint: ${detail}`) })
const told = (error: unknown) => (isFailure(error) && (error.code === 'platform.model_unavailable' || error.code === 'platform.overloaded') ? error : unavailable(error instanceof Error ? error.message : 'unknown error'))
const isCut = (error: unknown): boolean => isFailure(error) && (error.code === 'target.connection_reset' || error.code === 'target.connection_refused')

const vectorsOf = (text: string, count: number): { vectors: number[][]; inputTokens: number } => {
  let answer: { data?: { index?: number; embedding?: unknown }[]; usage?: { prompt_tokens?: number; total_tokens?: number } } | null
  try {
    answer = JSON.parse(text) as typeof answer
  } catch {
    throw unavailable('no JSON')
  }
  const items = Array.isArray(answer?.data) ? answer.data : []
  const vectors = items.map((item, i) => ({ index: item.index ?? i, vector: item.embedding })).toSorted((a, b) => a.index - b.index)
  if (vectors.length !== count || vectors.some(({ index, vector }, i) => index !== i || !isVector(vector))) throw unavailable(`not ${count} vectors`)
  return { vectors: vectors.map(({ vector }) => vector as number[]), inputTokens: answer?.usage?.prompt_tokens ?? answer?.usage?.total_tokens ?? 0 }
}

const isVector = (value: unknown): boolean => Array.isArray(value) && value.length > 0 && value.every((number) => typeof number === 'number' && Number.isFinite(number))
