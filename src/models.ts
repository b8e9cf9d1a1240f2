import type { Config } from './config.ts'
import type { Egress } from './egress/index.ts'
import { createChatModel } from './engine/providers/chat.ts'
import { createEmbedder, type EmbeddingSettings } from './engine/providers/embedding.ts'
import { createModel, modelGate, type ModelSettings } from './engine/providers/model.ts'
import type { Models } from './verbs/deps.ts'

/** The models that the settings name. What asks one endpoint shares its places. */
export const createModels = (config: Config, egress: () => Promise<Egress>): Models => {
  const { modelBaseUrl, embeddingBaseUrl } = config
  const settings = modelBaseUrl === undefined ? undefined : modelSettings(config, modelBaseUrl)
  const gate = modelGate({ concurrency: config.modelConcurrency, concurrencyPerKey: config.modelConcurrencyPerKey })
  return {
    model: settings && createModel(settings, egress, gate),
    chat: settings && createChatModel(settings, egress, gate),
    embedder: embeddingBaseUrl === undefined ? undefined
      : createEmbedder(embeddingSettings(config, embeddingBaseUrl), egress, embeddingBaseUrl === modelBaseUrl ? gate : modelGate({ concurrency: config.modelConcurrency, concurrencyPerKey: config.modelConcurrencyPerKey })),
  }
}

export const modelSettings = (config: Config, baseUrl: string): ModelSettings => ({
  baseUrl,
  ...(config.modelApiKey === undefined ? {} : { apiKey: config.modelApiKey }),
  name: config.modelName,
  concurrency: config.modelConcurrency,
  concurrencyPerKey: config.modelConcurrencyPerKey,
  timeoutMs: config.modelTimeoutMs,
  inputTokens: config.modelInputTokens,
  callsMax: config.modelCallsMax,
})

export const embeddingSettings = (config: Config, baseUrl: string): EmbeddingSettings => ({
  baseUrl,
  ...(config.embeddingApiKey === undefined ? {} : { apiKey: config.embeddingApiKey }),
  name: config.embeddingName,
  timeoutMs: config.modelTimeoutMs,
  batch: config.embeddingBatch,
  prefixes: { query: config.embeddingQueryPrefix, document: config.embeddingDocumentPrefix },
})
