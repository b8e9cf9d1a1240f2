import type { z } from 'zod'
import { choice, closed, map, oneOf, text } from './fields.ts'

const engine = oneOf(['llm', 'heuristic']).optional()

const attribute = text(200)
const selector = text(1000)
const field = choice('type', ['text', 'html', 'attr'], [
  closed({ selector, type: oneOf(['text']), attribute: attribute.optional() }),
  closed({ selector, type: oneOf(['html']), attribute: attribute.optional() }),
  closed({ selector, type: oneOf(['attr']), attribute }),
])

/** What to take out of a page, the same on every route that fetches pages. */
export const extract = choice('mode', ['page', 'selectors', 'schema', 'instruction'], [
  closed({ mode: oneOf(['page']) }),
  closed({ mode: oneOf(['selectors']), fields: map(field) }),
  closed({ mode: oneOf(['schema']), schema: map(text(10_000)), engine }),
  closed({ mode: oneOf(['instruction']), instruction: text(10_000), engine }),
])

export type Extract = z.output<typeof extract>

interface Wanted {
  output?: readonly string[] | undefined
  extract?: unknown
}

export const extractNeedsJson = {
  holds: ({ output, extract: wanted }: Wanted): boolean => wanted === undefined || (output ?? []).includes('json'),
  issue: { path: ['output'], error: 'must include json where extract is set' },
}
