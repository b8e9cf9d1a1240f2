import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Action, PdfOptions, ScreenshotOptions } from '../contract/intent.ts'
import type { RenderResult } from '../contract/render.ts'
import { startLab, type Lab } from '../lab/index.ts'
import { openBed, type Bed } from './bed.testing.ts'
import { heightPixelsMax } from './shots.ts'

let lab: Lab
let bed: Bed

beforeAll(async () => {
  lab = await startLab()
  bed = openBed(lab)
})
afterAll(async () => {
  await bed.close()
  await lab.close()
})

type Page = Extract<RenderResult, { kind: 'page' }>
const take = (url: string, order: { screenshot?: ScreenshotOptions; pdf?: PdfOptions }): Promise<Page> => bed.render(url, {}, order)
const act = (url: string, actions: Action[]): Promise<Page> => bed.render(url, { actions })
const values = ({ actions }: Page): unknown[] => actions.map(({ value }) => value)

describe('screenshots', () => {
  it('are of the window by default, in every kind and size asked for', async () => {
    expect((await take('https://article.lab.test/', { screenshot: {} })).screenshot).toMatchObject({ contentType: 'image/png', width: 1280, height: 800 })
    expect((await take('https://article.lab.test/', { screenshot: { type: 'jpeg', quality: 40, width: 640, height: 480, scale: 2 } })).screenshot).toMatchObject({ contentType: 'image/jpeg', width: 1280, height: 960 })
    expect((await take('https://article.lab.test/', { screenshot: { type: 'webp', quality: 50, width: 300, height: 200 } })).screenshot).toMatchObject({ contentType: 'image/webp', width: 300, height: 200 })
  })

  it('may be of the whole page', async () => {
    const { screenshot, warnings } = await take('https://infinite.lab.test/tall?height=4000', { screenshot: { type: 'jpeg', fullPage: true } })
    expect(screenshot).toMatchObject({ width: 1280, height: 4000 })
    expect(warnings).toEqual([])
  })

  it('of very tall pages are cut, and say so', async () => {
    const { screenshot, warnings } = await take('https://infinite.lab.test/tall?height=30000', { screenshot: { type: 'jpeg', quality: 10, fullPage: true } })
    expect(screenshot?.height).toBe(heightPixelsMax)
    expect(warnings.join()).toContain(`shows the first ${heightPixelsMax}`)
  })

  it('may be of one element', async () => {
    const { screenshot } = await take('https://actions.lab.test/', { screenshot: { selector: '#counter' } })
    expect(screenshot?.width).toBeLessThan(200)
    await expect(take('https://actions.lab.test/', { screenshot: { selector: '#none' } })).rejects.toMatchObject({ code: 'content.render_failed' })
  })

  it('have a PDF beside them', async () => {
    const { pdf } = await take('https://article.lab.test/', { pdf: { paper: 'A5', landscape: true } })
    expect(pdf?.contentType).toBe('application/pdf')
    expect(Buffer.from(pdf?.data ?? []).toString('latin1', 0, 5)).toBe('%PDF-')
  })
})

describe('actions', () => {
  it('are taken in order, each with its own result', async () => {
    const page = await act('https://actions.lab.test/', [
      { type: 'click', selector: '#accept' },
      { type: 'click', selector: '#counter' },
      { type: 'click', selector: '#counter' },
      { type: 'extract', selector: '#counter', output: 'text' },
      { type: 'click', selector: '#late' },
      { type: 'wait_for', selector: '#arrived' },
      { type: 'extract', selector: '#slot', output: 'html' },
      { type: 'hover', selector: '#hover' },
      { type: 'extract', selector: '#menu a', output: 'attribute', attribute: 'href' },
      { type: 'type', selector: '#keys', text: 'ab' },
      { type: 'press', selector: '#keys', key: 'Enter' },
      { type: 'extract', selector: '#mirror', output: 'text' },
      { type: 'extract', selector: '#log li', output: 'text', all: true },
      { type: 'scroll', to: 'bottom' },
      { type: 'extract', selector: '#depth', output: 'text' },
      { type: 'screenshot', screenshot: { type: 'jpeg' } },
      { type: 'evaluate', script: 'document.title + 1' },
    ])
    expect(values(page)).toEqual([
      undefined, undefined, undefined, 'Clicked 2', undefined, undefined, '<p id="arrived">It has arrived.</p>', undefined, '/second',
      undefined, undefined, 'ab', expect.arrayContaining(['consent', 'counter 1', 'counter 2', 'key a', 'key Enter']), undefined, 'deep', undefined, 'Things to act on1',
    ])
    expect(page.actions[15]?.screenshot).toMatchObject({ contentType: 'image/jpeg', width: 1280 })
  })

  it('fill in a form and send it; the document is what came of it', async () => {
    const { page } = await act('https://actions.lab.test/', [
      { type: 'type', selector: '#name', text: 'Ada' },
      { type: 'select', selector: '#size', values: ['m'] },
      { type: 'select', selector: '#toppings', values: ['egg', 'salt'] },
      { type: 'check', selector: '#terms' },
      { type: 'check', selector: '#card' },
      { type: 'click', selector: '#send' },
    ])
    expect(page.url).toBe('https://actions.lab.test/submit')
    for (const part of ['<dd>Ada</dd>', '<dd>m</dd>', '<dd>egg</dd>', '<dd>salt</dd>', '<dd>card</dd>', '>POST<']) expect(page.html).toContain(part)
  })

  it('log in and go to another page with what that gave', async () => {
    const { page } = await act('https://actions.lab.test/login', [
      { type: 'type', selector: '#user', text: 'ada' },
      { type: 'type', selector: '#password', text: 'lovelace' },
      { type: 'click', selector: '#login' },
      { type: 'wait_for', url: '*/account' },
      { type: 'navigate', url: 'https://actions.lab.test/second' },
      { type: 'navigate', url: 'https://actions.lab.test/account' },
    ])
    expect(page.html).toContain('42 shells')
  })

  it.each<[string, Action, string]>([
    ['an element that is not there', { type: 'click', selector: '#none', timeoutMs: 300 }, 'selector matches nothing'],
    ['an element that is disabled', { type: 'click', selector: '#disabled', timeoutMs: 500 }, 'the element is disabled'],
    ['an element that is hidden', { type: 'click', selector: '#menu a', timeoutMs: 500 }, 'the element is not visible'],
    ['a list without the option', { type: 'select', selector: '#size', values: ['xxl'], timeoutMs: 500 }, 'the list has no such option'],
    ['a key that is none', { type: 'press', key: 'Nokey' }, 'there is no such key'],
    ['a script that throws', { type: 'evaluate', script: 'nothing.at.all' }, 'ReferenceError: nothing is not defined'],
    ['a selector that is none', { type: 'click', selector: 'p[', timeoutMs: 500 }, 'not a selector that a browser understands'],
  ])('fail with index and reason at %s, and keep earlier results', async (_, action, reason) => {
    await expect(act('https://actions.lab.test/', [{ type: 'extract', selector: 'h1', output: 'text' }, action])).rejects.toMatchObject({
      code: 'content.action_failed',
      facts: { index: 1, action: action.type, reason, results: [{ index: 0, type: 'extract', value: 'Things to act on' }] },
    })
  })

  it('lead nowhere that the guard does not allow', async () => {
    for (const url of ['file:///etc/passwd', 'http://127.0.0.1:8080/', 'chrome://version']) {
      await expect(act('https://actions.lab.test/', [{ type: 'navigate', url }])).rejects.toMatchObject({ code: 'content.action_failed', facts: { index: 0 } })
    }
  })
})
