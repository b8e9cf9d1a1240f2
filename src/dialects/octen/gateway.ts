import { z } from 'zod'
import { body, decimal, flag, integer, object, say, text } from './fields.ts'
import { unconfigured } from './unavailable.ts'

const missingMessages = 'Missing parameter messages'

const messagesBody = body(object({
  model: text(200),
  messages: z.array(object({ role: text(64) }), { error: (issue) => (issue.input === undefined || issue.input === null ? missingMessages : say(issue)) }).min(1, { error: missingMessages }),
  stream: flag.nullish(),
  temperature: decimal(0, 2).nullish(),
  tools: z.array(object({ type: text(64).nullish() }), { error: say }).nullish(),
  max_tokens: integer(1, 10_000_000).nullish(),
}))

const prompt = body(object({ model: text(200).nullish(), prompt: text(100_000) }))
const anything = body(object({}))

/** Routes of the vendor's model gateway that no OpenAI-compatible endpoint can answer for it. */
export const gatewayRoutes = [
  unconfigured({ path: '/v1/messages', summary: 'Messages in the form of Anthropic', body: messagesBody }, 'a model in the form of Anthropic'),
  unconfigured({ path: '/v1/images/generations', summary: 'Image generation', body: prompt }, 'an image model'),
  unconfigured({ path: '/v1/videos', summary: 'Video generation', body: prompt }, 'a video model'),
  unconfigured({ method: 'GET', path: '/v1/videos/:id', summary: 'State of a video generation' }, 'a video model'),
  unconfigured({ path: '/v1/research', summary: 'Deep research', body: anything }, 'a research agent'),
  unconfigured({ path: '/v1/grounded-generation', summary: 'Media generation grounded in search', body: anything }, 'a media model'),
  unconfigured({ method: 'GET', path: '/v1/grounded-generation/:generation_id', summary: 'State of a grounded generation' }, 'a media model'),
]
