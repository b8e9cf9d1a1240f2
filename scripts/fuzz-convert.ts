/**
 * Mutates pages and documents and converts them on worker threads as the server does. Looks for what no input may cause:
 * a raw error, a conversion that runs out of time, two results for the same bytes, markup that could run, a broken promise of an option.
 *   npm run fuzz:convert -- [--seconds 60] [--seed 1] [--only html|pdf|docx|…]
 * CORPUS_DIR adds real pages to the seeds. Findings are written to bench/out/fuzz, shrunk; the exit code says whether there were any.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { createConverter } from '../src/engine/convert/index.ts'
import type { Converted } from '../src/engine/convert/types.ts'
import { isFailure } from '../src/failure/failure.ts'
import { countTokens } from '../src/lib/tokens.ts'
import { mutate, step, type Step } from './fuzz/mutate.ts'
import { seedsOf, type Seed } from './fuzz/seeds.ts'

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string', default: '1' }, only: { type: 'string' } } })
const seconds = Number(values.seconds)
if (!(seconds >= 1 && seconds <= 3600)) throw new Error('--seconds: from 1 to 3600')

const timeoutMs = 6000
const expected = new Set(['content.unsupported_type', 'content.parse_failed', 'content.too_large', 'content.empty', 'content.encrypted'])
const formats = ['markdown', 'html', 'text', 'links', 'images', 'sections', 'chunks'] as const
const out = new URL('../bench/out/fuzz/', import.meta.url)

const seeds = (await seedsOf()).filter((seed) => values.only === undefined || seed.kind === values.only)
if (seeds.length === 0) throw new Error(`--only: no seed of the kind ${values.only}`)
const converter = createConverter({ workers: 1, timeoutMs })
const never = new AbortController().signal

const convert = async (body: Uint8Array, contentType: string, mode: 'normal' | 'reader', maxTokens: number | undefined): Promise<Converted | string> => {
  try {
    return await converter.convert({ body, contentType, url: 'https://site.test/dir/page', status: 200, headers: [], formats: formats.map((kind) => ({ kind })), mode, includeSelectors: [], excludeSelectors: [], ...(maxTokens === undefined ? {} : { maxTokens }) }, never)
  } catch (err) {
    if (isFailure(err) && expected.has(err.code)) return err.code
    throw err
  }
}

/** Throws what is wrong. */
const check = async (seed: Seed, steps: readonly Step[], mode: 'normal' | 'reader'): Promise<void> => {
  const body = mutate(seed, steps, seeds)
  const first = await convert(body, seed.type, mode, undefined)
  if (typeof first === 'string') {
    if (first === 'content.parse_failed' && seed.isText) throw new Error('text is refused as unreadable')
    return
  }
  if (first.warnings.some((warning) => warning.includes('ran out of time or memory'))) throw new Error('out of time or memory')
  const { markdown = '', html = '', links = [], chunks = [], sections = [] } = first.formats
  if (/<(?:script|style|iframe|object|embed|template|noscript)\b|<[^>]*\son\w+\s*=|<[^>]*(?:href|src)="?\s*javascript:/i.test(html)) throw new Error('markup that could run')
  if (links.some((link) => !URL.canParse(link.url))) throw new Error('a link is not absolute')
  if (chunks.some((chunk) => chunk.tokens > 800)) throw new Error(`a chunk of ${Math.max(...chunks.map((chunk) => chunk.tokens))} tokens`)
  if (first.verdict.kind !== 'ok') return
  if (markdown.trim() !== '' && sections.length === 0) throw new Error('no sections')
  const again = await convert(body, seed.type, mode, 50)
  if (typeof again === 'string') throw new Error(`the second time: ${again}`)
  if (countTokens(again.formats.markdown ?? '') > 50) throw new Error(`${countTokens(again.formats.markdown ?? '')} tokens where 50 were asked for`)
  if (JSON.stringify({ ...again.formats, markdown: '', text: '' }) !== JSON.stringify({ ...first.formats, markdown: '', text: '' })) throw new Error('two results for the same bytes')
}

const findings = new Map<string, string>()
const started = Date.now()
let runs = 0
let slowest = 0
for (let seed = Number(values.seed); Date.now() - started < seconds * 1000; seed++) {
  const property = fc.asyncProperty(fc.constantFrom(...seeds), fc.array(step, { maxLength: 12 }), fc.constantFrom('normal' as const, 'reader' as const), async (one, steps, mode) => {
    runs++
    const at = performance.now()
    try {
      await check(one, steps, mode)
    } catch (err) {
      // Known by now: the search goes on for others.
      if (findings.has(`${one.kind}: ${String((err as Error).message)}`)) return
      throw err
    } finally {
      slowest = Math.max(slowest, performance.now() - at)
    }
  })
  const result = await fc.check(property, { seed, numRuns: 5000, interruptAfterTimeLimit: Math.max(1, started + seconds * 1000 - Date.now()) })
  if (!result.failed || !result.counterexample) continue
  const [one, steps, mode] = result.counterexample
  const message = `${one.kind}: ${String((result.errorInstance as Error | null)?.message ?? result.errorInstance)}`
  const body = mutate(one, steps, seeds)
  const name = createHash('sha256').update(body).digest('hex').slice(0, 12)
  mkdirSync(out, { recursive: true })
  writeFileSync(new URL(`${name}.bin`, out), body)
  writeFileSync(new URL(`${name}.json`, out), `${JSON.stringify({ message, from: one.name, type: one.type, mode, steps, seed }, null, 2)}\n`)
  findings.set(message, name)
  console.log(`found  ${message}  (from ${one.name}, ${body.length} bytes, bench/out/fuzz/${name}.bin)`)
}
await converter.close()
console.log(`${runs} inputs from ${seeds.length} seeds in ${Math.round((Date.now() - started) / 1000)} s, slowest check ${(slowest / 1000).toFixed(1)} s, ${findings.size} findings`)
process.exit(findings.size > 0 ? 1 : 0)
