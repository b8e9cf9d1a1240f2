import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const read = (name: string): string => readFileSync(join(import.meta.dirname, 'page', name), 'utf8')

/** Functions that run inside pages, as text: this side has no DOM to check them against. */
const source = (name: string): string => {
  const text = read(`${name}.js`)
  const start = `export const ${name} = `
  return text.slice(text.indexOf(start) + start.length).trim()
}

const sources = { watch: source('watch'), settle: source('settle'), snapshot: source('snapshot'), observe: source('observe'), probe: source('probe') } as const

/** A call of one of them, to be evaluated in a page. */
export const call = (name: keyof typeof sources, argument: unknown): string => `(${sources[name]})(${JSON.stringify(argument)})`
