import { z } from 'zod'
import { body, decimal, flag, integer, object, oneOf, say, text } from './fields.ts'
import { unconfigured } from './unavailable.ts'

const missingMessages = 'Missing parameter messages'

const messages = z.array(object({ role: text(64) }), { error: (issue) => (issue.input === undefined || issue.input === null ? missingMessages : say(issue)) })
  .min(1, { error: missingMessages })

const chat = {
  model: text(200),
  messages,
  stream: flag.nullish(),
  temperature: decimal(0, 2).nullish(),
  tools: z.array(object({ type: text(64).nullish() }), { error: say }).nullish(),
}

const prompt = object({ model: text(200).nullish(), prompt: text(100_000) })
const anything = object({})
const language = 'a model'

export const gatewayRoutes = [
  unconfigured({
    path: '/answer', summary: 'Messages to sub-queries, searches and a written answer',
    body: body(object({ messages, mode: oneOf(['queries_only', 'queries_and_search', 'full']).nullish(), model: text(200).nullish(), max_queries: integer(1, 30).nullish(), web_search_options: object({}).nullish(), stream: flag.nullish() })),
  }, language),
  unconfigured({ path: '/v1/chat/completions', summary: 'Chat completions in the form of OpenAI', body: body(object(chat)) }, language),
  unconfigured({ path: '/v1/messages', summary: 'Messages in the form of Anthropic', body: body(object({ ...chat, max_tokens: integer(1, 10_000_000).nullish() })) }, language),
  unconfigured({ path: '/v1/images/generations', summary: 'Image generation', body: body(prompt) }, 'an image model'),
  unconfigured({ path: '/v1/videos', summary: 'Video generation', body: body(prompt) }, 'a video model'),
  unconfigured({ method: 'GET', path: '/v1/videos/:id', summary: 'State of a video generation' }, 'a video model'),
  unconfigured({ path: '/v1/research', summary: 'Deep research', body: body(anything) }, language),
  unconfigured({ path: '/v1/grounded-generation', summary: 'Media generation grounded in search', body: body(anything) }, language),
  unconfigured({ method: 'GET', path: '/v1/grounded-generation/:generation_id', summary: 'State of a grounded generation' }, language),
]
