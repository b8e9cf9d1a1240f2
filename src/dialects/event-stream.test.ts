import { afterEach, describe, expect, it, vi } from 'vitest'
import { eventStream } from './event-stream.ts'

afterEach(() => void vi.useRealTimers())

const textOf = async (stream: ReadableStream<Uint8Array>): Promise<string> => new Response(stream).text()

async function* made(...items: string[]): AsyncGenerator<string> {
  yield* items
}

describe('server-sent events', () => {
  it('are frames of what is yielded, and of the end', async () => {
    const text = await textOf(eventStream(made('a', 'b', 'c'), (item) => (item === 'b' ? undefined : { id: item === 'a' ? '1' : '', type: item, data: { item } }), () => [{ id: '', type: 'end', data: null }]))
    expect(text).toBe(': open\n\nid: 1\nevent: a\ndata: {"item":"a"}\n\nevent: c\ndata: {"item":"c"}\n\nevent: end\ndata: null\n\n')
  })

  it('are one line each, also for clients to whom more than a newline ends one', async () => {
    const text = await textOf(eventStream(made('a'), () => ({ id: '', type: 'x', data: 'one\ntwo\u2028three\u2029four\u0085five' })))
    expect(text.split(/\r\n|[\n\r\v\f\u001c-\u001e\u0085\u2028\u2029]/)).toHaveLength(6)
    expect(JSON.parse(text.slice(text.indexOf('data: ') + 6).trim())).toBe('one\ntwo\u2028three\u2029four\u0085five')
  })

  it('ping while nothing happens, and end what they come from when the client goes', async () => {
    vi.useFakeTimers()
    let ended = false
    const events = (async function* (): AsyncGenerator<string> {
      try {
        await new Promise((resolve) => setTimeout(resolve, 40_000))
        yield 'late'
      } finally {
        ended = true
      }
    })()
    const reader = eventStream(events, (item) => ({ id: '', type: item, data: 1 })).getReader()
    const next = async (): Promise<string> => new TextDecoder().decode((await reader.read()).value)
    expect(await next()).toBe(': open\n\n')
    const ping = next()
    await vi.advanceTimersByTimeAsync(30_000)
    expect(await ping).toBe(': ping\n\n')
    await vi.advanceTimersByTimeAsync(10_000)
    await reader.cancel()
    await vi.advanceTimersByTimeAsync(1)
    expect(ended).toBe(true)
  })
})
