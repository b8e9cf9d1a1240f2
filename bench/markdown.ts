/**
 * Markdown of whole real pages: throughput, and how much of the structure in the ground truth survives,
 * beside turndown (with GFM) and @mdream/js in one run.
 *
 *   CORPUS_DIR=… node bench/markdown.ts [--pages 420] [--passes 5] [--json out.json]
 *
 * CORPUS_DIR holds `html/<id>.html.gz` and `ground-truth.jsonl.gz` as the WCXB benchmark has them (CC-BY-4.0).
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { gfm } from '@joplin/turndown-plugin-gfm'
import { htmlToMarkdown } from '@mdream/js'
import TurndownService from 'turndown'
import { parseHtml } from '../src/engine/convert/dom/parse.ts'
import { createResolver } from '../src/engine/convert/dom/url.ts'
import { toMarkdown } from '../src/engine/convert/markdown/serialize.ts'
import { partsOf, recall, type Parts } from './markdown-parts.ts'

interface Truth {
  id: string
  type: string
  url: string
  main_content_markdown?: string
}

interface Page extends Truth {
  html: string
}

type Engine = (html: string, url: string) => string

const { values } = parseArgs({ options: { pages: { type: 'string', default: '420' }, passes: { type: 'string', default: '5' }, json: { type: 'string' } } })

const corpus = process.env.CORPUS_DIR
if (!corpus || !existsSync(join(corpus, 'ground-truth.jsonl.gz'))) {
  console.error('CORPUS_DIR is not set, or holds no ground-truth.jsonl.gz: there is nothing to measure on.')
  process.exit(1)
}

const turndown = new TurndownService({ headingStyle: 'atx', codeBlockStyle: 'fenced', bulletListMarker: '-' })
turndown.use(gfm)
turndown.remove(['script', 'style', 'noscript'])

const engines: Record<string, Engine> = {
  lyrebird: (html, url) => {
    const page = parseHtml(html)
    return toMarkdown(page.root, createResolver(url, page.base))
  },
  'turndown + @joplin gfm': (html) => turndown.turndown(html),
  '@mdream/js': (html, url) => htmlToMarkdown(html, { origin: new URL(url).origin }),
}
const names = Object.keys(engines)

const load = (directory: string, count: number): Page[] => {
  const lines = gunzipSync(readFileSync(join(directory, 'ground-truth.jsonl.gz'))).toString().trim().split('\n')
  return lines.slice(0, count).map((line) => {
    const truth = JSON.parse(line) as Truth
    return { ...truth, html: gunzipSync(readFileSync(join(directory, 'html', `${truth.id}.html.gz`))).toString() }
  })
}

const median = (numbers: number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN

const run = (engine: Engine, page: Page): { ms: number; markdown: string | undefined } => {
  const start = performance.now()
  try {
    const markdown = engine(page.html, page.url)
    return { ms: performance.now() - start, markdown }
  } catch {
    return { ms: performance.now() - start, markdown: undefined }
  }
}

const pages = load(corpus, Number(values.pages))
const megabytes = pages.reduce((sum, page) => sum + Buffer.byteLength(page.html), 0) / 1e6
const times = new Map(names.map((name) => [name, pages.map(() => [] as number[])]))
const outputs = new Map(names.map((name) => [name, [] as (string | undefined)[]]))

// Engines alternate page by page, so that a busy machine is busy for all of them. The first pass warms up.
for (let pass = 0; pass <= Number(values.passes); pass++) {
  for (const [i, page] of pages.entries()) {
    for (const name of names) {
      const { ms, markdown } = run(engines[name] as Engine, page)
      if (pass === 0) outputs.get(name)?.push(markdown)
      else times.get(name)?.[i]?.push(ms)
    }
  }
}

const speed = (name: string): { msPerPage: number; p50: number; p95: number; mbPerSecond: number } => {
  const medians = (times.get(name) ?? []).map(median).toSorted((a, b) => a - b)
  const total = medians.reduce((sum, ms) => sum + ms, 0)
  return { msPerPage: total / medians.length, p50: medians[medians.length >> 1] ?? 0, p95: medians[Math.floor(medians.length * 0.95)] ?? 0, mbPerSecond: megabytes / (total / 1000) }
}

const kinds: (keyof Parts)[] = ['headings', 'links', 'items', 'rows', 'code', 'words']
const fidelity = (name: string): Record<string, { score: number; pages: number }> => {
  const scores: Record<string, { score: number; pages: number }> = {}
  for (const kind of kinds) {
    const perPage = pages.flatMap((page, i) => {
      const wanted = partsOf(page.main_content_markdown ?? '')[kind]
      return wanted.length === 0 ? [] : [recall(wanted, partsOf(outputs.get(name)?.[i] ?? '')[kind])]
    })
    scores[kind] = { score: perPage.reduce((sum, value) => sum + value, 0) / perPage.length, pages: perPage.length }
  }
  return scores
}

const rows = names.map((name) => ({ name, ...speed(name), failed: (outputs.get(name) ?? []).filter((markdown) => markdown === undefined).length, fidelity: fidelity(name) }))
const reference = rows.find((row) => row.name.startsWith('turndown'))?.mbPerSecond ?? Number.NaN

console.log(`${pages.length} pages, ${megabytes.toFixed(1)} MB, ${values.passes} passes, Node ${process.version}, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}`)
console.table(Object.fromEntries(rows.map((row) => [row.name, { 'MB/s': row.mbPerSecond.toFixed(1), '× turndown': (row.mbPerSecond / reference).toFixed(2), 'ms/page': row.msPerPage.toFixed(2), p50: row.p50.toFixed(2), p95: row.p95.toFixed(2), failed: row.failed }])))
console.log('Share of the structure in the ground truth of the main content that the Markdown of the whole page has, mean over the pages that have any:')
console.table(Object.fromEntries(rows.map((row) => [row.name, Object.fromEntries(kinds.map((kind) => [`${kind} (${row.fidelity[kind]?.pages})`, row.fidelity[kind]?.score.toFixed(3)]))])))
if (values.json) writeFileSync(values.json, JSON.stringify({ pages: pages.length, megabytes, node: process.version, rows }, null, 2))
