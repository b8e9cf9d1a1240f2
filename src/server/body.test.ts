import { describe, expect, it } from 'vitest'
import { readJson } from './body.ts'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A request whose body is what `pull` makes of it; `stopped` tells whether the rest is still wanted. */
const requestOf = (source: Partial<Record<'start' | 'pull', (controller: ReadableStreamDefaultController<Uint8Array>) => void>>) => {
  const state = { stopped: false }
  const body = new ReadableStream<Uint8Array>({ ...source, cancel: () => void (state.stopped = true) })
  return { state, request: new Request('http://x/', { method: 'POST', headers: { 'content-type': 'application/json' }, body, duplex: 'half' } as RequestInit) }
}

describe('readJson', () => {
  it('does not wait for ever for a body that never ends', async () => {
    const { request, state } = requestOf({ start: (controller) => controller.enqueue(encode('{')) })
    await expect(readJson(request, 100, false, 20)).rejects.toMatchObject({ code: 'caller.invalid_request', facts: { issues: [{ code: 'incomplete_body' }] } })
    expect(state.stopped).toBe(true)
  })

  it('is the caller\'s matter where the body breaks off', async () => {
    const { request } = requestOf({
      pull: (controller) => controller.error(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })),
    })
    await expect(readJson(request, 100, false)).rejects.toMatchObject({ code: 'caller.invalid_request', facts: { issues: [{ code: 'incomplete_body' }] } })
  })

  it('stops reading where a body without a declared length grows over the limit', async () => {
    const { request, state } = requestOf({ pull: (controller) => controller.enqueue(encode('x'.repeat(60))) })
    await expect(readJson(request, 100, false)).rejects.toMatchObject({ code: 'caller.payload_too_large' })
    expect(state.stopped).toBe(true)
  })

  it('reads what comes in parts', async () => {
    const parts = ['{"a"', ':1', '}']
    const { request } = requestOf({
      pull: (controller) => {
        const part = parts.shift()
        if (part === undefined) controller.close()
        else controller.enqueue(encode(part))
      },
    })
    expect(await readJson(request, 100, false)).toEqual({ a: 1 })
  })
})
