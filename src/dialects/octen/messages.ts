import { z } from 'zod'
import type { ChatMessage } from '../../contract/answer.ts'
import { list, object, oneOf, say, text } from './fields.ts'

const missingMessages = 'Missing parameter messages'
const charsMax = 1_000_000

const image = z.string({ error: say }).max(10_000_000, { error: say }).regex(/^data:image\/[a-z0-9.+-]+;base64,/i, { error: 'images must be data URLs: this server fetches none for a model' })

const part = z.discriminatedUnion('type', [
  object({ type: z.literal('text'), text: z.string({ error: say }).max(charsMax, { error: say }) }),
  object({ type: z.literal('image_url'), image_url: object({ url: image, detail: text(20).nullish() }) }),
], { error: (issue) => (issue.code === 'invalid_union' ? 'content parts must be of type text or image_url' : say(issue)) })

const call = object({ id: text(200), type: z.literal('function'), function: object({ name: text(200), arguments: z.string({ error: say }).max(charsMax, { error: say }) }) })

const message = object({
  role: oneOf(['system', 'developer', 'user', 'assistant', 'tool']),
  content: z.union([z.string().max(charsMax, { error: say }), z.array(part).max(1000)]).nullish(),
  name: text(200).nullish(),
  tool_calls: list(call, 128).nullish(),
  tool_call_id: text(200).nullish(),
})

/** A conversation in the form of OpenAI. */
export const messages = z.array(message, { error: (issue) => (issue.input === undefined || issue.input === null ? missingMessages : say(issue)) })
  .min(1, { error: missingMessages }).max(1000, { error: say })

/** What is passed on: nothing but what is known, so that no vendor's marks confuse another's model. */
export const toMessages = (given: z.output<typeof messages>): ChatMessage[] => given.map(({ role, content, name, tool_calls, tool_call_id }) => ({
  role,
  content: typeof content === 'string' || !content ? (content ?? null) : content.map((item) =>
    item.type === 'text' ? { type: 'text', text: item.text } : { type: 'image_url', image_url: { url: item.image_url.url, ...(item.image_url.detail ? { detail: item.image_url.detail } : {}) } }),
  ...(name ? { name } : {}),
  ...(tool_calls ? { tool_calls: tool_calls.map((one) => ({ id: one.id, type: 'function' as const, function: { name: one.function.name, arguments: one.function.arguments } })) } : {}),
  ...(tool_call_id ? { tool_call_id } : {}),
}))
