import type { Locator, Page } from 'playwright-core'
import type { Action } from '../contract/intent.ts'
import type { RawActionResult, RawBlob } from '../contract/render.ts'
import { fail, isFailure } from '../failure/failure.ts'
import { sleep } from './race.ts'
import { takeScreenshot } from './shots.ts'

const elementMs = 5000
/** For observers of the page to see where it is now. */
const scrollMs = 150
const valueCharsMax = 200_000
const elementsMax = 1000

/** What actions need of the visit that they are part of. */
export interface Around {
  page: Page
  remainingMs(): number
  /** Waits until the page is still again. */
  settle(): Promise<void>
  /** Throws where the guard would not let the page go there. */
  judge(url: string): Promise<void>
  waitFor(wait: { selector?: string; text?: string; url?: string }, timeoutMs: number): Promise<void>
  go(url: string): Promise<void>
  warn(text: string): void
}

/** Takes the steps in order. The first that fails ends them, with what those before it came to. */
export const runActions = async (around: Around, actions: readonly Action[]): Promise<RawActionResult[]> => {
  const results: RawActionResult[] = []
  for (const [index, action] of actions.entries()) {
    const startedMs = performance.now()
    const at = new Date().toISOString()
    try {
      const made = await run(around, action)
      results.push({ index, type: action.type, at, ms: Math.round(performance.now() - startedMs), ...made })
    } catch (error) {
      if (isFailure(error) && !error.code.startsWith('target.') && !error.code.startsWith('policy.')) throw error
      if (around.remainingMs() <= 0) throw error
      const reason = isFailure(error) ? error.message : await reasonOf(around.page, action, error)
      throw fail('content.action_failed', { index, action: action.type, reason, results: results.map(({ screenshot: _screenshot, ...rest }) => rest) }, { cause: error })
    }
  }
  return results
}

type Made = { value?: unknown; screenshot?: RawBlob }

const run = async (around: Around, action: Action): Promise<Made> => {
  const { page } = around
  const timeout = Math.max(1, Math.min('timeoutMs' in action && action.timeoutMs !== undefined ? action.timeoutMs : elementMs, around.remainingMs()))
  const at = (selector: string): Locator => page.locator(selector).first()
  switch (action.type) {
    case 'click':
      await at(action.selector).click({ timeout, button: action.button ?? 'left', clickCount: action.count ?? 1 })
      break
    case 'type':
      if (action.clear ?? true) await at(action.selector).fill('', { timeout })
      await at(action.selector).pressSequentially(action.text, { timeout, delay: 0 })
      break
    case 'press':
      if (action.selector === undefined) await page.keyboard.press(action.key)
      else await at(action.selector).press(action.key, { timeout })
      break
    case 'select':
      await at(action.selector).selectOption(action.values, { timeout })
      break
    case 'check':
      await at(action.selector).setChecked(action.checked ?? true, { timeout })
      break
    case 'hover':
      await at(action.selector).hover({ timeout })
      break
    case 'scroll':
      if (action.to === 'end') await scrollToEnd(around)
      else await scroll(page, action, timeout)
      break
    case 'wait':
      await page.waitForTimeout(Math.min(action.ms, around.remainingMs()))
      return {}
    case 'wait_for':
      await awaited(around, action, action.timeoutMs === undefined ? around.remainingMs() : timeout)
      return {}
    case 'navigate': {
      const url = action.url ?? page.url()
      await around.judge(url)
      await around.go(url)
      break
    }
    case 'screenshot': {
      const { shot, warning } = await takeScreenshot(page, action.screenshot, Math.max(1, around.remainingMs()))
      if (warning !== undefined) around.warn(warning)
      return { screenshot: shot }
    }
    case 'extract':
      return { value: await extract(page, action, timeout) }
    case 'evaluate':
      return { value: await evaluate(page, action.script) }
  }
  await around.settle()
  return {}
}

const scrollsMax = 50

/** Until two looks in a row find the page no longer than before. */
const scrollToEnd = async ({ page, remainingMs, settle }: Around): Promise<void> => {
  let height = -1
  for (let i = 0; i < scrollsMax && remainingMs() > 0; i++) {
    const now = await page.evaluate('(() => { scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" }); return document.documentElement.scrollHeight })()') as number
    if (now === height) return
    height = now
    await sleep(Math.min(scrollMs, remainingMs()))
    await settle()
  }
}

const awaited = async (around: Around, action: Extract<Action, { type: 'wait_for' }>, timeout: number): Promise<void> => {
  try {
    await around.waitFor(action, timeout)
  } catch (error) {
    if (!action.optional || !isFailure(error) || error.code !== 'target.timeout' || around.remainingMs() <= 0) throw error
  }
}

const scroll = async (page: Page, { selector, x = 0, y, to }: Extract<Action, { type: 'scroll' }>, timeout: number): Promise<void> => {
  if (selector !== undefined) return page.locator(selector).first().scrollIntoViewIfNeeded({ timeout })
  if (to !== undefined) return void (await page.evaluate(`scrollTo({ top: ${to === 'top' ? '0' : 'document.documentElement.scrollHeight'}, behavior: 'instant' })`))
  await page.evaluate(`scrollBy({ left: ${x}, top: ${y ?? 'innerHeight'}, behavior: 'instant' })`)
}

const extract = async (page: Page, { selector, output, attribute = '', all = false }: Extract<Action, { type: 'extract' }>, timeout: number): Promise<unknown> => {
  const found = page.locator(selector)
  await found.first().waitFor({ state: 'attached', timeout })
  const read = (one: Locator): Promise<string | null> =>
    output === 'text' ? one.innerText({ timeout }) : output === 'html' ? one.innerHTML({ timeout }) : one.getAttribute(attribute, { timeout })
  if (!all) return read(found.first())
  const values: (string | null)[] = []
  for (const one of (await found.all()).slice(0, elementsMax)) values.push(await read(one))
  return values
}

const evaluate = async (page: Page, script: string): Promise<unknown> => {
  const value: unknown = await page.evaluate(script)
  const text = JSON.stringify(value) ?? 'null'
  if (text.length > valueCharsMax) throw new Error(`the value has more than ${valueCharsMax} characters`)
  return JSON.parse(text)
}

/** Why a step failed, in words for whoever wrote it. */
const reasonOf = async (page: Page, action: Action, error: unknown): Promise<string> => {
  const text = error instanceof Error ? error.message : String(error)
  const selector = 'selector' in action ? action.selector : undefined
  if (selector !== undefined) {
    const count = await page.locator(selector).count().catch(() => undefined)
    if (count === undefined) return 'not a selector that a browser understands'
    if (count === 0) return 'selector matches nothing'
  }
  if (/intercepts pointer events/.test(text)) return 'another element covers it'
  if (/element is not enabled/.test(text)) return 'the element is disabled'
  if (/not an <input>|Element is not an|not a checkbox|is not a <select>/i.test(text)) return 'the element is not of the kind that this action needs'
  if (/did not find some options/i.test(text)) return 'the list has no such option'
  if (/element is not visible/.test(text)) return 'the element is not visible'
  if (/Unknown key/.test(text)) return 'there is no such key'
  if (/Timeout \d+ms exceeded/.test(text)) return 'it took too long'
  return action.type === 'evaluate' ? text.replace(/^page\.evaluate: /, '').split('\n', 1)[0] ?? 'the script threw' : 'the browser could not do it'
}
