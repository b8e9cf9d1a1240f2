import { afterAll, beforeAll, expect, it } from 'vitest'
import { isFailure } from '../../failure/failure.ts'
import { createConverter } from './pool.ts'
import type { Converter, ConvertInput } from './types.ts'

let converter: Converter
beforeAll(() => {
  converter = createConverter({ workers: 1, timeoutMs: 10_000, queuedBytesMax: 1000 })
})
afterAll(() => converter.close())

const page = (bytes: number): ConvertInput => ({
  body: new TextEncoder().encode(`<!doctype html><title>t</title><p>${'word '.repeat(bytes / 5)}</p>`),
  contentType: 'text/html', url: 'https://shop.example/', status: 200, headers: [],
  formats: [{ kind: 'markdown' }], mode: 'normal', includeSelectors: [], excludeSelectors: [],
})

const codeOf = async (bytes: number): Promise<string> =>
  converter.convert(page(bytes), new AbortController().signal).then(() => 'ok', (error: unknown) => (isFailure(error) ? error.code : String(error)))

it('refuses pages once those that wait hold too much, and takes them again when they are done', async () => {
  const codes = await Promise.all([codeOf(500), codeOf(5000), codeOf(500), codeOf(500)])
  // The first has the thread, the second is alone in the queue.
  expect(codes).toEqual(['ok', 'ok', 'platform.overloaded', 'platform.overloaded'])
  expect(await Promise.all([codeOf(500), codeOf(300), codeOf(300)])).toEqual(['ok', 'ok', 'ok'])
})
