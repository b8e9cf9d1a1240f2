import type { CitedSource, ReplyPart, ToolCall, WrittenReply } from '../../contract/answer.ts'
import type { ReplyInfo } from '../dialect.ts'
import { eventStream, streamDone } from '../event-stream.ts'
import { renderFailure } from './failure.ts'

export const tokenUsage = ({ inputTokens, outputTokens }: { inputTokens: number; outputTokens: number }) =>
  ({ prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens })

/** What every form of one completion begins with. */
const head = (info: ReplyInfo, object: string, model: string | undefined) =>
  ({ id: `chatcmpl-${info.id}`, object, created: Math.floor(info.now.getTime() / 1000), model: model ?? 'none' })

/** Where a text cites its sources by number, each mark once. */
export const annotationsOf = (text: string, sources: readonly CitedSource[]): object[] =>
  [...text.matchAll(/\[(\d{1,3})\]/g)].flatMap((mark) => {
    const source = sources[Number(mark[1]) - 1]
    return source ? [{ type: 'url_citation', url_citation: { url: source.url, title: source.title, start_index: mark.index, end_index: mark.index + mark[0].length } }] : []
  })

export const completionOf = (info: ReplyInfo, model: string | undefined, reply: WrittenReply, sources: readonly CitedSource[]): object => {
  const annotations = annotationsOf(reply.text, sources)
  return {
    ...head(info, 'chat.completion', model),
    choices: [{
      index: 0,
      message: {
        role: 'assistant',
        content: reply.text === '' && reply.calls.length > 0 ? null : reply.text,
        ...(reply.reasoning === undefined ? {} : { reasoning: reply.reasoning }),
        ...(reply.calls.length > 0 ? { tool_calls: reply.calls } : {}),
        ...(annotations.length > 0 ? { annotations } : {}),
      },
      finish_reason: reply.reason,
    }],
    usage: tokenUsage(reply),
  }
}

/** What goes out before the reply itself. */
export type Lead = { type: 'queries'; queries: string[] } | { type: 'search_done'; search_results: unknown[] }
type Part = Lead | Exclude<ReplyPart, { type: 'search' }>

/** A completion as server-sent events of the vendor's kinds; a failure on the way is an event too, since the status is gone. */
export const completionStream = (info: ReplyInfo, model: string | undefined, parts: AsyncGenerator<Part>): ReadableStream<Uint8Array> => {
  const chunk = (type: string, more: object): { id: string; type: string; data: unknown } => ({ id: '', type: '', data: { ...head(info, 'chat.completion.chunk', model), type, ...more } })
  const delta = (content: object, reason: string | null = null) => ({ choices: [{ index: 0, delta: content, finish_reason: reason }] })
  const done = { id: '', type: '', data: streamDone }
  return eventStream(parts, (part) => {
    switch (part.type) {
      case 'queries':
        return chunk('queries', { choices: [], queries: part.queries })
      case 'search_done':
        return chunk('search_done', { choices: [], search_results: part.search_results })
      case 'text':
        return chunk('content', delta({ role: 'assistant', content: part.text }))
      case 'reasoning':
        return chunk('content', delta({ role: 'assistant', reasoning: part.text }))
      case 'calls':
        return chunk('content', delta({ role: 'assistant', tool_calls: part.calls.map((call: ToolCall, index: number) => ({ index, ...call })) }))
      case 'failure': {
        const { status, body } = renderFailure(part.failure, info)
        const { msg } = body as { msg: string }
        return [chunk('error', { choices: [], code: status, msg, request_id: info.requestId, error: { message: msg, code: status } }), done]
      }
      default:
        return [chunk('finish', delta({}, part.reason)), ...(part.inputTokens + part.outputTokens > 0 ? [chunk('usage', { choices: [], usage: tokenUsage(part) })] : []), done]
    }
  })
}

export const streamReply = (body: ReadableStream<Uint8Array>) => ({ status: 200, contentType: 'text/event-stream; charset=utf-8', headers: { 'cache-control': 'no-store' }, body })
