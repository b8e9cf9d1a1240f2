import type { GivenContent } from '../../contract/intent.ts'
import type { FetchConfig } from './fields.ts'

type Mock = Exclude<FetchConfig['mock'], boolean>

const defaults: Mock = { minKb: 1, maxKb: 5, minSleep: 5, maxSleep: 15, writeToBucket: false }
const sentence = 'This page was made by the server itself, because the request asked for a mock page; nothing was fetched.'
const linksCount = 20

/** A number that is always the same for a text. */
const seedOf = (text: string): number => {
  let hash = 2_166_136_261
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16_777_619)
  return hash >>> 0
}

const between = (seed: number, min: number, max: number): number => min + (seed % (Math.max(min, max) - min + 1))

/** The page that stands for a real one, always the same for a URL; undefined where a real one is wanted. */
export const mockPage = (url: string, mock: FetchConfig['mock'] = false): GivenContent | undefined => {
  if (mock === false) return undefined
  const { minKb, maxKb, minSleep, maxSleep } = mock === true ? defaults : mock
  const seed = seedOf(url)
  const links = Array.from({ length: linksCount }, (_, i) => `<li><a href="/mock/${i + 1}">Mock page ${i + 1}</a></li>`).join('')
  const frame = (text: string) => `<!doctype html><html lang="en"><head><title>Mock page</title><meta name="description" content="${sentence}"></head><body><main><h1>Mock page</h1><p>${sentence}</p>${text}</main><nav><ul>${links}</ul></nav><img src="/mock.png" alt="Mock image"></body></html>`
  const missing = between(seed, minKb, maxKb) * 1024 - frame('').length
  const paragraph = (i: number) => `<p>Paragraph ${i + 1} of ${seed % 1000}. ${sentence}</p>`
  let text = ''
  for (let i = 0; text.length + paragraph(i).length <= missing; i++) text += paragraph(i)
  return { type: 'text/html', body: frame(text), delayMs: between(seed, minSleep, maxSleep) }
}
