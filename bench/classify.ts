/**
 * How often the first tier is right, on real pages that were labelled by hand before the classifier was written.
 *
 *   CORPUS_DIR=… npm run bench:classify [-- --misses] [--half=tuning]
 *
 * `--misses` lists those of the half that the classifier may be tuned on; what is wrong with the half kept apart is not shown.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { classifyPart } from '../src/engine/classify/index.ts'
import { readPage } from '../src/engine/enrich/read-page.ts'
import { quantile, table } from './lib/stats.ts'

interface Label {
  id: string
  type: string
  half: 'tuning' | 'apart' | 'later'
  /** The right one; behind it one that is not wrong either. */
  tier1: string[]
  url: string
}

const root = process.env.CORPUS_DIR
const folder = [root ?? '', join(root ?? '', 'wcxb-dev')].find((path) => path !== '' && existsSync(join(path, 'html')))
if (folder === undefined) {
  console.log('CORPUS_DIR is not set, or holds no html folder: there are no real pages to measure with.')
  process.exit(0)
}
const labels = readFileSync(join(import.meta.dirname, 'classify', 'labels.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Label)
const only = process.argv.find((option) => option.startsWith('--half='))?.slice(7)

const results = labels.filter(({ half }) => only === undefined || half === only).map((label) => {
  const html = gunzipSync(readFileSync(join(folder, 'html', `${label.id}.html.gz`))).toString('utf8')
  const page = readPage({ url: label.url, status: 200, headers: [], html, rendered: false })
  const startedAt = performance.now()
  const found = classifyPart.read(page)
  return { label, found, ms: performance.now() - startedAt }
})

const percent = (part: number, whole: number): string => (whole === 0 ? '–' : `${((part / whole) * 100).toFixed(1)} %`)
const rows = (['tuning', 'apart', 'later'] as const).map((half) => {
  const own = results.filter(({ label }) => label.half === half)
  const hits = own.filter(({ label, found }) => label.tier1.includes(found.iab_parent_id))
  const first = own.filter(({ label, found }) => label.tier1[0] === found.iab_parent_id)
  const among = own.filter(({ label, found }) => [found, ...found.alternatives].slice(0, 3).some(({ iab_parent_id }) => label.tier1.includes(iab_parent_id)))
  return [half, own.length, percent(hits.length, own.length), percent(first.length, own.length), percent(among.length, own.length), percent(own.filter(({ found }) => found.subcategory !== null).length, own.length)]
})
console.log(table(['half', 'pages', 'tier 1 hit', 'the first label', 'in best three', 'with tier 2'], rows))
const bins = [[0, 0.4], [0.4, 0.6], [0.6, 0.8], [0.8, 1]].map(([from = 0, to = 1]) => {
  const own = results.filter(({ found }) => found.confidence >= from && found.confidence < to)
  return [`${from}–${to}`, own.length, percent(own.filter(({ label, found }) => label.tier1.includes(found.iab_parent_id)).length, own.length)]
})
console.log(`\n${table(['confidence', 'pages', 'tier 1 hit'], bins)}`)
const times = results.map(({ ms }) => ms)
console.log(`\nPer page, parsed: p50 ${quantile(times, 0.5).toFixed(1)} ms, p95 ${quantile(times, 0.95).toFixed(1)} ms, most ${Math.max(...times).toFixed(0)} ms`)

if (process.argv.includes('--misses')) {
  for (const { label, found } of results.filter(({ label: { half, tier1 }, found: { iab_parent_id } }) => half === 'tuning' && !tier1.includes(iab_parent_id))) {
    console.log(`${label.id} ${label.tier1.join('/')} got ${found.iab_id} ${found.category} ${found.confidence} | ${found.alternatives.map(({ iab_id, confidence }) => `${iab_id} ${confidence}`).join(', ')} | ${label.url.slice(0, 90)}\n    ${found.evidence.map(({ at }) => at).join('; ')}`)
  }
}
