import type { FormatKind } from '../../contract/intent.ts'
import type { ConvertInput } from './types.ts'

/** An input for tests: an HTML page at https://site.test/dir/page unless told otherwise. */
export const inputOf = (body: string | Uint8Array, over: Partial<Omit<ConvertInput, 'formats'>> & { formats?: FormatKind[] } = {}): ConvertInput => ({
  body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
  contentType: 'text/html; charset=utf-8',
  url: 'https://site.test/dir/page',
  status: 200,
  headers: [],
  mode: 'normal',
  includeSelectors: [],
  excludeSelectors: [],
  ...over,
  formats: (over.formats ?? ['markdown']).map((kind) => ({ kind })),
})

/** The failure that a promise is rejected with. */
export const failureOf = async (promise: Promise<unknown>): Promise<{ code: string; facts: Record<string, unknown> }> => {
  try {
    await promise
  } catch (err) {
    const { code, facts } = err as { code: string; facts: Record<string, unknown> }
    return { code, facts }
  }
  throw new Error('expected a rejection')
}
