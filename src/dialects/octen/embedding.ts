import { z } from 'zod'
import { route } from '../dialect.ts'
import { envelope, succeed } from './envelope.ts'
import { body, decimal, flag, integer, list, object, oneOf, text } from './fields.ts'
import { unconfigured } from './unavailable.ts'

const textMax = 10_000
const dimensions: Record<string, number> = { 'octen-embedding-0.6b': 1024, 'octen-embedding-4b': 2560, 'octen-embedding-8b': 4096, 'octen-vl-embedding': 2048, 'octen-vl-embedding-large': 4096 }

const fits = (model: string, dimension: number | null | undefined): boolean => (dimension ?? 1) <= (dimensions[model] ?? Infinity)

const embeddingBody = body(object({
  input: list(text(textMax), 1000, 1),
  model: oneOf(['octen-embedding-0.6b', 'octen-embedding-4b', 'octen-embedding-8b']).nullish().describe('Default `octen-embedding-4b`.'),
  dimension: integer(1, 4096).nullish(),
  input_type: oneOf(['query', 'document']).nullish(),
  truncation: flag.nullish(),
}).refine((value) => fits(value.model ?? 'octen-embedding-4b', value.dimension), { error: 'dimension is larger than the model has', path: ['dimension'] }))

const content = object({ text: text(textMax).nullish(), image: text(10_000_000).nullish(), video: text(2048).nullish() })
  .refine((value) => [value.text, value.image, value.video].filter((item) => typeof item === 'string').length === 1, { error: 'each of contents has exactly one of text, image and video' })

interface Content {
  text?: string | null | undefined
  image?: string | null | undefined
  video?: string | null | undefined
}

const within = (contents: readonly Content[], instruct: string | null | undefined): boolean =>
  contents.filter((item) => item.image).length <= 5 &&
  contents.filter((item) => item.video).length <= 1 &&
  contents.reduce((sum, item) => sum + (item.text?.length ?? 0), instruct?.length ?? 0) <= textMax

const vlEmbeddingBody = body(object({
  model: oneOf(['octen-vl-embedding', 'octen-vl-embedding-large']),
  input: object({ contents: list(content, 20, 1) }),
  enable_fusion: flag.nullish(),
  dimension: integer(1, 4096).nullish(),
  fps: decimal(0, 1).nullish(),
  instruct: text(textMax).nullish(),
})
  .refine((value) => fits(value.model, value.dimension), { error: 'dimension is larger than the model has', path: ['dimension'] })
  .refine((value) => within(value.input.contents, value.instruct), { error: `input.contents may hold ${textMax} characters of text with instruct, 5 images and 1 video`, path: ['input', 'contents'] }))

const embeddingReply = z.looseObject({ model: z.string(), results: z.array(z.looseObject({ index: z.int(), embedding: z.array(z.number()) })) })

export const embeddingRoutes = [
  route({
    method: 'POST', path: '/embedding', verb: 'embed',
    summary: 'Vectors of texts, from the embedding model of this server',
    body: embeddingBody,
    response: envelope(embeddingReply, z.looseObject({ input_tokens: z.int() })),
    toIntent: ({ body: wish }) => ({ texts: wish.input, kind: wish.input_type ?? null, ...(typeof wish.dimension === 'number' ? { dimensions: wish.dimension } : {}) }),
    render: ({ model, vectors, inputTokens }, _, info) => succeed(info, { model, results: vectors.map((embedding, index) => ({ index, embedding })) }, { input_tokens: inputTokens }, null),
  }),
  unconfigured({ path: '/vl-embedding', summary: 'Vectors of texts, images and videos', body: vlEmbeddingBody, bodyLimitBytes: 10 * 1024 * 1024 }, 'an embedding model for images'),
]
