import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ModelRequest {
  authorization: string | undefined
  path: string
  body: { model: string; messages: { role: string; content: string }[]; response_format?: { type: string; json_schema?: { schema: unknown } }; tools?: { type: string; function: { name: string } }[]; tool_choice?: unknown; stream?: boolean; input?: string[]; [option: string]: unknown }
  /** The client went away before the answer was complete. */
  left: Promise<void>
}

/** What the endpoint does with one call: says a text, or misbehaves. */
export type ModelTurn =
  | { say: string; inputTokens?: number; outputTokens?: number }
  /** Calls of functions, with a text before them; streamed in pieces where that is asked for. */
  | { calls: { name: string; arguments: string }[]; say?: string }
  /** One vector for each text of the request, in turned order. */
  | { vectors: number[][] }
  /** The answer as server-sent events, whether or not somebody asked for them; `open` leaves it without an end, `broken` ends it without saying so. */
  | { stream: string[]; open?: boolean; broken?: boolean; reasoning?: string }
  /** The text in small pieces of the body. */
  | { drip: string }
  | { status: number; headers?: Record<string, string>; body?: string }
  /** Headers, then silence. */
  | { stall: true }
  /** The connection is cut. */
  | { cut: true }
  | { raw: string }

export interface ModelServer {
  /** For LYREBIRD_MODEL_BASE_URL. */
  baseUrl: string
  /** Everything that it was sent, in order. */
  requests: ModelRequest[]
  /** Most calls that were open at once. */
  readonly peak: number
  /** The next turns, in order; after them `fallback`. */
  script(...turns: ModelTurn[]): void
  fallback: (request: ModelRequest) => ModelTurn | Promise<ModelTurn>
  /** Forgets the turns that were not taken. */
  reset(): void
  /** Resolves when so many calls are open. */
  open(count: number): Promise<void>
  close(): Promise<void>
}

/** A small OpenAI-compatible server on loopback that does as it is told and keeps what it was sent. */
export const startModelServer = async (): Promise<ModelServer> => {
  const turns: ModelTurn[] = []
  const requests: ModelRequest[] = []
  const watchers: { count: number; resolve: () => void }[] = []
  let open = 0
  let peak = 0
  const server = createServer((request, response) => void serve(request, response))
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    open++
    peak = Math.max(peak, open)
    const { promise: left, resolve: leave } = Promise.withResolvers<void>()
    response.once('close', () => {
      open--
      if (!response.writableEnded) leave()
    })
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const seen: ModelRequest = { authorization: request.headers.authorization, path: request.url ?? '', body: JSON.parse(Buffer.concat(chunks).toString('utf8')) as ModelRequest['body'], left }
    requests.push(seen)
    for (const watcher of watchers) if (open >= watcher.count) watcher.resolve()
    act(response, turns.shift() ?? (await made.fallback(seen)), seen.body.stream === true)
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const made: ModelServer = {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    get peak() {
      return peak
    },
    script: (...next) => void turns.push(...next),
    reset: () => void turns.splice(0),
    fallback: () => ({ say: '{"data": {}, "quotes": []}' }),
    open: (count) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      if (open >= count) resolve()
      else watchers.push({ count, resolve })
      return promise
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return made
}

const completion = (content: string, usage = { prompt_tokens: 100, completion_tokens: 10 }) => ({ id: 'c1', object: 'chat.completion', created: 0, model: 'test-model', choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }], usage: { ...usage, total_tokens: usage.prompt_tokens + usage.completion_tokens } })

const act = (response: ServerResponse, turn: ModelTurn, streams: boolean): void => {
  if ('cut' in turn) {
    response.socket?.destroy()
    return
  }
  if ('status' in turn) {
    response.writeHead(turn.status, { 'content-type': 'application/json', ...turn.headers }).end(turn.body ?? JSON.stringify({ error: { message: `status ${turn.status}` } }))
    return
  }
  if ('vectors' in turn) {
    const data = turn.vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })).toReversed()
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ object: 'list', data, model: 'test-embedding', usage: { prompt_tokens: 7 * data.length, total_tokens: 7 * data.length } }))
    return
  }
  if ('stream' in turn || (streams && ('say' in turn || 'calls' in turn))) {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const chunk = (delta: object, reason: string | null = null) => response.write(`data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 0, model: 'test-model', choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`)
    if ('stream' in turn && turn.reasoning !== undefined) chunk({ reasoning_content: turn.reasoning })
    for (const content of 'stream' in turn ? turn.stream : (turn.say ?? '').match(/[\s\S]{1,5}/g) ?? []) chunk({ content })
    if ('stream' in turn && turn.open) return
    if ('stream' in turn && turn.broken) return void response.end()
    const calls = 'calls' in turn ? turn.calls : []
    for (const [index, call] of calls.entries()) {
      chunk({ tool_calls: [{ index, id: `call_${index}`, type: 'function', function: { name: call.name, arguments: '' } }] })
      for (const piece of call.arguments.match(/[\s\S]{1,6}/g) ?? []) chunk({ tool_calls: [{ index, function: { arguments: piece } }] })
    }
    if (streams) {
      chunk({}, calls.length > 0 ? 'tool_calls' : 'stop')
      response.write(`data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', choices: [], usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 } })}\n\n`)
    }
    response.end('data: [DONE]\n\n')
    return
  }
  response.writeHead(200, { 'content-type': 'application/json' })
  if ('stall' in turn) response.write('{')
  else if ('raw' in turn) response.end(turn.raw)
  else if ('drip' in turn) {
    for (const piece of JSON.stringify(completion(turn.drip)).match(/[\s\S]{1,7}/g) ?? []) response.write(piece)
    response.end()
  } else if ('calls' in turn) {
    const whole = completion(turn.say ?? '')
    const [choice] = whole.choices
    response.end(JSON.stringify({ ...whole, choices: [{ ...choice, finish_reason: 'tool_calls', message: { role: 'assistant', content: turn.say ?? null, tool_calls: turn.calls.map((call, i) => ({ id: `call_${i}`, type: 'function', function: call })) } }] }))
  } else response.end(JSON.stringify(completion(turn.say, { prompt_tokens: turn.inputTokens ?? 100, completion_tokens: turn.outputTokens ?? 10 })))
}
