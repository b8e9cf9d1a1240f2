import type { z } from 'zod'
import type { ActionResult } from '../../contract/document.ts'
import type { Action } from '../../contract/intent.ts'
import type { Step } from './envelope.ts'
import type { action } from './surfaces.ts'

type Wished = z.output<typeof action>

const screenPx = 800

/** What one action of the vendor's is here; never nothing. */
const actionsOf = (wished: Wished): Action[] => {
  switch (wished.type) {
    case 'goto': return [{ type: 'navigate', ...(wished.url === undefined ? {} : { url: wished.url }) }]
    case 'click': return [{ type: 'click', selector: wished.selector }, ...(wished.settle_ms === undefined ? [] : [{ type: 'wait', ms: wished.settle_ms } as const])]
    case 'type': return [{ type: 'type', selector: wished.selector, text: wished.value }]
    case 'select': return [{ type: 'select', selector: wished.selector, values: [wished.value] }]
    case 'press': return [{ type: 'press', key: wished.key, ...(wished.selector === undefined ? {} : { selector: wished.selector }) }]
    case 'scroll': return scrollsOf(wished)
    case 'wait_for': return [{ type: 'wait_for', selector: wished.selector, timeoutMs: wished.timeout_ms ?? 30_000, ...(wished.optional === undefined ? {} : { optional: wished.optional }) }]
    case 'wait_ms': return [{ type: 'wait', ms: wished.duration_ms }]
  }
}

const scrollsOf = ({ selector, direction, amount, until_stable: untilStable }: Extract<Wished, { type: 'scroll' }>): Action[] => {
  const toElement: Action[] = selector === undefined ? [] : [{ type: 'scroll', selector }]
  if (untilStable) return [...toElement, { type: 'scroll', to: 'end' }]
  if (selector !== undefined && direction === undefined && amount === undefined) return toElement
  return [...toElement, { type: 'scroll', y: (direction === 'up' ? -1 : 1) * (amount ?? screenPx) }]
}

/** All of them, and for each of ours the place of the one that it came from. */
export const stepsOf = (wished: readonly Wished[]): { actions: Action[]; origins: number[] } => {
  const all = wished.map(actionsOf)
  return { actions: all.flat(), origins: all.flatMap((some, i) => some.map(() => i)) }
}

/** What was done, step by step as it was asked for. */
export const stepsDone = (wished: readonly Wished[], results: readonly ActionResult[], otherwiseAt: string): Step[] => {
  const { origins } = stepsOf(wished)
  return wished.map(({ type }, i) => {
    const own = results.filter(({ index }) => origins[index] === i)
    const started = own[0]?.at ?? otherwiseAt
    const last = own.at(-1)
    return { step_id: `step_${i + 1}`, type, status: 'completed', started_at: started, completed_at: last?.at === undefined ? started : new Date(Date.parse(last.at) + last.ms).toISOString() }
  })
}
