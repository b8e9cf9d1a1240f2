import type { Egress } from '../../egress/index.ts'

const answerBytes = 8_388_608
const bodiless = new Set([101, 204, 205, 304])
/** They speak of the body as it came over the wire, and egress has unpacked it. */
const ofTransfer = new Set(['content-encoding', 'content-length', 'transfer-encoding'])

type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** The shape of the global function over egress: the address is the operator's, nothing is followed, the answer is bounded. */
export const egressFetch = (egress: () => Promise<Egress>): Fetch => async (input, init = {}) => {
  const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url
  const way = await egress()
  const answer = await way.request({
    url,
    method: init.method ?? 'GET',
    headers: Object.fromEntries(new Headers(init.headers)),
    ...(typeof init.body === 'string' ? { body: init.body } : {}),
    signal: init.signal ?? AbortSignal.timeout(60_000),
    trust: 'operator',
    maxBytes: answerBytes,
    maxRedirects: 0,
  })
  const headers = new Headers([...answer.headers].filter(([name]) => !ofTransfer.has(name.toLowerCase()) && name.toLowerCase() !== 'set-cookie'))
  const body = headers.get('content-type')?.startsWith('text/event-stream') ? joined(new TextDecoder().decode(answer.body)) : answer.body
  if (typeof body === 'string') headers.set('content-type', 'application/json')
  return new Response(bodiless.has(answer.status) ? null : body, { status: answer.status, headers })
}

interface Chunk {
  choices?: { delta?: { content?: string | null }; message?: { content?: string | null }; finish_reason?: string | null }[]
  usage?: unknown
  [member: string]: unknown
}

/** Some endpoints stream whether they are asked to or not: the parts become the one answer that was asked for. */
const joined = (stream: string): string => {
  let content = ''
  let reason: string | null = null
  let head: Chunk = {}
  for (const line of stream.split(/\r?\n/)) {
    const data = /^data:\s*(.*)$/.exec(line)?.[1]
    if (data === undefined || data === '[DONE]' || data === '') continue
    let chunk: Chunk
    try {
      chunk = JSON.parse(data) as Chunk
    } catch {
      // A part that was cut off: what came before it stands.
      continue
    }
    const choice = chunk.choices?.[0]
    content += choice?.delta?.content ?? choice?.message?.content ?? ''
    reason = choice?.finish_reason ?? reason
    head = { ...head, ...chunk, ...(chunk.usage ? { usage: chunk.usage } : head.usage ? { usage: head.usage } : {}) }
  }
  return JSON.stringify({ ...head, object: 'chat.completion', choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: reason ?? 'stop' }] })
}
