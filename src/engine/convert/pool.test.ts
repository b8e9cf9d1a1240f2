import { afterAll, describe, expect, it } from 'vitest'
import { createConverter } from './index.ts'
import { failureOf, inputOf } from './testing.ts'

const open: { close(): Promise<void> }[] = []
const create = (options: { workers: number; timeoutMs: number }) => {
  const converter = createConverter(options)
  open.push(converter)
  return converter
}
const never = new AbortController().signal

/** Work without end, and not through size: every sibling combinator tries all siblings that the one before it left. */
const endless = inputOf(`${'<i></i>'.repeat(3000)}<b></b>`, { excludeSelectors: [`a ~ ${'i ~ '.repeat(6)}b`] })

describe('createConverter', () => {
  afterAll(async () => {
    await Promise.all(open.map((converter) => converter.close()))
  })

  it('converts on a thread and leaves the caller its body', async () => {
    const converter = create({ workers: 1, timeoutMs: 20_000 })
    const input = inputOf('<title>T</title><h1>T</h1><p>Hello', { formats: ['markdown', 'text', 'html', 'links', 'images', 'raw_html'] })
    const converted = await converter.convert(input, never)
    expect(converted).toMatchObject({
      contentType: 'text/html',
      formats: { markdown: '# T\n\nHello', text: 'T\n\nHello', html: '<h1>T</h1><p>Hello</p>', links: [], images: [], raw_html: '<title>T</title><h1>T</h1><p>Hello' },
      metadata: { title: 'T', word_count: 2 },
      verdict: { kind: 'ok' },
      warnings: [],
    })
    expect(input.body.byteLength).toBeGreaterThan(0)
    // Of a Buffer, slice() is no copy.
    const buffer = Buffer.from('<p>Hello')
    await converter.convert(inputOf(buffer), never)
    expect(buffer.toString()).toBe('<p>Hello')
    expect(converter.stats).toEqual({ queued: 0, running: 0 })
  })

  it('carries failures across with code and facts', async () => {
    const converter = create({ workers: 1, timeoutMs: 20_000 })
    const bad = await failureOf(converter.convert(inputOf('<p>', { includeSelectors: ['p', 'p['] }), never))
    expect(bad.code).toBe('caller.invalid_request')
    expect(bad.facts).toMatchObject({ issues: [{ path: ['include_selectors', 1], code: 'invalid_selector' }] })
    expect(await failureOf(converter.convert(inputOf('ID3', { contentType: 'audio/mpeg' }), never))).toMatchObject({ code: 'content.unsupported_type', facts: { contentType: 'audio/mpeg' } })
  })

  it('ends a conversion that exceeds its budget, alone, while its neighbours finish', async () => {
    const converter = create({ workers: 2, timeoutMs: 3000 })
    const slow = failureOf(converter.convert(endless, never))
    const neighbours = await Promise.all(Array.from({ length: 20 }, (_, i) => converter.convert(inputOf(`<p>${i}`), never)))
    expect(neighbours.map((converted) => converted.formats.markdown)).toEqual(Array.from({ length: 20 }, (_, i) => String(i)))
    expect(await slow).toMatchObject({ code: 'content.parse_failed' })
    expect((await converter.convert(inputOf('<p>after'), never)).formats.markdown).toBe('after')
  })

  it('works again on both threads after both were killed', async () => {
    const converter = create({ workers: 2, timeoutMs: 500 })
    const failures = await Promise.all([failureOf(converter.convert(endless, never)), failureOf(converter.convert(endless, never))])
    expect(failures.map((failure) => failure.code)).toEqual(['content.parse_failed', 'content.parse_failed'])
    const patient = create({ workers: 2, timeoutMs: 20_000 })
    expect((await patient.convert(inputOf('<p>a'), never)).formats.markdown).toBe('a')
    expect(converter.stats).toEqual({ queued: 0, running: 0 })
  })

  it('rejects at once when the caller hangs up, running or waiting', async () => {
    const converter = create({ workers: 1, timeoutMs: 20_000 })
    const hangUp = new AbortController()
    const running = converter.convert(endless, hangUp.signal)
    const waiting = converter.convert(inputOf('<p>a'), hangUp.signal)
    const patient = converter.convert(inputOf('<p>b'), never)
    const reason = new Error('gone')
    // Both must be on their way before the caller goes.
    await Promise.resolve()
    hangUp.abort(reason)
    const settled = await Promise.allSettled([running, waiting])
    expect(settled).toEqual([{ status: 'rejected', reason }, { status: 'rejected', reason }])
    expect((await patient).formats.markdown).toBe('b')
    await expect(converter.convert(inputOf('<p>'), hangUp.signal)).rejects.toBe(reason)
  })

  it('counts what runs and what waits', async () => {
    const converter = create({ workers: 1, timeoutMs: 20_000 })
    const all = [1, 2, 3].map((i) => converter.convert(inputOf(`<p>${i}`), never))
    await Promise.resolve()
    expect(converter.stats).toEqual({ queued: 2, running: 1 })
    await Promise.all(all)
    expect(converter.stats).toEqual({ queued: 0, running: 0 })
  })

  it('refuses work when closed', async () => {
    const converter = createConverter({ workers: 1, timeoutMs: 20_000 })
    const hangUp = new AbortController()
    const running = failureOf(converter.convert(endless, hangUp.signal))
    const waiting = failureOf(converter.convert(inputOf('<p>'), never))
    await converter.close()
    expect((await waiting).code).toBe('platform.shutting_down')
    expect((await running).code).toBe('platform.shutting_down')
    expect((await failureOf(converter.convert(inputOf('<p>'), never))).code).toBe('platform.shutting_down')
  })

  it('survives a page that needs more memory than a thread may have', async () => {
    const converter = create({ workers: 1, timeoutMs: 20_000 })
    const page = `<table>${'<tr><td>aaa<td>bbb<td>ccc<td>ddd</tr>'.repeat(200_000)}</table>`
    const converted = await converter.convert(inputOf(page), never)
    expect(converted.formats.markdown).toContain('| aaa | bbb | ccc | ddd |')
  })
})
