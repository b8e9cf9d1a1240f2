import type { Page } from 'playwright-core'
import type { PageView } from '../contract/agent.ts'
import type { Hands } from '../contract/render.ts'
import { fail } from '../failure/failure.ts'
import { runActions, type Around } from './actions.ts'
import { call } from './scripts.ts'

const partsMax = 300
const textMax = 20_000
const readMs = 2_000
const looksMax = 10

interface Seen extends Omit<PageView, 'parts'> {
  parts: { selector: string; kind: string; name: string; value?: string }[]
}

/** Looks again where the page went elsewhere meanwhile. */
const looked = async (page: Page): Promise<Seen> => {
  for (let i = 0; ; i++) {
    try {
      return await page.evaluate(call('observe', { partsMax, textMax })) as Seen
    } catch (error) {
      if (page.isClosed() || i >= looksMax) throw fail('content.render_failed', {}, { cause: error })
      await page.waitForLoadState('domcontentloaded', { timeout: 0 })
    }
  }
}

/** What a model may do with a page, and see of it. References hold until the next look. */
export const handsOf = (page: Page, around: Around): Hands => {
  let selectors = new Map<string, string>()
  const unknown = (ref: string) => fail('content.action_failed', { index: 0, action: 'act', reason: `${ref} is nothing that the last look showed` })
  const selectorOf = (ref: string): string => {
    const found = selectors.get(ref)
    if (found === undefined) throw unknown(ref)
    return found
  }
  return {
    selectorOf,
    act: async (action) => void (await runActions(around, [action])),
    observe: async () => {
      const { parts, ...seen } = await looked(page)
      selectors = new Map(parts.map(({ selector }, i) => [`e${i + 1}`, selector]))
      return { ...seen, parts: parts.map(({ selector: _selector, ...part }, i) => ({ ref: `e${i + 1}`, ...part })) }
    },
    textOf: async (ref) => {
      try {
        return await page.locator(selectorOf(ref)).first().innerText({ timeout: readMs })
      } catch (error) {
        throw fail('content.action_failed', { index: 0, action: 'read_text', reason: 'the element is gone' }, { cause: error })
      }
    },
  }
}
